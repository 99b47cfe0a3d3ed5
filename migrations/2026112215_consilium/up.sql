-- The consilium: sessions of a board, its agenda of cases, its decisions; and the time for which its members read the
-- cases of the agenda.
--
-- A seat opens a case for reading only. The policies for that stand beside those of 2026112205 (policies of a command
-- are ORed) and are for SELECT; all that is written to a case still asks case_visible(). Written without it is only the
-- record of a decision: its text, its tasks, their participants and events, by the convener, while the session is open.

CREATE TABLE consilium_rules (
    valid_from       date PRIMARY KEY,
    valid_to         date CHECK (valid_to > valid_from),
    present_percent  smallint NOT NULL CHECK (present_percent BETWEEN 1 AND 100),
    agencies_present smallint NOT NULL CHECK (agencies_present BETWEEN 1 AND 20),
    preparation_days smallint NOT NULL CHECK (preparation_days BETWEEN 0 AND 60),
    longest_days     smallint NOT NULL CHECK (longest_days BETWEEN 1 AND 60),
    source           text NOT NULL,
    provisional      boolean NOT NULL
);
GRANT SELECT ON consilium_rules TO qorgan_server;

CREATE TABLE consilium_sessions (
    id               uuid PRIMARY KEY,
    organisation_id  uuid NOT NULL REFERENCES organisations,
    title            text NOT NULL,
    place            text,
    scheduled_at     timestamptz NOT NULL,
    status           text NOT NULL CHECK (status IN ('planned', 'open', 'closed', 'cancelled')),
    access_from      timestamptz NOT NULL,
    access_until     timestamptz NOT NULL CHECK (access_until > access_from),
    present_percent  smallint NOT NULL,
    agencies_present smallint NOT NULL,
    preparation_days smallint NOT NULL,
    longest_days     smallint NOT NULL,
    opened_at        timestamptz,
    ended_at         timestamptz,
    cancel_reason    text,
    created_by       uuid NOT NULL REFERENCES users,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL DEFAULT 1,
    CHECK ((status IN ('closed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
    CHECK (status NOT IN ('open', 'closed') OR opened_at IS NOT NULL)
);
COMMENT ON COLUMN consilium_sessions.organisation_id IS 'who convened it';
COMMENT ON COLUMN consilium_sessions.access_from IS 'from when its members read its cases; never outside planned and open';
COMMENT ON COLUMN consilium_sessions.present_percent IS 'the rules in force when it was convened, kept';
CREATE INDEX consilium_sessions_convener ON consilium_sessions (organisation_id, scheduled_at DESC, id DESC);

CREATE TABLE consilium_members (
    session_id      uuid NOT NULL REFERENCES consilium_sessions,
    user_id         uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    agency_code     text NOT NULL REFERENCES agencies,
    role            text NOT NULL CHECK (role IN ('chair', 'deputy_chair', 'member', 'secretary', 'invited_expert')),
    present         boolean,
    added_at        timestamptz NOT NULL,
    PRIMARY KEY (session_id, user_id)
);
CREATE INDEX consilium_members_user ON consilium_members (user_id, session_id);
CREATE UNIQUE INDEX consilium_members_one_chair ON consilium_members (session_id) WHERE role = 'chair';

CREATE TABLE consilium_items (
    id              uuid PRIMARY KEY,
    session_id      uuid NOT NULL REFERENCES consilium_sessions,
    organisation_id uuid NOT NULL REFERENCES organisations,
    case_id         uuid NOT NULL REFERENCES cases,
    case_number     text NOT NULL,
    position        integer NOT NULL,
    section         text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents DEFERRABLE INITIALLY DEFERRED,
    created_by      uuid NOT NULL REFERENCES users,
    created_at      timestamptz NOT NULL,
    UNIQUE (session_id, case_id),
    UNIQUE (session_id, position)
);
COMMENT ON COLUMN consilium_items.content_id IS 'the question put to the board';
CREATE INDEX consilium_items_case ON consilium_items (case_id);

CREATE TABLE consilium_conflicts (
    item_id uuid NOT NULL REFERENCES consilium_items,
    user_id uuid NOT NULL REFERENCES users,
    ground  text NOT NULL CHECK (ground IN ('declared', 'case_manager', 'case_author')),
    reason  text,
    told_by uuid NOT NULL REFERENCES users,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, user_id)
);

CREATE TABLE consilium_decisions (
    id              uuid PRIMARY KEY,
    item_id         uuid NOT NULL UNIQUE REFERENCES consilium_items,
    session_id      uuid NOT NULL REFERENCES consilium_sessions,
    organisation_id uuid NOT NULL REFERENCES organisations,
    case_id         uuid NOT NULL REFERENCES cases,
    outcome         text NOT NULL,
    section         text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents DEFERRABLE INITIALLY DEFERRED,
    recorded_by     uuid NOT NULL REFERENCES users,
    decided_at      timestamptz NOT NULL
);
COMMENT ON TABLE consilium_decisions IS 'immutable; text, opinions and the tasks as they were given stand in the content';
CREATE INDEX consilium_decisions_session ON consilium_decisions (session_id);
CREATE INDEX consilium_decisions_case ON consilium_decisions (case_id);

CREATE TABLE consilium_votes (
    decision_id uuid NOT NULL REFERENCES consilium_decisions,
    user_id     uuid NOT NULL REFERENCES users,
    vote        text NOT NULL CHECK (vote IN ('for', 'against', 'abstain')),
    PRIMARY KEY (decision_id, user_id)
);

-- ------------------------------------------------------------------------- who may what, for the policies below
-- The cases that the session's user reads by a seat on a board now (domain::consilium::Seat). Asked once a statement:
-- (SELECT board_cases()); for who sits on no board it is one look into an index.
CREATE FUNCTION board_cases() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('consilium_read') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT i.case_id
        FROM consilium_members m
        JOIN consilium_sessions s ON s.id = m.session_id
        JOIN consilium_items i ON i.session_id = s.id
        WHERE m.user_id = context_user()
          AND s.status IN ('planned', 'open') AND s.access_from <= now() AND now() < s.access_until
          AND NOT EXISTS (SELECT FROM consilium_conflicts c
                          WHERE c.item_id = i.id AND c.user_id = m.user_id AND c.ground = 'declared'));
END
$$;

-- The children of these cases.
CREATE FUNCTION board_children() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    on_agenda uuid[] := board_cases();
BEGIN
    IF on_agenda = '{}' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT c.child_id FROM cases c WHERE c.id = ANY (on_agenda));
