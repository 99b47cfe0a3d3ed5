-- Clocks: the kept calendar, dated rules of time, the deadlines of cases, notices, duty contacts, and the functions of
-- the one worker that chases deadlines.

-- ---------------------------------------------------------------------------------- reference data
-- A day that an administrator takes back stays as a row, so that loading does not bring it again; it then says what the
-- rule of the week says, which is right for who does not know the column.
ALTER TABLE calendar_days
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN version   bigint NOT NULL DEFAULT 1,
    ADD COLUMN edited_by uuid REFERENCES users,
    ADD COLUMN edited_at timestamptz;
GRANT INSERT, UPDATE ON calendar_days TO qorgan_server;
ALTER TABLE calendar_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendar_days_read ON calendar_days FOR SELECT TO qorgan_server USING (true);
CREATE POLICY calendar_days_insert ON calendar_days FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('clock_manage')));
CREATE POLICY calendar_days_update ON calendar_days FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('clock_manage'))) WITH CHECK ((SELECT context_has('clock_manage')));

-- Takes the place of deadline_rules, which the previous release goes on reading.
CREATE TABLE clock_rules (
    id            uuid PRIMARY KEY,
    code          text NOT NULL,
    risk_level    text NOT NULL CHECK (risk_level IN ('low', 'medium', 'high', 'critical')),
    valid_from    date NOT NULL,
    valid_to      date CHECK (valid_to > valid_from),
    allowance     jsonb,
    at_latest     jsonb,
    remind_before jsonb NOT NULL,
    escalation    jsonb NOT NULL,
    pause_stages  text[] NOT NULL,
    source        text NOT NULL,
    provisional   boolean NOT NULL,
    published_by  uuid REFERENCES users,
    published_at  timestamptz,
    CHECK ((code = 'task_due') = (allowance IS NULL)),
    UNIQUE (code, risk_level, valid_from)
);
COMMENT ON COLUMN clock_rules.allowance IS 'how long it may take; null for tasks, which bring their own due time';
GRANT SELECT, INSERT, UPDATE (valid_to) ON clock_rules TO qorgan_server;
ALTER TABLE clock_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY clock_rules_read ON clock_rules FOR SELECT TO qorgan_server USING (true);
CREATE POLICY clock_rules_insert ON clock_rules FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('clock_manage')) AND published_by = (SELECT context_user()));
CREATE POLICY clock_rules_update ON clock_rules FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('clock_manage'))) WITH CHECK ((SELECT context_has('clock_manage')));

-- Whom a crisis wakes in a duty organisation. Dated.
CREATE TABLE duty_contacts (
    organisation_id uuid NOT NULL REFERENCES organisations,
    user_id         uuid NOT NULL REFERENCES users,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to >= valid_from),
    named_by        uuid REFERENCES users,
    named_at        timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, user_id, valid_from)
);
GRANT SELECT, INSERT, UPDATE (valid_to, named_by, named_at) ON duty_contacts TO qorgan_server;
ALTER TABLE duty_contacts ENABLE ROW LEVEL SECURITY;
CREATE POLICY duty_contacts_read ON duty_contacts FOR SELECT TO qorgan_server
    USING ((SELECT context_user()) IS NOT NULL);
CREATE POLICY duty_contacts_insert ON duty_contacts FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('organisation_manage')) AND named_by = (SELECT context_user()));
CREATE POLICY duty_contacts_update ON duty_contacts FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('organisation_manage')))
    WITH CHECK ((SELECT context_has('organisation_manage')) AND named_by = (SELECT context_user()));

