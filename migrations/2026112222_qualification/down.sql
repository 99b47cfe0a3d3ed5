DROP POLICY register_fact_versions_update_group ON register_fact_versions;
DROP POLICY register_fact_versions_insert_group ON register_fact_versions;
DROP POLICY register_facts_update_group ON register_facts;
DROP POLICY register_reports_read_group ON register_reports;
DROP POLICY register_fact_versions_read_group ON register_fact_versions;
DROP POLICY register_facts_read_group ON register_facts;
DROP INDEX register_fact_versions_awaiting;
DROP TABLE qualification_opinions, qualification_answers, qualification_materials, qualification_recusals,
    qualification_items, qualification_members, qualification_sessions, qualification_rules CASCADE;
DROP FUNCTION
    group_sessions(), group_keeps(uuid, text[]), group_founds(uuid), group_items(), group_facts(),
    group_kept_facts(text[]), group_child(uuid), group_reporters(uuid), group_opinions_given(uuid),
    group_judges(uuid, uuid), group_unsealed(uuid), group_prefix(), group_waiting(uuid, integer), group_may_take(uuid),
    group_recuse(uuid, uuid, text, bigint, timestamptz), group_opine(uuid, text, text, text, timestamptz),
    group_answer(uuid, bigint, text, text, timestamptz), material_open(uuid), material_answerers_of(uuid);
