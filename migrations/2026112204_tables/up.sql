-- Children, signals, cases, the register: the tables. Their row security follows in 2026112205,
-- because the policies refer to one another.
--
-- A column group (…organisation_id, …agency, …kato) with a composite foreign key is a copy kept true
-- by PostgreSQL itself: row security compares it without a join.

-- Rules of time by risk. Dated; provisional until an order says otherwise.
CREATE TABLE deadline_rules (
    code        text NOT NULL CHECK (code IN ('review_interval')),
    risk_level  text NOT NULL,
    days        smallint NOT NULL CHECK (days > 0),
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (code, risk_level, valid_from)
);
GRANT SELECT ON deadline_rules TO qorgan_server;

CREATE TABLE children (
    id                         uuid PRIMARY KEY,
    last_name                  text NOT NULL,
    first_name                 text NOT NULL,
    patronymic                 text,
    birth_date                 date NOT NULL,
    sex                        text NOT NULL CHECK (sex IN ('female', 'male')),
    iin                        text UNIQUE CHECK (iin ~ '^[0-9]{12}$'),
    name_key                   text NOT NULL,
    name_tokens                text[] NOT NULL,
    kato                       text NOT NULL REFERENCES territories,
    organisation_id            uuid,
    organisation_agency        text,
    organisation_kato          text,
    registered_organisation_id uuid NOT NULL REFERENCES organisations,
    version                    bigint NOT NULL DEFAULT 1,
    created_at                 timestamptz NOT NULL,
    created_by                 uuid NOT NULL REFERENCES users,
    updated_at                 timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE,
    CHECK (num_nulls(organisation_id, organisation_agency, organisation_kato) IN (0, 3))
);
COMMENT ON COLUMN children.name_key IS 'domain::children::name_key: equal for spellings that mean the same name';
CREATE INDEX children_name_birth ON children (name_key, birth_date);
CREATE INDEX children_tokens ON children USING gin (name_tokens);
CREATE INDEX children_organisation ON children (organisation_id);

CREATE TABLE signals (
    id                    uuid PRIMARY KEY,
    channel               text NOT NULL,
    description           text NOT NULL,
    occurred_on           date,
    kato                  text NOT NULL REFERENCES territories,
    organisation_id       uuid NOT NULL,
    organisation_agency   text NOT NULL,
    organisation_kato     text NOT NULL,
    child_id              uuid REFERENCES children,
    reported_child        jsonb,
    urgency               text NOT NULL,
    status                text NOT NULL,
    filed_by              uuid NOT NULL REFERENCES users,
    filed_organisation_id uuid NOT NULL REFERENCES organisations,
    received_at           timestamptz NOT NULL,
    decided_at            timestamptz,
    decided_by            uuid REFERENCES users,
    decision_reason       text,
    case_id               uuid,
    version               bigint NOT NULL DEFAULT 1,
    updated_at            timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE
);
COMMENT ON COLUMN signals.organisation_id IS 'whom the signal is addressed to: it decides on it';
COMMENT ON COLUMN signals.reported_child IS 'what the caller said of the child, before a record is linked';
CREATE INDEX signals_organisation ON signals (organisation_id, received_at DESC, id DESC);
CREATE INDEX signals_filed_by ON signals (filed_by, received_at DESC);
CREATE INDEX signals_received ON signals (received_at DESC, id DESC);
CREATE INDEX signals_child ON signals (child_id) WHERE child_id IS NOT NULL;

