-- A cell of one shows the same number in every table that divides it, if it is shown at all: that betrays it
-- (docs/disclosure-control.md). So small counts are always shown as 0.
ALTER TABLE disclosure_rules ADD COLUMN hidden_below smallint;
UPDATE disclosure_rules SET hidden_below = threshold;
ALTER TABLE disclosure_rules ALTER COLUMN hidden_below SET NOT NULL, ADD CHECK (hidden_below BETWEEN 1 AND threshold);
COMMENT ON COLUMN disclosure_rules.hidden_below IS 'counts from 1 up to below it are always shown as 0; 1 hides none';

-- Releases keep the rule by which their numbers were told.
ALTER TABLE statistics_releases ADD COLUMN hidden_below smallint NOT NULL DEFAULT 1;
ALTER TABLE statistics_releases ALTER COLUMN hidden_below DROP DEFAULT;
