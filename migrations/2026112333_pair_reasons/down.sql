-- ---------------------------------------------------------------------------------- speed of filing
DROP INDEX register_match_reviews_status, child_match_reviews_status;
CREATE OR REPLACE FUNCTION name_near_forms(p_tokens text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT coalesce(array_agg(DISTINCT form), '{}')
    FROM unnest(p_tokens) AS token,
         LATERAL (SELECT token AS form
                  UNION ALL
                  SELECT overlay(token PLACING '' FROM at FOR 1) FROM generate_series(1, length(token)) AS at
                  WHERE length(token) > 3) AS forms
$$;
CREATE OR REPLACE FUNCTION fact_has_reports(p_fact uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM register_report_links WHERE fact_id = p_fact) $$;
CREATE OR REPLACE FUNCTION child_match_write(p_child uuid, p_version smallint, p_keys bigint[], p_tokens text[],
                                  p_places smallint[], p_form_tokens text[], p_spellings text[], p_forms bigint[])
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    born date := (SELECT c.birth_date FROM children c WHERE c.id = p_child);
    all_tokens text[];
    all_places smallint[];
BEGIN
    IF NOT context_reaches_children() OR born IS NULL THEN
        RETURN;
    END IF;
    IF p_version IS NOT NULL THEN
        DELETE FROM child_match_keys k
        WHERE k.child_id = p_child AND (k.birth_date <> born OR k.key <> ALL (p_keys));
    END IF;
    INSERT INTO child_match_keys (key, birth_date, child_id)
        SELECT key, born, p_child FROM unnest(p_keys) AS key ON CONFLICT DO NOTHING;
    SELECT array_agg(w.token ORDER BY w.token), array_agg(w.place ORDER BY w.token) INTO all_tokens, all_places
    FROM (SELECT u.token, bit_or(u.place)::smallint AS place
          FROM (SELECT * FROM unnest(p_tokens, p_places) AS n(token, place)
                UNION ALL
                SELECT h.token, h.place FROM children c, unnest(c.match_tokens, c.match_places) AS h(token, place)
                WHERE c.id = p_child AND p_version IS NULL) AS u
          GROUP BY u.token) AS w;
    UPDATE children c
    SET match_tokens = coalesce(all_tokens, '{}'), match_places = coalesce(all_places, '{}'),
        match_version = coalesce(p_version, c.match_version)
    WHERE c.id = p_child
      AND (c.match_tokens, c.match_places, c.match_version)
          IS DISTINCT FROM (coalesce(all_tokens, '{}'), coalesce(all_places, '{}'), coalesce(p_version, c.match_version));
    -- In order, so that two registrations with the same new names do not wait for each other in a circle.
    INSERT INTO name_tokens (token)
        SELECT p.token FROM unnest(p_tokens) AS p(token)
        WHERE NOT EXISTS (SELECT FROM name_tokens t WHERE t.token = p.token) ORDER BY p.token
    ON CONFLICT DO NOTHING;
    INSERT INTO name_token_forms (form, spelling, token)
        SELECT DISTINCT f.form, f.spelling, f.token FROM unnest(p_forms, p_spellings, p_form_tokens) AS f(form, spelling, token)
        WHERE NOT EXISTS (SELECT FROM name_token_forms n
                          WHERE n.form = f.form AND n.spelling = f.spelling AND n.token = f.token)
        ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
END
$$;
CREATE OR REPLACE FUNCTION register_match_candidates(p_children uuid[], p_kind text, p_from date, p_to date, p_systems text[],
                                          p_numbers text[])
    RETURNS TABLE (fact_id uuid, number text, child_id uuid, survivor uuid, main_form text, forms text[], level text,
                   occurred_on date, kato text, setting text, relation text, status text, version integer,
                   roles text[], same_number boolean, has_signal boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF context_org('register') IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH named AS (
        SELECT DISTINCT r.fact_id AS id
        FROM unnest(p_systems, p_numbers) AS n (system, number)
        JOIN register_external_references e ON e.system = n.system AND e.number_key = external_number_key(n.number)
        JOIN register_reports r ON r.id = e.report_id
    ), records AS (
        SELECT DISTINCT c.id FROM unnest(p_children) AS given (child), LATERAL child_records(given.child) AS c (id)
    ), near AS (
        SELECT f.id FROM register_facts f WHERE f.child_id IN (SELECT records.id FROM records)
        UNION
        SELECT named.id FROM named
    )
    SELECT f.id, f.number, f.child_id, child_survivor(f.child_id), v.main_form, v.forms, v.level, v.occurred_on, v.kato,
           v.setting, v.relation, v.status, v.version,
           (SELECT array_agg(DISTINCT r.child_role) FROM register_reports r WHERE r.fact_id = f.id),
           EXISTS (SELECT FROM named WHERE named.id = f.id),
           f.signal_id IS NOT NULL
    FROM near JOIN register_facts f ON f.id = near.id
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE f.child_id IN (SELECT records.id FROM records)
      AND v.kind = p_kind AND v.status NOT IN ('annulled', 'merged')
      AND (v.occurred_on BETWEEN p_from AND p_to OR EXISTS (SELECT FROM named WHERE named.id = f.id))
    ORDER BY f.created_at, f.id
    LIMIT 100;
END
$$;

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
REVOKE EXECUTE ON FUNCTION register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb) TO qorgan_server;

-- ---------------------------------------------------------------------------------- words on a pair of facts
ALTER TABLE register_match_reviews DROP COLUMN read_older, DROP COLUMN read_newer;

-- ---------------------------------------------------------------------------------- words on a pair
DROP POLICY child_merges_read ON child_merges;
CREATE POLICY child_merges_read ON child_merges FOR SELECT TO qorgan_server
    USING (EXISTS (SELECT FROM children c WHERE c.id = child_id));

ALTER TABLE child_match_reviews DROP CONSTRAINT child_match_reviews_no_reason;
COMMENT ON COLUMN child_match_reviews.reason IS NULL;
UPDATE child_match_reviews r SET reason = said.reasons
FROM (SELECT w.review_id, string_agg(w.reason, E'\n' ORDER BY w.version) AS reasons
      FROM child_match_review_words w GROUP BY w.review_id) AS said
WHERE r.id = said.review_id;
DROP TABLE child_match_review_words;

-- Writes what the domain decided, after child_match_review_begin: 'different'; 'confirmed' for those records (p_one,
-- p_other) for which the caller says it; or 'merged' where both are confirmed now. Nothing ('stale') where the pair is
-- not as it was read. Whoever says it of a record must see it.
CREATE OR REPLACE FUNCTION child_match_review_decide(p_id uuid, p_version bigint, p_same boolean, p_one boolean, p_other boolean,
                                          p_merge uuid, p_reason text, p_now timestamptz) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    review child_match_reviews;
    first uuid;
    second uuid;
BEGIN
    SELECT * INTO review FROM child_match_reviews r WHERE r.id = p_id AND r.version = p_version AND r.status = 'open';
    IF review.id IS NULL THEN
        RETURN 'stale';
    END IF;
    IF NOT (context_has('child_merge') AND (p_one OR p_other) AND (NOT p_one OR child_readable(review.one_id))
            AND (NOT p_other OR child_readable(review.other_id))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'deciding on records of children needs the right to them';
    END IF;
    review.reason := concat_ws(E'\n', review.reason, p_reason);
    IF NOT p_same THEN
        UPDATE child_match_reviews r
        SET status = 'different', decided_by = context_user(), decided_at = p_now, reason = review.reason,
            version = r.version + 1, updated_at = p_now
        WHERE r.id = p_id;
        RETURN 'different';
    END IF;
    IF p_one AND review.one_confirmed_by IS NULL THEN
        review.one_confirmed_by := context_user();
    END IF;
    IF p_other AND review.other_confirmed_by IS NULL THEN
        review.other_confirmed_by := context_user();
    END IF;
    UPDATE child_match_reviews r
    SET one_confirmed_by = review.one_confirmed_by, other_confirmed_by = review.other_confirmed_by,
        reason = review.reason,
        version = r.version + 1, updated_at = p_now
    WHERE r.id = p_id;
    IF review.one_confirmed_by IS NULL OR review.other_confirmed_by IS NULL THEN
        RETURN 'confirmed';
    END IF;
    first := child_survivor(review.one_id);
    second := child_survivor(review.other_id);
    IF first <> second THEN
        UPDATE children c SET merged_into = first, version = c.version + 1, updated_at = p_now
        WHERE c.id = second AND c.merged_into IS NULL;
        INSERT INTO child_merges (id, child_id, into_id, reason, merged_by, merged_at)
        VALUES (p_merge, second, first, review.reason, context_user(), p_now);
    END IF;
    UPDATE child_match_reviews r SET status = 'same', decided_by = context_user(), decided_at = p_now WHERE r.id = p_id;
    RETURN 'merged';
END
$$;