CREATE TABLE cases (
    id                   uuid PRIMARY KEY,
    number               text NOT NULL UNIQUE,
    child_id             uuid NOT NULL REFERENCES children,
    signal_id            uuid REFERENCES signals,
    title                text NOT NULL,
    description          text NOT NULL,
    grounds              text,
    stage                text NOT NULL,
    stage_since          timestamptz NOT NULL,
    risk_level           text NOT NULL CHECK (risk_level IN ('low', 'medium', 'high', 'critical')),
    kato                 text NOT NULL REFERENCES territories,
    lead_organisation_id uuid NOT NULL REFERENCES organisations,
    manager_id           uuid REFERENCES users,
    review_due_on        date,
    escalated_to         text[] NOT NULL DEFAULT '{}',
    closure_outcome      text,
    closure_reason       text,
    closure_proposed_by  uuid REFERENCES users,
    closed_at            timestamptz,
    opened_at            timestamptz NOT NULL,
    opened_by            uuid NOT NULL REFERENCES users,
    updated_at           timestamptz NOT NULL,
    version              bigint NOT NULL DEFAULT 1,
    CHECK ((stage = 'closed') = (closed_at IS NOT NULL)),
    CHECK (stage NOT IN ('closure_proposed', 'closed')
           OR (closure_outcome IS NOT NULL AND closure_proposed_by IS NOT NULL))
);
ALTER TABLE signals ADD FOREIGN KEY (case_id) REFERENCES cases;
-- The worklist's order: critical first, then latest change.
CREATE INDEX cases_worklist ON cases ((risk_level = 'critical' AND stage <> 'closed') DESC, updated_at DESC, id DESC);
CREATE INDEX cases_child ON cases (child_id);
CREATE INDEX cases_lead ON cases (lead_organisation_id, updated_at DESC, id DESC);
CREATE INDEX cases_manager ON cases (manager_id) WHERE manager_id IS NOT NULL;

CREATE TABLE case_participants (
    case_id             uuid NOT NULL REFERENCES cases,
    organisation_id     uuid NOT NULL,
    organisation_agency text NOT NULL,
    organisation_kato   text NOT NULL,
    role                text NOT NULL CHECK (role IN ('lead', 'participant')),
    assigned_user_id    uuid REFERENCES users,
    reason              text NOT NULL,
    added_by            uuid NOT NULL REFERENCES users,
    added_at            timestamptz NOT NULL,
    ended_at            timestamptz,
    PRIMARY KEY (case_id, organisation_id),
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX case_participants_one_lead ON case_participants (case_id) WHERE role = 'lead' AND ended_at IS NULL;
CREATE INDEX case_participants_organisation ON case_participants (organisation_id, case_id) WHERE ended_at IS NULL;

-- Every text that a section protects: notes, assessments, reviews, results of tasks. One place, one policy.
CREATE TABLE case_contents (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    section         text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisations,
    author_id       uuid NOT NULL REFERENCES users,
    body            jsonb NOT NULL,
    created_at      timestamptz NOT NULL
);
CREATE INDEX case_contents_case ON case_contents (case_id);

CREATE TABLE case_notes (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    section         text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    created_at      timestamptz NOT NULL
);
CREATE INDEX case_notes_case ON case_notes (case_id, created_at DESC, id DESC);

CREATE TABLE case_assessments (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    section         text NOT NULL,
    risk_level      text NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    completed_at    timestamptz NOT NULL
);
COMMENT ON TABLE case_assessments IS 'completed assessments: immutable';
CREATE INDEX case_assessments_case ON case_assessments (case_id, completed_at DESC);

CREATE TABLE case_plans (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    revision    integer NOT NULL,
    status      text NOT NULL CHECK (status IN ('draft', 'approved', 'superseded')),
    author_id   uuid NOT NULL REFERENCES users,
    created_at  timestamptz NOT NULL,
    approved_by uuid REFERENCES users,
    approved_at timestamptz,
    UNIQUE (case_id, revision),
    CHECK (status <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL))
);

CREATE TABLE case_goals (
    id       uuid PRIMARY KEY,
    plan_id  uuid NOT NULL REFERENCES case_plans,
    case_id  uuid NOT NULL REFERENCES cases,
    position integer NOT NULL,
    title    text NOT NULL,
    UNIQUE (plan_id, position)
);

CREATE TABLE case_tasks (
    id                  uuid PRIMARY KEY,
    case_id             uuid NOT NULL REFERENCES cases,
    plan_id             uuid NOT NULL REFERENCES case_plans,
    goal_id             uuid NOT NULL REFERENCES case_goals,
    title               text NOT NULL,
    section             text NOT NULL,
    organisation_id     uuid NOT NULL,
    organisation_agency text NOT NULL,
    organisation_kato   text NOT NULL,
    due_on              date NOT NULL,
    mandatory           boolean NOT NULL,
    status              text NOT NULL CHECK (status IN ('open', 'done', 'waived')),
    content_id          uuid REFERENCES case_contents,
    finished_by         uuid REFERENCES users,
    finished_at         timestamptz,
    waive_reason        text,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE,
    CHECK ((status = 'open') = (finished_at IS NULL)),
    CHECK ((status = 'waived') = (waive_reason IS NOT NULL))
);
CREATE INDEX case_tasks_case ON case_tasks (case_id);
CREATE INDEX case_tasks_due ON case_tasks (organisation_id, due_on, id) WHERE status = 'open';
CREATE INDEX case_tasks_order ON case_tasks (due_on, id);

