-- Qualification of facts of suicidal behaviour by the interagency group (measure 31 of the roadmap): sessions, agenda,
-- material of organisations, opinions of members, decisions; and the time for which the members read the files.
--
-- A seat opens the file of a fact for reading only: the fact, its versions and reports by policies for SELECT beside
-- those of the register, of the child no more than a function answers. Written to the register is only what a session
-- comes to: versions of facts on its agenda, by who keeps it, while it is planned or open.

CREATE TABLE qualification_rules (
    valid_from       date PRIMARY KEY,
    valid_to         date CHECK (valid_to > valid_from),
    present_percent  smallint NOT NULL CHECK (present_percent BETWEEN 1 AND 100),
    bodies_present   smallint NOT NULL CHECK (bodies_present BETWEEN 1 AND 7),
    preparation_days smallint NOT NULL CHECK (preparation_days BETWEEN 0 AND 60),
    longest_days     smallint NOT NULL CHECK (longest_days BETWEEN 1 AND 60),
    material_days    smallint NOT NULL CHECK (material_days BETWEEN 1 AND 60),
    source           text NOT NULL,
    provisional      boolean NOT NULL
);
GRANT SELECT ON qualification_rules TO qorgan_server;

CREATE TABLE qualification_sessions (
    id               uuid PRIMARY KEY,
    organisation_id  uuid NOT NULL REFERENCES organisations,
    title            text NOT NULL,
    place            text,
    scheduled_at     timestamptz NOT NULL,
    status           text NOT NULL CHECK (status IN ('planned', 'open', 'closed', 'cancelled')),
    access_from      timestamptz NOT NULL,
    access_until     timestamptz NOT NULL CHECK (access_until > access_from),
    present_percent  smallint NOT NULL,
    bodies_present   smallint NOT NULL,
    preparation_days smallint NOT NULL,
    longest_days     smallint NOT NULL,
    material_days    smallint NOT NULL,
    protocol_number  text,
    opened_at        timestamptz,
    ended_at         timestamptz,
    cancel_reason    text,
    created_by       uuid NOT NULL REFERENCES users,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL DEFAULT 1,
    CHECK ((status IN ('closed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
    CHECK (status NOT IN ('open', 'closed') OR (opened_at IS NOT NULL AND protocol_number IS NOT NULL))
);
COMMENT ON COLUMN qualification_sessions.organisation_id IS 'of who convened it';
COMMENT ON COLUMN qualification_sessions.access_from IS 'from when its members read its files; never outside planned and open';
COMMENT ON COLUMN qualification_sessions.present_percent IS 'the rules in force when it was convened, kept';
CREATE INDEX qualification_sessions_time ON qualification_sessions (scheduled_at DESC, id DESC);
CREATE UNIQUE INDEX qualification_sessions_protocol ON qualification_sessions (organisation_id, protocol_number)
    WHERE protocol_number IS NOT NULL;

CREATE TABLE qualification_members (
    session_id      uuid NOT NULL REFERENCES qualification_sessions,
    user_id         uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    agency_code     text NOT NULL REFERENCES agencies,
    role            text NOT NULL CHECK (role IN ('chair', 'deputy_chair', 'member', 'secretary', 'invited_expert')),
    present         boolean,
    added_at        timestamptz NOT NULL,
    PRIMARY KEY (session_id, user_id)
);
CREATE INDEX qualification_members_user ON qualification_members (user_id, session_id);
CREATE UNIQUE INDEX qualification_members_one_chair ON qualification_members (session_id) WHERE role = 'chair';

CREATE TABLE qualification_items (
    id           uuid PRIMARY KEY,
    session_id   uuid NOT NULL REFERENCES qualification_sessions,
    fact_id      uuid NOT NULL REFERENCES register_facts,
    fact_number  text NOT NULL,
    position     integer NOT NULL,
    created_by   uuid NOT NULL REFERENCES users,
    created_at   timestamptz NOT NULL,
    outcome      text CHECK (outcome IN ('confirmed', 'not_confirmed', 'postponed')),
    level        text,
    reason       text,
    voters       uuid[],
    settled_by   uuid REFERENCES users,
    settled_at   timestamptz,
    UNIQUE (session_id, fact_id),
    UNIQUE (session_id, position),
    CHECK (level IS NULL OR outcome = 'confirmed'),
    CHECK (outcome <> 'confirmed' OR level IS NOT NULL),
    CHECK (num_nonnulls(outcome, reason, voters) IN (0, 3)),
    CHECK (outcome IS NULL OR settled_at IS NOT NULL)
);
COMMENT ON COLUMN qualification_items.settled_at IS 'decided, put off, or the session was cancelled';
-- One session at a time has a fact before it.
CREATE UNIQUE INDEX qualification_items_live ON qualification_items (fact_id) WHERE settled_at IS NULL;

CREATE TABLE qualification_recusals (
    item_id uuid NOT NULL REFERENCES qualification_items,
    user_id uuid NOT NULL REFERENCES users,
    reason  text,
    told_by uuid NOT NULL REFERENCES users,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, user_id)
);

CREATE TABLE qualification_materials (
    id              uuid PRIMARY KEY,
    session_id      uuid NOT NULL REFERENCES qualification_sessions,
    item_id         uuid NOT NULL REFERENCES qualification_items,
    fact_number     text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisations,
    request         text NOT NULL,
    due_on          date NOT NULL,
    asked_by        uuid NOT NULL REFERENCES users,
    asked_at        timestamptz NOT NULL,
    answered_at     timestamptz,
    version         bigint NOT NULL DEFAULT 1
);
CREATE INDEX qualification_materials_item ON qualification_materials (item_id);
CREATE INDEX qualification_materials_asked ON qualification_materials (organisation_id, asked_at DESC, id DESC);

-- What an organisation answered belongs to the file; that it answered, to the session.
CREATE TABLE qualification_answers (
    material_id     uuid PRIMARY KEY REFERENCES qualification_materials,
    item_id         uuid NOT NULL REFERENCES qualification_items,
    organisation_id uuid NOT NULL REFERENCES organisations,
    answer          text,
    document        text,
    answered_by     uuid NOT NULL REFERENCES users,
    answered_at     timestamptz NOT NULL,
    CHECK (num_nonnulls(answer, document) > 0)
);

CREATE TABLE qualification_opinions (
    item_id  uuid NOT NULL REFERENCES qualification_items,
    user_id  uuid NOT NULL REFERENCES users,
    outcome  text NOT NULL CHECK (outcome IN ('confirmed', 'not_confirmed')),
    level    text,
    reasons  text NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, user_id),
    CHECK ((outcome = 'confirmed') = (level IS NOT NULL))
);

-- ------------------------------------------------------------------------- who may what, for the policies below
-- The sessions in whose group the user sits, whatever became of them.
CREATE FUNCTION group_sessions() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT ARRAY(SELECT session_id FROM qualification_members
                WHERE user_id = context_user() AND context_has('qualification_read')) $$;

-- Whether the user keeps the session, as its chair or secretary, and it stands in one of these states.
CREATE FUNCTION group_keeps(p_session uuid, p_statuses text[]) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT context_has('qualification_manage') AND EXISTS (
        SELECT FROM qualification_members m JOIN qualification_sessions s ON s.id = m.session_id
        WHERE m.session_id = p_session AND m.user_id = context_user() AND m.role IN ('chair', 'secretary')
          AND s.status = ANY (p_statuses))
$$;

-- Whether the user has just convened the session and nobody sits in it yet.
CREATE FUNCTION group_founds(p_session uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT context_has('qualification_manage')
       AND EXISTS (SELECT FROM qualification_sessions WHERE id = p_session AND created_by = context_user())
       AND NOT EXISTS (SELECT FROM qualification_members WHERE session_id = p_session)
$$;

-- The items whose files the user reads by a seat now (domain::register::qualification::GroupSeat). Asked once a
-- statement: (SELECT group_items()). Whoever counts the register never reads a file of it (measure 31 seats the
-- statistics office too: as somebody who does not count).
CREATE FUNCTION group_items() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('qualification_file_read') OR context_has('statistics_exact') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT i.id
        FROM qualification_members m
        JOIN qualification_sessions s ON s.id = m.session_id
        JOIN qualification_items i ON i.session_id = s.id
        WHERE m.user_id = context_user()
          AND s.status IN ('planned', 'open') AND s.access_from <= now() AND now() < s.access_until
          AND NOT (s.status = 'open' AND m.present IS FALSE)
          AND NOT EXISTS (SELECT FROM qualification_recusals r WHERE r.item_id = i.id AND r.user_id = m.user_id));
END
$$;

-- The facts of these items.
CREATE FUNCTION group_facts() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    open_items uuid[] := group_items();
BEGIN
    IF open_items = '{}' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT i.fact_id FROM qualification_items i WHERE i.id = ANY (open_items));
