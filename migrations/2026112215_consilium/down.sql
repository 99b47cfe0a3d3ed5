DROP POLICY case_participants_insert_record ON case_participants;
DROP POLICY case_deadlines_read_record ON case_deadlines;
DROP POLICY case_tasks_insert_record ON case_tasks;
DROP POLICY case_events_insert_record ON case_events;
DROP POLICY case_contents_insert_record ON case_contents;
DROP POLICY children_read_board ON children;
DROP POLICY case_contents_read_record ON case_contents;
DROP POLICY case_contents_read_board ON case_contents;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_participants', 'case_notes', 'case_assessments', 'case_plans', 'case_goals',
                                'case_tasks', 'case_reviews', 'case_events']
    LOOP
        EXECUTE format('DROP POLICY %I ON %I', name || '_read_board', name);
    END LOOP;
END
$$;
DROP POLICY cases_read_board ON cases;
DROP INDEX cases_brought;
DROP TABLE consilium_votes, consilium_decisions, consilium_conflicts, consilium_items, consilium_members,
    consilium_sessions, consilium_rules CASCADE;
DROP FUNCTION board_cases(), board_children(), child_on_agenda(uuid), case_readable(uuid), board_sessions(),
    consilium_convened(uuid, text[]), consilium_recordable(text[]), consilium_prefix(), consilium_may_take(uuid),
    consilium_case_number(uuid),
    consilium_brought(uuid, integer), consilium_declare(uuid, uuid, text, bigint, timestamptz),
    consilium_touch(uuid, timestamptz);
