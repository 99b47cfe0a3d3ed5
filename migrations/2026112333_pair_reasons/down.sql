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
