-- Many reports, one fact: what every agency said stays its own, which report belongs to which fact has a history, and
-- a fact is amended, annulled, merged and given back by new versions only.

-- ---------------------------------------------------------------------------------- one child, several records

-- The record that stands for a child, and all records of that child. Every record stands for itself until records of
-- children can be merged; the migration that brings that replaces both.
CREATE FUNCTION child_survivor(p_child uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p_child $$;
CREATE FUNCTION child_records(p_child uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p_child $$;

-- ---------------------------------------------------------------------------------- an agency's own words

ALTER TABLE register_reports
    ADD COLUMN kind      text CHECK (kind IN ('violence', 'suicidal_behaviour')),
    ADD COLUMN main_form text,
    ADD COLUMN forms     text[],
    ADD COLUMN level     text,
    ADD COLUMN kato      text REFERENCES territories,
    ADD COLUMN setting   text,
    ADD COLUMN relation  text,
    ADD COLUMN match_outcome text NOT NULL DEFAULT 'new' CHECK (match_outcome IN ('matched', 'review', 'new')),
    -- Since now in register_external_references.
    ALTER COLUMN external_refs SET DEFAULT '[]';
UPDATE register_reports r
SET kind = v.kind, main_form = v.main_form, forms = v.forms, level = v.level, kato = v.kato, setting = v.setting,
    relation = v.relation
FROM register_fact_versions v WHERE v.fact_id = r.fact_id AND v.version = 1;
ALTER TABLE register_reports
    ALTER COLUMN kind SET NOT NULL,
    ALTER COLUMN forms SET NOT NULL,
    ALTER COLUMN kato SET NOT NULL,
    ALTER COLUMN setting SET NOT NULL,
    ADD CHECK ((kind = 'violence') = (main_form IS NOT NULL)),
    ADD CHECK ((kind = 'suicidal_behaviour') = (level IS NOT NULL));
COMMENT ON COLUMN register_reports.match_outcome IS 'what became of it when it was filed';
COMMENT ON COLUMN register_reports.fact_id IS 'the fact it belongs to now; its history is register_report_links';

-- The release before this one, while it still runs, says nothing of these columns.
CREATE FUNCTION register_reports_complete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    SELECT v.kind, v.main_form, v.forms, v.level, v.kato, v.setting, v.relation
    INTO NEW.kind, NEW.main_form, NEW.forms, NEW.level, NEW.kato, NEW.setting, NEW.relation
    FROM register_fact_versions v WHERE v.fact_id = NEW.fact_id AND v.version = 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER register_reports_complete BEFORE INSERT ON register_reports
    FOR EACH ROW WHEN (NEW.kind IS NULL) EXECUTE FUNCTION register_reports_complete();

-- ---------------------------------------------------------------------------------- versions

ALTER TABLE register_fact_versions
    ADD COLUMN change          text NOT NULL DEFAULT 'registered',
    ADD COLUMN merged_into     uuid REFERENCES register_facts,
    ADD COLUMN protocol_number text,
    ADD CHECK ((status = 'merged') = (merged_into IS NOT NULL));
COMMENT ON COLUMN register_fact_versions.change IS 'what made this version (domain ChangeKind)';
COMMENT ON COLUMN register_fact_versions.protocol_number IS 'the protocol of the session that decided, where one did';

-- The present state of a merged fact once more, where row security and matching look for it.
ALTER TABLE register_facts
    ADD COLUMN merged_into uuid REFERENCES register_facts,
    ADD COLUMN merged_at   timestamptz,
    ADD COLUMN signal_id   uuid REFERENCES signals,
    ADD CHECK ((merged_into IS NULL) = (merged_at IS NULL)),
    ADD CHECK (merged_into <> id);
CREATE INDEX register_facts_merged ON register_facts (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON COLUMN register_facts.signal_id IS 'the signal by which the school of the child was told of it';
GRANT UPDATE (merged_into, merged_at) ON register_facts TO qorgan_server;

-- ---------------------------------------------------------------------------------- which report, which fact, when

-- Written by triggers and by register_reports_move() alone.
CREATE TABLE register_report_links (
    report_id uuid NOT NULL REFERENCES register_reports,
    fact_id   uuid NOT NULL REFERENCES register_facts,
    since     timestamptz NOT NULL,
    until     timestamptz CHECK (until >= since),
    cause     text NOT NULL CHECK (cause IN ('reported', 'merge', 'split')),
    ended_by  text CHECK (ended_by IN ('merge', 'split')),
    CHECK ((until IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX register_report_links_open ON register_report_links (report_id) WHERE until IS NULL;
CREATE INDEX register_report_links_report ON register_report_links (report_id, since);
CREATE INDEX register_report_links_fact ON register_report_links (fact_id, since);
INSERT INTO register_report_links (report_id, fact_id, since, cause)
SELECT id, fact_id, created_at, 'reported' FROM register_reports;

CREATE FUNCTION register_reports_link() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    -- Never before the version of the fact that it joins: that could have been made by a request that began later.
    INSERT INTO register_report_links (report_id, fact_id, since, cause)
    SELECT NEW.id, NEW.fact_id, greatest(NEW.created_at, max(v.recorded_at)), 'reported'
    FROM register_fact_versions v WHERE v.fact_id = NEW.fact_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER register_reports_link AFTER INSERT ON register_reports
    FOR EACH ROW EXECUTE FUNCTION register_reports_link();

-- ---------------------------------------------------------------------------------- reach

-- Facts that this unit of work may touch besides those in reach: see facts_open().
CREATE FUNCTION context_opened_facts() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(context_text('opened_facts')::uuid[], '{}');

CREATE OR REPLACE FUNCTION fact_reported_in_reach(p_fact uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (
        SELECT FROM register_reports r
        WHERE r.fact_id = p_fact
          AND (r.organisation_id = context_org('register')
               OR (r.organisation_agency = context_agency('register')
                   AND starts_with(r.organisation_kato, context_prefix('register')))
               OR r.reported_by = context_own('register')
               OR (r.case_id IS NOT NULL AND case_visible(r.case_id)))) THEN
        RETURN true;
    END IF;
    -- A merged fact has no reports any more: who saw it by one that went on with the merger sees that it is merged.
    RETURN EXISTS (
        SELECT FROM register_facts f
        JOIN register_report_links l ON l.fact_id = f.id AND l.until = f.merged_at
        JOIN register_reports r ON r.id = l.report_id
        WHERE f.id = p_fact AND f.merged_into IS NOT NULL
          AND (r.organisation_id = context_org('register')
               OR (r.organisation_agency = context_agency('register')
                   AND starts_with(r.organisation_kato, context_prefix('register')))
               OR r.reported_by = context_own('register')
               OR (r.case_id IS NOT NULL AND case_visible(r.case_id))))
        OR p_fact = ANY (context_opened_facts());
END
$$;

-- Every fact that has, or ever had, a report in reach: row security then decides.
CREATE OR REPLACE FUNCTION facts_in_reach(p_most integer) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    facts uuid[];
    found bigint;
BEGIN
    IF num_nonnulls(context_agency('register'), context_agency('case'),
                    context_own('register'), context_own('case')) > 0 THEN
        RETURN NULL;
    END IF;
    -- Doubles are removed last: sorting for them before LIMIT would lead the planner away from the indexes.
    SELECT array_agg(DISTINCT reach.fact_id), count(*) INTO facts, found FROM (
        (SELECT l.fact_id FROM register_reports r JOIN register_report_links l ON l.report_id = r.id
         WHERE r.organisation_id = context_org('register') LIMIT p_most + 1)
        UNION ALL
        (SELECT l.fact_id FROM case_participants p JOIN register_reports r ON r.case_id = p.case_id
         JOIN register_report_links l ON l.report_id = r.id
         WHERE p.organisation_id = context_org('case') AND p.ended_at IS NULL LIMIT p_most + 1)) AS reach;
    RETURN CASE WHEN found <= p_most THEN coalesce(facts, '{}') END;
END
$$;

-- Whether it ever had one: a merged fact is no fresh one.
CREATE OR REPLACE FUNCTION fact_has_reports(p_fact uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM register_report_links WHERE fact_id = p_fact) $$;

-- Whether a report on a child may join a fact that its reporter does not see: a live one of the same child.
CREATE FUNCTION fact_takes_report(p_fact uuid, p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (
        SELECT FROM register_facts f
        JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
        WHERE f.id = p_fact AND v.status NOT IN ('annulled', 'merged')
          AND child_survivor(f.child_id) = child_survivor(p_child));
END
$$;

DROP POLICY register_reports_insert ON register_reports;
CREATE POLICY register_reports_insert ON register_reports FOR INSERT TO qorgan_server WITH CHECK (
    reported_by = (SELECT context_user()) AND organisation_id = (SELECT context_org('register'))
    AND (fact_reported_in_reach(fact_id) OR NOT fact_has_reports(fact_id) OR fact_takes_report(fact_id, child_id)));

GRANT SELECT ON register_report_links TO qorgan_server;
ALTER TABLE register_report_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_report_links_read ON register_report_links FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM register_reports r WHERE r.id = report_id));

-- With a case come, and go, the facts that were ever reported for it.
CREATE OR REPLACE FUNCTION outbox_case_sight(p_sight text, p_case uuid,
                                  p_organisation uuid, p_agency text, p_kato text, p_user uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM outbox_sight(p_sight, 'case', 'case', p_case, p_organisation, p_agency, p_kato, p_user);
    PERFORM outbox_sight(p_sight, 'case', 'child', c.child_id, p_organisation, p_agency, p_kato, p_user)
    FROM cases c WHERE c.id = p_case;
    PERFORM outbox_sight(p_sight, 'case', 'register', f.fact_id, p_organisation, p_agency, p_kato, p_user)
    FROM (SELECT DISTINCT l.fact_id FROM register_reports r JOIN register_report_links l ON l.report_id = r.id
          WHERE r.case_id = p_case) f;
END
$$;

-- ---------------------------------------------------------------------------------- changing facts

-- Locks facts in the order of their ids and answers, for each in reach, its present version and the moment from which a
-- new one may count: after everything that is known of it.
CREATE FUNCTION register_facts_lock(p_facts uuid[]) RETURNS TABLE (fact_id uuid, version integer, not_before timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM FROM register_facts f WHERE f.id = ANY (p_facts) ORDER BY f.id FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT f.id, f.current_version,
           greatest((SELECT max(v.recorded_at) FROM register_fact_versions v WHERE v.fact_id = f.id),
                    (SELECT max(l.since) FROM register_report_links l WHERE l.fact_id = f.id))
               + interval '1 microsecond'
    FROM register_facts f WHERE f.id = ANY (p_facts);
END
$$;

-- Opens to this unit of work what hangs together with a fact in reach: the facts that were merged into it, those that a
-- match review names beside it, and what stands for these now. Reports stay as closed as they are.
CREATE FUNCTION facts_open(p_fact uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    facts uuid[];
BEGIN
    IF NOT fact_reported_in_reach(p_fact) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a fact was opened by one out of reach';
    END IF;
    WITH RECURSIVE hung (id) AS (
        SELECT beside.id FROM (
            SELECT p_fact AS id
            UNION
            SELECT l.fact_id FROM register_reports r JOIN register_report_links l ON l.report_id = r.id
            WHERE r.fact_id = p_fact
            UNION
            SELECT unnest(ARRAY[m.older_id, m.newer_id]) FROM register_match_reviews m
            WHERE p_fact IN (m.older_id, m.newer_id)) beside
        UNION
        SELECT f.merged_into FROM hung h JOIN register_facts f ON f.id = h.id WHERE f.merged_into IS NOT NULL)
    SELECT array_agg(h.id) INTO facts FROM hung h;
    PERFORM set_config('qorgan.opened_facts', facts::text, true);
END
$$;

-- Moves reports from one fact to another, in a merger or a split, and tells those who gain or lose sight by it.
CREATE FUNCTION register_reports_move(p_from uuid, p_to uuid, p_reports uuid[], p_cause text, p_at timestamptz)
    RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    moved integer;
BEGIN
    IF NOT fact_reported_in_reach(p_from) OR (fact_has_reports(p_to) AND NOT fact_reported_in_reach(p_to)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'reports were moved between facts out of reach';
    END IF;
    UPDATE register_reports SET fact_id = p_to WHERE fact_id = p_from AND id = ANY (p_reports);
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE register_report_links SET until = p_at, ended_by = p_cause
    WHERE report_id = ANY (p_reports) AND fact_id = p_from AND until IS NULL;
    INSERT INTO register_report_links (report_id, fact_id, since, cause)
    SELECT r.id, p_to, p_at, p_cause FROM register_reports r WHERE r.id = ANY (p_reports) AND r.fact_id = p_to;
    PERFORM outbox_sight('gained', 'register', 'register', p_to, r.organisation_id, r.organisation_agency,
                         r.organisation_kato, r.reported_by),
            outbox_sight('lost', 'register', 'register', p_from, r.organisation_id, r.organisation_agency,
                         r.organisation_kato, r.reported_by)
    FROM register_reports r WHERE r.id = ANY (p_reports);
    PERFORM outbox_sight('gained', 'case', 'register', p_to, p.organisation_id, p.organisation_agency,
                         p.organisation_kato, p.assigned_user_id),
            outbox_sight('lost', 'case', 'register', p_from, p.organisation_id, p.organisation_agency,
                         p.organisation_kato, p.assigned_user_id)
    FROM register_reports r JOIN case_participants p ON p.case_id = r.case_id AND p.ended_at IS NULL
    WHERE r.id = ANY (p_reports);
    -- A merged fact that is given back is seen by those alone whose reports it gets.
    PERFORM outbox_sight('lost', 'register', 'register', p_to, r.organisation_id, r.organisation_agency,
                         r.organisation_kato, r.reported_by)
    FROM register_report_links l JOIN register_reports r ON r.id = l.report_id
    WHERE p_cause = 'split' AND l.fact_id = p_to AND l.until IS NOT NULL AND r.fact_id = p_from;
    RETURN moved;
END
$$;

-- The reports of a fact with their first facts: what a split gives back. Ids alone, for who changes the fact.
CREATE FUNCTION fact_report_origins(p_fact uuid)
    RETURNS TABLE (report_id uuid, origin uuid, origin_merged boolean, created_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT fact_reported_in_reach(p_fact) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.id, o.fact_id, f.merged_into IS NOT NULL, r.created_at
    FROM register_reports r
    CROSS JOIN LATERAL (SELECT l.fact_id FROM register_report_links l WHERE l.report_id = r.id
                        ORDER BY l.since, l.until NULLS LAST LIMIT 1) o
    JOIN register_facts f ON f.id = o.fact_id
    WHERE r.fact_id = p_fact ORDER BY r.created_at, r.id;
END
$$;

-- ---------------------------------------------------------------------------------- numbers of other systems

-- How numbers compare: letters and digits alone.
CREATE FUNCTION external_number_key(p_number text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN upper(regexp_replace(p_number, '[^[:alnum:]]', '', 'g'));

CREATE TABLE register_external_references (
    report_id  uuid NOT NULL REFERENCES register_reports,
    position   smallint NOT NULL,
    system     text NOT NULL CHECK (system IN ('erdr', 'kui', 'medical_record', 'other')),
    number     text NOT NULL,
    number_key text NOT NULL GENERATED ALWAYS AS (external_number_key(number)) STORED,
    PRIMARY KEY (report_id, position)
);
CREATE INDEX register_external_references_number ON register_external_references (system, number_key);
INSERT INTO register_external_references (report_id, position, system, number)
SELECT r.id, e.position, e.reference ->> 'system', e.reference ->> 'number'
FROM register_reports r, jsonb_array_elements(r.external_refs) WITH ORDINALITY AS e (reference, position);
GRANT SELECT, INSERT (report_id, position, system, number) ON register_external_references TO qorgan_server;
ALTER TABLE register_external_references ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_external_references_read ON register_external_references FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM register_reports r WHERE r.id = report_id));
CREATE POLICY register_external_references_insert ON register_external_references FOR INSERT TO qorgan_server
    WITH CHECK (EXISTS (SELECT FROM register_reports r
                        WHERE r.id = report_id AND r.reported_by = (SELECT context_user())));

-- ---------------------------------------------------------------------------------- matching

CREATE TABLE register_match_rules (
    valid_from  date PRIMARY KEY,
    valid_to    date CHECK (valid_to > valid_from),
    definition  jsonb NOT NULL,
    source      text NOT NULL,
    provisional boolean NOT NULL
);
GRANT SELECT ON register_match_rules TO qorgan_server;

-- Two facts that may be one. Evidence is codes and weights alone, no word of a report.
CREATE TABLE register_match_reviews (
    id          uuid PRIMARY KEY,
    older_id    uuid NOT NULL REFERENCES register_facts,
    newer_id    uuid NOT NULL REFERENCES register_facts,
    report_id   uuid NOT NULL REFERENCES register_reports,
    score       double precision NOT NULL,
    evidence    jsonb NOT NULL,
    rules_from  date NOT NULL REFERENCES register_match_rules,
    status      text NOT NULL CHECK (status IN ('open', 'same', 'different')),
    assigned_to uuid REFERENCES users,
    decided_by  uuid REFERENCES users,
    decided_at  timestamptz,
    reason      text,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    UNIQUE (older_id, newer_id),
    CHECK (older_id <> newer_id),
    CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE INDEX register_match_reviews_newer ON register_match_reviews (newer_id);
CREATE INDEX register_match_reviews_order ON register_match_reviews (created_at DESC, id DESC);
GRANT SELECT, INSERT ON register_match_reviews TO qorgan_server;
GRANT UPDATE (status, assigned_to, decided_by, decided_at, reason, version, updated_at)
    ON register_match_reviews TO qorgan_server;
ALTER TABLE register_match_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_match_reviews_read ON register_match_reviews FOR SELECT TO qorgan_server USING (
    fact_reported_in_reach(older_id) OR fact_reported_in_reach(newer_id));
CREATE POLICY register_match_reviews_insert ON register_match_reviews FOR INSERT TO qorgan_server
    WITH CHECK (status = 'open' AND fact_reported_in_reach(newer_id));
CREATE POLICY register_match_reviews_update ON register_match_reviews FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('match_review_decide'))
           AND (fact_reported_in_reach(older_id) OR fact_reported_in_reach(newer_id)));

-- Makes reports wait for one another that could tell of one event, until their transactions end. A report locks two
-- fortnights around its day, and every number of another system that it names; whoever files many in one transaction
-- (an import) takes the register as a whole instead. Always in the same order.
CREATE FUNCTION register_match_begin(p_days date[], p_numbers text[], p_whole boolean) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
DECLARE
    bucket integer;
BEGIN
    IF p_whole THEN
        PERFORM pg_advisory_xact_lock(4212, -1);
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(4212, -1);
    FOR bucket IN
        SELECT DISTINCT (d.day - date '1900-01-01') / 14 + step.n
        FROM unnest(p_days) AS d (day), generate_series(0, 1) AS step (n)
        UNION
        SELECT 1000000 + abs(hashtext(split_part(n.number, ':', 1) || external_number_key(n.number)) % 1000000)
        FROM unnest(p_numbers) AS n (number)
        ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(4212, bucket);
    END LOOP;
END
$$;

-- The live facts with which a report is compared: of the children named, within the days, or under a number of another
-- system that the report names too. Whoever files a report may compare; it learns what the domain lets it learn.
CREATE FUNCTION register_match_candidates(p_children uuid[], p_kind text, p_from date, p_to date, p_systems text[],
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

-- Whether a child has an open case, and the organisation that it belongs to: whom a fact that nobody follows yet is told.
CREATE FUNCTION child_care(p_child uuid)
    RETURNS TABLE (open_case boolean, organisation_id uuid, organisation_agency text, organisation_kato text, kato text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF context_org('register') IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT EXISTS (SELECT FROM cases k WHERE k.child_id IN (SELECT child_records(p_child)) AND k.stage <> 'closed'),
           o.id, o.agency_code, o.kato, c.kato
    FROM children c LEFT JOIN organisations o ON o.id = c.organisation_id AND o.active
    WHERE c.id = child_survivor(p_child);
END
$$;

-- Both facts of match reviews, for who reaches one of them. No name, no word of a report.
CREATE FUNCTION match_review_facts(p_reviews uuid[])
    RETURNS TABLE (review_id uuid, fact_id uuid, number text, child_id uuid, survivor uuid, version integer, status text,
                   kind text, main_form text, forms text[], level text, occurred_on date, kato text, setting text,
                   relation text, sex text, age_years smallint, agencies text[], created_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN QUERY
    SELECT m.id, f.id, f.number, f.child_id, child_survivor(f.child_id), v.version, v.status, v.kind, v.main_form, v.forms,
           v.level, v.occurred_on, v.kato, v.setting, v.relation, v.sex, v.age_years,
           coalesce((SELECT array_agg(DISTINCT r.organisation_agency ORDER BY r.organisation_agency)
                     FROM register_reports r WHERE r.fact_id = f.id), ARRAY[v.agency_code]),
           f.created_at
    FROM register_match_reviews m
    JOIN register_facts f ON f.id IN (m.older_id, m.newer_id)
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE m.id = ANY (p_reviews)
      AND (fact_reported_in_reach(m.older_id) OR fact_reported_in_reach(m.newer_id));
END
$$;

REVOKE EXECUTE ON FUNCTION
    child_survivor(uuid), child_records(uuid), register_reports_complete(), register_reports_link(),
    context_opened_facts(), fact_takes_report(uuid, uuid), register_facts_lock(uuid[]), facts_open(uuid),
    register_reports_move(uuid, uuid, uuid[], text, timestamptz), fact_report_origins(uuid), external_number_key(text),
    register_match_begin(date[], text[], boolean),
    register_match_candidates(uuid[], text, date, date, text[], text[]), child_care(uuid), match_review_facts(uuid[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    child_survivor(uuid), child_records(uuid), context_opened_facts(), fact_takes_report(uuid, uuid),
    register_facts_lock(uuid[]), facts_open(uuid), register_reports_move(uuid, uuid, uuid[], text, timestamptz),
    fact_report_origins(uuid), external_number_key(text), register_match_begin(date[], text[], boolean),
    register_match_candidates(uuid[], text, date, date, text[], text[]), child_care(uuid), match_review_facts(uuid[])
TO qorgan_server;
