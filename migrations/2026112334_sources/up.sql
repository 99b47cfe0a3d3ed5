-- Where numbers and rules come from stands beside them on the risk map, for readers of Russian and Kazakh too.
ALTER TABLE child_population ADD COLUMN source_ru text, ADD COLUMN source_kk text;
ALTER TABLE risk_map_rules ADD COLUMN source_ru text, ADD COLUMN source_kk text;
COMMENT ON COLUMN child_population.source IS 'where the number comes from, in English or in whatever language it was told';
COMMENT ON COLUMN risk_map_rules.source IS 'who says so, in English or in whatever language it was told';