-- ---------------------------------------------------------------------------------- deadlines
CREATE TABLE case_deadlines (
    id             uuid PRIMARY KEY,
    case_id        uuid NOT NULL REFERENCES cases,
    kind           text NOT NULL,
    task_id        uuid UNIQUE REFERENCES case_tasks,
    rule_id        uuid NOT NULL REFERENCES clock_rules,
    state          text NOT NULL CHECK (state IN ('running', 'met', 'paused', 'cancelled')),
    started_at     timestamptz NOT NULL,
    base_due_at    timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    -- The steps still to be taken; each is emptied when it was taken.
    remind_at      timestamptz,
    manager_at     timestamptz,
    supervisor_at  timestamptz,
    region_at      timestamptz,
    next_at        timestamptz GENERATED ALWAYS AS (least(remind_at, manager_at, supervisor_at, region_at)) STORED,
    -- The steps taken: 'reminder', and the levels that were told.
    told           text[] NOT NULL DEFAULT '{}',
    settled_at     timestamptz,
    paused_at      timestamptz,
    paused_seconds bigint NOT NULL DEFAULT 0 CHECK (paused_seconds >= 0),
    CHECK ((kind = 'task_due') = (task_id IS NOT NULL)),
    CHECK ((state = 'paused') = (paused_at IS NOT NULL)),
    CHECK ((state IN ('met', 'cancelled')) = (settled_at IS NOT NULL))
);
COMMENT ON COLUMN case_deadlines.base_due_at IS 'due if the clock had never been paused';
CREATE INDEX case_deadlines_case ON case_deadlines (case_id);
-- One clock of a kind at a time.
CREATE UNIQUE INDEX case_deadlines_one_open ON case_deadlines (case_id, kind)
    WHERE task_id IS NULL AND state IN ('running', 'paused');
-- What the worker looks for: due next.
CREATE INDEX case_deadlines_next ON case_deadlines (next_at) WHERE state = 'running' AND next_at IS NOT NULL;
CREATE INDEX case_deadlines_overdue ON case_deadlines (case_id, due_at) WHERE state = 'running';

GRANT SELECT, INSERT ON case_deadlines TO qorgan_server;
GRANT UPDATE (state, started_at, rule_id, base_due_at, due_at, remind_at, manager_at, supervisor_at, region_at, settled_at,
    paused_at, paused_seconds) ON case_deadlines TO qorgan_server;
ALTER TABLE case_deadlines ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_deadlines_read ON case_deadlines FOR SELECT TO qorgan_server USING (case_visible(case_id));
-- Who may give a task may start its clock, also where it is a board that gives it.
CREATE POLICY case_deadlines_insert ON case_deadlines FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id)
    OR EXISTS (SELECT FROM case_tasks t WHERE t.id = case_deadlines.task_id AND t.case_id = case_deadlines.case_id));
CREATE POLICY case_deadlines_update ON case_deadlines FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));

-- What the worker did about a deadline: each step once, each level told once.
CREATE TABLE case_deadline_steps (
    deadline_id uuid NOT NULL REFERENCES case_deadlines,
    step        text NOT NULL CHECK (step IN ('reminder', 'manager', 'supervisor', 'region')),
    case_id     uuid NOT NULL REFERENCES cases,
    at          timestamptz NOT NULL,
    -- Null: nobody was there to be told, on this level and all above.
    told        text,
    recipients  integer NOT NULL,
    PRIMARY KEY (deadline_id, step)
);
CREATE UNIQUE INDEX case_deadline_steps_told ON case_deadline_steps (deadline_id, told) WHERE step <> 'reminder';
CREATE INDEX case_deadline_steps_case ON case_deadline_steps (case_id);
GRANT SELECT ON case_deadline_steps TO qorgan_server;
ALTER TABLE case_deadline_steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_deadline_steps_read ON case_deadline_steps FOR SELECT TO qorgan_server USING (case_visible(case_id));

-- ---------------------------------------------------------------------------------- notices
CREATE TABLE notifications (
    id           uuid PRIMARY KEY,
    recipient_id uuid NOT NULL REFERENCES users,
    kind         text NOT NULL,
    case_id      uuid REFERENCES cases,
    subject_id   uuid,
    data         jsonb NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    read_at      timestamptz
);
COMMENT ON TABLE notifications IS 'what a user is told; codes and ids only, the text is made when it is read';
CREATE INDEX notifications_inbox ON notifications (recipient_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (recipient_id, created_at DESC, id DESC) WHERE read_at IS NULL;
GRANT SELECT, INSERT, UPDATE (read_at) ON notifications TO qorgan_server;
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY notifications_read ON notifications FOR SELECT TO qorgan_server
    USING (recipient_id = (SELECT context_user()));
CREATE POLICY notifications_update ON notifications FOR UPDATE TO qorgan_server
    USING (recipient_id = (SELECT context_user())) WITH CHECK (recipient_id = (SELECT context_user()));
-- Anybody at work may tell anybody, of a case only who sees it.
CREATE POLICY notifications_insert ON notifications FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_user()) IS NOT NULL AND read_at IS NULL AND (case_id IS NULL OR case_visible(case_id)));