END
$$;

CREATE FUNCTION child_on_agenda(p_child uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p_child = ANY (board_children()) $$;

-- Whether the session's user may read the case: at work on it, or by a seat. For reading only.
CREATE FUNCTION case_readable(p_case uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT case_visible(p_case) OR p_case = ANY (board_cases()) $$;

-- The sessions on whose board the user sits, whatever became of them.
CREATE FUNCTION board_sessions() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT ARRAY(SELECT session_id FROM consilium_members WHERE user_id = context_user() AND context_has('consilium_read')) $$;

-- Whether the user's own organisation convened the session, it stands in one of these states, and the user keeps it.
CREATE FUNCTION consilium_convened(p_session uuid, p_statuses text[]) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT context_has('consilium_manage') AND EXISTS (
        SELECT FROM consilium_sessions s
        WHERE s.id = p_session AND s.organisation_id = context_organisation() AND s.status = ANY (p_statuses))
$$;

-- The cases on the agenda of sessions in these states that the user keeps.
CREATE FUNCTION consilium_recordable(p_statuses text[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('consilium_manage') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT i.case_id FROM consilium_sessions s JOIN consilium_items i ON i.session_id = s.id
                 WHERE s.organisation_id = context_organisation() AND s.status = ANY (p_statuses));
END
$$;

-- The KATO prefix within the own agency in which the user keeps consilia; null for the own organisation alone.
CREATE FUNCTION consilium_prefix() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT CASE WHEN bool_or(r.scope = 'region') THEN left(o.kato, 2)
                WHEN bool_or(r.scope = 'territory') THEN kato_prefix(o.kato) END
    FROM users u
    JOIN organisations o ON o.id = u.organisation_id
    JOIN user_roles r ON r.user_id = u.id
    JOIN policy_mirror m ON m.role = r.role AND m.grant_kind = 'power' AND m.name = 'consilium_manage'
    WHERE u.id = context_user()
    GROUP BY o.kato
$$;

-- Whether a case may be put on the agenda: its lead brought it before the consilium (domain.md: escalate), it is open,
-- and an organisation in the scope of who keeps the session takes part in it.
CREATE FUNCTION consilium_may_take(p_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN context_has('consilium_manage') AND EXISTS (
        SELECT FROM cases c
        JOIN case_participants p ON p.case_id = c.id AND p.ended_at IS NULL
        WHERE c.id = p_case AND 'consilium' = ANY (c.escalated_to) AND c.stage <> 'closed'
          AND (p.organisation_id = context_organisation()
               OR (p.organisation_agency = (SELECT agency_code FROM organisations WHERE id = context_organisation())
                   AND starts_with(p.organisation_kato, (SELECT consilium_prefix())))));
END
$$;

-- The number of such a case; null for every other one, known or not.
CREATE FUNCTION consilium_case_number(p_case uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT c.number FROM cases c WHERE c.id = p_case AND consilium_may_take(c.id) $$;

CREATE INDEX cases_brought ON cases (id) WHERE 'consilium' = ANY (escalated_to) AND stage <> 'closed';

-- These cases, with what convening needs and nothing of their content.
CREATE FUNCTION consilium_brought(p_after uuid, p_limit integer)
    RETURNS TABLE (case_id uuid, number text, risk_level text, lead_id uuid, lead_name text, since timestamptz,
                   session_id uuid, decided_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.id, c.number, c.risk_level, o.id, o.name,
           coalesce((SELECT max(e.at) FROM case_events e
                     WHERE e.case_id = c.id AND e.kind = 'transitioned' AND e.data ->> 'escalated_to' = 'consilium'),
                    c.opened_at),
           (SELECT s.id FROM consilium_items i JOIN consilium_sessions s ON s.id = i.session_id
            WHERE i.case_id = c.id AND s.organisation_id = context_organisation() AND s.status IN ('planned', 'open')
            ORDER BY s.scheduled_at LIMIT 1),
           (SELECT max(d.decided_at) FROM consilium_decisions d
            WHERE d.case_id = c.id AND d.organisation_id = context_organisation() AND d.outcome <> 'postponed')
    FROM cases c
    JOIN organisations o ON o.id = c.lead_organisation_id
    WHERE 'consilium' = ANY (c.escalated_to) AND c.stage <> 'closed'
      AND (p_after IS NULL OR c.id > p_after)
      AND consilium_may_take(c.id)
    ORDER BY c.id
    LIMIT p_limit
$$;

-- A member's interest in a case: told by the member, or by who keeps the session. It counts as a change of the session,
-- so that no decision is recorded on votes that were counted before. False where the session changed meanwhile.
CREATE FUNCTION consilium_declare(p_item uuid, p_user uuid, p_reason text, p_version bigint, p_now timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    at_session uuid;
BEGIN
    SELECT i.session_id INTO at_session
    FROM consilium_items i
    JOIN consilium_members m ON m.session_id = i.session_id AND m.user_id = p_user
    WHERE i.id = p_item
      AND NOT EXISTS (SELECT FROM consilium_decisions d WHERE d.item_id = i.id)
      AND ((p_user = context_user() AND context_has('consilium_read'))
           OR consilium_convened(i.session_id, '{planned,open}'));
    IF at_session IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'this interest is not to be told by this user';
    END IF;
    UPDATE consilium_sessions SET version = version + 1, updated_at = p_now
    WHERE id = at_session AND version = p_version AND status IN ('planned', 'open');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO consilium_conflicts (item_id, user_id, ground, reason, told_by, told_at)
    VALUES (p_item, p_user, 'declared', p_reason, context_user(), p_now)
    ON CONFLICT (item_id, user_id) DO UPDATE SET ground = 'declared', reason = p_reason, told_by = context_user(), told_at = p_now;
    RETURN true;
END
$$;

-- Notes that something of a case changed by the board's work.
CREATE FUNCTION consilium_touch(p_case uuid, p_now timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE cases SET updated_at = p_now WHERE id = p_case AND p_case = ANY (consilium_recordable('{planned,open}'));
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION
    board_cases(), board_children(), child_on_agenda(uuid), case_readable(uuid), board_sessions(),
    consilium_convened(uuid, text[]), consilium_recordable(text[]), consilium_prefix(), consilium_may_take(uuid),
    consilium_case_number(uuid), consilium_brought(uuid, integer), consilium_declare(uuid, uuid, text, bigint, timestamptz),
    consilium_touch(uuid, timestamptz)
TO qorgan_server;

-- ------------------------------------------------------------------------- the record of the board
GRANT SELECT, INSERT ON consilium_sessions, consilium_members, consilium_items, consilium_conflicts,
    consilium_decisions, consilium_votes TO qorgan_server;
GRANT UPDATE (title, place, scheduled_at, status, access_from, access_until, opened_at, ended_at, cancel_reason,
    updated_at, version) ON consilium_sessions TO qorgan_server;
GRANT UPDATE (present) ON consilium_members TO qorgan_server;

ALTER TABLE consilium_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_sessions_read ON consilium_sessions FOR SELECT TO qorgan_server USING (
    (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage')))
    OR id = ANY ((SELECT board_sessions())::uuid[]));
CREATE POLICY consilium_sessions_insert ON consilium_sessions FOR INSERT TO qorgan_server WITH CHECK (
    organisation_id = (SELECT context_organisation()) AND created_by = (SELECT context_user())
    AND (SELECT context_has('consilium_manage')) AND status = 'planned');
-- What is over stays as it was.
CREATE POLICY consilium_sessions_update ON consilium_sessions FOR UPDATE TO qorgan_server
    USING (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage'))
           AND status IN ('planned', 'open'))
    WITH CHECK (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage')));

ALTER TABLE consilium_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_members_read ON consilium_members FOR SELECT TO qorgan_server USING (
    session_id = ANY ((SELECT board_sessions())::uuid[])
    OR consilium_convened(session_id, '{planned,open,closed,cancelled}'));
CREATE POLICY consilium_members_insert ON consilium_members FOR INSERT TO qorgan_server
    WITH CHECK (consilium_convened(session_id, '{planned}'));
CREATE POLICY consilium_members_update ON consilium_members FOR UPDATE TO qorgan_server
    USING (consilium_convened(session_id, '{open}')) WITH CHECK (consilium_convened(session_id, '{open}'));

ALTER TABLE consilium_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_items_read ON consilium_items FOR SELECT TO qorgan_server USING (
    (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage')))
    OR case_id = ANY ((SELECT board_cases())::uuid[])
    OR case_visible(case_id));
CREATE POLICY consilium_items_insert ON consilium_items FOR INSERT TO qorgan_server WITH CHECK (
    created_by = (SELECT context_user()) AND organisation_id = (SELECT context_organisation())
    AND consilium_convened(session_id, '{planned}') AND consilium_case_number(case_id) = case_number);

-- Why somebody has an interest is for the member and for who keeps the session.
ALTER TABLE consilium_conflicts ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_conflicts_read ON consilium_conflicts FOR SELECT TO qorgan_server USING (
    user_id = (SELECT context_user())
    OR ((SELECT context_has('consilium_manage'))
        AND EXISTS (SELECT FROM consilium_items i
                    WHERE i.id = item_id AND i.organisation_id = (SELECT context_organisation()))));
CREATE POLICY consilium_conflicts_insert ON consilium_conflicts FOR INSERT TO qorgan_server WITH CHECK (
    ground <> 'declared' AND told_by = (SELECT context_user())
    AND EXISTS (SELECT FROM consilium_items i WHERE i.id = item_id AND consilium_convened(i.session_id, '{open}')));

ALTER TABLE consilium_decisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_decisions_read ON consilium_decisions FOR SELECT TO qorgan_server USING (
    (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage')))
    OR case_id = ANY ((SELECT board_cases())::uuid[])
    OR case_visible(case_id));
CREATE POLICY consilium_decisions_insert ON consilium_decisions FOR INSERT TO qorgan_server WITH CHECK (
    recorded_by = (SELECT context_user()) AND organisation_id = (SELECT context_organisation())
    AND consilium_convened(session_id, '{open}')
    AND EXISTS (SELECT FROM consilium_items i
                WHERE i.id = item_id AND i.session_id = consilium_decisions.session_id
                  AND i.case_id = consilium_decisions.case_id));

ALTER TABLE consilium_votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY consilium_votes_read ON consilium_votes FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM consilium_decisions d WHERE d.id = decision_id));
CREATE POLICY consilium_votes_insert ON consilium_votes FOR INSERT TO qorgan_server WITH CHECK (
    EXISTS (SELECT FROM consilium_decisions d
            WHERE d.id = decision_id AND consilium_convened(d.session_id, '{open}')));

-- ------------------------------------------------------------------------- what a seat opens: for reading
CREATE POLICY cases_read_board ON cases FOR SELECT TO qorgan_server
    USING (id = ANY ((SELECT board_cases())::uuid[]));
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_participants', 'case_notes', 'case_assessments', 'case_plans', 'case_goals',
                                'case_tasks', 'case_reviews', 'case_events']
    LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO qorgan_server USING (case_id = ANY ((SELECT board_cases())::uuid[]))',
            name || '_read_board', name);
    END LOOP;
END
$$;
CREATE POLICY case_contents_read_board ON case_contents FOR SELECT TO qorgan_server USING (
    case_id = ANY ((SELECT board_cases())::uuid[])
    AND (section = ANY ((SELECT context_sections())::text[]) OR organisation_id = (SELECT context_organisation())));
-- Who keeps the sessions of an organisation reads what it put on record there, after the session too.
CREATE POLICY case_contents_read_record ON case_contents FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_organisation()) AND (SELECT context_has('consilium_manage'))
    AND (EXISTS (SELECT FROM consilium_decisions d WHERE d.case_id = case_contents.case_id AND d.content_id = case_contents.id)
         OR EXISTS (SELECT FROM consilium_items i WHERE i.case_id = case_contents.case_id AND i.content_id = case_contents.id)));
CREATE POLICY children_read_board ON children FOR SELECT TO qorgan_server USING (
    (SELECT context_reaches_children()) AND id = ANY ((SELECT board_children())::uuid[]));

-- ------------------------------------------------------------------------- the record in the case
CREATE POLICY case_contents_insert_record ON case_contents FOR INSERT TO qorgan_server WITH CHECK (
    author_id = (SELECT context_user()) AND organisation_id = (SELECT context_organisation())
    AND case_id = ANY ((SELECT consilium_recordable('{planned,open}'))::uuid[]));
CREATE POLICY case_events_insert_record ON case_events FOR INSERT TO qorgan_server WITH CHECK (
    actor_id = (SELECT context_user())
    AND kind IN ('consilium_scheduled', 'consilium_decided', 'task_added', 'participant_added')
    AND case_id = ANY ((SELECT consilium_recordable('{planned,open}'))::uuid[]));
CREATE POLICY case_tasks_insert_record ON case_tasks FOR INSERT TO qorgan_server WITH CHECK (
    origin = 'consilium' AND status = 'open'
    AND case_id = ANY ((SELECT consilium_recordable('{open}'))::uuid[])
    AND EXISTS (SELECT FROM consilium_decisions d WHERE d.id = source_id AND d.case_id = case_tasks.case_id));
-- With a task comes its clock; one that is there must be seen, so that it is not started twice.
CREATE POLICY case_deadlines_read_record ON case_deadlines FOR SELECT TO qorgan_server USING (
    case_id = ANY ((SELECT consilium_recordable('{open}'))::uuid[]));
CREATE POLICY case_participants_insert_record ON case_participants FOR INSERT TO qorgan_server WITH CHECK (
    role = 'participant' AND added_by = (SELECT context_user()) AND ended_at IS NULL
    AND case_id = ANY ((SELECT consilium_recordable('{open}'))::uuid[]));
