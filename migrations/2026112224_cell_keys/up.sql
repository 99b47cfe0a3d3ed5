-- Protected counts by the cell-key method: a random number for every fact, and sums of them for the server.

-- ---------------------------------------------------------------------------------- record keys

-- The server has no right to this table at all: it learns the key of a cell from register_cells(), never that of a fact.
CREATE TABLE register_record_keys (
    fact_id    uuid PRIMARY KEY REFERENCES register_facts,
    -- The last eight hexadecimal digits of a random UUID (version 4): 32 bits from the system's strong source.
    record_key bigint NOT NULL DEFAULT ('x' || right(gen_random_uuid()::text, 8))::bit(32)::bigint
               CHECK (record_key BETWEEN 0 AND 4294967295)
);
ALTER TABLE register_record_keys ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE register_record_keys IS 'in units of 2^-32; a key never changes, or the noise of every cell with the fact would';
INSERT INTO register_record_keys (fact_id) SELECT id FROM register_facts;

CREATE FUNCTION register_facts_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO register_record_keys (fact_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER register_facts_key AFTER INSERT ON register_facts
    FOR EACH ROW EXECUTE FUNCTION register_facts_key();

-- ---------------------------------------------------------------------------------- cells

-- Cells of the register as it read just before p_moment: the values of the dimensions, how many facts, and the key of the
-- cell. The expressions of storage::statistics::dimensions, which a test holds equal; p_age_groups has the group of age 0
-- first. Nothing that a caller sends becomes part of the statement: a dimension that is not listed here is an error.
CREATE FUNCTION register_cells(p_dimensions text[], p_from date, p_to date, p_moment timestamptz, p_not_counted text[],
                               p_age_groups text[], p_prefix text, p_filters jsonb)
    RETURNS TABLE (keys text[], facts bigint, cell_key bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    listed text;
BEGIN
    IF NOT context_has('statistics_protected') THEN
        RAISE insufficient_privilege USING MESSAGE = 'protected counts are not open to this session';
    END IF;
    SELECT coalesce(string_agg(known.expression, ', ' ORDER BY asked.place), '') INTO listed
    FROM unnest(p_dimensions) WITH ORDINALITY AS asked (name, place)
    LEFT JOIN (VALUES
        ('month', 'to_char(v.occurred_on, ''YYYY-MM'')'),
        ('territory', 'left(v.kato, 4) || ''00000'''),
        ('kind', 'v.kind'),
        ('main_form', 'v.main_form'),
        ('level', 'v.level'),
        ('sex', 'v.sex'),
        ('age_group', '$5[v.age_years + 1]'),
        ('setting', 'v.setting'),
        ('relation', 'v.relation'),
        ('agency', 'v.agency_code'),
        ('status', 'v.status')) AS known (name, expression) ON known.name = asked.name
    HAVING count(*) = count(known.name);
    IF listed IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such dimension';
    END IF;
    RETURN QUERY EXECUTE format($query$
        SELECT ARRAY[%s]::text[], count(*), (sum(k.record_key) %% 4294967296)::bigint
        FROM register_fact_versions v JOIN register_record_keys k ON k.fact_id = v.fact_id
        WHERE v.occurred_on BETWEEN $1 AND $2
          AND v.recorded_at < $3 AND (v.superseded_at IS NULL OR v.superseded_at >= $3)
          AND v.status <> ALL ($4)
          AND ($6 IS NULL OR starts_with(v.kato, $6))
          AND ($7 ->> 'kind' IS NULL OR v.kind = $7 ->> 'kind')
          AND ($7 ->> 'main_form' IS NULL OR v.main_form = $7 ->> 'main_form')
          AND ($7 ->> 'level' IS NULL OR v.level = $7 ->> 'level')
          AND ($7 ->> 'sex' IS NULL OR v.sex = $7 ->> 'sex')
          AND ($7 ->> 'age_group' IS NULL OR $5[v.age_years + 1] = $7 ->> 'age_group')
          AND ($7 ->> 'setting' IS NULL OR v.setting = $7 ->> 'setting')
          AND ($7 ->> 'relation' IS NULL OR v.relation = $7 ->> 'relation')
          AND ($7 ->> 'agency' IS NULL OR v.agency_code = $7 ->> 'agency')
          AND ($7 ->> 'status' IS NULL OR v.status = $7 ->> 'status')
        GROUP BY 1
        $query$, listed)
        USING p_from, p_to, p_moment, p_not_counted, p_age_groups, p_prefix, p_filters;
END
$$;

-- ---------------------------------------------------------------------------------- parameters

CREATE TABLE disclosure_rules (
    valid_from     date PRIMARY KEY,
    valid_to       date CHECK (valid_to > valid_from),
    max_noise      smallint NOT NULL CHECK (max_noise BETWEEN 1 AND 50),
    variance       double precision NOT NULL CHECK (variance > 0),
    threshold      smallint NOT NULL CHECK (threshold BETWEEN 3 AND max_noise),
    max_attributes smallint NOT NULL CHECK (max_attributes BETWEEN 1 AND 11),
    source         text NOT NULL,
    provisional    boolean NOT NULL
);
COMMENT ON COLUMN disclosure_rules.threshold IS 'no count from 1 up to below it is ever shown';
GRANT SELECT ON disclosure_rules TO qorgan_server;

REVOKE EXECUTE ON FUNCTION register_facts_key(),
    register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb) TO qorgan_server;
