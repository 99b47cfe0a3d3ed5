-- What case management in full stands on: the working calendar, and tasks that come from elsewhere than a plan.

-- Days that differ from the rule of the week (Saturday and Sunday are free).
CREATE TABLE calendar_days (
    day         date PRIMARY KEY,
    working     boolean NOT NULL,
    title_ru    text NOT NULL,
    title_kk    text,
    title_en    text,
    source      text NOT NULL,
    provisional boolean NOT NULL
);
GRANT SELECT ON calendar_days TO qorgan_server;

-- A task belongs to a plan, or to a protocol, a consilium's decision, crisis management: then it counts at once.
ALTER TABLE case_tasks ALTER COLUMN plan_id DROP NOT NULL, ALTER COLUMN goal_id DROP NOT NULL;
ALTER TABLE case_tasks
    ADD COLUMN origin    text NOT NULL DEFAULT 'plan',
    ADD COLUMN due_at    timestamptz,
    ADD COLUMN code      text,
    ADD COLUMN source_id uuid,
    ADD COLUMN after     uuid[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT case_tasks_origin CHECK ((origin = 'plan') = (plan_id IS NOT NULL AND goal_id IS NOT NULL));
COMMENT ON COLUMN case_tasks.due_at IS 'the first moment at which it is late; due_on is its last day in the region';
COMMENT ON COLUMN case_tasks.code IS 'the step of the protocol it comes from';
COMMENT ON COLUMN case_tasks.source_id IS 'the application of a protocol, or the decision, it comes from';
COMMENT ON COLUMN case_tasks.after IS 'tasks that must be settled before it can be done';
UPDATE case_tasks SET due_at = (due_on + 1)::timestamp AT TIME ZONE 'UTC' - interval '5 hours';

-- The previous release writes days alone.
CREATE FUNCTION case_tasks_due() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
BEGIN
    IF NEW.due_at IS NULL OR (TG_OP = 'UPDATE' AND NEW.due_on <> OLD.due_on AND NEW.due_at = OLD.due_at) THEN
        NEW.due_at := (NEW.due_on + 1)::timestamp AT TIME ZONE 'UTC' - interval '5 hours';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_tasks_due BEFORE INSERT OR UPDATE ON case_tasks FOR EACH ROW EXECUTE FUNCTION case_tasks_due();
ALTER TABLE case_tasks ALTER COLUMN due_at SET NOT NULL;
GRANT UPDATE (due_at, organisation_id, organisation_agency, organisation_kato) ON case_tasks TO qorgan_server;
