DROP FUNCTION register_cells_statement(text[], boolean, register_cuboids, text[], text[], text[]);
DROP FUNCTION register_posted_parts(smallint, boolean, integer, integer, integer);
DROP INDEX register_ledger_day;
CREATE INDEX register_ledger_day ON register_ledger (occurred_on);
DELETE FROM register_cuboids WHERE c = 11;
DELETE FROM register_axes WHERE axis = 11;
UPDATE register_cuboids SET folded_xid = 0, folded_seq = 0, folded_until = '-infinity';
TRUNCATE register_rollup_months, register_rollup_years, register_rollup_posted;
COMMENT ON TABLE register_cuboids IS NULL;
COMMENT ON TABLE register_rollup_posted IS NULL;
COMMENT ON COLUMN register_rollup_posted.occurred IS NULL;
COMMENT ON COLUMN register_rollup_posted.posted IS NULL;

CREATE OR REPLACE FUNCTION register_cuboid_fold(p_cuboid smallint, p_entries bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    cuboid  register_cuboids;
    horizon bigint;
    last    record;
    folded  bigint;
BEGIN
    SELECT * INTO STRICT cuboid FROM register_cuboids WHERE id = p_cuboid FOR NO KEY UPDATE;
    -- Asked for before the entries are read: what is below it has ended, whatever the later snapshot is.
    horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    SELECT e.xid, e.seq INTO last FROM (
        SELECT xid, seq FROM register_ledger
        WHERE (xid, seq) > (cuboid.folded_xid, cuboid.folded_seq) AND xid < horizon
        ORDER BY xid, seq LIMIT p_entries) e
    ORDER BY e.xid DESC, e.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    EXECUTE format($fold$
        WITH deltas AS (
            SELECT register_month(e.occurred_on) AS occurred, register_month(register_day(e.posted_at)) AS posted,
                   %1$s AS a, %2$s AS b, %3$s AS c,
                   count(*) FILTER (WHERE e.sign > 0 AND %5$s) - count(*) FILTER (WHERE e.sign < 0 AND %5$s) AS facts,
                   coalesce(sum(e.record_key) FILTER (WHERE e.sign > 0 AND %5$s), 0)
                   - coalesce(sum(e.record_key) FILTER (WHERE e.sign < 0 AND %5$s), 0) AS keys,
                   count(*) AS entries, max(e.posted_at) AS until
            FROM register_ledger e %4$s
            WHERE (e.xid, e.seq) > ($2, $3) AND (e.xid, e.seq) <= ($4, $5)
            GROUP BY 1, 2, 3, 4, 5),
        posted AS (
            INSERT INTO register_rollup_posted AS p
            SELECT $1, occurred, posted, a, b, c, facts, register_key(keys) FROM deltas WHERE facts <> 0 OR keys <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_posted_pkey DO UPDATE
            SET facts = p.facts + excluded.facts, keys = register_key(p.keys::bigint + excluded.keys)),
        months AS (
            INSERT INTO register_rollup_months AS m
            SELECT $1, occurred, a, b, c, sum(facts), register_key(sum(keys)::bigint)
            FROM deltas GROUP BY 2, 3, 4, 5 HAVING sum(facts) <> 0 OR sum(keys) <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_months_pkey DO UPDATE
            SET facts = m.facts + excluded.facts, keys = register_key(m.keys::bigint + excluded.keys)),
        years AS (
            INSERT INTO register_rollup_years AS y
            SELECT $1, occurred / 12, a, b, c, sum(facts), register_key(sum(keys)::bigint)
            FROM deltas GROUP BY 2, 3, 4, 5 HAVING sum(facts) <> 0 OR sum(keys) <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_years_pkey DO UPDATE
            SET facts = y.facts + excluded.facts, keys = register_key(y.keys::bigint + excluded.keys)),
        marked AS (
            UPDATE register_cuboids SET folded_xid = $4, folded_seq = $5,
                   folded_until = greatest(folded_until, (SELECT max(until) FROM deltas))
            WHERE id = $1)
        SELECT coalesce(sum(entries), 0)::bigint FROM deltas
        $fold$,
        (SELECT expression FROM register_axes WHERE axis = cuboid.a),
        (SELECT expression FROM register_axes WHERE axis = cuboid.b),
        (SELECT expression FROM register_axes WHERE axis = cuboid.c),
        CASE WHEN p_cuboid & 512 = 512 THEN 'JOIN register_ledger_form_sets f ON f.forms = e.forms' ELSE '' END,
        CASE WHEN p_cuboid & 1024 = 1024 THEN 'true' ELSE 'e.counted' END)
    INTO folded USING p_cuboid, cuboid.folded_xid, cuboid.folded_seq, last.xid, last.seq;
    RETURN folded;
END
$$;

CREATE OR REPLACE FUNCTION register_cells_statement(p_asked text[], p_by_month boolean, p_cuboid register_cuboids, p_parts text[],
                                         p_wanted text, p_rolled text, p_reach text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    place    record;
    month    text := CASE WHEN p_by_month THEN 'register_month(e.occurred_on)::integer' ELSE '0' END;
    entries  text;
    grouped  text[] := CASE WHEN p_by_month THEN '{p.month}'::text[] ELSE '{}' END;
    decoded  text := '';
    natured  boolean := 'nature' = ANY (p_asked);
    coded    text[] := '{}';
BEGIN
    -- Of entries: the axes of the cuboid as a, b and c beside its rollups, otherwise what is asked for by its name.
    IF p_cuboid.id IS NOT NULL THEN
        SELECT string_agg(format('%s AS %s', x.expression, c.name), ', ' ORDER BY c.name) INTO entries
        FROM (VALUES ('a', p_cuboid.a), ('b', p_cuboid.b), ('c', p_cuboid.c)) AS c (name, axis)
        JOIN register_axes x USING (axis);
        grouped := grouped || ARRAY(
            SELECT format('p.%s AS %s', c.name, x.name)
            FROM (VALUES ('a', p_cuboid.a), ('b', p_cuboid.b), ('c', p_cuboid.c)) AS c (name, axis)
            JOIN register_axes x USING (axis) WHERE x.name = ANY (p_asked) ORDER BY c.name);
    ELSE
        SELECT string_agg(format('%s AS %s', expression, name), ', ' ORDER BY name) INTO entries
        FROM (SELECT name, expression FROM register_axes
              UNION ALL VALUES ('occurred_on', 'e.occurred_on'), ('kato', 'e.kato'), ('forms', 'e.forms'),
                               ('organisation_kato', 'e.organisation_kato')) AS known (name, expression)
        WHERE name = ANY (p_asked);
        grouped := grouped || ARRAY(SELECT 'p.' || name FROM unnest(p_asked) AS name WHERE name <> 'occurred_month' ORDER BY name);
    END IF;
    entries := format($entries$
        SELECT %s AS month, %s (%s - (%s)::integer) * e.sign AS facts,
               CASE WHEN (%s - (%s)::integer) * e.sign > 0 THEN e.record_key ELSE register_key(-(e.record_key::bigint)) END AS keys
        FROM register_ledger e %s WHERE (%s) AND %s <> (%s)::integer %s $entries$,
        month, coalesce(entries || ',', ''), p_wanted, p_rolled, p_wanted, p_rolled,
        CASE WHEN 'form' = ANY (p_asked) THEN 'JOIN register_ledger_form_sets f ON f.forms = e.forms' ELSE '' END,
        p_reach, p_wanted, p_rolled, CASE WHEN 'status' = ANY (p_asked) THEN '' ELSE 'AND e.counted' END);
    coded := ARRAY(SELECT format('LEFT JOIN register_ledger_words w_%1$s ON w_%1$s.attribute = %1$L AND w_%1$s.code = s.%1$s', name)
                   FROM unnest(p_asked) AS name
                   WHERE name IN ('nature', 'form', 'sex', 'setting', 'relation', 'agency', 'status', 'channel'));
    FOR place IN
        SELECT name, expression, asked FROM (VALUES
            (1, 'date', CASE WHEN 'occurred_on' = ANY (p_asked) THEN 's.occurred_on'
                             WHEN p_by_month THEN 'register_first_of_month(s.month)' END),
            (2, 'text', CASE WHEN 'kato' = ANY (p_asked) THEN 'lpad(s.kato::text, 9, ''0'')'
                             WHEN 'district' = ANY (p_asked) THEN 'lpad(s.district::text, 4, ''0'') || ''00000''' END),
            (3, 'text', CASE WHEN natured THEN 'split_part(w_nature.word, '':'', 1)' END),
            (4, 'text', CASE WHEN natured THEN 'CASE WHEN starts_with(w_nature.word, ''violence:'') THEN split_part(w_nature.word, '':'', 2) END' END),
            (5, 'text', CASE WHEN 'form' = ANY (p_asked) THEN 'w_form.word' END),
            (6, 'text[]', CASE WHEN 'forms' = ANY (p_asked) THEN 'ARRAY(SELECT w.word FROM register_ledger_words w
                WHERE w.attribute = ''form'' AND (s.forms >> (w.code - 1)) & 1 = 1 ORDER BY w.code)' END),
            (7, 'text', CASE WHEN natured THEN 'CASE WHEN NOT starts_with(w_nature.word, ''violence:'') THEN split_part(w_nature.word, '':'', 2) END' END),
            (8, 'text', CASE WHEN 'sex' = ANY (p_asked) THEN 'w_sex.word' END),
            (9, 'smallint', CASE WHEN 'age_years' = ANY (p_asked) THEN 's.age_years' END),
            (10, 'text', CASE WHEN 'setting' = ANY (p_asked) THEN 'w_setting.word' END),
            (11, 'text', CASE WHEN 'relation' = ANY (p_asked) THEN 'w_relation.word' END),
            (12, 'text', CASE WHEN 'agency' = ANY (p_asked) THEN 'w_agency.word' END),
            (13, 'text', CASE WHEN 'status' = ANY (p_asked) THEN 'w_status.word' END),
            (14, 'text', CASE WHEN 'channel' = ANY (p_asked) THEN 'w_channel.word' END),
            (15, 'text', CASE WHEN 'organisation_kato' = ANY (p_asked) THEN 'lpad(s.organisation_kato::text, 9, ''0'')'
                              WHEN 'organisation_district' = ANY (p_asked)
                              THEN 'lpad(s.organisation_district::text, 4, ''0'') || ''00000''' END)
        ) AS columns (asked, name, expression) ORDER BY asked
    LOOP
        decoded := decoded || format('(%s)::%s, ', coalesce(place.expression, 'NULL'), place.name);
    END LOOP;
    RETURN format($statement$
        SELECT %s s.facts, s.cell_key
        FROM (SELECT %s sum(p.facts)::bigint AS facts, sum(p.keys)::bigint & 4294967295 AS cell_key
              FROM (%s) AS p GROUP BY %s HAVING sum(p.facts) <> 0) AS s %s $statement$,
        decoded, array_to_string(grouped || ''::text, ', '), array_to_string(p_parts || entries, ' UNION ALL '),
        CASE WHEN grouped = '{}' THEN '()' ELSE (SELECT string_agg(split_part(g, ' ', 1), ', ') FROM unnest(grouped) AS g) END,
        array_to_string(coded, ' '));
END
$$;

CREATE OR REPLACE FUNCTION register_ledger_cells(p_attributes text[], p_from date, p_to date, p_moment timestamptz, p_rolled boolean)
    RETURNS TABLE (occurred_on date, kato text, kind text, main_form text, form text, forms text[], level text, sex text,
                   age_years smallint, setting text, relation text, agency_code text, status text, channel text,
                   organisation_kato text, facts bigint, cell_key bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    asked      text[];
    mask       integer;
    cuboid     register_cuboids;
    by_month   boolean := 'occurred_month' = ANY (p_attributes);
    whole      record;
    -- Months of posting that are read whole, up to this one, and the time by which that differs from p_moment.
    posted     integer := 32767;
    late       tstzrange := 'empty';
    parts      text[] := '{}';
    -- What of an entry is in the parts read from rollups.
    rolled     text := 'false';
    reach      text;
    wanted     text;
    edge       daterange;
BEGIN
    IF NOT p_attributes <@ '{occurred_on,occurred_month,kato,district,kind,main_form,form,forms,level,sex,age_years,setting,relation,agency,status,channel,organisation_kato,organisation_district}' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such attribute';
    END IF;
    -- Nothing took place or was recorded outside these centuries, and months are counted through in two bytes.
    p_from := least(greatest(p_from, date '1900-01-01'), date '2300-01-01');
    p_to := greatest(least(p_to, date '2299-12-31'), date '1899-12-31');
    p_moment := greatest(p_moment, timestamptz '1900-01-01 00:00:00Z');
    -- The nature of a fact is its kind and its main form or level.
    asked := ARRAY(SELECT DISTINCT CASE WHEN name IN ('kind', 'main_form', 'level') THEN 'nature' ELSE name END
                   FROM unnest(p_attributes) AS name);
    SELECT coalesce(sum(1 << axis), 0) INTO mask FROM register_axes WHERE name = ANY (asked);
    IF p_rolled AND NOT asked && '{occurred_on,kato,forms,organisation_kato}' THEN
        -- The least that has all axes; none more whose presence would change what is counted.
        SELECT * INTO cuboid FROM register_cuboids
        WHERE id & mask = mask AND id & ~mask & 1536 = 0 AND folded_seq > 0
          -- Restored from a dump and not yet rebased: the order of transactions says nothing.
          AND folded_xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          -- While a great load waits to be folded, the entries of the period are fewer than those that wait.
          AND folded_seq > (SELECT seq FROM register_ledger ORDER BY xid DESC, seq DESC LIMIT 1) - 1000000
        ORDER BY id LIMIT 1;
    END IF;
    SELECT * INTO whole FROM register_whole_months(p_from, p_to);
    IF cuboid.id IS NOT NULL AND whole.first_month <= whole.last_month THEN
        IF p_moment <= cuboid.folded_until THEN
            SELECT m.last_month,
                   coalesce((SELECT tstzrange(register_day_begins(lower(e)), register_day_begins(upper(e)))
                             FROM unnest(m.edges) AS e), 'empty')
            INTO posted, late
            FROM register_whole_months(date_trunc('month', register_day(p_moment - interval '1 microsecond'))::date,
                                       register_day(p_moment - interval '1 microsecond')) AS m;
            -- The last day itself may be asked for in part.
            IF p_moment < register_day_begins(register_day(p_moment - interval '1 microsecond') + 1) THEN
                late := range_merge(late, tstzrange(p_moment,
                    register_day_begins(register_day(p_moment - interval '1 microsecond') + 1)));
            END IF;
        END IF;
        -- Of events until then, all that is posted by now but what came later; of events after it, what came before.
        parts := register_rollup_parts(cuboid.id, by_month, whole.first_month, least(whole.last_month, posted));
        IF posted < 32767 THEN
            parts := parts || format('SELECT o, m.a, m.b, m.c, -m.facts, register_key(-(m.keys::bigint))
                FROM generate_series(%s, %s) AS o CROSS JOIN LATERAL (SELECT a, b, c, facts, keys FROM register_rollup_posted
                    WHERE cuboid = %s AND occurred = o AND posted > %s OFFSET 0) AS m',
                whole.first_month, least(whole.last_month, posted), cuboid.id, posted);
            parts := parts || format('SELECT o, m.a, m.b, m.c, m.facts, m.keys
                FROM generate_series(%s, %s) AS o CROSS JOIN LATERAL (SELECT a, b, c, facts, keys FROM register_rollup_posted
                    WHERE cuboid = %s AND occurred = o AND posted <= %s OFFSET 0) AS m',
                greatest(whole.first_month, posted + 1), whole.last_month, cuboid.id, posted);
        END IF;
        rolled := format('e.occurred_on BETWEEN %L AND %L AND (e.xid, e.seq) <= (%s, %s)',
            register_first_of_month(whole.first_month), register_first_of_month(whole.last_month + 1) - 1,
            cuboid.folded_xid, cuboid.folded_seq);
        IF posted < 32767 THEN
            rolled := rolled || format(' AND e.posted_at < %L', register_day_begins(register_first_of_month(posted + 1)));
        END IF;
        reach := format('(e.xid, e.seq) > (%s, %s)', cuboid.folded_xid, cuboid.folded_seq);
        FOREACH edge IN ARRAY whole.edges LOOP
            reach := reach || format(' OR e.occurred_on >= %L AND e.occurred_on < %L', lower(edge), upper(edge));
        END LOOP;
        IF NOT isempty(late) THEN
            reach := reach || format(' OR e.posted_at >= %L AND e.posted_at < %L', lower(late), upper(late));
        END IF;
    ELSE
        -- Places a, b and c do not matter: nothing is read from rollups.
        cuboid := NULL;
        reach := format('e.occurred_on BETWEEN %L AND %L', p_from, p_to);
    END IF;
    wanted := format('(e.occurred_on BETWEEN %L AND %L AND e.posted_at < %L)::integer', p_from, p_to, p_moment);
    RETURN QUERY EXECUTE register_cells_statement(asked, by_month, cuboid, parts, wanted, rolled, reach);
END
$$;
ALTER FUNCTION register_ledger_cells(text[], date, date, timestamptz, boolean) RESET jit;
