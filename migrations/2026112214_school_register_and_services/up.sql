-- The in-school register, families and their consents, the directory of services and appointments.

-- ---------------------------------------------------------------------------------- what a law may change
CREATE TABLE legal_regimes (
    subject     text NOT NULL,
    code        text NOT NULL,
    name_ru     text NOT NULL,
    name_kk     text NOT NULL,
    name_en     text,
    basis       text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (subject, code)
);
COMMENT ON TABLE legal_regimes IS 'under which law something stands, and what it is called there, from day to day';
COMMENT ON COLUMN legal_regimes.valid_to IS 'the first day on which it is not in force any more';

CREATE TABLE school_register_grounds (
    usage       text NOT NULL CHECK (usage IN ('placement', 'removal')),
    code        text NOT NULL,
    title_ru    text NOT NULL,
    title_kk    text NOT NULL,
    title_en    text,
    regimes     text[] NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (usage, code, valid_from)
);
COMMENT ON COLUMN school_register_grounds.regimes IS 'codes of the legal regimes under which it is a ground';
GRANT SELECT ON legal_regimes, school_register_grounds TO qorgan_server;

-- ---------------------------------------------------------------------------------- in-school register
-- What participants of a case of the child may know: that there is a placement, where, since when.
CREATE TABLE school_placements (
    id                  uuid PRIMARY KEY,
    child_id            uuid NOT NULL REFERENCES children,
    case_id             uuid REFERENCES cases,
    organisation_id     uuid NOT NULL,
    organisation_agency text NOT NULL,
    organisation_kato   text NOT NULL,
    placed_on           date NOT NULL,
    removed_on          date CHECK (removed_on >= placed_on),
    annulled            boolean NOT NULL DEFAULT false,
    version             bigint NOT NULL DEFAULT 1,
    created_by          uuid NOT NULL REFERENCES users,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE
);
COMMENT ON COLUMN school_placements.removed_on IS 'the first day on which the child is not on the register any more';
CREATE INDEX school_placements_child ON school_placements (child_id, placed_on);
CREATE INDEX school_placements_organisation ON school_placements (organisation_id);

-- All of it, version after version; nothing is overwritten. A child without a case is on the register too, so the text
-- of the decision stands here and not in case_contents: its policy is that of the section `education`.
CREATE TABLE school_placement_versions (
    placement_id            uuid NOT NULL REFERENCES school_placements,
    version                 bigint NOT NULL,
    change                  text NOT NULL CHECK (change IN ('placed', 'amended', 'removed', 'annulled')),
    child_id                uuid NOT NULL REFERENCES children,
    organisation_id         uuid NOT NULL,
    organisation_agency     text NOT NULL,
    organisation_kato       text NOT NULL,
    ground                  text NOT NULL,
    placed_on               date NOT NULL,
    decided_on              date NOT NULL,
    protocol_number         text NOT NULL,
    submitted_by            text NOT NULL,
    parents_informed_on     date,
    review_on               date,
    decision                text,
    plan                    text,
    removed_on              date CHECK (removed_on >= placed_on),
    removal_ground          text,
    removal_decided_on      date,
    removal_protocol_number text,
    annulled                boolean NOT NULL,
    reason                  text,
    author_id               uuid NOT NULL REFERENCES users,
    recorded_at             timestamptz NOT NULL,
    superseded_at           timestamptz CHECK (superseded_at >= recorded_at),
    PRIMARY KEY (placement_id, version),
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE,
    CHECK (num_nulls(removed_on, removal_ground, removal_decided_on, removal_protocol_number) IN (0, 4)),
    CHECK ((change = 'placed') = (reason IS NULL))
);
COMMENT ON COLUMN school_placement_versions.superseded_at IS 'when the next version was recorded';
CREATE INDEX school_placement_versions_statement ON school_placement_versions (organisation_id, placed_on, placement_id);
CREATE INDEX school_placement_versions_order ON school_placement_versions (placed_on, placement_id);

