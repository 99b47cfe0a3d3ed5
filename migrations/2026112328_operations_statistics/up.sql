-- Statistics of the operation: cases as they stood on any day, whether deadlines were kept, who comes back, what became
-- of signals, how the work lies on those who do it.
--
-- Nothing here shows a row about a child: the server gets cells. What it may ask is either counted within its session's
-- reach (exactly, by the settings that row security reads too) or over the whole region with the keys of the cells, by
-- which the program changes every count before anybody sees it.

-- ---------------------------------------------------------------------------------- how cases stood

-- One row for as long as stage, risk, lead and outcome of a case stayed as they were. `cases` says how it is now and
-- forgets that it was closed once it is opened again: of a day that is over only this tells. Written by the trigger
-- below alone; the server has no right to it.
CREATE TABLE case_states (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id              uuid NOT NULL REFERENCES cases ON DELETE CASCADE,
    change               text NOT NULL CHECK (change IN ('opened', 'moved', 'closed', 'reopened')),
    since                timestamptz NOT NULL,
    until                timestamptz CHECK (until >= since),
    stage                text NOT NULL,
    risk_level           text NOT NULL,
    outcome              text,
    lead_organisation_id uuid NOT NULL REFERENCES organisations,
    CHECK ((stage = 'closed') = (outcome IS NOT NULL))
);
COMMENT ON COLUMN case_states.change IS 'what began the state';
CREATE UNIQUE INDEX case_states_present ON case_states (case_id) WHERE until IS NULL;
CREATE INDEX case_states_case ON case_states (case_id, since);
-- Open at a moment: still, or until later.
CREATE INDEX case_states_open ON case_states (until) WHERE stage <> 'closed';
CREATE INDEX case_states_turns ON case_states (change, since) WHERE change IN ('closed', 'reopened');
ALTER TABLE case_states ENABLE ROW LEVEL SECURITY;

CREATE INDEX cases_opened ON cases (opened_at);
CREATE INDEX case_deadlines_due ON case_deadlines (due_at);

-- ---------------------------------------------------------------------------------- record keys

-- As those of facts (2026112224_cell_keys): the server has no right to them.
CREATE TABLE case_record_keys (
    case_id    uuid PRIMARY KEY REFERENCES cases ON DELETE CASCADE,
    record_key bigint NOT NULL DEFAULT ('x' || right(gen_random_uuid()::text, 8))::bit(32)::bigint
               CHECK (record_key BETWEEN 0 AND 4294967295)
);
ALTER TABLE case_record_keys ENABLE ROW LEVEL SECURITY;
INSERT INTO case_record_keys (case_id) SELECT id FROM cases;

CREATE TABLE signal_record_keys (
    signal_id  uuid PRIMARY KEY REFERENCES signals ON DELETE CASCADE,
    record_key bigint NOT NULL DEFAULT ('x' || right(gen_random_uuid()::text, 8))::bit(32)::bigint
               CHECK (record_key BETWEEN 0 AND 4294967295)
);
ALTER TABLE signal_record_keys ENABLE ROW LEVEL SECURITY;
INSERT INTO signal_record_keys (signal_id) SELECT id FROM signals;

