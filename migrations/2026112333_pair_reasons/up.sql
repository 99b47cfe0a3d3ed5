-- Reasons of decisions on pairs, of children's records and of facts, belong to the side that wrote them; register_cells() goes.

-- ---------------------------------------------------------------------------------- words on a pair
-- What was said of a pair of records, one row for each version that it made. Who writes may name the child whose record
-- lies before him, so his words are for those alone who read all that he read: of one record only, until both are one.
CREATE TABLE child_match_review_words (
    review_id  uuid NOT NULL REFERENCES child_match_reviews,
    version    bigint NOT NULL,
    same       boolean NOT NULL,
    read_one   boolean NOT NULL,
    read_other boolean NOT NULL,
    reason     text NOT NULL,
    said_by    uuid NOT NULL REFERENCES users,
    said_at    timestamptz NOT NULL,
    PRIMARY KEY (review_id, version),
    CHECK (read_one OR read_other)
);
COMMENT ON TABLE child_match_review_words IS 'written by child_match_review_decide alone; never changed';
COMMENT ON COLUMN child_match_review_words.version IS 'of the review, with this said';
COMMENT ON COLUMN child_match_review_words.read_one IS 'who said it read the first record then';
GRANT SELECT ON child_match_review_words TO qorgan_server;
ALTER TABLE child_match_review_words ENABLE ROW LEVEL SECURITY;
-- By the policies of the tables of the review and of the records: merged records are seen by whoever sees one of them.
CREATE POLICY child_match_review_words_read ON child_match_review_words FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM child_match_reviews r WHERE r.id = review_id
            AND (NOT read_one OR EXISTS (SELECT FROM children c WHERE c.id = r.one_id))
            AND (NOT read_other OR EXISTS (SELECT FROM children c WHERE c.id = r.other_id))));

-- What was written before is the words of both sides in one text: for those who read both records.
INSERT INTO child_match_review_words (review_id, version, same, read_one, read_other, reason, said_by, said_at)
SELECT r.id, r.version, r.status <> 'different', true, true, r.reason,
       coalesce(r.decided_by, r.one_confirmed_by, r.other_confirmed_by), coalesce(r.decided_at, r.updated_at)
FROM child_match_reviews r WHERE r.reason IS NOT NULL;
UPDATE child_match_reviews SET reason = NULL WHERE reason IS NOT NULL;
ALTER TABLE child_match_reviews ADD CONSTRAINT child_match_reviews_no_reason CHECK (reason IS NULL);
COMMENT ON COLUMN child_match_reviews.reason IS 'empty, since child_match_review_words has them; to be dropped by a later release';

-- As before, with the words by themselves.
CREATE OR REPLACE FUNCTION child_match_review_decide(p_id uuid, p_version bigint, p_same boolean, p_one boolean,
                                                     p_other boolean, p_merge uuid, p_reason text, p_now timestamptz)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    review child_match_reviews;
    first uuid;
    second uuid;
    reads_one boolean;
    reads_other boolean;
BEGIN
    SELECT * INTO review FROM child_match_reviews r WHERE r.id = p_id AND r.version = p_version AND r.status = 'open';
    IF review.id IS NULL THEN
        RETURN 'stale';
    END IF;
    reads_one := child_readable(review.one_id);
    reads_other := child_readable(review.other_id);
    IF NOT (context_has('child_merge') AND (p_one OR p_other) AND (NOT p_one OR reads_one)
            AND (NOT p_other OR reads_other)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'deciding on records of children needs the right to them';
    END IF;
    INSERT INTO child_match_review_words (review_id, version, same, read_one, read_other, reason, said_by, said_at)
    VALUES (p_id, p_version + 1, p_same, reads_one, reads_other, p_reason, context_user(), p_now);
    IF NOT p_same THEN
        UPDATE child_match_reviews r
        SET status = 'different', decided_by = context_user(), decided_at = p_now, version = r.version + 1,
            updated_at = p_now
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
        SELECT p_merge, second, first, string_agg(w.reason, E'\n' ORDER BY w.version), context_user(), p_now
        FROM child_match_review_words w WHERE w.review_id = p_id;
    END IF;
    UPDATE child_match_reviews r SET status = 'same', decided_by = context_user(), decided_at = p_now WHERE r.id = p_id;
    RETURN 'merged';
END
$$;

-- The reason of a merge may hold the words of both sides: after it was ended they are for those who read both records.
DROP POLICY child_merges_read ON child_merges;
CREATE POLICY child_merges_read ON child_merges FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM children c WHERE c.id = child_id) AND EXISTS (SELECT FROM children c WHERE c.id = into_id));

