-- Assessments by instruments, drafts of assessments, rules of approval, revisions of plans.

-- Instruments are reference data in versions: a version is never changed, because assessments refer to it.
CREATE TABLE assessment_instruments (
    code       text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to > valid_from),
    definition jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users,
    PRIMARY KEY (code, version)
);
COMMENT ON TABLE assessment_instruments IS 'domain::assessments::Definition in versions; the highest one that is valid on a day is in force';
COMMENT ON COLUMN assessment_instruments.created_by IS 'null for what comes with the program';
GRANT SELECT, INSERT ON assessment_instruments TO qorgan_server;
ALTER TABLE assessment_instruments ENABLE ROW LEVEL SECURITY;
CREATE POLICY assessment_instruments_read ON assessment_instruments FOR SELECT TO qorgan_server USING (true);
-- The administrator's: row security knows that role by its power over organisations.
CREATE POLICY assessment_instruments_insert ON assessment_instruments FOR INSERT TO qorgan_server WITH CHECK (
    created_by = (SELECT context_user()) AND (SELECT context_has('organisation_manage')));

ALTER TABLE case_assessments
    ADD COLUMN instrument_code    text,
    ADD COLUMN instrument_version integer,
    ADD COLUMN scored_risk        text,
    ADD COLUMN risk_override      text CHECK (risk_override IN ('raised', 'lowered')),
    ADD COLUMN states_needs       boolean NOT NULL DEFAULT true,
    ADD FOREIGN KEY (instrument_code, instrument_version) REFERENCES assessment_instruments,
    ADD CONSTRAINT case_assessments_instrument
        CHECK (num_nulls(instrument_code, instrument_version, scored_risk) IN (0, 3)),
    -- A judgement that differs from the scores is marked, always.
    ADD CONSTRAINT case_assessments_marked
        CHECK ((coalesce(scored_risk, risk_level) = risk_level) = (risk_override IS NULL));
COMMENT ON COLUMN case_assessments.states_needs IS 'whether it tells what is needed: a screen alone does not end the assessment';

-- Answers that are still being gathered. Completed ones move into case_contents, which nobody can change: so a draft
-- has a table of its own, and nothing that is completed has an UPDATE grant.
CREATE TABLE case_assessment_drafts (
    id                 uuid PRIMARY KEY,
    case_id            uuid NOT NULL REFERENCES cases,
    section            text NOT NULL,
    instrument_code    text NOT NULL,
    instrument_version integer NOT NULL,
    answers            jsonb NOT NULL,
    author_id          uuid NOT NULL REFERENCES users,
    organisation_id    uuid NOT NULL REFERENCES organisations,
    version            bigint NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    FOREIGN KEY (instrument_code, instrument_version) REFERENCES assessment_instruments
);
CREATE INDEX case_assessment_drafts_case ON case_assessment_drafts (case_id, organisation_id);
GRANT SELECT, INSERT, DELETE ON case_assessment_drafts TO qorgan_server;
GRANT UPDATE (answers, version, updated_at) ON case_assessment_drafts TO qorgan_server;
ALTER TABLE case_assessment_drafts ENABLE ROW LEVEL SECURITY;
-- The author's organisation alone, and only while it sees the case.
CREATE POLICY case_assessment_drafts_read ON case_assessment_drafts FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_organisation()) AND case_visible(case_id));
CREATE POLICY case_assessment_drafts_insert ON case_assessment_drafts FOR INSERT TO qorgan_server WITH CHECK (
    organisation_id = (SELECT context_organisation()) AND author_id = (SELECT context_user())
    AND case_visible(case_id));
CREATE POLICY case_assessment_drafts_update ON case_assessment_drafts FOR UPDATE TO qorgan_server USING (
    organisation_id = (SELECT context_organisation()) AND case_visible(case_id));
CREATE POLICY case_assessment_drafts_delete ON case_assessment_drafts FOR DELETE TO qorgan_server USING (
    organisation_id = (SELECT context_organisation()) AND case_visible(case_id));

-- A draft leaves only by being completed: what was gathered is not lost.
CREATE FUNCTION case_assessment_draft_leaves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT EXISTS (SELECT FROM case_assessments WHERE id = OLD.id AND case_id = OLD.case_id) THEN
        RAISE restrict_violation USING MESSAGE = 'a draft leaves only by being completed';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER case_assessment_draft_leaves AFTER DELETE ON case_assessment_drafts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_assessment_draft_leaves();

-- Who may approve a plan, by risk. Dated; provisional until an order says otherwise.
CREATE TABLE approval_rules (
    risk_level        text NOT NULL CHECK (risk_level IN ('low', 'medium', 'high', 'critical')),
    supervisor        boolean NOT NULL,
    other_than_author boolean NOT NULL,
    valid_from        date NOT NULL,
    valid_to          date CHECK (valid_to > valid_from),
    source            text NOT NULL,
    provisional       boolean NOT NULL,
    PRIMARY KEY (risk_level, valid_from)
);
GRANT SELECT ON approval_rules TO qorgan_server;

-- A plan may be returned to its author.
ALTER TABLE case_plans
    DROP CONSTRAINT case_plans_status_check,
    ADD CONSTRAINT case_plans_status_check CHECK (status IN ('draft', 'approved', 'superseded', 'returned')),
    ADD COLUMN returned_by   uuid REFERENCES users,
    ADD COLUMN returned_at   timestamptz,
    ADD COLUMN return_reason text,
    ADD CONSTRAINT case_plans_returned
        CHECK (num_nulls(returned_by, returned_at, return_reason) = CASE status WHEN 'returned' THEN 0 ELSE 3 END);
GRANT UPDATE (returned_by, returned_at, return_reason) ON case_plans TO qorgan_server;

-- A task of a later plan may continue one of a plan before, which is settled when the later plan is approved.
ALTER TABLE case_tasks
    DROP CONSTRAINT case_tasks_status_check,
    ADD CONSTRAINT case_tasks_status_check CHECK (status IN ('open', 'done', 'waived', 'continued')),
    ADD COLUMN continues     uuid REFERENCES case_tasks,
    ADD COLUMN service       text,
    ADD COLUMN family_member text;
COMMENT ON COLUMN case_tasks.family_member IS 'a word, never a name: who of the family takes part or is concerned';
CREATE UNIQUE INDEX case_tasks_continues ON case_tasks (plan_id, continues) WHERE continues IS NOT NULL;
