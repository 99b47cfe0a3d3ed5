-- A cell of one shows the same number in every table that divides it, if it is shown at all: that betrays it
-- (docs/disclosure-control.md). So small counts are always shown as 0.
ALTER TABLE disclosure_rules ADD COLUMN hidden_below smallint;
UPDATE disclosure_rules SET hidden_below = threshold;
ALTER TABLE disclosure_rules ALTER COLUMN hidden_below SET NOT NULL, ADD CHECK (hidden_below BETWEEN 1 AND threshold);
COMMENT ON COLUMN disclosure_rules.hidden_below IS 'counts from 1 up to below it are always shown as 0; 1 hides none';

-- Published releases keep the rule by which their numbers were told and signed. Those that are still proposed take the new one,
-- and their protected numbers, which were frozen by the old one, lose what it hides.
ALTER TABLE statistics_releases ADD COLUMN hidden_below smallint NOT NULL DEFAULT 1;
ALTER TABLE statistics_releases ALTER COLUMN hidden_below DROP DEFAULT;
UPDATE statistics_releases SET hidden_below = threshold WHERE status = 'proposed';
UPDATE statistics_release_tables told
SET cells = coalesce((SELECT jsonb_agg(cell ORDER BY place)
                      FROM jsonb_array_elements(told.cells) WITH ORDINALITY AS c (cell, place)
                      WHERE EXISTS (SELECT FROM jsonb_array_elements(exact.cells) AS x
                                    WHERE x -> 0 = cell -> 0 AND (x ->> 1)::bigint >= r.hidden_below)), '[]'),
    total = CASE WHEN exact.total < r.hidden_below THEN 0 ELSE told.total END
FROM statistics_release_tables exact JOIN statistics_releases r ON r.id = exact.release_id
WHERE r.status = 'proposed' AND told.release_id = r.id AND told.code = exact.code AND told.method = 'protected'
  AND exact.method = 'exact';
