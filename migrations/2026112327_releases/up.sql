-- Releases of the register's counts: a period is proposed, confirmed by the agencies, signed and published. What is frozen
-- is written once, by the transaction that proposes; what is signed, by the one that publishes.

-- ---------------------------------------------------------------------------------- what an order may change
CREATE TABLE release_rules (
    valid_from          date PRIMARY KEY,
    valid_to            date CHECK (valid_to > valid_from),
    confirm_days        smallint NOT NULL CHECK (confirm_days BETWEEN 0 AND 365),
    other_than_proposer boolean NOT NULL,
    source              text NOT NULL,
    provisional         boolean NOT NULL
);
COMMENT ON COLUMN release_rules.confirm_days IS 'how many days agencies have to answer; after them silence does not hold a release up';
COMMENT ON COLUMN release_rules.other_than_proposer IS 'who proposed a release does not publish it';

CREATE TABLE release_tables (
    code        text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    place       smallint NOT NULL,
    dimensions  text[] NOT NULL,
    name_ru     text NOT NULL,
    name_kk     text NOT NULL,
    name_en     text NOT NULL,
    in_parts    boolean NOT NULL,
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (code, valid_from)
);
COMMENT ON TABLE release_tables IS 'the tables that every release has';
COMMENT ON COLUMN release_tables.in_parts IS 'the parts of agencies have it too';
GRANT SELECT ON release_rules, release_tables TO qorgan_server;

-- ---------------------------------------------------------------------------------- releases
CREATE TABLE statistics_releases (
    id                  uuid PRIMARY KEY,
    period_kind         text NOT NULL CHECK (period_kind IN ('month', 'quarter', 'half_year', 'year', 'school_year')),
    period_from         date NOT NULL,
    period_to           date NOT NULL CHECK (period_to > period_from),
    edition             integer NOT NULL CHECK (edition >= 1),
    supersedes          uuid REFERENCES statistics_releases,
    as_of               date NOT NULL CHECK (as_of >= period_to),
    -- The rule of disclosure by which its counts are protected, as it was.
    max_noise           smallint NOT NULL,
    variance            double precision NOT NULL,
    threshold           smallint NOT NULL,
    max_attributes      smallint NOT NULL,
    status              text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'published', 'withdrawn')),
    confirm_by          date NOT NULL,
    other_than_proposer boolean NOT NULL,
    proposed_by         uuid NOT NULL REFERENCES users,
    proposed_at         timestamptz NOT NULL,
    proposed_xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    settled_by          uuid REFERENCES users,
    settled_at          timestamptz,
    settled_xid         xid8,
    withdraw_reason     text,
    version             bigint NOT NULL DEFAULT 1,
    CHECK ((edition = 1) = (supersedes IS NULL)),
    CHECK ((status = 'proposed') = (settled_at IS NULL)),
    CHECK (num_nulls(settled_by, settled_at, settled_xid) IN (0, 3)),
    CHECK ((status = 'withdrawn') = (withdraw_reason IS NOT NULL))
);
COMMENT ON COLUMN statistics_releases.edition IS 'a later edition of the period takes the place of the one before, which stays readable';
COMMENT ON COLUMN statistics_releases.as_of IS 'the register as it read at the end of this day';
COMMENT ON COLUMN statistics_releases.confirm_by IS 'the last day on which agencies may answer';
COMMENT ON COLUMN statistics_releases.settled_at IS 'when it was published or withdrawn';
COMMENT ON COLUMN statistics_releases.proposed_xid IS 'the transaction in which its numbers were frozen: none are added by another';
-- Of two who propose one period at once the second is told so.
CREATE UNIQUE INDEX statistics_releases_proposed ON statistics_releases (period_kind, period_from)
    WHERE status = 'proposed';
CREATE UNIQUE INDEX statistics_releases_edition ON statistics_releases (period_kind, period_from, edition)
    WHERE status <> 'withdrawn';
CREATE INDEX statistics_releases_list ON statistics_releases (period_from DESC, id DESC);

CREATE FUNCTION statistics_releases_settle() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
BEGIN
    IF OLD.status <> 'proposed' THEN
        RAISE restrict_violation USING MESSAGE = 'a release that is published or withdrawn stays as it is';
    END IF;
    NEW.settled_xid := CASE WHEN NEW.status <> 'proposed' THEN pg_current_xact_id() END;
    RETURN NEW;
END
$$;
CREATE TRIGGER statistics_releases_settle BEFORE UPDATE ON statistics_releases
    FOR EACH ROW EXECUTE FUNCTION statistics_releases_settle();