-- A child stands on the register of one school at a time, whoever writes and whatever the writer sees. Writers of one
-- child's placements wait for one another; an exclusion constraint would need an extension.
CREATE FUNCTION school_placements_apart() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('school_placements ' || NEW.child_id::text, 4211));
    IF NOT NEW.annulled AND EXISTS (
        SELECT FROM school_placements p
        WHERE p.child_id = NEW.child_id AND p.id <> NEW.id AND NOT p.annulled
          AND daterange(p.placed_on, p.removed_on) && daterange(NEW.placed_on, NEW.removed_on)) THEN
        RAISE unique_violation USING MESSAGE = 'placements of one child overlap',
            CONSTRAINT = 'school_placements_apart', TABLE = 'school_placements';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER school_placements_apart BEFORE INSERT OR UPDATE ON school_placements
    FOR EACH ROW EXECUTE FUNCTION school_placements_apart();

CREATE FUNCTION child_in_visible_case(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.child_id = p_child AND case_visible(c.id));
END
$$;

CREATE FUNCTION context_reads(section text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(section = ANY (context_sections()), false);

GRANT SELECT, INSERT ON school_placements, school_placement_versions TO qorgan_server;
GRANT UPDATE (placed_on, removed_on, annulled, version, updated_at) ON school_placements TO qorgan_server;
GRANT UPDATE (superseded_at) ON school_placement_versions TO qorgan_server;
ALTER TABLE school_placements ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_placement_versions ENABLE ROW LEVEL SECURITY;

CREATE POLICY school_placements_read ON school_placements FOR SELECT TO qorgan_server USING (
    ((SELECT context_reads('education'))
     AND (organisation_id = (SELECT context_org('case'))
          OR (organisation_agency = (SELECT context_agency('case'))
              AND starts_with(organisation_kato, (SELECT context_prefix('case'))))))
    OR child_in_visible_case(child_id));
CREATE POLICY school_placements_insert ON school_placements FOR INSERT TO qorgan_server WITH CHECK (
    created_by = (SELECT context_user())
    AND (SELECT context_reads('education'))
    AND (organisation_id = (SELECT context_org('case'))
         OR (organisation_agency = (SELECT context_agency('case'))
             AND starts_with(organisation_kato, (SELECT context_prefix('case'))))));
CREATE POLICY school_placements_update ON school_placements FOR UPDATE TO qorgan_server USING (
    (SELECT context_reads('education'))
    AND (organisation_id = (SELECT context_org('case'))
         OR (organisation_agency = (SELECT context_agency('case'))
             AND starts_with(organisation_kato, (SELECT context_prefix('case'))))));

CREATE POLICY school_placement_versions_read ON school_placement_versions FOR SELECT TO qorgan_server USING (
    (SELECT context_reads('education'))
    AND (organisation_id = (SELECT context_org('case'))
         OR (organisation_agency = (SELECT context_agency('case'))
             AND starts_with(organisation_kato, (SELECT context_prefix('case'))))
         OR child_in_visible_case(child_id)));
CREATE POLICY school_placement_versions_insert ON school_placement_versions FOR INSERT TO qorgan_server WITH CHECK (
    author_id = (SELECT context_user())
    AND (SELECT context_reads('education'))
    AND (organisation_id = (SELECT context_org('case'))
         OR (organisation_agency = (SELECT context_agency('case'))
             AND starts_with(organisation_kato, (SELECT context_prefix('case'))))));
CREATE POLICY school_placement_versions_update ON school_placement_versions FOR UPDATE TO qorgan_server USING (
    (SELECT context_reads('education'))
    AND (organisation_id = (SELECT context_org('case'))
         OR (organisation_agency = (SELECT context_agency('case'))
             AND starts_with(organisation_kato, (SELECT context_prefix('case'))))));

-- The days of all placements of a child, whoever holds them: a school may not read another's, but must not overlap it.
CREATE FUNCTION school_placement_days(p_child uuid)
    RETURNS TABLE (id uuid, placed_on date, removed_on date, annulled boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT p.id, p.placed_on, p.removed_on, p.annulled FROM school_placements p
    WHERE p.child_id = p_child AND context_reads('education')
$$;

-- ---------------------------------------------------------------------------------- services
CREATE TABLE services (
    id                  uuid PRIMARY KEY,
    kind                text NOT NULL,
    name_ru             text NOT NULL,
    name_kk             text,
    name_en             text,
    organisation_id     uuid,
    organisation_agency text,
    organisation_kato   text,
    kato                text NOT NULL REFERENCES territories,
    served              text[] NOT NULL CHECK (cardinality(served) > 0),
    phones              text[] NOT NULL DEFAULT '{}',
    address             text,
    languages           text[] NOT NULL DEFAULT '{}',
    age_from            smallint CHECK (age_from BETWEEN 0 AND 120),
    age_to              smallint CHECK (age_to BETWEEN 0 AND 120),
    capacity            integer CHECK (capacity > 0),
    capacity_period     text CHECK (capacity_period IN ('day', 'week', 'month')),
    consent_required    boolean NOT NULL,
    valid_from          date NOT NULL,
    valid_to            date CHECK (valid_to > valid_from),
    source              text NOT NULL,
    provisional         boolean NOT NULL,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE,
    CHECK (num_nulls(organisation_id, organisation_agency, organisation_kato) IN (0, 3)),
    CHECK (num_nulls(capacity, capacity_period) IN (0, 2)),
    CHECK (age_from <= age_to)
);
COMMENT ON COLUMN services.served IS 'territories whose people it serves, with all that lies inside them';
CREATE INDEX services_name ON services (name_ru, id);

-- Not personal data: whoever works may find help. Row security guards the writing.
GRANT SELECT, INSERT ON services TO qorgan_server;
GRANT UPDATE (kind, name_ru, name_kk, name_en, organisation_id, organisation_agency, organisation_kato, kato, served,
    phones, address, languages, age_from, age_to, capacity, capacity_period, consent_required, valid_from, valid_to,
    source, provisional, version, updated_at) ON services TO qorgan_server;
ALTER TABLE services ENABLE ROW LEVEL SECURITY;
CREATE POLICY services_read ON services FOR SELECT TO qorgan_server USING ((SELECT context_user()) IS NOT NULL);
CREATE POLICY services_insert ON services FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('organisation_manage'))
    OR ((SELECT context_has('service_manage'))
        AND (organisation_id = (SELECT context_org('case'))
             OR (organisation_agency = (SELECT context_agency('case'))
                 AND starts_with(organisation_kato, (SELECT context_prefix('case')))))));
