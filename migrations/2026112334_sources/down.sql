ALTER TABLE child_population DROP COLUMN source_ru, DROP COLUMN source_kk;
ALTER TABLE risk_map_rules DROP COLUMN source_ru, DROP COLUMN source_kk;
COMMENT ON COLUMN child_population.source IS NULL;
COMMENT ON COLUMN risk_map_rules.source IS NULL;
