DROP TRIGGER register_ledger_deleted ON register_fact_versions;
DROP TRIGGER register_ledger_mended ON register_fact_versions;
DROP TRIGGER register_ledger_superseded ON register_fact_versions;
DROP TRIGGER register_ledger_registered ON register_fact_versions;
DROP TRIGGER register_ledger_agency ON agencies;
DROP TRIGGER register_fact_versions_complete ON register_fact_versions;
DROP FUNCTION register_ledger_differences, register_recounted_cells, register_counted, register_ledger_cells,
    register_cells_statement, register_rollup_parts, register_whole_months, register_ledger_rebase, register_cuboid_rebuild, register_ledger_fold,
    register_cuboid_fold;
DROP TABLE register_rollup_posted, register_rollup_years, register_rollup_months, register_cuboids, register_axes;
DROP FUNCTION register_ledger_correct;
DROP VIEW register_ledger_missing, register_ledger_due;
DROP FUNCTION register_ledger_learn, register_ledger_post, register_day_settled, register_ledger_guard,
    register_day_grace;
DROP TABLE register_open_past;
DROP FUNCTION register_ledger_add, register_ledger_forms;
DROP TABLE register_ledger_form_sets;
DROP TABLE register_ledger;
DROP FUNCTION register_day_begins, register_day, register_first_of_month, register_month, register_key,
    register_ledger_agency, register_ledger_code;
DROP TABLE register_ledger_words;
DROP FUNCTION case_signal_channel, register_fact_versions_complete, register_channel;
ALTER TABLE register_fact_versions DROP COLUMN organisation_kato, DROP COLUMN channel;