-- ---------------------------------------------------------------------------------- words on a pair of facts
-- As with records: why two facts are two is for those who read all that was read by who decided. What merges them stands in
-- the history of the fact, which its reporters share.
ALTER TABLE register_match_reviews
    ADD COLUMN read_older boolean NOT NULL DEFAULT true,
    ADD COLUMN read_newer boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN register_match_reviews.read_older IS 'who decided read the older fact then';
GRANT UPDATE (read_older, read_newer) ON register_match_reviews TO qorgan_server;

-- ---------------------------------------------------------------------------------- cells
-- Counts come from the ledger (register_counted) since 2026112325.
DROP FUNCTION register_cells(text[], date, date, timestamptz, text[], text[], text, jsonb);

-- ---------------------------------------------------------------------------------- speed of filing
-- The same as before, found by indexes however many facts there are, and however few there were when the plan was made; and
-- the plan is made once a session, since making it took longer than using it.
CREATE OR REPLACE FUNCTION register_match_candidates(p_children uuid[], p_kind text, p_from date, p_to date, p_systems text[],
                                                     p_numbers text[])
    RETURNS TABLE (fact_id uuid, number text, child_id uuid, survivor uuid, main_form text, forms text[], level text,
                   occurred_on date, kato text, setting text, relation text, status text, version integer,
                   roles text[], same_number boolean, has_signal boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS
$$
DECLARE
    records uuid[] := p_children;
    fresh uuid[] := p_children;
    named uuid[] := '{}';
BEGIN
    IF context_org('register') IS NULL THEN
        RETURN;
    END IF;
    -- All records of the children: up to those that stand for them, and down again. Chains have no circle.
    LOOP
        fresh := ARRAY(SELECT c.merged_into FROM children c WHERE c.id = ANY (fresh) AND c.merged_into IS NOT NULL);
        EXIT WHEN fresh = '{}';
        records := records || fresh;
    END LOOP;
    fresh := records;
    LOOP
        fresh := ARRAY(SELECT c.id FROM children c WHERE c.merged_into = ANY (fresh));
        EXIT WHEN fresh = '{}';
        records := records || fresh;
    END LOOP;
    IF cardinality(p_numbers) > 0 THEN
        named := ARRAY(
            SELECT r.fact_id
            FROM unnest(p_systems, p_numbers) AS n (system, number)
            JOIN register_external_references e ON e.system = n.system AND e.number_key = external_number_key(n.number)
            JOIN register_reports r ON r.id = e.report_id);
    END IF;
    RETURN QUERY
    SELECT f.id, f.number, f.child_id, child_survivor(f.child_id), v.main_form, v.forms, v.level, v.occurred_on, v.kato,
           v.setting, v.relation, v.status, v.version,
           (SELECT array_agg(DISTINCT r.child_role) FROM register_reports r WHERE r.fact_id = f.id),
           f.id = ANY (named),
           f.signal_id IS NOT NULL
    FROM register_facts f
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE f.child_id = ANY (records)
      AND v.kind = p_kind AND v.status NOT IN ('annulled', 'merged')
      AND (v.occurred_on BETWEEN p_from AND p_to OR f.id = ANY (named))
    ORDER BY f.created_at, f.id
    LIMIT 100;
END
$$;

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
    -- In order, so that two registrations with the same new names do not wait for each other in a circle. What is there is
    -- left to the unique index to find: a plan that looks for it is kept from when the table was small, and reads all of it.
    INSERT INTO name_tokens (token)
        SELECT p.token FROM unnest(p_tokens) AS p(token) ORDER BY p.token
    ON CONFLICT DO NOTHING;
    INSERT INTO name_token_forms (form, spelling, token)
        SELECT DISTINCT f.form, f.spelling, f.token FROM unnest(p_forms, p_spellings, p_form_tokens) AS f(form, spelling, token)
        ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
END
$$;

-- In PL/pgSQL, which keeps the plan of its statement: SQL functions are planned at each call.
CREATE OR REPLACE FUNCTION fact_has_reports(p_fact uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM register_report_links WHERE fact_id = p_fact);
END
$$;
CREATE OR REPLACE FUNCTION name_near_forms(p_tokens text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT form), '{}')
            FROM unnest(p_tokens) AS token,
                 LATERAL (SELECT token AS form
                          UNION ALL
                          SELECT overlay(token PLACING '' FROM at FOR 1) FROM generate_series(1, length(token)) AS at
                          WHERE length(token) > 3) AS forms);
END
$$;

-- What is open is asked for most, and is little beside what was decided.
CREATE INDEX register_match_reviews_status ON register_match_reviews (status, created_at DESC, id DESC);
CREATE INDEX child_match_reviews_status ON child_match_reviews (status, created_at DESC, id DESC);
