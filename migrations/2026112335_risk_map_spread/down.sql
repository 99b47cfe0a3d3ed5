ALTER TABLE risk_map_rules DROP COLUMN spread_degrees;