-- ---------------------------------------------------------------------------------- events of the system
-- What the worker writes has no actor; the previous release leaves such lines out.
ALTER TABLE case_events ALTER COLUMN actor_id DROP NOT NULL, ALTER COLUMN organisation_id DROP NOT NULL;
-- A session signs its events.
DROP POLICY case_events_insert ON case_events;
CREATE POLICY case_events_insert ON case_events FOR INSERT TO qorgan_server
    WITH CHECK (case_visible(case_id) AND actor_id = (SELECT context_user()) AND organisation_id IS NOT NULL);

-- ---------------------------------------------------------------------------------- who is told
-- They answer with ids alone.

-- Supervisors over an organisation whose role has one of the scopes.
CREATE FUNCTION supervisors_over(p_organisation uuid, p_scopes text[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT u.id
    FROM organisations below
    JOIN organisations o ON o.id = below.id OR o.agency_code = below.agency_code
    JOIN users u ON u.organisation_id = o.id AND u.disabled_at IS NULL
    JOIN user_roles r ON r.user_id = u.id AND r.role = 'supervisor' AND r.scope = ANY (p_scopes)
    WHERE below.id = p_organisation AND o.active
      AND CASE r.scope
              WHEN 'organisation' THEN o.id = below.id
              WHEN 'territory' THEN o.id = below.id OR starts_with(below.kato, kato_prefix(o.kato))
              WHEN 'region' THEN o.id = below.id OR starts_with(below.kato, left(o.kato, 2))
              ELSE false
          END
$$;

-- Everybody of an organisation who works on cases, by the permission table's copy.
CREATE FUNCTION case_workers_of(p_organisation uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT u.id
    FROM organisations o
    JOIN users u ON u.organisation_id = o.id AND u.disabled_at IS NULL AND u.kind = 'person'
    JOIN user_roles r ON r.user_id = u.id
    JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', o.agency_code)
                        AND m.grant_kind = 'reach' AND m.name = 'case'
    WHERE o.id = p_organisation AND o.active
$$;

-- Whom a crisis wakes in an organisation on a day: the contacts that are named, else its supervisors, else everybody
-- there who works on cases.
CREATE FUNCTION duty_contacts_of(p_organisation uuid, p_day date) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN QUERY
        SELECT DISTINCT c.user_id FROM duty_contacts c
        JOIN users u ON u.id = c.user_id AND u.disabled_at IS NULL
        WHERE c.organisation_id = p_organisation AND c.valid_from <= p_day
          AND (c.valid_to IS NULL OR c.valid_to > p_day);
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT DISTINCT u.id FROM users u
        JOIN organisations o ON o.id = u.organisation_id AND o.active
        JOIN user_roles r ON r.user_id = u.id AND r.role = 'supervisor'
        WHERE u.organisation_id = p_organisation AND u.disabled_at IS NULL;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT w.id FROM case_workers_of(p_organisation) AS w (id);
END
$$;

-- ---------------------------------------------------------------------------------- the worker
-- It works for no user. What it does is closed in here: the server's role gains no sight of any row by calling it.

-- A UUID of version 7 (RFC 9562, section 5.7).
CREATE FUNCTION uuid_v7(p_at timestamptz) RETURNS uuid
    LANGUAGE sql VOLATILE AS
$$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM p_at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Whom a level of a case is.
CREATE FUNCTION worker_recipients(p_level text, p_manager uuid, p_lead uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT CASE p_level
        WHEN 'manager' THEN ARRAY(SELECT u.id FROM users u JOIN organisations o ON o.id = u.organisation_id
                                  WHERE u.id = p_manager AND u.disabled_at IS NULL AND o.active)
        WHEN 'supervisor' THEN ARRAY(SELECT supervisors_over(p_lead, ARRAY['organisation', 'territory']))
        ELSE ARRAY(SELECT supervisors_over(p_lead, ARRAY['region']))
    END
$$;

-- Who has to do a task, for its reminder: who is assigned in its organisation, else everybody there who works on cases.
CREATE FUNCTION worker_task_holders(p_task uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    holders uuid[];
BEGIN
    SELECT array_agg(u.id) INTO holders
    FROM case_tasks t
    JOIN case_participants p ON p.case_id = t.case_id AND p.organisation_id = t.organisation_id AND p.ended_at IS NULL
    JOIN users u ON u.id = p.assigned_user_id AND u.disabled_at IS NULL
    WHERE t.id = p_task;
    IF holders IS NULL THEN
        SELECT array_agg(w.id) INTO holders FROM case_tasks t, case_workers_of(t.organisation_id) AS w (id) WHERE t.id = p_task;
    END IF;
    RETURN coalesce(holders, '{}');
END
$$;

-- Reminds of deadlines that come near and tells of those that passed: a batch of at most p_limit, the longest waiting
-- first. Rows that somebody else works on are left for the next time, so it never waits and never stands in the way.
-- Answers with how many deadlines it looked at, reminders and escalations.
CREATE FUNCTION worker_chase(p_now timestamptz, p_limit integer)
    RETURNS TABLE (deadlines integer, reminders integer, escalations integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    levels CONSTANT text[] := ARRAY['manager', 'supervisor', 'region'];
    d record;
    v_step text;
    v_level text;
    v_told text;
    v_done text[];
    v_people uuid[];
    v_facts jsonb;
    v_touched uuid[] := '{}';
BEGIN
    deadlines := 0; reminders := 0; escalations := 0;
    FOR d IN
        SELECT x.id, x.case_id, x.kind, x.task_id, x.due_at, x.remind_at, x.manager_at, x.supervisor_at, x.region_at, x.told,
               c.manager_id, c.lead_organisation_id, c.stage, t.status AS task_status, t.finished_at
        FROM case_deadlines x JOIN cases c ON c.id = x.case_id LEFT JOIN case_tasks t ON t.id = x.task_id
        WHERE x.state = 'running' AND x.next_at <= p_now
        ORDER BY x.next_at
        LIMIT p_limit
        FOR NO KEY UPDATE OF x, c SKIP LOCKED
    LOOP
        deadlines := deadlines + 1;
        -- A server of the previous release settles tasks and closes cases without their clocks.
        IF d.task_status <> 'open' OR (d.stage = 'closed' AND d.kind <> 'post_closure_check') THEN
            UPDATE case_deadlines SET state = CASE WHEN d.task_status = 'done' THEN 'met' ELSE 'cancelled' END,
                settled_at = coalesce(d.finished_at, p_now)
            WHERE id = d.id;
            CONTINUE;
        END IF;
        v_done := d.told;
        v_facts := jsonb_build_object('deadline', d.kind, 'due_at', d.due_at, 'task_id', d.task_id);

        -- A reminder comes before the due time or not at all.
        IF d.remind_at <= p_now AND p_now < d.due_at AND NOT 'reminder' = ANY (v_done) THEN
            v_told := NULL;
            v_people := CASE WHEN d.task_id IS NOT NULL THEN worker_task_holders(d.task_id) ELSE '{}' END;
            FOREACH v_level IN ARRAY levels LOOP
                v_people := v_people || worker_recipients(v_level, d.manager_id, d.lead_organisation_id);
                IF cardinality(v_people) > 0 THEN
                    v_told := v_level;
                    EXIT;
                END IF;
            END LOOP;
            INSERT INTO case_deadline_steps VALUES (d.id, 'reminder', d.case_id, p_now, v_told,
                (SELECT count(DISTINCT person) FROM unnest(v_people) AS person));
            INSERT INTO notifications (id, recipient_id, kind, case_id, subject_id, data, created_at)
            SELECT uuid_v7(p_now), person, 'deadline_near', d.case_id, d.id, v_facts, p_now
            FROM (SELECT DISTINCT unnest(v_people) AS person) AS people;
            v_done := v_done || 'reminder'::text;
            reminders := reminders + 1;
        END IF;

        FOREACH v_step IN ARRAY levels LOOP
            CONTINUE WHEN v_step = ANY (v_done)
                OR coalesce(CASE v_step WHEN 'manager' THEN d.manager_at WHEN 'supervisor' THEN d.supervisor_at
                                        ELSE d.region_at END, 'infinity') > p_now;
            -- Where nobody is on a level, the next one is told in its place.
            v_told := NULL;
            v_people := '{}';
            FOREACH v_level IN ARRAY levels[array_position(levels, v_step):] LOOP
                v_done := v_done || v_level;
                v_people := worker_recipients(v_level, d.manager_id, d.lead_organisation_id);
                IF cardinality(v_people) > 0 THEN
                    v_told := v_level;
                    EXIT;
                END IF;
            END LOOP;
            INSERT INTO case_deadline_steps VALUES (d.id, v_step, d.case_id, p_now, v_told, cardinality(v_people));
            INSERT INTO notifications (id, recipient_id, kind, case_id, subject_id, data, created_at)
            SELECT uuid_v7(p_now), person, 'deadline_missed', d.case_id, d.id, v_facts || jsonb_build_object('level', v_told), p_now
            FROM unnest(v_people) AS person;
            INSERT INTO case_events (id, case_id, kind, subject_id, data, at)
            VALUES (uuid_v7(p_now), d.case_id, 'deadline_missed', d.id,
                    v_facts || jsonb_build_object('step', v_step, 'told', v_told, 'recipients', cardinality(v_people)), p_now);
            INSERT INTO outbox (id, topic, subject_kind, subject_id, created_at)
            VALUES (uuid_v7(p_now), 'case.deadline_missed', 'case', d.case_id, p_now);
            v_touched := v_touched || d.case_id;
            escalations := escalations + 1;
        END LOOP;

        UPDATE case_deadlines SET
            told = v_done,
            remind_at = CASE WHEN remind_at > p_now THEN remind_at END,
            manager_at = CASE WHEN 'manager' = ANY (v_done) THEN NULL ELSE manager_at END,
            supervisor_at = CASE WHEN 'supervisor' = ANY (v_done) THEN NULL ELSE supervisor_at END,
            region_at = CASE WHEN 'region' = ANY (v_done) THEN NULL ELSE region_at END
        WHERE id = d.id;
    END LOOP;
    -- Not in the loop: a row that its own transaction has changed is not found again by the locking query above, so the
    -- other deadlines of the case would be passed over.
    UPDATE cases SET updated_at = greatest(updated_at, p_now) WHERE id = ANY (v_touched);
    RETURN NEXT;
END
$$;

-- Takes out what has run out: answers kept for retries, and sessions a month after their end, p_limit of each at most.
CREATE FUNCTION worker_sweep(p_now timestamptz, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    swept bigint;
    part bigint;
BEGIN
    DELETE FROM idempotency_records WHERE (user_id, key) IN (
        SELECT i.user_id, i.key FROM idempotency_records i WHERE i.expires_at <= p_now
        ORDER BY i.expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS swept = ROW_COUNT;
    DELETE FROM sessions WHERE id IN (
        SELECT s.id FROM sessions s WHERE s.expires_at <= p_now - interval '30 days'
        ORDER BY s.expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS part = ROW_COUNT;
    RETURN swept + part;
END
$$;
CREATE INDEX idempotency_records_expiry ON idempotency_records (expires_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- PostgreSQL lets everybody call a new function unless that is taken back, whatever the defaults of a schema say.
REVOKE EXECUTE ON FUNCTION
    supervisors_over(uuid, text[]), case_workers_of(uuid), duty_contacts_of(uuid, date), uuid_v7(timestamptz),
    worker_recipients(text, uuid, uuid), worker_task_holders(uuid),
    worker_chase(timestamptz, integer), worker_sweep(timestamptz, integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    supervisors_over(uuid, text[]), case_workers_of(uuid), duty_contacts_of(uuid, date),
    worker_chase(timestamptz, integer), worker_sweep(timestamptz, integer)
TO qorgan_server;
