-- Statistics of the operation at a million cases. What is counted stands in rows of its own, narrow and side by side, so that
-- no text of a case is read to count it; grouping goes by columns or numbers instead of arrays of words, and each table is
-- made in one pass. The functions answer as before.

-- ---------------------------------------------------------------------------------- what is counted of a case

ALTER TABLE case_record_keys
    ADD COLUMN case_no   integer GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN child_id  uuid,
    ADD COLUMN kato      text,
    ADD COLUMN channel   text,
    ADD COLUMN opened_at timestamptz;
COMMENT ON TABLE case_record_keys IS 'the record key of a case, and what else is counted of it however it stands; kept by triggers';
UPDATE case_record_keys k SET child_id = c.child_id, kato = c.kato, opened_at = c.opened_at, channel = s.channel
FROM cases c LEFT JOIN signals s ON s.id = c.signal_id WHERE c.id = k.case_id;
ALTER TABLE case_record_keys
    ALTER COLUMN child_id SET NOT NULL, ALTER COLUMN kato SET NOT NULL, ALTER COLUMN opened_at SET NOT NULL;
CREATE INDEX case_record_keys_opened ON case_record_keys (opened_at);
CREATE INDEX case_record_keys_child ON case_record_keys (child_id, opened_at);
DROP INDEX cases_opened;

CREATE OR REPLACE FUNCTION case_states_open() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    closed boolean := NEW.stage = 'closed';
BEGIN
    INSERT INTO case_record_keys (case_id, child_id, kato, channel, opened_at)
    VALUES (NEW.id, NEW.child_id, NEW.kato, (SELECT s.channel FROM signals s WHERE s.id = NEW.signal_id), NEW.opened_at);
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

-- Which states held at a moment; those that had ended before it, and those that began later, are not looked at.
CREATE INDEX case_states_at ON case_states USING gist (tstzrange(since, until, '(]')) WHERE stage <> 'closed';
DROP INDEX case_states_open;
-- The last state of a case before a moment, without sorting.
DROP INDEX case_states_case;
CREATE INDEX case_states_case ON case_states (case_id, since, id);

-- Whether a case is in reach is told by the index alone.
CREATE INDEX case_participants_reach ON case_participants (case_id) INCLUDE (organisation_id, assigned_user_id)
    WHERE ended_at IS NULL;

-- ---------------------------------------------------------------------------------- what is counted of a deadline

-- What kinds of deadlines there are, by the risk of the rule that they run by: some dozens.
CREATE TABLE case_milestone_kinds (
    no         smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL,
    risk_level text NOT NULL,
    UNIQUE (kind, risk_level)
);
ALTER TABLE case_milestone_kinds ENABLE ROW LEVEL SECURITY;

CREATE TABLE case_milestones (
    deadline_id     uuid PRIMARY KEY,
    case_id         uuid NOT NULL,
    organisation_id uuid NOT NULL,
    record_key      bigint NOT NULL,
    started_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    settled_at      timestamptz,
    paused_at       timestamptz,
    hours           double precision,
    case_no         integer NOT NULL,
    kato            integer NOT NULL,
    due_month       smallint GENERATED ALWAYS AS (
        ((extract(year FROM (due_at AT TIME ZONE 'UTC') + interval '5 hours' - interval '1 microsecond') - 1970) * 12
         + extract(month FROM (due_at AT TIME ZONE 'UTC') + interval '5 hours' - interval '1 microsecond') - 1)::smallint) STORED,
    kind_no         smallint NOT NULL REFERENCES case_milestone_kinds,
    cancelled       boolean NOT NULL
);
COMMENT ON TABLE case_milestones IS 'what is counted of each deadline: written by triggers alone, never read by the server';
COMMENT ON COLUMN case_milestones.organisation_id IS 'who answers for it: who holds the task, else the lead of the case';
COMMENT ON COLUMN case_milestones.hours IS 'from the start until it was met, without what it stood still; null where it was not met';
COMMENT ON COLUMN case_milestones.due_month IS 'months since January 1970 in Kazakhstan (domain::calendar) of the last moment in time';
ALTER TABLE case_milestones ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION case_milestone_kind(p_kind text, p_risk text) RETURNS smallint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
DECLARE
    known smallint;
BEGIN
    SELECT k.no INTO known FROM case_milestone_kinds k WHERE k.kind = p_kind AND k.risk_level = p_risk;
    IF NOT FOUND THEN
        INSERT INTO case_milestone_kinds (kind, risk_level) VALUES (p_kind, p_risk) ON CONFLICT DO NOTHING RETURNING no INTO known;
        IF NOT FOUND THEN
            -- Another one has just written it.
            SELECT k.no INTO known FROM case_milestone_kinds k WHERE k.kind = p_kind AND k.risk_level = p_risk;
        END IF;
    END IF;
    RETURN known;
