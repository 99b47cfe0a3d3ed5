-- The functions as they were before.
CREATE OR REPLACE FUNCTION case_states_open() RETURNS trigger
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

CREATE OR REPLACE FUNCTION operations_case_filters() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN ' AND ($4 ->> ''stage'' IS NULL OR s.stage = $4 ->> ''stage'')'
        ' AND ($4 ->> ''risk_level'' IS NULL OR s.risk_level = $4 ->> ''risk_level'')'
        ' AND ($4 ->> ''outcome'' IS NULL OR s.outcome = $4 ->> ''outcome'')'
        ' AND ($4 ->> ''agency'' IS NULL OR o.agency_code = $4 ->> ''agency'')'
        ' AND ($4 ->> ''organisation'' IS NULL OR o.id = ($4 ->> ''organisation'')::uuid)'
        ' AND ($4 ->> ''territory'' IS NULL OR starts_with(c.kato, $4 ->> ''territory''))'
        ' AND ($4 ->> ''channel'' IS NULL OR g.channel = $4 ->> ''channel'')';

CREATE OR REPLACE FUNCTION operations_case_dimensions() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN jsonb_build_object('stage', 's.stage', 'risk_level', 's.risk_level', 'outcome', 's.outcome',
        'agency', 'o.agency_code', 'organisation', 'o.id::text', 'territory', 'left(c.kato, 4) || ''00000''',
        'channel', 'g.channel', 'month', 'operations_month(coalesce(s.at, c.opened_at))');

CREATE OR REPLACE FUNCTION operations_states(p_counted text) RETURNS text
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

CREATE OR REPLACE FUNCTION case_cells(p_protected boolean, p_counted text, p_dimensions text[], p_from timestamptz, p_to timestamptz,
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

CREATE OR REPLACE FUNCTION deadline_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
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

CREATE OR REPLACE FUNCTION recurrence_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
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

CREATE OR REPLACE FUNCTION signal_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
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

CREATE OR REPLACE FUNCTION workload_cells(p_protected boolean, p_level text, p_moment timestamptz, p_filters jsonb)
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

DROP FUNCTION operations_merged();
DROP FUNCTION operations_child();
DROP FUNCTION operations_key(boolean, text);
DROP FUNCTION operations_values(text[]);
DROP FUNCTION operations_grouped(text[]);
DROP FUNCTION operations_listed(text[]);
DROP FUNCTION operations_named(text[]);
DROP FUNCTION operations_columns(text[], jsonb);
CREATE INDEX case_deadlines_due ON case_deadlines (due_at);
DROP TRIGGER case_milestones_given ON case_tasks;
DROP FUNCTION case_milestones_given();
DROP TRIGGER case_record_keys_follow ON cases;
DROP FUNCTION case_record_keys_follow();
DROP TRIGGER case_milestones_end ON case_deadlines;
DROP FUNCTION case_milestones_end();
DROP TRIGGER case_milestones_follow ON case_deadlines;
DROP TRIGGER case_milestones_begin ON case_deadlines;
DROP FUNCTION case_milestones_follow();
DROP FUNCTION case_milestone_kind(text, text);
DROP TABLE case_milestones;
DROP TABLE case_milestone_kinds;
DROP INDEX case_participants_reach;
CREATE INDEX case_states_open ON case_states (until) WHERE stage <> 'closed';
DROP INDEX case_states_at;
DROP INDEX case_states_case;
CREATE INDEX case_states_case ON case_states (case_id, since);
CREATE INDEX cases_opened ON cases (opened_at);
ALTER TABLE case_record_keys DROP COLUMN case_no, DROP COLUMN child_id, DROP COLUMN kato, DROP COLUMN channel, DROP COLUMN opened_at;
COMMENT ON TABLE case_record_keys IS NULL;
