-- What the register learns from those who work with it: weights from decisions, records of one child from events that are
-- one, and numbers of other systems in the comparison of lists.

-- ---------------------------------------------------------------------------------- rules of matching
-- Rows are never changed. Reviews keep the rules by which their facts were compared.
ALTER TABLE register_match_rules
    ADD COLUMN learned      jsonb,
    ADD COLUMN learned_on   date REFERENCES register_match_rules,
    ADD COLUMN published_by uuid REFERENCES users,
    ADD COLUMN published_at timestamptz,
    ADD CHECK (num_nulls(learned, learned_on) IN (0, 2)),
    ADD CHECK (num_nulls(published_by, published_at) IN (0, 2));
COMMENT ON COLUMN register_match_rules.learned IS 'how the weights came about (domain LearningReport); null where they were set';
COMMENT ON COLUMN register_match_rules.learned_on IS 'the rules that learning began with: always such as were set';
GRANT INSERT ON register_match_rules TO qorgan_server;
ALTER TABLE register_match_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_match_rules_read ON register_match_rules FOR SELECT TO qorgan_server USING (true);
CREATE POLICY register_match_rules_insert ON register_match_rules FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('match_rules_manage')) AND published_by = (SELECT context_user()) AND learned IS NOT NULL);

-- How pairs agreed and what they were decided to be, counted: no fact, no child, no reporter. For who keeps the rules and
-- sees no case.
CREATE FUNCTION register_match_decisions(p_rules date[])
    RETURNS TABLE (agreements jsonb, same bigint, different bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('match_rules_manage') THEN
        RAISE insufficient_privilege USING MESSAGE = 'learning needs the right to keep the rules';
    END IF;
    RETURN QUERY
    SELECT line.agreements, count(*) FILTER (WHERE m.status = 'same'), count(*) FILTER (WHERE m.status = 'different')
    FROM register_match_reviews m
    CROSS JOIN LATERAL (SELECT jsonb_object_agg(e ->> 'field', e ->> 'agreement') AS agreements
                        FROM jsonb_array_elements(m.evidence) AS e) AS line
    WHERE m.status <> 'open' AND m.rules_from = ANY (p_rules)
    GROUP BY line.agreements;
END
$$;

-- ---------------------------------------------------------------------------------- records of one child
-- Two facts were decided to be one event, and their reports are about two records of a child. Whether these are one child
-- is asked by itself, since merging them opens each to those who see the other.
CREATE TABLE child_match_reviews (
    id                 uuid PRIMARY KEY,
    one_id             uuid NOT NULL REFERENCES children,
    other_id           uuid NOT NULL REFERENCES children,
    fact_id            uuid NOT NULL REFERENCES register_facts,
    status             text NOT NULL CHECK (status IN ('open', 'same', 'different')),
    one_confirmed_by   uuid REFERENCES users,
    other_confirmed_by uuid REFERENCES users,
    decided_by         uuid REFERENCES users,
    decided_at         timestamptz,
    reason             text,
    version            bigint NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CHECK (one_id <> other_id),
    CHECK ((status = 'open') = (decided_at IS NULL)),
    CHECK (num_nulls(decided_by, decided_at) IN (0, 2))
);
COMMENT ON TABLE child_match_reviews IS 'written by child_match_review_open and child_match_review_decide alone';
COMMENT ON COLUMN child_match_reviews.one_id IS 'the record that survives where they are one: of the surviving fact';
COMMENT ON COLUMN child_match_reviews.fact_id IS 'the fact that another one, about the other record, was merged into';
COMMENT ON COLUMN child_match_reviews.one_confirmed_by IS 'who, with the right to that record, said that they are one child';
-- Asked once, whichever facts and in whichever order.
CREATE UNIQUE INDEX child_match_reviews_pair
    ON child_match_reviews (least(one_id, other_id), greatest(one_id, other_id));
CREATE INDEX child_match_reviews_one ON child_match_reviews (one_id);
CREATE INDEX child_match_reviews_other ON child_match_reviews (other_id);
CREATE INDEX child_match_reviews_order ON child_match_reviews (created_at DESC, id DESC);
GRANT SELECT ON child_match_reviews TO qorgan_server;
ALTER TABLE child_match_reviews ENABLE ROW LEVEL SECURITY;
-- Whoever sees one of the records, by the policies of their table.
CREATE POLICY child_match_reviews_read ON child_match_reviews FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM children c WHERE c.id IN (one_id, other_id)));

