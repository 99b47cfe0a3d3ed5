DROP FUNCTION reconciliation_sweep(timestamptz, integer);
DROP FUNCTION reconciliation_only_here(uuid, integer);
DROP FUNCTION reconciliation_facts(uuid[], date, date);
DROP TABLE register_reconciliation_items;
DROP TABLE register_reconciliations;
DROP TABLE register_import_rows;
DROP TABLE register_imports;
DROP TABLE register_list_rules;
