DELETE FROM case_tasks WHERE plan_id IS NULL;
DROP TRIGGER case_tasks_due ON case_tasks;
DROP FUNCTION case_tasks_due();
REVOKE UPDATE (due_at, organisation_id, organisation_agency, organisation_kato) ON case_tasks FROM qorgan_server;
ALTER TABLE case_tasks
    DROP CONSTRAINT case_tasks_origin,
    DROP COLUMN origin, DROP COLUMN due_at, DROP COLUMN code, DROP COLUMN source_id, DROP COLUMN after;
ALTER TABLE case_tasks ALTER COLUMN plan_id SET NOT NULL, ALTER COLUMN goal_id SET NOT NULL;
DROP TABLE calendar_days;
