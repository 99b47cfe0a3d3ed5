-- Protocols («алгоритм действий»): versions as data, and which of them applies to which case.

-- A version is never changed: a change is a new version. What is in force on a day: of each code the version with the
-- latest first day that has come, if its last has not.
CREATE TABLE protocol_versions (
    code         text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,59}$'),
    version      integer NOT NULL CHECK (version > 0),
    -- Of the trigger, so that a case is compared only with those that may be called for.
    kind         text,
    risk_levels  text[] NOT NULL,
    definition   jsonb NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date CHECK (valid_to > valid_from),
    source       text NOT NULL,
    provisional  boolean NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid REFERENCES users,
    PRIMARY KEY (code, version)
);
COMMENT ON COLUMN protocol_versions.valid_to IS 'the first day on which it is not in force any more';
COMMENT ON COLUMN protocol_versions.published_by IS 'nobody where it came with the program';

CREATE TABLE protocol_applications (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    code             text NOT NULL,
    protocol_version integer NOT NULL,
    cause            text NOT NULL CHECK (cause IN ('fact', 'risk', 'decision')),
    fact_id          uuid REFERENCES register_facts,
    applied_by       uuid NOT NULL REFERENCES users,
    applied_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    version          bigint NOT NULL DEFAULT 1,
    FOREIGN KEY (code, protocol_version) REFERENCES protocol_versions (code, version),
    CHECK (fact_id IS NULL OR cause = 'fact')
);
COMMENT ON COLUMN protocol_applications.ended_at IS 'when the case was closed, or the protocol began anew with a new event';
-- A protocol runs once in a case.
CREATE UNIQUE INDEX protocol_applications_running ON protocol_applications (case_id, code) WHERE ended_at IS NULL;
CREATE INDEX protocol_applications_case ON protocol_applications (case_id, applied_at);

GRANT SELECT, INSERT ON protocol_versions, protocol_applications TO qorgan_server;
GRANT UPDATE (protocol_version, ended_at, version) ON protocol_applications TO qorgan_server;

ALTER TABLE protocol_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY protocol_versions_read ON protocol_versions FOR SELECT TO qorgan_server USING (true);
CREATE POLICY protocol_versions_insert ON protocol_versions FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('protocol_manage')) AND published_by = (SELECT context_user()));

ALTER TABLE protocol_applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY protocol_applications_read ON protocol_applications FOR SELECT TO qorgan_server
    USING (case_visible(case_id));
CREATE POLICY protocol_applications_insert ON protocol_applications FOR INSERT TO qorgan_server
    WITH CHECK (case_visible(case_id) AND applied_by = (SELECT context_user()));
CREATE POLICY protocol_applications_update ON protocol_applications FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));