END
$$;

-- The facts that sessions which the user keeps, in these states, have before them: for what a session writes of them.
CREATE FUNCTION group_kept_facts(p_statuses text[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('qualification_manage') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT i.fact_id FROM qualification_members m
        JOIN qualification_sessions s ON s.id = m.session_id
        JOIN qualification_items i ON i.session_id = s.id
        WHERE m.user_id = context_user() AND m.role IN ('chair', 'secretary') AND s.status = ANY (p_statuses)
          AND i.settled_at IS NULL);
END
$$;

-- What the file says of the child: who and where, no number of a document.
CREATE FUNCTION group_child(p_item uuid)
    RETURNS TABLE (child_id uuid, last_name text, first_name text, patronymic text, kato text, organisation text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT p_item = ANY (group_items()) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.id, c.last_name, c.first_name, c.patronymic, c.kato::text, o.name
    FROM qualification_items i
    JOIN register_facts f ON f.id = i.fact_id
    JOIN children c ON c.id = child_survivor(f.child_id)
    LEFT JOIN organisations o ON o.id = c.organisation_id
    WHERE i.id = p_item;
END
$$;

-- Members who filed a report of a fact on the agenda.
CREATE FUNCTION group_reporters(p_session uuid) RETURNS TABLE (item_id uuid, user_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT i.id, m.user_id
    FROM qualification_items i
    JOIN qualification_members m ON m.session_id = i.session_id
    JOIN register_reports r ON r.fact_id = i.fact_id AND r.reported_by = m.user_id
    WHERE i.session_id = p_session AND p_session = ANY (group_sessions())
$$;

-- Who gave an opinion on what; not which.
CREATE FUNCTION group_opinions_given(p_session uuid) RETURNS TABLE (item_id uuid, user_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT o.item_id, o.user_id FROM qualification_opinions o JOIN qualification_items i ON i.id = o.item_id
    WHERE i.session_id = p_session AND p_session = ANY (group_sessions())
$$;

-- Whether somebody judges a fact: in a voting role, without an interest, not by an own report.
CREATE FUNCTION group_judges(p_item uuid, p_user uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM qualification_items i
        JOIN qualification_members m ON m.session_id = i.session_id
        WHERE i.id = p_item AND m.user_id = p_user AND m.role IN ('chair', 'deputy_chair', 'member')
          AND NOT EXISTS (SELECT FROM qualification_recusals c WHERE c.item_id = i.id AND c.user_id = p_user)
          AND NOT EXISTS (SELECT FROM register_reports r WHERE r.fact_id = i.fact_id AND r.reported_by = p_user))
$$;

-- Whether the opinions on a fact are unsealed for the user: to who gave one; to who gives none (the secretary, say), once
-- everybody who judges the fact and was not found absent did.
CREATE FUNCTION group_unsealed(p_item uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (SELECT FROM qualification_opinions o WHERE o.item_id = p_item AND o.user_id = context_user()) THEN
        RETURN true;
    END IF;
    RETURN NOT group_judges(p_item, context_user())
        AND EXISTS (SELECT FROM qualification_opinions o WHERE o.item_id = p_item)
        AND NOT EXISTS (
            SELECT FROM qualification_items i
            JOIN qualification_sessions s ON s.id = i.session_id
            JOIN qualification_members m ON m.session_id = i.session_id
            WHERE i.id = p_item AND NOT (s.status = 'open' AND m.present IS FALSE) AND group_judges(p_item, m.user_id)
              AND NOT EXISTS (SELECT FROM qualification_opinions o WHERE o.item_id = p_item AND o.user_id = m.user_id));
END
$$;

-- The KATO prefix in which the user may put facts on an agenda: the region, or the city or district of the own
-- organisation. The group belongs to the region, so this does not ask for the agency.
CREATE FUNCTION group_prefix() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT CASE WHEN bool_or(r.scope = 'region') THEN left(o.kato, 2) ELSE kato_prefix(o.kato) END
    FROM users u
    JOIN organisations o ON o.id = u.organisation_id
    JOIN user_roles r ON r.user_id = u.id
    JOIN policy_mirror m ON m.role = r.role AND m.grant_kind = 'power' AND m.name = 'qualification_manage'
    WHERE u.id = context_user()
    GROUP BY o.kato
$$;

-- The facts of suicidal behaviour that wait for a session, with what convening needs and nothing of the child.
CREATE FUNCTION group_waiting(p_after uuid, p_limit integer)
    RETURNS TABLE (fact_id uuid, number text, level text, occurred_on date, kato text, agency_code text,
                   created_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.id, f.number, v.level, v.occurred_on, v.kato::text, v.agency_code, f.created_at
    FROM register_facts f
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE context_has('qualification_manage') AND (p_after IS NULL OR f.id > p_after)
      AND v.kind = 'suicidal_behaviour' AND v.status = 'registered'
      AND starts_with(v.kato, (SELECT group_prefix()))
    ORDER BY f.id
    LIMIT p_limit
$$;
CREATE INDEX register_fact_versions_awaiting ON register_fact_versions (fact_id, version)
    WHERE kind = 'suicidal_behaviour' AND status = 'registered';

-- The number of a fact that the user may put on an agenda; null for every other one, known or not. A fact that was
-- decided on may be looked at again.
CREATE FUNCTION group_may_take(p_fact uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.number
    FROM register_facts f
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE f.id = p_fact AND context_has('qualification_manage') AND v.kind = 'suicidal_behaviour'
      AND v.status IN ('registered', 'confirmed', 'not_confirmed')
      AND starts_with(v.kato, (SELECT group_prefix()))
$$;

-- A member's interest in a fact: told by the member, or by who keeps the session. It counts as a change of the session,
-- so that nothing is decided by those who were counted before. False where the session changed meanwhile.
CREATE FUNCTION group_recuse(p_item uuid, p_user uuid, p_reason text, p_version bigint, p_now timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    at_session uuid;
BEGIN
    SELECT i.session_id INTO at_session
    FROM qualification_items i
    JOIN qualification_members m ON m.session_id = i.session_id AND m.user_id = p_user
    WHERE i.id = p_item AND i.settled_at IS NULL
      AND ((p_user = context_user() AND context_has('qualification_read'))
           OR group_keeps(i.session_id, '{planned,open}'));
    IF at_session IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'this interest is not to be told by this user';
    END IF;
    UPDATE qualification_sessions SET version = version + 1, updated_at = p_now
    WHERE id = at_session AND version = p_version AND status IN ('planned', 'open');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO qualification_recusals (item_id, user_id, reason, told_by, told_at)
    VALUES (p_item, p_user, p_reason, context_user(), p_now)
    ON CONFLICT (item_id, user_id) DO UPDATE SET reason = p_reason, told_by = context_user(), told_at = p_now;
    RETURN true;
END
$$;

-- A member's opinion, on a fact whose file the seat opens and which is not settled: a decision that is being recorded
-- waits, or is waited for. False where the fact was settled meanwhile.
CREATE FUNCTION group_opine(p_item uuid, p_outcome text, p_level text, p_reasons text, p_now timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT (p_item = ANY (group_items()) AND group_judges(p_item, context_user())) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this user gives no opinion on this fact';
    END IF;
    PERFORM FROM qualification_items WHERE id = p_item AND settled_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO qualification_opinions (item_id, user_id, outcome, level, reasons, given_at)
    VALUES (p_item, context_user(), p_outcome, p_level, p_reasons, p_now);
    RETURN true;
END
$$;

-- The answer of an organisation that was asked: `answered`, `stale` where the request changed (it was answered),
-- `settled` where the group is done with the fact.
CREATE FUNCTION group_answer(p_material uuid, p_version bigint, p_answer text, p_document text, p_now timestamptz)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    asked record;
BEGIN
    SELECT m.item_id, m.organisation_id INTO asked FROM qualification_materials m
    WHERE m.id = p_material AND m.organisation_id = context_organisation() AND context_has('material_answer');
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'this organisation was not asked';
    END IF;
    PERFORM FROM qualification_items WHERE id = asked.item_id AND settled_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN 'settled';
    END IF;
    UPDATE qualification_materials SET answered_at = p_now, version = version + 1
    WHERE id = p_material AND version = p_version AND answered_at IS NULL;
    IF NOT FOUND THEN
        RETURN 'stale';
    END IF;
    INSERT INTO qualification_answers (material_id, item_id, organisation_id, answer, document, answered_by, answered_at)
    VALUES (p_material, asked.item_id, asked.organisation_id, p_answer, p_document, context_user(), p_now);
    RETURN 'answered';
END
$$;

-- Whether the group is done with the fact that a request is about: for the organisation that was asked.
CREATE FUNCTION material_open(p_material uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM qualification_materials m JOIN qualification_items i ON i.id = m.item_id
                   WHERE m.id = p_material AND m.organisation_id = context_organisation() AND i.settled_at IS NULL)
$$;

-- Who answers for an organisation. Ids alone.
CREATE FUNCTION material_answerers_of(p_organisation uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT u.id
    FROM organisations o
    JOIN users u ON u.organisation_id = o.id AND u.disabled_at IS NULL AND u.kind = 'person'
    JOIN user_roles r ON r.user_id = u.id
    JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', o.agency_code)
                        AND m.grant_kind = 'power' AND m.name = 'material_answer'
    WHERE o.id = p_organisation AND o.active
$$;

REVOKE EXECUTE ON FUNCTION
    group_sessions(), group_keeps(uuid, text[]), group_founds(uuid), group_items(), group_facts(),
    group_kept_facts(text[]), group_child(uuid), group_reporters(uuid), group_opinions_given(uuid),
    group_judges(uuid, uuid), group_unsealed(uuid), group_prefix(), group_waiting(uuid, integer), group_may_take(uuid),
    group_recuse(uuid, uuid, text, bigint, timestamptz), group_opine(uuid, text, text, text, timestamptz),
    group_answer(uuid, bigint, text, text, timestamptz), material_open(uuid), material_answerers_of(uuid)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    group_sessions(), group_keeps(uuid, text[]), group_founds(uuid), group_items(), group_facts(),
    group_kept_facts(text[]), group_child(uuid), group_reporters(uuid), group_opinions_given(uuid),
    group_unsealed(uuid), group_waiting(uuid, integer), group_may_take(uuid),
    group_recuse(uuid, uuid, text, bigint, timestamptz), group_opine(uuid, text, text, text, timestamptz),
    group_answer(uuid, bigint, text, text, timestamptz), material_open(uuid), material_answerers_of(uuid)
TO qorgan_server;

-- ------------------------------------------------------------------------- the record of the group
GRANT SELECT, INSERT ON qualification_sessions, qualification_members, qualification_items, qualification_materials
    TO qorgan_server;
GRANT SELECT ON qualification_recusals, qualification_answers, qualification_opinions TO qorgan_server;
GRANT UPDATE (title, place, scheduled_at, status, access_from, access_until, protocol_number, opened_at, ended_at,
    cancel_reason, updated_at, version) ON qualification_sessions TO qorgan_server;
GRANT UPDATE (present) ON qualification_members TO qorgan_server;
GRANT UPDATE (outcome, level, reason, voters, settled_by, settled_at) ON qualification_items TO qorgan_server;

ALTER TABLE qualification_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_sessions_read ON qualification_sessions FOR SELECT TO qorgan_server
    USING (id = ANY ((SELECT group_sessions())::uuid[]));
CREATE POLICY qualification_sessions_insert ON qualification_sessions FOR INSERT TO qorgan_server WITH CHECK (
    organisation_id = (SELECT context_organisation()) AND created_by = (SELECT context_user())
    AND (SELECT context_has('qualification_manage')) AND status = 'planned');
-- What is over stays as it was.
CREATE POLICY qualification_sessions_update ON qualification_sessions FOR UPDATE TO qorgan_server
    USING (group_keeps(id, '{planned,open}')) WITH CHECK (id = ANY ((SELECT group_sessions())::uuid[]));

ALTER TABLE qualification_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_members_read ON qualification_members FOR SELECT TO qorgan_server
    USING (session_id = ANY ((SELECT group_sessions())::uuid[]));
CREATE POLICY qualification_members_insert ON qualification_members FOR INSERT TO qorgan_server WITH CHECK (
    group_keeps(session_id, '{planned}')
    OR (user_id = (SELECT context_user()) AND role IN ('chair', 'secretary') AND group_founds(session_id)));
CREATE POLICY qualification_members_update ON qualification_members FOR UPDATE TO qorgan_server
    USING (group_keeps(session_id, '{open}')) WITH CHECK (group_keeps(session_id, '{open}'));

-- Who keeps the session keeps its record; a member sees what the seat opens.
ALTER TABLE qualification_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_items_read ON qualification_items FOR SELECT TO qorgan_server USING (
    id = ANY ((SELECT group_items())::uuid[]) OR group_keeps(session_id, '{planned,open,closed,cancelled}'));
CREATE POLICY qualification_items_insert ON qualification_items FOR INSERT TO qorgan_server WITH CHECK (
    created_by = (SELECT context_user()) AND group_keeps(session_id, '{planned}')
    AND fact_number = group_may_take(fact_id));
CREATE POLICY qualification_items_update ON qualification_items FOR UPDATE TO qorgan_server
    USING (settled_at IS NULL AND group_keeps(session_id, '{planned,open}'))
    WITH CHECK (settled_by = (SELECT context_user()) AND group_keeps(session_id, '{planned,open}'));

-- Why somebody has an interest is for the member and for who keeps the session.
ALTER TABLE qualification_recusals ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_recusals_read ON qualification_recusals FOR SELECT TO qorgan_server USING (
    user_id = (SELECT context_user())
    OR EXISTS (SELECT FROM qualification_items i
               WHERE i.id = item_id AND group_keeps(i.session_id, '{planned,open,closed,cancelled}')));

-- The organisation that was asked sees what it was asked, and nothing else of the file.
ALTER TABLE qualification_materials ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_materials_read ON qualification_materials FOR SELECT TO qorgan_server USING (
    (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('material_read')))
    OR item_id = ANY ((SELECT group_items())::uuid[])
    OR group_keeps(session_id, '{planned,open,closed,cancelled}'));
CREATE POLICY qualification_materials_insert ON qualification_materials FOR INSERT TO qorgan_server WITH CHECK (
    asked_by = (SELECT context_user()) AND group_keeps(session_id, '{planned,open}')
    AND EXISTS (SELECT FROM qualification_items i
                WHERE i.id = item_id AND i.session_id = qualification_materials.session_id
                  AND i.fact_number = qualification_materials.fact_number AND i.settled_at IS NULL));

ALTER TABLE qualification_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_answers_read ON qualification_answers FOR SELECT TO qorgan_server USING (
    (organisation_id = (SELECT context_organisation()) AND (SELECT context_has('material_read')))
    OR item_id = ANY ((SELECT group_items())::uuid[]));

ALTER TABLE qualification_opinions ENABLE ROW LEVEL SECURITY;
CREATE POLICY qualification_opinions_read ON qualification_opinions FOR SELECT TO qorgan_server USING (
    item_id = ANY ((SELECT group_items())::uuid[])
    AND (user_id = (SELECT context_user()) OR group_unsealed(item_id)));

-- ------------------------------------------------------------------------- what a seat opens: for reading
CREATE POLICY register_facts_read_group ON register_facts FOR SELECT TO qorgan_server USING (
    id = ANY ((SELECT group_facts())::uuid[]) OR id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]));
CREATE POLICY register_fact_versions_read_group ON register_fact_versions FOR SELECT TO qorgan_server USING (
    fact_id = ANY ((SELECT group_facts())::uuid[]) OR fact_id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]));
CREATE POLICY register_reports_read_group ON register_reports FOR SELECT TO qorgan_server
    USING (fact_id = ANY ((SELECT group_facts())::uuid[]));

-- ------------------------------------------------------------------------- what a session writes to the register
CREATE POLICY register_facts_update_group ON register_facts FOR UPDATE TO qorgan_server
    USING (id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]))
    WITH CHECK (id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]));
CREATE POLICY register_fact_versions_insert_group ON register_fact_versions FOR INSERT TO qorgan_server WITH CHECK (
    actor_id = (SELECT context_user()) AND kind = 'suicidal_behaviour'
    AND status IN ('registered', 'under_qualification', 'confirmed', 'not_confirmed')
    AND fact_id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]));
CREATE POLICY register_fact_versions_update_group ON register_fact_versions FOR UPDATE TO qorgan_server
    USING (fact_id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]))
    WITH CHECK (fact_id = ANY ((SELECT group_kept_facts('{planned,open}'))::uuid[]));
