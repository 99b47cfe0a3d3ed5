DO $$
DECLARE series record;
BEGIN
    FOR series IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.relkind = 'S' AND n.nspname = 'public' AND c.relname ~ '^(case|fact)_number_[0-9]+$'
    LOOP
        EXECUTE format('DROP SEQUENCE public.%I', series.relname);
    END LOOP;
END
$$;
DROP FUNCTION next_number(text, integer);
ALTER TABLE signals DROP CONSTRAINT signals_case_id_fkey;
DROP TABLE register_reports, register_fact_versions, register_facts, case_events, case_reviews, case_tasks,
    case_goals, case_plans, case_assessments, case_notes, case_contents, case_participants, cases, signals, children, deadline_rules;