CREATE TABLE case_reviews (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    section         text NOT NULL,
    conclusion      text NOT NULL,
    next_review_on  date,
    content_id      uuid NOT NULL REFERENCES case_contents,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    created_at      timestamptz NOT NULL
);
CREATE INDEX case_reviews_case ON case_reviews (case_id, created_at DESC);

-- What happened to a case, in order. Codes and ids only: the timeline is read by every participant.
CREATE TABLE case_events (
    id              uuid PRIMARY KEY,
    txid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    case_id         uuid NOT NULL REFERENCES cases,
    kind            text NOT NULL,
    section         text,
    subject_id      uuid,
    data            jsonb NOT NULL,
    actor_id        uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    at              timestamptz NOT NULL
);
CREATE INDEX case_events_case ON case_events (case_id, seq);
CREATE INDEX case_events_order ON case_events (txid, seq);

CREATE TABLE register_facts (
    id              uuid PRIMARY KEY,
    number          text NOT NULL UNIQUE,
    child_id        uuid NOT NULL REFERENCES children,
    current_version integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL
);
CREATE INDEX register_facts_child ON register_facts (child_id);
CREATE INDEX register_facts_created ON register_facts (created_at DESC, id DESC);

-- Immutable versions of a fact, without child or text: all that statistics needs and nothing more.
CREATE TABLE register_fact_versions (
    fact_id       uuid NOT NULL REFERENCES register_facts,
    version       integer NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('violence', 'suicidal_behaviour')),
    main_form     text,
    forms         text[] NOT NULL,
    level         text,
    occurred_on   date NOT NULL,
    kato          text NOT NULL REFERENCES territories,
    setting       text NOT NULL,
    relation      text,
    sex           text NOT NULL,
    age_years     smallint NOT NULL CHECK (age_years BETWEEN 0 AND 17),
    agency_code   text NOT NULL REFERENCES agencies,
    status        text NOT NULL,
    actor_id      uuid NOT NULL REFERENCES users,
    reason        text,
    recorded_at   timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (fact_id, version),
    CHECK ((kind = 'violence') = (main_form IS NOT NULL)),
    CHECK ((kind = 'suicidal_behaviour') = (level IS NOT NULL))
);
CREATE INDEX register_fact_versions_day ON register_fact_versions (occurred_on);

CREATE TABLE register_reports (
    id                  uuid PRIMARY KEY,
    fact_id             uuid NOT NULL REFERENCES register_facts,
    child_id            uuid NOT NULL REFERENCES children,
    child_role          text NOT NULL,
    occurred_on         date NOT NULL,
    description         text NOT NULL,
    external_refs       jsonb NOT NULL,
    case_id             uuid REFERENCES cases,
    reported_by         uuid NOT NULL REFERENCES users,
    organisation_id     uuid NOT NULL,
    organisation_agency text NOT NULL,
    organisation_kato   text NOT NULL,
    created_at          timestamptz NOT NULL,
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE
);
CREATE INDEX register_reports_fact ON register_reports (fact_id);
CREATE INDEX register_reports_child ON register_reports (child_id);
CREATE INDEX register_reports_organisation ON register_reports (organisation_id, created_at DESC, id DESC);
CREATE INDEX register_reports_case ON register_reports (case_id) WHERE case_id IS NOT NULL;

-- The next number of a kind ('case', 'fact') in a year. Numbers are unique, not gap-free: a sequence
-- does not make openers of cases wait for one another.
CREATE FUNCTION next_number(p_kind text, p_year integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    name text := p_kind || '_number_' || p_year;
BEGIN
    IF p_kind NOT IN ('case', 'fact') OR p_year NOT BETWEEN 2000 AND 2200 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such number series';
    END IF;
    IF to_regclass('public.' || quote_ident(name)) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(name, 4208));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I', name);
    END IF;
    RETURN nextval('public.' || quote_ident(name));
END
$$;
GRANT EXECUTE ON FUNCTION next_number(text, integer) TO qorgan_server;