CREATE POLICY services_update ON services FOR UPDATE TO qorgan_server USING (
    (SELECT context_has('organisation_manage'))
    OR ((SELECT context_has('service_manage'))
        AND (organisation_id = (SELECT context_org('case'))
             OR (organisation_agency = (SELECT context_agency('case'))
                 AND starts_with(organisation_kato, (SELECT context_prefix('case')))))));

-- ---------------------------------------------------------------------------------- family
-- Names, contacts and the rest are texts of case_contents: section `social`, and `investigation` for whether somebody
-- is the alleged perpetrator.
CREATE TABLE case_family_members (
    id         uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES cases,
    version    bigint NOT NULL DEFAULT 1,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (id, case_id)
);
CREATE INDEX case_family_members_case ON case_family_members (case_id, created_at, id);

CREATE TABLE case_family_versions (
    member_id       uuid NOT NULL,
    version         bigint NOT NULL,
    case_id         uuid NOT NULL,
    relation        text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents,
    perpetrator_id  uuid REFERENCES case_contents,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    recorded_at     timestamptz NOT NULL,
    PRIMARY KEY (member_id, version),
    FOREIGN KEY (member_id, case_id) REFERENCES case_family_members (id, case_id)
);
COMMENT ON COLUMN case_family_versions.perpetrator_id IS 'the latest word on whether this is the alleged perpetrator';

-- Each decision stays; a withdrawal is another one.
CREATE TABLE case_family_consents (
    id              uuid PRIMARY KEY,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    case_id         uuid NOT NULL,
    member_id       uuid NOT NULL,
    status          text NOT NULL CHECK (status IN ('given', 'refused', 'withdrawn')),
    decided_on      date NOT NULL,
    form            text NOT NULL,
    service_id      uuid REFERENCES services,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    recorded_at     timestamptz NOT NULL,
    FOREIGN KEY (member_id, case_id) REFERENCES case_family_members (id, case_id)
);
COMMENT ON COLUMN case_family_consents.service_id IS 'for which service; null: for help as a whole';
CREATE INDEX case_family_consents_member ON case_family_consents (member_id, decided_on, seq);

