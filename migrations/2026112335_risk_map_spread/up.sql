-- By how much counts of a place vary is known badly from two to five years of its own: all places together tell it too.
ALTER TABLE risk_map_rules ADD COLUMN spread_degrees double precision NOT NULL DEFAULT 4 CHECK (spread_degrees BETWEEN 0 AND 100);
ALTER TABLE risk_map_rules ALTER COLUMN spread_degrees DROP DEFAULT;
COMMENT ON COLUMN risk_map_rules.spread_degrees IS
    'as how many periods of its own the spread of all places counts for that of one (degrees of freedom); 0: not at all';
UPDATE risk_map_rules SET source = replace(source, '(expected range), Spiegelhalter', '(expected range), Smyth 2004 (spread of all places), Spiegelhalter');
