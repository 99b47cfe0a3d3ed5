ALTER TABLE statistics_releases DROP COLUMN hidden_below;
ALTER TABLE disclosure_rules DROP COLUMN hidden_below;
