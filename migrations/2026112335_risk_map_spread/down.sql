UPDATE risk_map_rules SET source = replace(source, 'Smyth 2004 (spread of all places), ', '');
ALTER TABLE risk_map_rules DROP COLUMN spread_degrees;
