-- How many children live where (dated reference data), and counts of distinct children.

CREATE TABLE child_population (
    kato        text NOT NULL REFERENCES territories,
    valid_from  date NOT NULL,
    children    integer NOT NULL CHECK (children >= 0),
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (kato, valid_from)
);
COMMENT ON TABLE child_population IS 'children under 18 by region, city and district: what rates are made with';
COMMENT ON COLUMN child_population.valid_from IS 'counts until the next row of the same unit begins';
GRANT SELECT ON child_population TO qorgan_server;

-- ---------------------------------------------------------------------------------- distinct children

-- The record that stood for each merged record of a child just before p_moment: merges that had been made and were not
-- ended. Chains are followed to their end; they have no circle.
CREATE FUNCTION child_survivors_at(p_moment timestamptz) RETURNS TABLE (child_id uuid, survivor uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH RECURSIVE merged AS (
        SELECT m.child_id, m.into_id FROM child_merges m
        WHERE m.merged_at < p_moment AND (m.ended_at IS NULL OR m.ended_at >= p_moment)),
    chain (child_id, survivor) AS (
        SELECT m.child_id, m.into_id FROM merged m
        UNION
        SELECT c.child_id, m.into_id FROM chain c JOIN merged m ON m.child_id = c.survivor)
    SELECT c.child_id, c.survivor FROM chain c
    WHERE NOT EXISTS (SELECT FROM merged m WHERE m.child_id = c.survivor)
$$;

-- Which facts of a period are of one child, in the register as it read just before p_moment: equal marks are of one child,
-- by the record that stood for it then. For the statistics office, to count children with. No id of a child leaves, and marks
-- are drawn anew at each call: they cannot be followed from one count to the next.
CREATE FUNCTION register_child_marks(p_from date, p_to date, p_moment timestamptz)
    RETURNS TABLE (fact_id uuid, mark uuid)
    LANGUAGE plpgsql VOLATILE ROWS 100000 SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    salt text := gen_random_uuid()::text;
BEGIN
    IF NOT context_has('statistics_exact') THEN
        RAISE insufficient_privilege USING MESSAGE = 'distinct children are not open to this session';
    END IF;
    RETURN QUERY
    SELECT v.fact_id, md5(salt || coalesce(s.survivor, f.child_id)::text)::uuid
    FROM register_fact_versions v
    JOIN register_facts f ON f.id = v.fact_id
    LEFT JOIN child_survivors_at(p_moment) s ON s.child_id = f.child_id
    WHERE v.occurred_on BETWEEN p_from AND p_to
      AND v.recorded_at < p_moment AND (v.superseded_at IS NULL OR v.superseded_at >= p_moment);
END
$$;

REVOKE EXECUTE ON FUNCTION child_survivors_at(timestamptz), register_child_marks(date, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_child_marks(date, date, timestamptz) TO qorgan_server;
