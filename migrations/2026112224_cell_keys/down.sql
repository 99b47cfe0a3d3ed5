DROP TABLE disclosure_rules;
DROP FUNCTION register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb);
DROP TRIGGER register_facts_key ON register_facts;
DROP FUNCTION register_facts_key();
DROP TABLE register_record_keys;