-- The numbers, exact and protected; both stay.
CREATE TABLE statistics_release_tables (
    release_id uuid NOT NULL REFERENCES statistics_releases,
    method     text NOT NULL CHECK (method IN ('exact', 'protected')),
    code       text NOT NULL,
    place      smallint NOT NULL,
    dimensions text[] NOT NULL,
    name_ru    text NOT NULL,
    name_kk    text NOT NULL,
    name_en    text NOT NULL,
    cells      jsonb NOT NULL,
    total      bigint NOT NULL,
    PRIMARY KEY (release_id, method, code)
);
COMMENT ON COLUMN statistics_release_tables.cells IS '[[[value or null, …], count], …] in the order of dimensions';

-- What each agency reported, by the city or district of the organisation that reported first: as much as its supervisor
-- there reaches fact by fact.
CREATE TABLE statistics_release_parts (
    id          uuid PRIMARY KEY,
    release_id  uuid NOT NULL REFERENCES statistics_releases,
    agency_code text NOT NULL REFERENCES agencies,
    kato        text NOT NULL,
    facts       bigint NOT NULL CHECK (facts > 0),
    tables      jsonb NOT NULL,
    UNIQUE (release_id, agency_code, kato)
);
COMMENT ON COLUMN statistics_release_parts.tables IS 'its tables as in statistics_release_tables, exact';

-- Every answer stays; the last one counts.
CREATE TABLE statistics_release_answers (
    part_id         uuid NOT NULL REFERENCES statistics_release_parts,
    number          integer NOT NULL CHECK (number >= 1),
    answer          text NOT NULL CHECK (answer IN ('confirmed', 'objected')),
    comment         text CHECK (answer = 'confirmed' OR comment IS NOT NULL),
    answered_by     uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    answered_at     timestamptz NOT NULL,
    PRIMARY KEY (part_id, number)
);

-- How each part went into the release that was published.
CREATE TABLE statistics_release_outcomes (
    part_id uuid PRIMARY KEY REFERENCES statistics_release_parts,
    outcome text NOT NULL CHECK (outcome IN ('confirmed', 'silent', 'overruled')),
    reason  text,
    CHECK ((outcome = 'overruled') = (reason IS NOT NULL))
);

-- What was signed, to the byte.
CREATE TABLE statistics_release_documents (
    release_id uuid NOT NULL REFERENCES statistics_releases,
    method     text NOT NULL CHECK (method IN ('exact', 'protected')),
    content    text NOT NULL,
    sha256     bytea NOT NULL CHECK (sha256 = sha256(convert_to(content, 'UTF8'))),
    jws        text NOT NULL,
    jwk        jsonb NOT NULL,
    PRIMARY KEY (release_id, method)
);
COMMENT ON COLUMN statistics_release_documents.content IS 'canonical JSON (RFC 8785)';
COMMENT ON COLUMN statistics_release_documents.jwk IS 'the public key: the server''s set forgets keys that are no longer used';