CREATE FUNCTION signals_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO signal_record_keys (signal_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER signals_key AFTER INSERT ON signals FOR EACH ROW EXECUTE FUNCTION signals_key();

-- ---------------------------------------------------------------------------------- who writes the states
CREATE FUNCTION case_states_open() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    closed boolean := NEW.stage = 'closed';
BEGIN
    INSERT INTO case_record_keys (case_id) VALUES (NEW.id);
    -- A case that comes closed, as from another system, was open before.
    INSERT INTO case_states (case_id, change, since, until, stage, risk_level, lead_organisation_id)
    VALUES (NEW.id, 'opened', NEW.opened_at, CASE WHEN closed THEN greatest(NEW.closed_at, NEW.opened_at) END,
            CASE WHEN closed THEN 'registered' ELSE NEW.stage END, NEW.risk_level, NEW.lead_organisation_id);
    IF closed THEN
        INSERT INTO case_states (case_id, change, since, stage, risk_level, outcome, lead_organisation_id)
        VALUES (NEW.id, 'closed', greatest(NEW.closed_at, NEW.opened_at), 'closed', NEW.risk_level, NEW.closure_outcome,
                NEW.lead_organisation_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_states_open AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_states_open();

CREATE FUNCTION case_states_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    began timestamptz;
BEGIN
    -- A request that waited for another one carries an earlier time: states never overlap.
    UPDATE case_states SET until = greatest(since, NEW.updated_at) WHERE case_id = NEW.id AND until IS NULL
    RETURNING until INTO began;
    INSERT INTO case_states (case_id, change, since, stage, risk_level, outcome, lead_organisation_id)
    VALUES (NEW.id,
            CASE WHEN (OLD.stage = 'closed') = (NEW.stage = 'closed') THEN 'moved'
                 WHEN NEW.stage = 'closed' THEN 'closed' ELSE 'reopened' END,
            coalesce(began, NEW.updated_at), NEW.stage, NEW.risk_level,
            CASE WHEN NEW.stage = 'closed' THEN NEW.closure_outcome END, NEW.lead_organisation_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER case_states_follow
    AFTER UPDATE OF stage, risk_level, closure_outcome, lead_organisation_id ON cases FOR EACH ROW
    WHEN (OLD.stage <> NEW.stage OR OLD.risk_level <> NEW.risk_level
          OR OLD.lead_organisation_id <> NEW.lead_organisation_id
          OR (NEW.stage = 'closed' AND OLD.closure_outcome IS DISTINCT FROM NEW.closure_outcome))
    EXECUTE FUNCTION case_states_follow();

-- What stood before there was a trigger, from the events of the cases: of every event the latest stage, risk and outcome
-- that it or an earlier one tells. Each is carried forward as the greatest of the texts that begin with the event's number.
WITH told AS (
    SELECT e.case_id, e.seq, e.at, c.lead_organisation_id,
           CASE e.kind WHEN 'opened' THEN 'registered' WHEN 'transitioned' THEN e.data ->> 'to'
                       WHEN 'merged' THEN CASE WHEN e.data ? 'into' THEN 'closed' END END AS stage,
           CASE WHEN e.kind IN ('opened', 'amended', 'transitioned') THEN e.data ->> 'risk_level' END AS risk_level,
           CASE e.kind WHEN 'transitioned' THEN e.data ->> 'outcome'
                       WHEN 'merged' THEN CASE WHEN e.data ? 'into' THEN 'merged' END END AS outcome
    FROM case_events e JOIN cases c ON c.id = e.case_id
    WHERE e.kind IN ('opened', 'amended', 'transitioned', 'merged')),
carried AS (
    SELECT case_id, seq, lead_organisation_id, max(at) OVER sofar AS at,
           substr(max(lpad(seq::text, 20, '0') || stage) OVER sofar, 21) AS stage,
           substr(max(lpad(seq::text, 20, '0') || risk_level) OVER sofar, 21) AS risk_level,
           substr(max(lpad(seq::text, 20, '0') || outcome) OVER sofar, 21) AS outcome
    FROM told
    WINDOW sofar AS (PARTITION BY case_id ORDER BY seq)),
changed AS (
    SELECT *, lag(stage) OVER run AS stage_before, lag(risk_level) OVER run AS risk_before
    FROM (SELECT case_id, seq, at, lead_organisation_id, stage, risk_level,
                 CASE WHEN stage = 'closed' THEN coalesce(outcome, 'other') END AS outcome
          FROM carried WHERE stage IS NOT NULL AND risk_level IS NOT NULL) AS known
    WINDOW run AS (PARTITION BY case_id ORDER BY seq))
INSERT INTO case_states (case_id, change, since, until, stage, risk_level, outcome, lead_organisation_id)
SELECT case_id,
       CASE WHEN stage_before IS NULL THEN 'opened'
            WHEN (stage_before = 'closed') = (stage = 'closed') THEN 'moved'
            WHEN stage = 'closed' THEN 'closed' ELSE 'reopened' END,
       at, lead(at) OVER (PARTITION BY case_id ORDER BY seq), stage, risk_level, outcome, lead_organisation_id
FROM changed
WHERE stage_before IS NULL OR stage_before <> stage OR risk_before <> risk_level
ORDER BY case_id, seq;

-- Cases without events stood as they came, and the last state is the one that the case is in.
INSERT INTO case_states (case_id, change, since, until, stage, risk_level, lead_organisation_id)
SELECT c.id, 'opened', c.opened_at, CASE WHEN c.stage = 'closed' THEN greatest(c.closed_at, c.opened_at) END,
       CASE WHEN c.stage = 'closed' THEN 'registered' ELSE c.stage END, c.risk_level, c.lead_organisation_id
FROM cases c WHERE NOT EXISTS (SELECT FROM case_states s WHERE s.case_id = c.id);
WITH wrong AS (
    UPDATE case_states s SET until = greatest(s.since, c.updated_at) FROM cases c
    WHERE c.id = s.case_id AND s.until IS NULL
      AND (s.stage <> c.stage OR s.risk_level <> c.risk_level
           OR s.outcome IS DISTINCT FROM CASE WHEN c.stage = 'closed' THEN c.closure_outcome END)
    RETURNING s.case_id, s.until, s.stage)
INSERT INTO case_states (case_id, change, since, stage, risk_level, outcome, lead_organisation_id)
SELECT c.id,
       CASE WHEN (wrong.stage = 'closed') = (c.stage = 'closed') THEN 'moved'
            WHEN c.stage = 'closed' THEN 'closed' ELSE 'reopened' END,
       wrong.until, c.stage, c.risk_level, CASE WHEN c.stage = 'closed' THEN c.closure_outcome END, c.lead_organisation_id
FROM wrong JOIN cases c ON c.id = wrong.case_id;
INSERT INTO case_states (case_id, change, since, stage, risk_level, outcome, lead_organisation_id)
SELECT c.id, 'closed', greatest(c.closed_at, c.opened_at), 'closed', c.risk_level, c.closure_outcome, c.lead_organisation_id
FROM cases c WHERE c.stage = 'closed' AND NOT EXISTS (SELECT FROM case_states s WHERE s.case_id = c.id AND s.until IS NULL);

-- ---------------------------------------------------------------------------------- cells
-- All functions below answer in one shape: the values of the dimensions (null: of all together), what is counted, how
-- many records and how many cases (or children) that are, the key of the cell where it is to be protected, and of what
-- takes time the hours. Nothing that a caller sends becomes part of a statement: dimensions are looked up in lists.
CREATE TYPE operations_cell AS (
    keys text[], result text, records bigint, others bigint, cell_key bigint, median double precision, p90 double precision);

CREATE FUNCTION operations_permit(p_protected boolean) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has(CASE WHEN p_protected THEN 'operations_protected' ELSE 'operations_exact' END) THEN
        RAISE insufficient_privilege USING MESSAGE = 'these statistics are not open to this session';
    END IF;
END
$$;

-- The organisations in the session's reach, as the policies have them.
CREATE FUNCTION operations_organisations(p_resource text) RETURNS uuid[]
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    SELECT coalesce(array_agg(o.id), '{}') FROM organisations o
    WHERE o.id = context_org(p_resource)
       OR (o.agency_code = context_agency(p_resource) AND starts_with(o.kato, context_prefix(p_resource)))
$$;

-- The cases in reach, as cases_read has them, but not those that a seat on a board opens for a time. $5 are the
-- organisations, $6 the user whose own cases they are.
CREATE FUNCTION operations_in_reach(p_protected boolean, p_case text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN p_protected THEN '' ELSE format(
        ' AND %s IN (SELECT p.case_id FROM case_participants p WHERE p.ended_at IS NULL'
        ' AND (p.organisation_id = ANY ($5) OR p.assigned_user_id = $6))', p_case) END;

CREATE FUNCTION operations_keys(p_dimensions text[], p_known jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    listed text;
BEGIN
    SELECT coalesce(string_agg(p_known ->> asked.name, ', ' ORDER BY asked.place), '') INTO listed
    FROM unnest(p_dimensions) WITH ORDINALITY AS asked (name, place)
    HAVING count(*) = count(p_known ->> asked.name);
    IF listed IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such dimension';
    END IF;
    RETURN listed;
END
$$;

-- The month in Kazakhstan (domain::calendar) of a moment.
CREATE FUNCTION operations_month(p_at timestamptz) RETURNS text
    LANGUAGE sql STABLE
    RETURN to_char((p_at AT TIME ZONE 'UTC') + interval '5 hours', 'YYYY-MM');

-- What a case may be narrowed by, as conditions on the state `s`, the case `c` and its lead `o`; $4 are the filters.
CREATE FUNCTION operations_case_filters() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN ' AND ($4 ->> ''stage'' IS NULL OR s.stage = $4 ->> ''stage'')'
        ' AND ($4 ->> ''risk_level'' IS NULL OR s.risk_level = $4 ->> ''risk_level'')'
        ' AND ($4 ->> ''outcome'' IS NULL OR s.outcome = $4 ->> ''outcome'')'
        ' AND ($4 ->> ''agency'' IS NULL OR o.agency_code = $4 ->> ''agency'')'
        ' AND ($4 ->> ''organisation'' IS NULL OR o.id = ($4 ->> ''organisation'')::uuid)'
        ' AND ($4 ->> ''territory'' IS NULL OR starts_with(c.kato, $4 ->> ''territory''))'
        ' AND ($4 ->> ''channel'' IS NULL OR g.channel = $4 ->> ''channel'')';

CREATE FUNCTION operations_case_dimensions() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN jsonb_build_object('stage', 's.stage', 'risk_level', 's.risk_level', 'outcome', 's.outcome',
        'agency', 'o.agency_code', 'organisation', 'o.id::text', 'territory', 'left(c.kato, 4) || ''00000''',
        'channel', 'g.channel', 'month', 'operations_month(coalesce(s.at, c.opened_at))');

-- Which states are counted: of cases open at $3, opened from $1 to before $2 (as they stood at $3), closed or opened
-- anew then (the last time, of a case that was more than once).
CREATE FUNCTION operations_states(p_counted text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE p_counted
        WHEN 'open' THEN
            'SELECT h.*, NULL::timestamptz AS at FROM case_states h'
            ' WHERE h.since < $3 AND (h.until IS NULL OR h.until >= $3) AND h.stage <> ''closed'''
        WHEN 'opened' THEN
            'SELECT h.*, x.opened_at AS at FROM cases x JOIN case_states h ON h.case_id = x.id'
            ' WHERE x.opened_at >= $1 AND x.opened_at < $2 AND h.since < $3 AND (h.until IS NULL OR h.until >= $3)'
        WHEN 'closed' THEN
            'SELECT DISTINCT ON (h.case_id) h.*, h.since AS at FROM case_states h'
            ' WHERE h.change = ''closed'' AND h.since >= $1 AND h.since < least($2, $3) ORDER BY h.case_id, h.since DESC, h.id DESC'
        WHEN 'reopened' THEN
            'SELECT DISTINCT ON (h.case_id) h.*, h.since AS at FROM case_states h'
            ' WHERE h.change = ''reopened'' AND h.since >= $1 AND h.since < least($2, $3) ORDER BY h.case_id, h.since DESC, h.id DESC'
    END;

-- A duplicate that was merged is no case of its own, unless it is asked for.
CREATE FUNCTION operations_not_merged() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN ' AND (s.outcome IS DISTINCT FROM ''merged'' OR $4 ->> ''outcome'' = ''merged'')';

-- Cases, and how many children they are of (exact counts only: the noise of a cell is that of its cases).
CREATE FUNCTION case_cells(p_protected boolean, p_counted text, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                           p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_keys(p_dimensions, operations_case_dimensions());
    states text := operations_states(p_counted);
BEGIN
    PERFORM operations_permit(p_protected);
    IF states IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such count of cases';
    END IF;
    RETURN QUERY EXECUTE format($query$
        SELECT x.k, 'cases', count(*), %s, %s, NULL::double precision, NULL::double precision
        FROM (SELECT ARRAY[%s]::text[] AS k, s.case_id, coalesce(m.survivor, c.child_id) AS child
              FROM (%s) AS s JOIN cases c ON c.id = s.case_id JOIN organisations o ON o.id = s.lead_organisation_id
              LEFT JOIN signals g ON g.id = c.signal_id
              LEFT JOIN (SELECT id, child_survivor(id) AS survivor FROM children WHERE merged_into IS NOT NULL) AS m
                     ON m.id = c.child_id
              WHERE true %s %s %s) AS x %s
        GROUP BY GROUPING SETS ((x.k), ())
        $query$,
        CASE WHEN p_protected THEN 'NULL::bigint' ELSE 'count(DISTINCT x.child)' END,
        CASE WHEN p_protected THEN '(sum(k.record_key) % 4294967296)::bigint' ELSE 'NULL::bigint' END,
        listed, states, operations_not_merged(), operations_case_filters(), operations_in_reach(p_protected, 's.case_id'),
        CASE WHEN p_protected THEN 'JOIN case_record_keys k ON k.case_id = x.case_id' ELSE '' END)
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case');
END
$$;

-- Deadlines that were due after p_from up to p_to, as they stood at p_moment: in_time, late, overdue, running; and of
-- those met, how many hours they took. `records` are deadlines, `others` cases, each once in a cell: a case with many
-- deadlines is one record of noise.
CREATE FUNCTION deadline_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                               p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_keys(p_dimensions, jsonb_build_object('deadline', 'd.kind', 'risk_level', 'r.risk_level',
        'agency', 'o.agency_code', 'organisation', 'o.id::text', 'territory', 'left(c.kato, 4) || ''00000''',
        'month', 'operations_month(d.due_at - interval ''1 microsecond'')'));
    sums text;
BEGIN
    PERFORM operations_permit(p_protected);
    SELECT string_agg(format('sum(%1$s) AS n%2$s, count(*) FILTER (WHERE %1$s > 0) AS c%2$s, %3$s AS k%2$s', part, place,
               CASE WHEN p_protected
                    THEN format('(sum(k.record_key) FILTER (WHERE %s > 0) %% 4294967296)::bigint', part)
                    ELSE 'NULL::bigint' END), ', ') INTO sums
    FROM (VALUES (1, 'e.in_time'), (2, 'e.late'), (3, 'e.overdue'), (4, 'e.running'), (5, '(e.in_time + e.late)'))
         AS parts (place, part);
    RETURN QUERY EXECUTE format($query$
        WITH x AS MATERIALIZED (
            SELECT ARRAY[%s]::text[] AS k, d.case_id, t.met, CASE
                       WHEN t.met AND d.settled_at < d.due_at THEN 'in_time' WHEN t.met THEN 'late'
                       -- What stands still is not late: it had not run out when it was stopped.
                       WHEN d.due_at <= $3 AND NOT (d.state = 'paused' AND d.paused_at < $3) THEN 'overdue'
                       ELSE 'running' END AS result,
                   CASE WHEN t.met THEN
                       greatest(extract(epoch FROM d.settled_at - d.started_at)::double precision - d.paused_seconds, 0) / 3600
                   END AS hours
            FROM case_deadlines d JOIN clock_rules r ON r.id = d.rule_id JOIN cases c ON c.id = d.case_id
            LEFT JOIN case_tasks w ON w.id = d.task_id
            -- Who answers for it: who holds the task, else the lead.
            JOIN organisations o ON o.id = coalesce(w.organisation_id, c.lead_organisation_id)
            CROSS JOIN LATERAL (SELECT d.state = 'met' AND d.settled_at < $3 AS met) AS t
            WHERE d.due_at > $1 AND d.due_at <= $2 AND d.started_at < $3
              AND NOT (d.state = 'cancelled' AND d.settled_at < $3)
              AND ($4 ->> 'deadline' IS NULL OR d.kind = $4 ->> 'deadline')
              AND ($4 ->> 'risk_level' IS NULL OR r.risk_level = $4 ->> 'risk_level')
              AND ($4 ->> 'agency' IS NULL OR o.agency_code = $4 ->> 'agency')
              AND ($4 ->> 'organisation' IS NULL OR o.id = ($4 ->> 'organisation')::uuid)
              AND ($4 ->> 'territory' IS NULL OR starts_with(c.kato, $4 ->> 'territory')) %s),
        -- What each case has in each cell, and in all of them.
        one AS (
            SELECT x.k, x.case_id, (count(*) FILTER (WHERE x.result = 'in_time'))::integer AS in_time,
                   (count(*) FILTER (WHERE x.result = 'late'))::integer AS late,
                   (count(*) FILTER (WHERE x.result = 'overdue'))::integer AS overdue,
                   (count(*) FILTER (WHERE x.result = 'running'))::integer AS running
            FROM x GROUP BY x.k, x.case_id),
        every AS (
            SELECT * FROM one
            UNION ALL
            SELECT NULL, one.case_id, sum(one.in_time)::integer, sum(one.late)::integer, sum(one.overdue)::integer,
                   sum(one.running)::integer
            FROM one GROUP BY one.case_id),
        taken AS (
            SELECT x.k, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY x.hours) AS hours FROM x WHERE x.met
            GROUP BY GROUPING SETS ((x.k), ())),
        told AS (
            SELECT e.k, %s
            FROM every e %s GROUP BY e.k)
        SELECT told.k, r.result, r.records::bigint, r.others, r.key, taken.hours[1], taken.hours[2]
        FROM told
        CROSS JOIN LATERAL (VALUES ('in_time', n1, c1, k1), ('late', n2, c2, k2), ('overdue', n3, c3, k3),
            ('running', n4, c4, k4), ('met', n1 + n2, c5, k5)) AS r (result, records, others, key)
        LEFT JOIN taken ON r.result = 'met' AND taken.k IS NOT DISTINCT FROM told.k
        WHERE r.records > 0
        $query$,
        listed, operations_in_reach(p_protected, 'd.case_id'), sums,
        CASE WHEN p_protected THEN 'JOIN case_record_keys k ON k.case_id = e.case_id' ELSE '' END)
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case');
END
$$;

-- Of the cases closed in the period: all of them (closed); those whose p_months have passed by p_moment (observed); and
-- of these how many were opened anew in that time (reopened), whose child had a new case (new_case) or a new fact in
-- the register (new_fact), and any of it (recurred). Within reach, only what the session may see counts as new: an exact
-- count must not tell of a case elsewhere.
CREATE FUNCTION recurrence_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                                 p_moment timestamptz, p_filters jsonb, p_months integer, p_not_counted text[])
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_keys(p_dimensions, operations_case_dimensions());
BEGIN
    PERFORM operations_permit(p_protected);
    RETURN QUERY EXECUTE format($query$
        WITH RECURSIVE merged AS MATERIALIZED (
            SELECT id, child_survivor(id) AS survivor FROM children WHERE merged_into IS NOT NULL),
        closed AS MATERIALIZED (
            SELECT ARRAY[%s]::text[] AS k, s.case_id, s.since AS at, s.since + make_interval(months => $7) AS until,
                   s.since + make_interval(months => $7) <= $3 AS observed, coalesce(m.survivor, c.child_id) AS child
            FROM (%s) AS s JOIN cases c ON c.id = s.case_id JOIN organisations o ON o.id = s.lead_organisation_id
            LEFT JOIN signals g ON g.id = c.signal_id LEFT JOIN merged m ON m.id = c.child_id
            WHERE true %s %s %s),
        records AS MATERIALIZED (
            SELECT DISTINCT child, child AS id FROM closed WHERE observed
            UNION
            SELECT m.survivor, m.id FROM merged m WHERE m.survivor IN (SELECT child FROM closed WHERE observed)),
        again AS (
            SELECT z.case_id FROM closed z WHERE z.observed AND EXISTS (
                SELECT FROM case_states h WHERE h.case_id = z.case_id AND h.change = 'reopened'
                                            AND h.since >= z.at AND h.since < z.until)),
        another AS (
            SELECT DISTINCT z.case_id FROM closed z JOIN records e ON e.child = z.child
            JOIN cases n ON n.child_id = e.id AND n.id <> z.case_id AND n.opened_at >= z.at AND n.opened_at < z.until
            WHERE z.observed AND n.merged_into IS NULL %s),
        fact AS (
            SELECT DISTINCT z.case_id FROM closed z JOIN records e ON e.child = z.child
            JOIN register_facts f ON f.child_id = e.id
            JOIN register_fact_versions v ON v.fact_id = f.id AND v.recorded_at < $3
                                         AND (v.superseded_at IS NULL OR v.superseded_at >= $3)
            WHERE z.observed AND v.status <> ALL ($8)
              AND v.occurred_on > ((z.at AT TIME ZONE 'UTC') + interval '5 hours')::date
              AND v.occurred_on <= ((z.until AT TIME ZONE 'UTC') + interval '5 hours')::date %s),
        told AS (
            SELECT z.k, z.case_id, r.result FROM closed z
            LEFT JOIN again a ON a.case_id = z.case_id
            LEFT JOIN another n ON n.case_id = z.case_id
            LEFT JOIN fact f ON f.case_id = z.case_id
            CROSS JOIN LATERAL (VALUES ('closed', true), ('observed', z.observed), ('reopened', a.case_id IS NOT NULL),
                ('new_case', n.case_id IS NOT NULL), ('new_fact', f.case_id IS NOT NULL),
                ('recurred', num_nonnulls(a.case_id, n.case_id, f.case_id) > 0)) AS r (result, holds)
            WHERE r.holds)
        SELECT told.k, told.result, count(*), NULL::bigint, %s, NULL::double precision, NULL::double precision
        FROM told %s GROUP BY GROUPING SETS ((told.k, told.result), (told.result))
        $query$,
        listed, operations_states('closed'), operations_not_merged(), operations_case_filters(),
        operations_in_reach(p_protected, 's.case_id'), operations_in_reach(p_protected, 'n.id'),
        CASE WHEN p_protected THEN '' ELSE 'AND fact_reported_in_reach(f.id)' END,
        CASE WHEN p_protected THEN '(sum(k.record_key) % 4294967296)::bigint' ELSE 'NULL::bigint' END,
        CASE WHEN p_protected THEN 'JOIN case_record_keys k ON k.case_id = told.case_id' ELSE '' END)
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case'), p_months,
              p_not_counted;
END
$$;

-- Signals received from p_from to before p_to, by what had become of them at p_moment; and of those decided, how many
-- hours that took.
CREATE FUNCTION signal_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                             p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_keys(p_dimensions, jsonb_build_object('channel', 's.channel', 'urgency', 's.urgency',
        'agency', 's.organisation_agency', 'organisation', 's.organisation_id::text',
        'territory', 'left(s.kato, 4) || ''00000''', 'month', 'operations_month(s.received_at)'));
BEGIN
    PERFORM operations_permit(p_protected);
    RETURN QUERY EXECUTE format($query$
        WITH x AS MATERIALIZED (
            SELECT ARRAY[%s]::text[] AS k, s.id, CASE WHEN s.decided_at < $3 THEN s.status ELSE 'undecided' END AS result,
                   CASE WHEN s.decided_at < $3 THEN
                       greatest(extract(epoch FROM s.decided_at - s.received_at)::double precision, 0) / 3600 END AS hours
            FROM signals s
            WHERE s.received_at >= $1 AND s.received_at < least($2, $3)
              AND ($4 ->> 'channel' IS NULL OR s.channel = $4 ->> 'channel')
              AND ($4 ->> 'urgency' IS NULL OR s.urgency = $4 ->> 'urgency')
              AND ($4 ->> 'agency' IS NULL OR s.organisation_agency = $4 ->> 'agency')
              AND ($4 ->> 'organisation' IS NULL OR s.organisation_id = ($4 ->> 'organisation')::uuid)
              AND ($4 ->> 'territory' IS NULL OR starts_with(s.kato, $4 ->> 'territory')) %s),
        told AS (
            SELECT x.k, x.id, x.hours, r.result FROM x
            CROSS JOIN LATERAL (VALUES (x.result, true), ('signals', true), ('decided', x.hours IS NOT NULL)) AS r (result, holds)
            WHERE r.holds)
        SELECT t.k, t.result, count(*), NULL::bigint, %s,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY t.hours) FILTER (WHERE t.result = 'decided'),
               percentile_cont(0.9) WITHIN GROUP (ORDER BY t.hours) FILTER (WHERE t.result = 'decided')
        FROM told t %s GROUP BY GROUPING SETS ((t.k, t.result), (t.result))
        $query$,
        listed,
        CASE WHEN p_protected THEN '' ELSE
            'AND (s.organisation_id = ANY ($5) OR s.filed_organisation_id = context_org(''signal'') OR s.filed_by = $6)' END,
        CASE WHEN p_protected THEN '(sum(k.record_key) % 4294967296)::bigint' ELSE 'NULL::bigint' END,
        CASE WHEN p_protected THEN 'JOIN signal_record_keys k ON k.signal_id = t.id' ELSE '' END)
        USING p_from, p_to, p_moment, p_filters, operations_organisations('signal'), context_own('signal');
END
$$;

-- Open cases by the organisation that leads them, or the place where it stands: open, high (high and critical risk),
-- and, exactly only, unassigned: without a case manager. `others` are children.
CREATE FUNCTION workload_cells(p_protected boolean, p_level text, p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_keys(ARRAY[p_level], jsonb_build_object('organisation', 'o.id::text',
        'territory', 'left(o.kato, 4) || ''00000'''));
BEGIN
    PERFORM operations_permit(p_protected);
    RETURN QUERY EXECUTE format($query$
        WITH told AS (
            SELECT ARRAY[%s]::text[] AS k, s.case_id, coalesce(m.survivor, c.child_id) AS child, r.result
            FROM case_states s JOIN cases c ON c.id = s.case_id JOIN organisations o ON o.id = s.lead_organisation_id
            LEFT JOIN (SELECT id, child_survivor(id) AS survivor FROM children WHERE merged_into IS NOT NULL) AS m
                   ON m.id = c.child_id
            CROSS JOIN LATERAL (VALUES ('open', true), ('high', s.risk_level IN ('high', 'critical')),
                ('unassigned', c.manager_id IS NULL AND NOT $1)) AS r (result, holds)
            WHERE s.since < $2 AND (s.until IS NULL OR s.until >= $2) AND s.stage <> 'closed' AND r.holds
              AND ($3 ->> 'agency' IS NULL OR o.agency_code = $3 ->> 'agency')
              AND ($3 ->> 'territory' IS NULL OR starts_with(o.kato, $3 ->> 'territory')) %s)
        SELECT t.k, t.result, count(*), %s, %s, NULL::double precision, NULL::double precision
        FROM told t %s GROUP BY GROUPING SETS ((t.k, t.result), (t.result))
        $query$,
        listed, CASE WHEN p_protected THEN '' ELSE 'AND o.id = ANY ($4)' END,
        CASE WHEN p_protected THEN 'NULL::bigint' ELSE 'count(DISTINCT t.child)' END,
        CASE WHEN p_protected THEN '(sum(k.record_key) % 4294967296)::bigint' ELSE 'NULL::bigint' END,
        CASE WHEN p_protected THEN 'JOIN case_record_keys k ON k.case_id = t.case_id' ELSE '' END)
        USING p_protected, p_moment, p_filters, operations_organisations('case');
END
$$;

-- ---------------------------------------------------------------------------------- parameters
CREATE TABLE operations_rules (
    valid_from        date PRIMARY KEY,
    valid_to          date CHECK (valid_to > valid_from),
    smallest_for_time smallint NOT NULL CHECK (smallest_for_time >= 10),
    recurrence_months smallint NOT NULL CHECK (recurrence_months BETWEEN 1 AND 60),
    source            text NOT NULL,
    provisional       boolean NOT NULL
);
COMMENT ON COLUMN operations_rules.smallest_for_time IS 'medians are shown of protected cells from this count on';
GRANT SELECT ON operations_rules TO qorgan_server;

CREATE TABLE workload_norms (
    role            text NOT NULL,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    open_cases      smallint NOT NULL CHECK (open_cases > 0),
    high_risk_cases smallint NOT NULL CHECK (high_risk_cases > 0),
    children        integer CHECK (children > 0),
    source          text NOT NULL,
    provisional     boolean NOT NULL,
    PRIMARY KEY (role, valid_from)
);
COMMENT ON TABLE workload_norms IS 'how many cases a specialist of a role may manage at once, and how many children of the place may stand per specialist';
GRANT SELECT ON workload_norms TO qorgan_server;

REVOKE EXECUTE ON FUNCTION
    signals_key(), case_states_open(), case_states_follow(), operations_permit(boolean), operations_organisations(text),
    operations_in_reach(boolean, text), operations_keys(text[], jsonb), operations_month(timestamptz),
    operations_case_filters(), operations_case_dimensions(), operations_states(text), operations_not_merged(),
    case_cells(boolean, text, text[], timestamptz, timestamptz, timestamptz, jsonb),
    deadline_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb),
    recurrence_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb, integer, text[]),
    signal_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb),
    workload_cells(boolean, text, timestamptz, jsonb)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    case_cells(boolean, text, text[], timestamptz, timestamptz, timestamptz, jsonb),
    deadline_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb),
    recurrence_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb, integer, text[]),
    signal_cells(boolean, text[], timestamptz, timestamptz, timestamptz, jsonb),
    workload_cells(boolean, text, timestamptz, jsonb)
TO qorgan_server;