GRANT SELECT, INSERT ON case_family_members, case_family_versions, case_family_consents TO qorgan_server;
GRANT UPDATE (version, updated_at) ON case_family_members TO qorgan_server;
ALTER TABLE case_family_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_family_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_family_consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_family_members_read ON case_family_members FOR SELECT TO qorgan_server USING (case_visible(case_id));
CREATE POLICY case_family_members_insert ON case_family_members FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND created_by = (SELECT context_user()));
CREATE POLICY case_family_members_update ON case_family_members FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));
CREATE POLICY case_family_versions_read ON case_family_versions FOR SELECT TO qorgan_server USING (case_visible(case_id));
CREATE POLICY case_family_versions_insert ON case_family_versions FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND author_id = (SELECT context_user())
    AND organisation_id = (SELECT context_organisation()));
-- Consents are read like what they are about: as the section `social`.
CREATE POLICY case_family_consents_read ON case_family_consents FOR SELECT TO qorgan_server USING (
    case_visible(case_id)
    AND ((SELECT context_reads('social'))
         OR organisation_id = (SELECT context_organisation())
         OR case_managed_by(case_id, (SELECT context_user()))));
CREATE POLICY case_family_consents_insert ON case_family_consents FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND author_id = (SELECT context_user())
    AND organisation_id = (SELECT context_organisation()));

-- Whether a consent stands is asked for at each appointment, also by who may not read consents: codes and dates only.
CREATE FUNCTION family_consents(p_case uuid)
    RETURNS TABLE (id uuid, seq bigint, member_id uuid, status text, decided_on date, service_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.id, c.seq, c.member_id, c.status, c.decided_on, c.service_id
    FROM case_family_consents c
    WHERE c.case_id = p_case AND case_visible(p_case)
$$;

-- ---------------------------------------------------------------------------------- appointments
CREATE TABLE case_appointments (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    service_id      uuid NOT NULL REFERENCES services,
    starts_at       timestamptz NOT NULL,
    member_id       uuid,
    section         text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents,
    consent_id      uuid REFERENCES case_family_consents,
    status          text NOT NULL CHECK (status IN ('planned', 'kept', 'missed', 'cancelled')),
    outcome_id      uuid REFERENCES case_contents,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    FOREIGN KEY (member_id, case_id) REFERENCES case_family_members (id, case_id),
    CHECK (status <> 'cancelled' OR outcome_id IS NOT NULL)
);
COMMENT ON COLUMN case_appointments.member_id IS 'who comes; null: the child';
CREATE INDEX case_appointments_case ON case_appointments (case_id, starts_at, id);
CREATE INDEX case_appointments_service ON case_appointments (service_id, starts_at) WHERE status <> 'cancelled';

GRANT SELECT, INSERT ON case_appointments TO qorgan_server;
GRANT UPDATE (status, outcome_id, version, updated_at) ON case_appointments TO qorgan_server;
ALTER TABLE case_appointments ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_appointments_read ON case_appointments FOR SELECT TO qorgan_server USING (case_visible(case_id));
CREATE POLICY case_appointments_insert ON case_appointments FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND author_id = (SELECT context_user())
    AND organisation_id = (SELECT context_organisation()));
CREATE POLICY case_appointments_update ON case_appointments FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));

-- Places of a service that are left in a period, over all cases; null where it has no limit. Holds the service until
-- the transaction ends: of two who want the last place at once one waits, and then finds it taken.
CREATE FUNCTION service_places_left(p_service uuid, p_from timestamptz, p_until timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    places bigint;
    taken bigint;
BEGIN
    SELECT s.capacity INTO places FROM services s WHERE s.id = p_service FOR NO KEY UPDATE;
    SELECT count(*) INTO taken FROM case_appointments a
    WHERE a.service_id = p_service AND a.status <> 'cancelled' AND a.starts_at >= p_from AND a.starts_at < p_until;
    RETURN places - taken;
END
$$;

GRANT EXECUTE ON FUNCTION
    child_in_visible_case(uuid), context_reads(text), school_placement_days(uuid),
    family_consents(uuid), service_places_left(uuid, timestamptz, timestamptz)
TO qorgan_server;