END
$$;

CREATE FUNCTION case_milestones_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    met double precision := CASE WHEN NEW.state = 'met' THEN
        greatest(extract(epoch FROM NEW.settled_at - NEW.started_at)::double precision - NEW.paused_seconds, 0) / 3600 END;
    numbered smallint := case_milestone_kind(NEW.kind, (SELECT r.risk_level FROM clock_rules r WHERE r.id = NEW.rule_id));
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO case_milestones (deadline_id, case_id, organisation_id, record_key, started_at, due_at, settled_at, paused_at,
                                     hours, case_no, kato, kind_no, cancelled)
        SELECT NEW.id, NEW.case_id, coalesce(w.organisation_id, c.lead_organisation_id), k.record_key, NEW.started_at, NEW.due_at,
               NEW.settled_at, NEW.paused_at, met, k.case_no, k.kato::integer, numbered, NEW.state = 'cancelled'
        FROM cases c JOIN case_record_keys k ON k.case_id = c.id LEFT JOIN case_tasks w ON w.id = NEW.task_id
        WHERE c.id = NEW.case_id;
    ELSE
        UPDATE case_milestones SET started_at = NEW.started_at, due_at = NEW.due_at, settled_at = NEW.settled_at,
               paused_at = NEW.paused_at, hours = met, kind_no = numbered, cancelled = NEW.state = 'cancelled'
        WHERE deadline_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_milestones_begin AFTER INSERT ON case_deadlines FOR EACH ROW EXECUTE FUNCTION case_milestones_follow();
-- Reminders and escalation are not counted: what the worker writes costs nothing here.
CREATE TRIGGER case_milestones_follow
    AFTER UPDATE OF state, started_at, due_at, settled_at, paused_at, paused_seconds, rule_id ON case_deadlines FOR EACH ROW
    WHEN ((OLD.state, OLD.started_at, OLD.due_at, OLD.settled_at, OLD.paused_at, OLD.paused_seconds, OLD.rule_id)
          IS DISTINCT FROM
          (NEW.state, NEW.started_at, NEW.due_at, NEW.settled_at, NEW.paused_at, NEW.paused_seconds, NEW.rule_id))
    EXECUTE FUNCTION case_milestones_follow();

CREATE FUNCTION case_milestones_end() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    DELETE FROM case_milestones WHERE deadline_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_milestones_end AFTER DELETE ON case_deadlines FOR EACH ROW EXECUTE FUNCTION case_milestones_end();

