DROP FUNCTION cases_found(text, text[], text, text, text, uuid, boolean, timestamptz, uuid, integer);
DROP TRIGGER children_search ON children;
DROP TRIGGER case_contents_search ON case_contents;
DROP TRIGGER cases_search ON cases;
DROP FUNCTION search_child();
DROP FUNCTION search_content();
DROP FUNCTION content_text(jsonb);
DROP FUNCTION search_case();
DROP FUNCTION name_near_forms(text[]);
DROP FUNCTION search_words(text);
DROP FUNCTION search_fold(text);
DROP TABLE search_names, search_texts;
DROP INDEX cases_waiting, case_tasks_given, case_participants_added,
    case_participants_assigned;
DROP TABLE case_seen, case_linked_children, case_links, case_follow_up_checks;
DROP FUNCTION case_with_merged(uuid);
-- A task that was carried over goes on elsewhere: here it counts as not needed any more.
UPDATE case_tasks SET status = 'waived', waive_reason = 'carried over to another case' WHERE status = 'carried_over';
ALTER TABLE case_tasks DROP CONSTRAINT case_tasks_status_check;
ALTER TABLE case_tasks ADD CONSTRAINT case_tasks_status_check CHECK (status IN ('open', 'done', 'waived', 'continued'));
UPDATE cases SET closure_outcome = 'other' WHERE closure_outcome = 'merged';
ALTER TABLE cases DROP COLUMN follow_up_due_on, DROP COLUMN merged_into;