-- ---------------------------------------------------------------------------------- the lock
-- Publishing, withdrawing and answering go one after the other. Answers the status: only who may change something is told.
CREATE FUNCTION statistics_release_hold(p_release uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    found text;
BEGIN
    IF NOT (context_has('release_manage') OR context_has('release_part_answer')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'releases are not open to this session';
    END IF;
    SELECT status INTO found FROM statistics_releases WHERE id = p_release FOR NO KEY UPDATE;
    RETURN found;
END
$$;

-- Who answers for the parts of a release: whoever has the right in a scope that covers all organisations of the agency there.
CREATE FUNCTION statistics_release_answerers(p_release uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT u.id
    FROM statistics_release_parts p
    JOIN organisations o ON o.agency_code = p.agency_code AND o.active
    JOIN users u ON u.organisation_id = o.id AND u.disabled_at IS NULL
    JOIN user_roles r ON r.user_id = u.id
    JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', o.agency_code)
                        AND m.grant_kind = 'power' AND m.name = 'release_part_answer'
    WHERE p.release_id = p_release AND context_has('release_manage')
      AND CASE r.scope
              WHEN 'territory' THEN starts_with(p.kato, kato_prefix(o.kato))
              WHEN 'region' THEN starts_with(p.kato, left(o.kato, 2))
              ELSE false
          END
$$;

-- Whether a release asks those for whom the session answers. A function, so that the policies of releases and of parts do not
-- refer to each other in a circle.
CREATE FUNCTION statistics_release_concerns(p_release uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM statistics_release_parts p
                   WHERE p.release_id = p_release AND context_has('release_part_read')
                     AND p.agency_code = context_agency('register')
                     AND starts_with(p.kato, context_prefix('register')))
$$;

-- ---------------------------------------------------------------------------------- grants and policies
GRANT SELECT, INSERT ON statistics_releases, statistics_release_tables, statistics_release_parts,
    statistics_release_answers, statistics_release_outcomes, statistics_release_documents TO qorgan_server;
GRANT UPDATE (status, settled_by, settled_at, withdraw_reason, version) ON statistics_releases TO qorgan_server;
REVOKE EXECUTE ON FUNCTION statistics_releases_settle(), statistics_release_hold(uuid),
    statistics_release_answerers(uuid), statistics_release_concerns(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION statistics_release_hold(uuid), statistics_release_answerers(uuid),
    statistics_release_concerns(uuid) TO qorgan_server;

ALTER TABLE statistics_releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE statistics_release_tables ENABLE ROW LEVEL SECURITY;
ALTER TABLE statistics_release_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE statistics_release_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE statistics_release_outcomes ENABLE ROW LEVEL SECURITY;
ALTER TABLE statistics_release_documents ENABLE ROW LEVEL SECURITY;

CREATE POLICY statistics_release_parts_read ON statistics_release_parts FOR SELECT TO qorgan_server USING (
    (SELECT context_has('release_manage'))
    OR ((SELECT context_has('release_part_read'))
        AND agency_code = (SELECT context_agency('register'))
        AND starts_with(kato, (SELECT context_prefix('register')))));
CREATE POLICY statistics_releases_read ON statistics_releases FOR SELECT TO qorgan_server USING (
    (SELECT context_has('release_manage'))
    OR (status = 'published' AND (SELECT context_has('release_read')))
    OR ((SELECT context_has('release_part_read')) AND statistics_release_concerns(id)));
CREATE POLICY statistics_releases_insert ON statistics_releases FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_manage')) AND proposed_by = (SELECT context_user())
    AND status = 'proposed' AND proposed_xid = pg_current_xact_id());
CREATE POLICY statistics_releases_update ON statistics_releases FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('release_manage')) AND status = 'proposed')
    WITH CHECK ((SELECT context_has('release_manage')) AND settled_by = (SELECT context_user()));

CREATE POLICY statistics_release_tables_read ON statistics_release_tables FOR SELECT TO qorgan_server USING (
    (SELECT context_has('statistics_exact'))
    OR (method = 'protected' AND (SELECT context_has('release_read'))
        AND EXISTS (SELECT FROM statistics_releases r WHERE r.id = release_id AND r.status = 'published')));
CREATE POLICY statistics_release_tables_insert ON statistics_release_tables FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_manage'))
    AND EXISTS (SELECT FROM statistics_releases r
                WHERE r.id = release_id AND r.status = 'proposed' AND r.proposed_xid = pg_current_xact_id()));
CREATE POLICY statistics_release_parts_insert ON statistics_release_parts FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_manage'))
    AND EXISTS (SELECT FROM statistics_releases r
                WHERE r.id = release_id AND r.status = 'proposed' AND r.proposed_xid = pg_current_xact_id()));

-- Whoever sees a part sees what was said of it.
CREATE POLICY statistics_release_answers_read ON statistics_release_answers FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM statistics_release_parts p WHERE p.id = part_id));
CREATE POLICY statistics_release_answers_insert ON statistics_release_answers FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_part_answer'))
    AND answered_by = (SELECT context_user()) AND organisation_id = (SELECT context_organisation())
    AND EXISTS (SELECT FROM statistics_release_parts p JOIN statistics_releases r ON r.id = p.release_id
                WHERE p.id = part_id AND r.status = 'proposed'
                  AND p.agency_code = (SELECT context_agency('register'))
                  AND starts_with(p.kato, (SELECT context_prefix('register')))));
CREATE POLICY statistics_release_outcomes_read ON statistics_release_outcomes FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM statistics_release_parts p WHERE p.id = part_id));
CREATE POLICY statistics_release_outcomes_insert ON statistics_release_outcomes FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_manage'))
    AND EXISTS (SELECT FROM statistics_release_parts p JOIN statistics_releases r ON r.id = p.release_id
                WHERE p.id = part_id AND r.status = 'published' AND r.settled_xid = pg_current_xact_id()));
CREATE POLICY statistics_release_documents_read ON statistics_release_documents FOR SELECT TO qorgan_server USING (
    (SELECT context_has('statistics_exact')) OR (method = 'protected' AND (SELECT context_has('release_read'))));
CREATE POLICY statistics_release_documents_insert ON statistics_release_documents FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('release_manage'))
    AND EXISTS (SELECT FROM statistics_releases r
                WHERE r.id = release_id AND r.status = 'published' AND r.settled_xid = pg_current_xact_id()));