-- What is counted of a case however it stands is what the case says now.
CREATE FUNCTION case_record_keys_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE case_record_keys SET child_id = NEW.child_id, kato = NEW.kato, opened_at = NEW.opened_at,
           channel = (SELECT s.channel FROM signals s WHERE s.id = NEW.signal_id)
    WHERE case_id = NEW.id;
    UPDATE case_milestones m
    SET kato = NEW.kato::integer,
        organisation_id = CASE WHEN d.task_id IS NULL THEN NEW.lead_organisation_id ELSE m.organisation_id END
    FROM case_deadlines d
    WHERE d.case_id = NEW.id AND m.deadline_id = d.id
      AND (OLD.kato <> NEW.kato OR OLD.lead_organisation_id <> NEW.lead_organisation_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER case_record_keys_follow
    AFTER UPDATE OF child_id, kato, opened_at, signal_id, lead_organisation_id ON cases FOR EACH ROW
    WHEN ((OLD.child_id, OLD.kato, OLD.opened_at, OLD.signal_id, OLD.lead_organisation_id)
          IS DISTINCT FROM (NEW.child_id, NEW.kato, NEW.opened_at, NEW.signal_id, NEW.lead_organisation_id))
    EXECUTE FUNCTION case_record_keys_follow();

CREATE FUNCTION case_milestones_given() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE case_milestones m SET organisation_id = NEW.organisation_id FROM case_deadlines d
    WHERE d.task_id = NEW.id AND m.deadline_id = d.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_milestones_given AFTER UPDATE OF organisation_id ON case_tasks FOR EACH ROW
    WHEN (OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION case_milestones_given();

-- The deadlines that there are already.
INSERT INTO case_milestone_kinds (kind, risk_level)
SELECT DISTINCT d.kind, r.risk_level FROM case_deadlines d JOIN clock_rules r ON r.id = d.rule_id ORDER BY 1, 2;
INSERT INTO case_milestones (deadline_id, case_id, organisation_id, record_key, started_at, due_at, settled_at, paused_at, hours,
                             case_no, kato, kind_no, cancelled)
SELECT d.id, d.case_id, coalesce(w.organisation_id, c.lead_organisation_id), k.record_key, d.started_at, d.due_at, d.settled_at,
       d.paused_at,
       CASE WHEN d.state = 'met' THEN
           greatest(extract(epoch FROM d.settled_at - d.started_at)::double precision - d.paused_seconds, 0) / 3600 END,
       k.case_no, k.kato::integer, kinds.no, d.state = 'cancelled'
FROM case_deadlines d JOIN clock_rules r ON r.id = d.rule_id JOIN cases c ON c.id = d.case_id
JOIN case_record_keys k ON k.case_id = c.id LEFT JOIN case_tasks w ON w.id = d.task_id
JOIN case_milestone_kinds kinds ON kinds.kind = d.kind AND kinds.risk_level = r.risk_level
ORDER BY d.due_at;
CREATE INDEX case_milestones_due ON case_milestones (due_at);
CREATE INDEX case_milestones_case ON case_milestones (case_id);
-- It was for these statistics alone.
DROP INDEX case_deadlines_due;

-- ---------------------------------------------------------------------------------- cells

-- The dimensions asked for as columns k1, k2, …; nothing that a caller sends becomes part of a statement.
CREATE FUNCTION operations_columns(p_dimensions text[], p_known jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    listed text;
BEGIN
    SELECT coalesce(string_agg(format('(%s)::text AS k%s, ', p_known ->> asked.name, asked.place), '' ORDER BY asked.place), '')
    INTO listed
    FROM unnest(p_dimensions) WITH ORDINALITY AS asked (name, place)
    HAVING count(*) = count(p_known ->> asked.name);
    IF listed IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such dimension';
    END IF;
    RETURN listed;
END
$$;

-- The names of the columns.
CREATE FUNCTION operations_named(p_dimensions text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(string_agg('k' || place, ', ' ORDER BY place), '') FROM generate_series(1, cardinality(p_dimensions)) AS place);

-- With a comma after each.
CREATE FUNCTION operations_listed(p_dimensions text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(string_agg('k' || place || ', ', '' ORDER BY place), '') FROM generate_series(1, cardinality(p_dimensions)) AS place);

-- By the columns, and all together; without columns, all together alone.
CREATE FUNCTION operations_grouped(p_dimensions text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN cardinality(p_dimensions) > 0
        THEN format('GROUP BY GROUPING SETS ((%s), ())', operations_named(p_dimensions)) ELSE '' END;

-- The values of a cell: null for all together.
CREATE FUNCTION operations_values(p_dimensions text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN cardinality(p_dimensions) > 0
        THEN format('CASE WHEN grouping(k1) = 0 THEN ARRAY[%s] END', operations_named(p_dimensions)) ELSE 'NULL::text[]' END;

-- The key of the records of which a condition holds.
CREATE FUNCTION operations_key(p_protected boolean, p_condition text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN p_protected THEN format('(sum(record_key) FILTER (WHERE %s) %% 4294967296)::bigint', p_condition)
                ELSE 'NULL::bigint' END;

-- Of merged records of a child, the one that stands for them; `m` is the record, where it was merged.
CREATE FUNCTION operations_child() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN 'CASE WHEN m.id IS NULL THEN c.child_id ELSE child_survivor(m.id) END';
CREATE FUNCTION operations_merged() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN ' LEFT JOIN (SELECT id FROM children WHERE merged_into IS NOT NULL OFFSET 0) AS m ON m.id = c.child_id ';

CREATE OR REPLACE FUNCTION operations_case_filters() RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN ' AND ($4 ->> ''stage'' IS NULL OR s.stage = $4 ->> ''stage'')'
        ' AND ($4 ->> ''risk_level'' IS NULL OR s.risk_level = $4 ->> ''risk_level'')'
        ' AND ($4 ->> ''outcome'' IS NULL OR s.outcome = $4 ->> ''outcome'')'
        ' AND ($4 ->> ''agency'' IS NULL OR o.agency_code = $4 ->> ''agency'')'
        ' AND ($4 ->> ''organisation'' IS NULL OR o.id = ($4 ->> ''organisation'')::uuid)'
        ' AND ($4 ->> ''territory'' IS NULL OR starts_with(c.kato, $4 ->> ''territory''))'
        ' AND ($4 ->> ''channel'' IS NULL OR c.channel = $4 ->> ''channel'')';

CREATE OR REPLACE FUNCTION operations_case_dimensions() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN jsonb_build_object('stage', 's.stage', 'risk_level', 's.risk_level', 'outcome', 's.outcome',
        'agency', 'o.agency_code', 'organisation', 'o.id::text', 'territory', 'left(c.kato, 4) || ''00000''',
        'channel', 'c.channel', 'month', 'operations_month(coalesce(s.at, c.opened_at))');

-- Which states `s` of cases `c` are counted: of cases open at $3, opened from $1 to before $2 (as they stood at $3), closed or
-- opened anew then (the last time, of a case that was more than once).
CREATE OR REPLACE FUNCTION operations_states(p_counted text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE p_counted
        WHEN 'open' THEN
            '(SELECT h.*, NULL::timestamptz AS at FROM case_states h'
            ' WHERE tstzrange(h.since, h.until, ''(]'') @> $3 AND h.stage <> ''closed'') AS s'
            ' JOIN case_record_keys c ON c.case_id = s.case_id'
        WHEN 'opened' THEN
            '(SELECT * FROM case_record_keys x WHERE x.opened_at >= $1 AND x.opened_at < $2) AS c'
            -- States have no gaps: the last that began before is the one that held.
            ' CROSS JOIN LATERAL (SELECT h.*, NULL::timestamptz AS at FROM case_states h WHERE h.case_id = c.case_id AND h.since < $3'
            ' ORDER BY h.since DESC, h.id DESC LIMIT 1) AS s'
        WHEN 'closed' THEN
            '(SELECT DISTINCT ON (h.case_id) h.*, h.since AS at FROM case_states h'
            ' WHERE h.change = ''closed'' AND h.since >= $1 AND h.since < least($2, $3)'
            ' ORDER BY h.case_id, h.since DESC, h.id DESC) AS s JOIN case_record_keys c ON c.case_id = s.case_id'
        WHEN 'reopened' THEN
            '(SELECT DISTINCT ON (h.case_id) h.*, h.since AS at FROM case_states h'
            ' WHERE h.change = ''reopened'' AND h.since >= $1 AND h.since < least($2, $3)'
            ' ORDER BY h.case_id, h.since DESC, h.id DESC) AS s JOIN case_record_keys c ON c.case_id = s.case_id'
    END;

CREATE OR REPLACE FUNCTION case_cells(p_protected boolean, p_counted text, p_dimensions text[], p_from timestamptz,
                                      p_to timestamptz, p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_columns(p_dimensions, operations_case_dimensions());
    states text := operations_states(p_counted);
BEGIN
    PERFORM operations_permit(p_protected);
    IF states IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such count of cases';
    END IF;
    RETURN QUERY EXECUTE format($query$
        SELECT %s, 'cases', count(*), %s, %s, NULL::double precision, NULL::double precision
        FROM (SELECT %s %s AS child, c.record_key
              FROM %s JOIN organisations o ON o.id = s.lead_organisation_id %s
              WHERE true %s %s %s) AS x %s
        $query$,
        operations_values(p_dimensions), CASE WHEN p_protected THEN 'NULL::bigint' ELSE 'count(DISTINCT child)' END,
        operations_key(p_protected, 'true'), listed,
        CASE WHEN p_protected THEN 'NULL' ELSE operations_child() END, states,
        CASE WHEN p_protected THEN '' ELSE operations_merged() END,
        operations_not_merged(), operations_case_filters(), operations_in_reach(p_protected, 's.case_id'),
        operations_grouped(p_dimensions))
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case');
END
$$;

-- Cells of deadlines are numbers while they are counted: kind and risk, who answers, district and month, 16, 20, 14 and 12 bits.
-- What is not asked for is 0 in all of them.
CREATE OR REPLACE FUNCTION deadline_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                                          p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    named text;
    territory text := p_filters ->> 'territory';
    -- Times of different kinds of deadlines are not told together.
    times text := CASE WHEN p_filters ? 'deadline' THEN 'each' WHEN 'deadline' = ANY (p_dimensions) THEN 'grouped' ELSE 'none' END;
    cell text := '(k.cell::bigint << 46)';
    joined text := '';
    divided boolean := cardinality(p_dimensions) > 0;
BEGIN
    PERFORM operations_permit(p_protected);
    named := operations_keys(p_dimensions, '{"deadline": "k.kind", "risk_level": "k.risk_level", "agency": "o.agency_code",
        "organisation": "o.organisation", "territory": "lpad(((t.cell >> 12) & 16383)::text, 4, ''0'') || ''00000''",
        "month": "to_char(make_date(1970 + (t.cell & 4095)::integer / 12, (t.cell & 4095)::integer % 12 + 1, 1), ''YYYY-MM'')"}');
    IF p_dimensions && '{agency, organisation}' OR p_filters ?| '{agency, organisation}' THEN
        cell := cell || ' | (o.cell::bigint << 26)';
        joined := 'JOIN answering o ON o.id = d.organisation_id';
    END IF;
    IF 'territory' = ANY (p_dimensions) THEN
        cell := cell || ' | ((d.kato / 100000)::bigint << 12)';
    END IF;
    IF 'month' = ANY (p_dimensions) THEN
        cell := cell || ' | d.due_month::bigint';
    END IF;
    RETURN QUERY EXECUTE format($query$
        WITH kinds AS MATERIALIZED (
            SELECT no, CASE WHEN $7 THEN kind END AS kind, CASE WHEN $8 THEN risk_level END AS risk_level,
                   dense_rank() OVER (ORDER BY CASE WHEN $7 THEN kind END, CASE WHEN $8 THEN risk_level END) AS cell
            FROM case_milestone_kinds
            WHERE ($4 ->> 'deadline' IS NULL OR kind = $4 ->> 'deadline')
              AND ($4 ->> 'risk_level' IS NULL OR risk_level = $4 ->> 'risk_level')),
        answering AS MATERIALIZED (
            SELECT id, CASE WHEN $9 THEN agency_code END AS agency_code, CASE WHEN $10 THEN id::text END AS organisation,
                   dense_rank() OVER (ORDER BY CASE WHEN $9 THEN agency_code END, CASE WHEN $10 THEN id END) AS cell
            FROM organisations
            WHERE ($4 ->> 'agency' IS NULL OR agency_code = $4 ->> 'agency')
              AND ($4 ->> 'organisation' IS NULL OR id = ($4 ->> 'organisation')::uuid)),
        -- 1 in time, 2 late, 4 overdue, 8 running.
        x AS %s (
            SELECT %s AS cell, d.case_no, d.record_key, CASE WHEN d.settled_at < $3 THEN d.hours END AS hours,
                   CASE WHEN d.hours IS NOT NULL AND d.settled_at < $3 THEN CASE WHEN d.settled_at < d.due_at THEN 1 ELSE 2 END
                        -- What stands still is not late: it had not run out when it was stopped.
                        WHEN d.due_at <= $3 AND (d.paused_at < $3) IS NOT TRUE THEN 4 ELSE 8 END AS result
            FROM case_milestones d JOIN kinds k ON k.no = d.kind_no %s
            WHERE d.due_at > $1 AND d.due_at <= $2 AND d.started_at < $3 AND NOT (d.cancelled AND d.settled_at < $3) %s %s),
        told (cell, results, records, others, key) AS (%s),
        parts AS (
            SELECT t.cell, r.result, sum(t.records) AS records, sum(t.others) AS others, sum(t.key) AS key
            FROM told t JOIN (VALUES ('in_time', 1), ('late', 2), ('overdue', 4), ('running', 8), ('met', 3)) AS r (result, bits)
                   ON t.results & r.bits > 0
            GROUP BY t.cell, r.result),
        taken AS (%s)
        SELECT CASE WHEN t.cell >= 0 THEN ARRAY[%s]::text[] END, t.result, t.records::bigint, t.others::bigint,
               (t.key %% 4294967296)::bigint, taken.hours[1], taken.hours[2]
        FROM parts t
        LEFT JOIN (SELECT DISTINCT cell, kind, risk_level FROM kinds) AS k ON k.cell = t.cell >> 46
        LEFT JOIN (SELECT DISTINCT cell, agency_code, organisation FROM answering) AS o ON o.cell = ((t.cell >> 26) & 1048575)
        LEFT JOIN taken ON t.result = 'met' AND taken.cell = t.cell
        $query$,
        CASE WHEN times = 'none' AND NOT p_protected THEN 'NOT MATERIALIZED' ELSE 'MATERIALIZED' END,
        cell, joined,
        -- A unit's prefix stands for a range of codes.
        CASE WHEN territory <> '' THEN format('AND d.kato >= %s AND d.kato <= %s', rpad(territory, 9, '0')::integer,
                                              rpad(territory, 9, '9')::integer) ELSE '' END,
        operations_in_reach(p_protected, 'd.case_id'),
        -- -1 are all cells together.
        CASE WHEN p_protected THEN
            -- Each case once in a cell, whatever it has there: by all the results that it has.
            CASE WHEN divided THEN
                'SELECT cell, results, count(*) AS records, count(*) AS others, sum(record_key) AS key FROM (
                     SELECT cell, case_no, max(record_key) AS record_key, bit_or(result) AS results FROM x GROUP BY cell, case_no) AS one
                 GROUP BY cell, results
                 UNION ALL ' ELSE '' END ||
            'SELECT -1, results, count(*), count(*), sum(record_key) FROM (
                 SELECT case_no, max(record_key) AS record_key, bit_or(result) AS results FROM x GROUP BY case_no) AS one
             GROUP BY results'
        ELSE
            format('SELECT coalesce(%s, -1) AS cell, result AS results, count(*) AS records, NULL::bigint AS others,
                           NULL::bigint AS key FROM x GROUP BY %s', CASE WHEN divided THEN 'cell' ELSE 'NULL' END,
                   CASE WHEN divided THEN 'GROUPING SETS ((cell, result), (result))' ELSE 'result' END)
        END,
        CASE times WHEN 'none' THEN 'SELECT NULL::bigint AS cell, NULL::double precision[] AS hours WHERE false'
            ELSE format('SELECT %s AS cell, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY hours) AS hours FROM x
                         WHERE hours IS NOT NULL %s',
                        CASE WHEN NOT divided THEN '-1' WHEN times = 'each' THEN 'coalesce(cell, -1)' ELSE 'cell' END,
                        CASE WHEN NOT divided THEN '' WHEN times = 'each' THEN 'GROUP BY GROUPING SETS ((cell), ())'
                             ELSE 'GROUP BY cell' END) END,
        named)
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case'),
              'deadline' = ANY (p_dimensions), 'risk_level' = ANY (p_dimensions),
              'agency' = ANY (p_dimensions), 'organisation' = ANY (p_dimensions);
END
$$;

-- Of the cases closed in the period: all of them (closed); those whose p_months have passed by p_moment (observed); and
-- of these how many were opened anew in that time (reopened), whose child had a new case (new_case) or a new fact in
-- the register (new_fact), and any of it (recurred). Within reach, only what the session may see counts as new: an exact
-- count must not tell of a case elsewhere.
CREATE OR REPLACE FUNCTION recurrence_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                                            p_moment timestamptz, p_filters jsonb, p_months integer, p_not_counted text[])
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_columns(p_dimensions, operations_case_dimensions());
    keys text;
    new_case text := $case$EXISTS (
        SELECT FROM (SELECT k.case_id AS id FROM case_record_keys k
                     WHERE k.child_id %s AND k.case_id <> z.case_id AND k.opened_at >= z.at AND k.opened_at < z.until OFFSET 0) AS n
        WHERE NOT EXISTS (SELECT FROM cases y WHERE y.id = n.id AND y.merged_into IS NOT NULL)$case$
        || CASE WHEN p_protected THEN ')' ELSE $reach$
          AND EXISTS (SELECT FROM case_participants p WHERE p.case_id = n.id AND p.ended_at IS NULL
                      AND (p.organisation_id = ANY ($5) OR p.assigned_user_id = $6)))$reach$ END;
    new_fact text := $fact$EXISTS (
        SELECT FROM (SELECT f.id FROM register_facts f JOIN register_fact_versions v ON v.fact_id = f.id
                     WHERE f.child_id %s AND v.recorded_at < $3 AND (v.superseded_at IS NULL OR v.superseded_at >= $3)
                       AND v.status <> ALL ($8)
                       AND v.occurred_on > ((z.at AT TIME ZONE 'UTC') + interval '5 hours')::date
                       AND v.occurred_on <= ((z.until AT TIME ZONE 'UTC') + interval '5 hours')::date OFFSET 0) AS f$fact$
        || CASE WHEN p_protected THEN ')' ELSE $reach$
        WHERE EXISTS (SELECT FROM register_reports r WHERE r.fact_id = f.id AND r.organisation_id = ANY ($9))
           OR fact_reported_in_reach(f.id))$reach$ END;
BEGIN
    PERFORM operations_permit(p_protected);
    SELECT string_agg(format('%s AS key_%s', operations_key(p_protected, condition), name), ', ') INTO keys
    FROM (VALUES ('closed', 'true'), ('observed', 'observed'), ('reopened', 'reopened'), ('new_case', 'new_case'),
                 ('new_fact', 'new_fact'), ('recurred', 'reopened OR new_case OR new_fact')) AS results (name, condition);
    RETURN QUERY EXECUTE format($query$
        WITH RECURSIVE merged AS MATERIALIZED (
            SELECT id, merged_into FROM children WHERE merged_into IS NOT NULL),
        followed AS (
            SELECT id, merged_into AS survivor FROM merged
            UNION ALL
            SELECT f.id, m.merged_into FROM followed f JOIN merged m ON m.id = f.survivor),
        survivors AS MATERIALIZED (
            SELECT f.id, f.survivor FROM followed f WHERE NOT EXISTS (SELECT FROM merged m WHERE m.id = f.survivor)),
        closed AS MATERIALIZED (
            SELECT %s s.case_id, c.record_key, s.since AS at, s.since + make_interval(months => $7) AS until, s.until AS changed,
                   s.since + make_interval(months => $7) <= $3 AS observed, coalesce(m.survivor, c.child_id) AS child
            FROM %s JOIN organisations o ON o.id = s.lead_organisation_id LEFT JOIN survivors m ON m.id = c.child_id
            WHERE true %s %s %s),
        -- All records of a child: the one that stands for it, and those merged into it (ids). What came after is looked up case
        -- by case: an index tells of each, while a join would read all that there is.
        told AS (
            SELECT z.*,
                   z.observed AND coalesce(z.changed < z.until, false) AND EXISTS (
                       SELECT FROM case_states h
                       WHERE h.case_id = z.case_id AND h.change = 'reopened' AND h.since >= z.at AND h.since < z.until) AS reopened,
                   z.observed AND (%s OR (e.ids IS NOT NULL AND %s)) AS new_case,
                   z.observed AND (%s OR (e.ids IS NOT NULL AND %s)) AS new_fact
            FROM closed z LEFT JOIN (SELECT survivor, array_agg(id) AS ids FROM survivors GROUP BY survivor) AS e
                   ON e.survivor = z.child)
        SELECT t.keys, r.result, r.records, NULL::bigint, r.key, NULL::double precision, NULL::double precision
        FROM (SELECT %s AS keys, count(*) AS closed, count(*) FILTER (WHERE observed) AS observed,
                     count(*) FILTER (WHERE reopened) AS reopened, count(*) FILTER (WHERE new_case) AS new_case,
                     count(*) FILTER (WHERE new_fact) AS new_fact,
                     count(*) FILTER (WHERE reopened OR new_case OR new_fact) AS recurred, %s
              FROM told %s) AS t
        CROSS JOIN LATERAL (VALUES ('closed', closed, key_closed), ('observed', observed, key_observed),
            ('reopened', reopened, key_reopened), ('new_case', new_case, key_new_case), ('new_fact', new_fact, key_new_fact),
            ('recurred', recurred, key_recurred)) AS r (result, records, key)
        WHERE r.records > 0
        $query$,
        listed, operations_states('closed'), operations_not_merged(), operations_case_filters(),
        operations_in_reach(p_protected, 's.case_id'),
        -- Most children have one record.
        format(new_case, '= z.child'), format(new_case, '= ANY (e.ids)'), format(new_fact, '= z.child'), format(new_fact, '= ANY (e.ids)'),
        operations_values(p_dimensions), keys, operations_grouped(p_dimensions))
        USING p_from, p_to, p_moment, p_filters, operations_organisations('case'), context_own('case'), p_months,
              p_not_counted, operations_organisations('register');
END
$$;

-- Signals received from p_from to before p_to, by what had become of them at p_moment; and of those decided, how many
-- hours that took.
CREATE OR REPLACE FUNCTION signal_cells(p_protected boolean, p_dimensions text[], p_from timestamptz, p_to timestamptz,
                                        p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_columns(p_dimensions, jsonb_build_object('channel', 's.channel', 'urgency', 's.urgency',
        'agency', 's.organisation_agency', 'organisation', 's.organisation_id::text',
        'territory', 'left(s.kato, 4) || ''00000''', 'month', 'operations_month(s.received_at)'));
BEGIN
    PERFORM operations_permit(p_protected);
    RETURN QUERY EXECUTE format($query$
        WITH x AS MATERIALIZED (
            SELECT %s %s AS record_key, CASE WHEN s.decided_at < $3 THEN s.status ELSE 'undecided' END AS result,
                   CASE WHEN s.decided_at < $3 THEN
                       greatest(extract(epoch FROM s.decided_at - s.received_at)::double precision, 0) / 3600 END AS hours
            FROM signals s %s
            WHERE s.received_at >= $1 AND s.received_at < least($2, $3)
              AND ($4 ->> 'channel' IS NULL OR s.channel = $4 ->> 'channel')
              AND ($4 ->> 'urgency' IS NULL OR s.urgency = $4 ->> 'urgency')
              AND ($4 ->> 'agency' IS NULL OR s.organisation_agency = $4 ->> 'agency')
              AND ($4 ->> 'organisation' IS NULL OR s.organisation_id = ($4 ->> 'organisation')::uuid)
              AND ($4 ->> 'territory' IS NULL OR starts_with(s.kato, $4 ->> 'territory')) %s),
        parts AS (
            SELECT %s result, count(*) AS records, sum(record_key) AS key FROM x GROUP BY %s result),
        results AS (
            SELECT p.*, r.told FROM parts p
            CROSS JOIN LATERAL (VALUES (p.result, true), ('signals', true), ('decided', p.result <> 'undecided')) AS r (told, holds)
            WHERE r.holds),
        cells AS (
            SELECT %s AS keys, told AS result, sum(records)::bigint AS records, (sum(key) %% 4294967296)::bigint AS key
            FROM results GROUP BY GROUPING SETS (%s (told))),
        taken AS (
            SELECT %s AS keys, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY hours) AS hours
            FROM x WHERE hours IS NOT NULL %s)
        SELECT c.keys, c.result, c.records, NULL::bigint, c.key, taken.hours[1], taken.hours[2]
        FROM cells c LEFT JOIN taken ON c.result = 'decided' AND taken.keys IS NOT DISTINCT FROM c.keys
        $query$,
        listed, CASE WHEN p_protected THEN 'k.record_key' ELSE 'NULL::bigint' END,
        CASE WHEN p_protected THEN 'JOIN signal_record_keys k ON k.signal_id = s.id' ELSE '' END,
        CASE WHEN p_protected THEN '' ELSE
            'AND (s.organisation_id = ANY ($5) OR s.filed_organisation_id = context_org(''signal'') OR s.filed_by = $6)' END,
        operations_listed(p_dimensions), operations_listed(p_dimensions),
        operations_values(p_dimensions), CASE WHEN cardinality(p_dimensions) > 0 THEN format('(%s, told),', operations_named(p_dimensions)) ELSE '' END,
        operations_values(p_dimensions), operations_grouped(p_dimensions))
        USING p_from, p_to, p_moment, p_filters, operations_organisations('signal'), context_own('signal');
END
$$;

-- Open cases by the organisation that leads them, or the place where it stands: open, high (high and critical risk),
-- and, exactly only, unassigned: without a case manager. `others` are children.
CREATE OR REPLACE FUNCTION workload_cells(p_protected boolean, p_level text, p_moment timestamptz, p_filters jsonb)
    RETURNS SETOF operations_cell
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' SET jit = off AS
$$
DECLARE
    listed text := operations_columns(ARRAY[p_level], jsonb_build_object('organisation', 'o.id::text',
        'territory', 'left(o.kato, 4) || ''00000'''));
BEGIN
    PERFORM operations_permit(p_protected);
    RETURN QUERY EXECUTE format($query$
        SELECT t.keys, r.result, r.records, r.others, r.key, NULL::double precision, NULL::double precision
        FROM (SELECT %s AS keys, count(*) AS open, count(*) FILTER (WHERE high) AS high,
                     count(*) FILTER (WHERE unassigned) AS unassigned, %s, %s AS key_open, %s AS key_high
              FROM (SELECT %s c.record_key, s.risk_level IN ('high', 'critical') AS high, %s AS unassigned, %s AS child
                    FROM case_states s JOIN case_record_keys c ON c.case_id = s.case_id
                    JOIN organisations o ON o.id = s.lead_organisation_id %s
                    WHERE tstzrange(s.since, s.until, '(]') @> $1 AND s.stage <> 'closed'
                      AND ($2 ->> 'agency' IS NULL OR o.agency_code = $2 ->> 'agency')
                      AND ($2 ->> 'territory' IS NULL OR starts_with(o.kato, $2 ->> 'territory')) %s) AS x
              GROUP BY GROUPING SETS ((k1), ())) AS t
        CROSS JOIN LATERAL (VALUES ('open', open, children_open, key_open), ('high', high, children_high, key_high),
            ('unassigned', unassigned, children_unassigned, NULL)) AS r (result, records, others, key)
        WHERE r.records > 0
        $query$,
        operations_values(ARRAY[p_level]),
        CASE WHEN p_protected THEN 'NULL::bigint AS children_open, NULL::bigint AS children_high, NULL::bigint AS children_unassigned'
             ELSE 'count(DISTINCT child) AS children_open, count(DISTINCT child) FILTER (WHERE high) AS children_high,'
                  ' count(DISTINCT child) FILTER (WHERE unassigned) AS children_unassigned' END,
        operations_key(p_protected, 'true'), operations_key(p_protected, 'high'), listed,
        CASE WHEN p_protected THEN 'false' ELSE 'w.manager_id IS NULL' END,
        CASE WHEN p_protected THEN 'NULL::uuid' ELSE operations_child() END,
        CASE WHEN p_protected THEN '' ELSE 'JOIN cases w ON w.id = s.case_id' || operations_merged() END,
        CASE WHEN p_protected THEN '' ELSE 'AND o.id = ANY ($3)' END)
        USING p_moment, p_filters, operations_organisations('case');
END
$$;

REVOKE EXECUTE ON FUNCTION
    case_milestone_kind(text, text), case_milestones_follow(), case_milestones_end(), case_milestones_given(),
    case_record_keys_follow(), operations_columns(text[], jsonb), operations_named(text[]), operations_listed(text[]),
    operations_grouped(text[]), operations_values(text[]), operations_key(boolean, text), operations_child(), operations_merged()
FROM PUBLIC;
