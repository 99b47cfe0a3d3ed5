DROP TABLE risk_map_rules;
