DROP INDEX case_tasks_continues;
UPDATE case_tasks SET status = 'waived', waive_reason = 'continued' WHERE status = 'continued';
ALTER TABLE case_tasks
    DROP COLUMN family_member,
    DROP COLUMN service,
    DROP COLUMN continues,
    DROP CONSTRAINT case_tasks_status_check,
    ADD CONSTRAINT case_tasks_status_check CHECK (status IN ('open', 'done', 'waived'));
ALTER TABLE case_plans
    DROP CONSTRAINT case_plans_returned,
    DROP COLUMN return_reason,
    DROP COLUMN returned_at,
    DROP COLUMN returned_by,
    DROP CONSTRAINT case_plans_status_check;
UPDATE case_plans SET status = 'superseded' WHERE status = 'returned';
ALTER TABLE case_plans ADD CONSTRAINT case_plans_status_check CHECK (status IN ('draft', 'approved', 'superseded'));
DROP TABLE approval_rules;
DROP TABLE case_assessment_drafts;
DROP FUNCTION case_assessment_draft_leaves();
ALTER TABLE case_assessments
    DROP CONSTRAINT case_assessments_marked,
    DROP CONSTRAINT case_assessments_instrument,
    DROP COLUMN states_needs,
    DROP COLUMN risk_override,
    DROP COLUMN scored_risk,
    DROP COLUMN instrument_version,
    DROP COLUMN instrument_code;
DROP TABLE assessment_instruments;