-- Asks whether the children of two facts that are one event now are one child, unless they are, or it was asked before.
CREATE FUNCTION child_match_review_open(p_id uuid, p_fact uuid, p_into uuid, p_now timestamptz)
    RETURNS TABLE (one uuid, other uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    first uuid;
    second uuid;
BEGIN
    SELECT child_survivor(i.child_id), child_survivor(f.child_id) INTO first, second
    FROM register_facts f JOIN register_facts i ON i.id = f.merged_into
    WHERE f.id = p_fact AND i.id = p_into AND fact_reported_in_reach(i.id);
    IF first IS NULL OR first = second THEN
        RETURN;
    END IF;
    RETURN QUERY
    INSERT INTO child_match_reviews (id, one_id, other_id, fact_id, status, created_at, updated_at)
    VALUES (p_id, first, second, p_into, 'open', p_now, p_now)
    ON CONFLICT DO NOTHING
    RETURNING one_id, other_id;
END
$$;

-- Makes everybody wait who would decide on the pair, or merge or place either child, and says what the database alone
-- knows: which records stand for both now, and what stands against merging them. The order of locks is that of
-- child_merge_begin.
CREATE FUNCTION child_match_review_begin(p_id uuid)
    RETURNS TABLE (version bigint, one uuid, other uuid, one_confirmed boolean, other_confirmed boolean,
                   iins_differ boolean, placements_overlap boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    review child_match_reviews;
    first uuid;
    second uuid;
    facts record;
BEGIN
    SELECT * INTO review FROM child_match_reviews r WHERE r.id = p_id FOR NO KEY UPDATE;
    IF NOT (context_has('child_merge') AND (child_readable(review.one_id) OR child_readable(review.other_id))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'deciding on records of children needs the right to one of them';
    END IF;
    -- A merge may have gone on while this waited: then other records stand for both.
    LOOP
        first := child_survivor(review.one_id);
        second := child_survivor(review.other_id);
        SELECT * INTO facts FROM child_merge_begin(second, first);
        EXIT WHEN first = child_survivor(review.one_id) AND second = child_survivor(review.other_id);
    END LOOP;
    RETURN QUERY SELECT review.version, first, second, review.one_confirmed_by IS NOT NULL,
                        review.other_confirmed_by IS NOT NULL, facts.iins_differ, facts.placements_overlap;
END
$$;

-- Writes what the domain decided, after child_match_review_begin: 'different'; 'confirmed' for those records (p_one,
-- p_other) for which the caller says it; or 'merged' where both are confirmed now. Nothing ('stale') where the pair is
-- not as it was read. Whoever says it of a record must see it.
CREATE FUNCTION child_match_review_decide(p_id uuid, p_version bigint, p_same boolean, p_one boolean, p_other boolean,
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

-- ---------------------------------------------------------------------------------- lists
-- A probability stands where a period has days.
ALTER TABLE register_list_rules
    ALTER COLUMN days DROP NOT NULL,
    ADD COLUMN probability double precision CHECK (probability > 0 AND probability < 1),
    ADD CHECK (num_nonnulls(days, probability) = 1);

ALTER TABLE register_reconciliation_items ADD COLUMN same_number boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN register_reconciliation_items.same_number IS 'row and fact name one number of the investigation or of the book of records';

-- Which of some rows names a number (ЕРДР, КУИ) that a report of a fact names too, with that fact; and, for the facts
-- asked about, the systems in which they have numbers (row null). Beyond reach like reconciliation_facts: no name, no word.
CREATE FUNCTION reconciliation_numbers(p_rows integer[], p_systems text[], p_numbers text[], p_facts uuid[])
    RETURNS TABLE (row_place integer, system text, child_id uuid, fact_id uuid, number text, kind text, main_form text,
                   forms text[], level text, occurred_on date, kato text, setting text, relation text, sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('reconciliation_write') OR cardinality(p_rows) > 5000 OR cardinality(p_facts) > 50000 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH named AS (
        SELECT DISTINCT n.place, e.system, r.fact_id
        FROM unnest(p_rows, p_systems, p_numbers) AS n (place, system, number)
        JOIN register_external_references e ON e.system = n.system AND e.number_key = external_number_key(n.number)
        JOIN register_reports r ON r.id = e.report_id
        WHERE n.system IN ('erdr', 'kui') AND e.number_key <> ''
        UNION ALL
        SELECT DISTINCT NULL::integer, e.system, r.fact_id
        FROM register_reports r JOIN register_external_references e ON e.report_id = r.id
        WHERE r.fact_id = ANY (p_facts) AND e.system IN ('erdr', 'kui')
    )
    SELECT named.place, named.system, child_survivor(f.child_id), f.id, f.number, v.kind, v.main_form, v.forms, v.level,
           v.occurred_on, v.kato, v.setting, v.relation, v.sex
    FROM named JOIN register_facts f ON f.id = named.fact_id
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE v.status NOT IN ('annulled', 'merged');
END
$$;

REVOKE EXECUTE ON FUNCTION
    register_match_decisions(date[]), child_match_review_open(uuid, uuid, uuid, timestamptz), child_match_review_begin(uuid),
    child_match_review_decide(uuid, bigint, boolean, boolean, boolean, uuid, text, timestamptz),
    reconciliation_numbers(integer[], text[], text[], uuid[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    register_match_decisions(date[]), child_match_review_open(uuid, uuid, uuid, timestamptz), child_match_review_begin(uuid),
    child_match_review_decide(uuid, bigint, boolean, boolean, boolean, uuid, text, timestamptz),
    reconciliation_numbers(integer[], text[], text[], uuid[])
TO qorgan_server;
