-- Lists and the register: facts of earlier years from files, and lists of other bodies compared with it.

-- ---------------------------------------------------------------------------------- what an order may change
CREATE TABLE register_list_rules (
    code        text NOT NULL,
    days        integer NOT NULL CHECK (days >= 0),
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    source      text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (code, valid_from)
);
COMMENT ON COLUMN register_list_rules.valid_to IS 'the first day on which it is not in force any more';
GRANT SELECT ON register_list_rules TO qorgan_server;

-- ---------------------------------------------------------------------------------- facts from files
-- Who brought which file; never its content.
CREATE TABLE register_imports (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    file_sha256     bytea NOT NULL CHECK (length(file_sha256) = 32),
    user_id         uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    new_facts       integer NOT NULL DEFAULT 0,
    matched         integer NOT NULL DEFAULT 0,
    review          integer NOT NULL DEFAULT 0,
    repeated        integer NOT NULL DEFAULT 0,
    rejected        integer NOT NULL DEFAULT 0,
    started_at      timestamptz NOT NULL,
    finished_at     timestamptz
);
COMMENT ON COLUMN register_imports.finished_at IS 'null: it is running, or was interrupted; running the file again completes it';
CREATE INDEX register_imports_organisation ON register_imports (organisation_id, started_at DESC);
GRANT SELECT, INSERT ON register_imports TO qorgan_server;
GRANT UPDATE (new_facts, matched, review, repeated, rejected, finished_at) ON register_imports TO qorgan_server;
ALTER TABLE register_imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_imports_read ON register_imports FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('register')) OR user_id = (SELECT context_user()));
CREATE POLICY register_imports_insert ON register_imports FOR INSERT TO qorgan_server WITH CHECK (
    user_id = (SELECT context_user()) AND organisation_id = (SELECT context_organisation()));
CREATE POLICY register_imports_update ON register_imports FOR UPDATE TO qorgan_server USING (
    user_id = (SELECT context_user()) AND finished_at IS NULL)
    WITH CHECK (user_id = (SELECT context_user()));

-- Which row became which report. No word of the row: that is the report's.
CREATE TABLE register_import_rows (
    report_id       uuid PRIMARY KEY REFERENCES register_reports,
    import_id       uuid NOT NULL REFERENCES register_imports,
    organisation_id uuid NOT NULL REFERENCES organisations,
    source          text NOT NULL,
    external_id     text,
    content_hash    bytea NOT NULL CHECK (length(content_hash) = 32),
    reported_on     date
);
COMMENT ON COLUMN register_import_rows.content_hash IS 'SHA-256 of what was said: tells a repeat from a change';
COMMENT ON COLUMN register_import_rows.reported_on IS 'when the agency took note of the event, by its own books';
-- The last word on repeats, whoever imports at once.
CREATE UNIQUE INDEX register_import_rows_external_id ON register_import_rows (organisation_id, source, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX register_import_rows_content ON register_import_rows (organisation_id, source, content_hash)
    WHERE external_id IS NULL;
CREATE INDEX register_import_rows_import ON register_import_rows (import_id);
GRANT SELECT, INSERT ON register_import_rows TO qorgan_server;
ALTER TABLE register_import_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_import_rows_read ON register_import_rows FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('register')));
CREATE POLICY register_import_rows_insert ON register_import_rows FOR INSERT TO qorgan_server WITH CHECK (
    organisation_id = (SELECT context_organisation())
    AND EXISTS (SELECT FROM register_reports r WHERE r.id = report_id AND r.reported_by = (SELECT context_user())));

-- ---------------------------------------------------------------------------------- reconciliations
CREATE TABLE register_reconciliations (
    id                  uuid PRIMARY KEY,
    title               text NOT NULL,
    list_agency         text NOT NULL REFERENCES agencies,
    period_from         date NOT NULL,
    period_to           date NOT NULL CHECK (period_to >= period_from),
    kind                text CHECK (kind IN ('violence', 'suicidal_behaviour')),
    kato                text REFERENCES territories,
    file_sha256         bytea NOT NULL CHECK (length(file_sha256) = 32),
    status              text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    organisation_id     uuid NOT NULL,
    organisation_agency text NOT NULL,
    organisation_kato   text NOT NULL,
    created_by          uuid NOT NULL REFERENCES users,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    closed_at           timestamptz,
    closed_by           uuid REFERENCES users,
    erase_after         timestamptz,
    erased_at           timestamptz,
    version             bigint NOT NULL DEFAULT 1,
    CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CHECK (num_nulls(closed_at, closed_by, erase_after) IN (0, 3)),
    FOREIGN KEY (organisation_id, organisation_agency, organisation_kato)
        REFERENCES organisations (id, agency_code, kato) ON UPDATE CASCADE
);
COMMENT ON COLUMN register_reconciliations.list_agency IS 'whose list it is';
COMMENT ON COLUMN register_reconciliations.kato IS 'the territory that the list covers; the whole region where it is null';
COMMENT ON COLUMN register_reconciliations.erase_after IS 'from when on the worker erases the rows';
CREATE INDEX register_reconciliations_organisation
    ON register_reconciliations (organisation_id, created_at DESC, id DESC);
CREATE INDEX register_reconciliations_erase ON register_reconciliations (erase_after)
    WHERE erase_after IS NOT NULL AND erased_at IS NULL;

-- The rows of the list and the facts that it lacks, each with what came of it and how it was settled.
CREATE TABLE register_reconciliation_items (
    id                 uuid PRIMARY KEY,
    reconciliation_id  uuid NOT NULL REFERENCES register_reconciliations,
    position           integer NOT NULL,
    origin             text NOT NULL CHECK (origin IN ('row', 'fact')),
    row_number         integer,
    external_id        text,
    content            jsonb,
    outcome            text NOT NULL CHECK (outcome IN
                           ('matched', 'differing', 'uncertain', 'only_there', 'only_here', 'bad')),
    fact_id            uuid REFERENCES register_facts,
    fact_number        text,
    score              double precision,
    differing          text[] NOT NULL DEFAULT '{}',
    problems           jsonb NOT NULL DEFAULT '[]',
    resolution         text,
    resolution_reason  text,
    resolution_fact_id uuid REFERENCES register_facts,
    resolution_number  text,
    report_id          uuid REFERENCES register_reports,
    resolved_by        uuid REFERENCES users,
    resolved_at        timestamptz,
    version            bigint NOT NULL DEFAULT 1,
    UNIQUE (reconciliation_id, position),
    CHECK ((origin = 'row') = (row_number IS NOT NULL)),
    CHECK ((origin = 'fact') = (outcome = 'only_here')),
    CHECK ((fact_id IS NULL) = (fact_number IS NULL)),
    CHECK (num_nulls(resolution, resolved_by, resolved_at) IN (0, 3))
);
COMMENT ON COLUMN register_reconciliation_items.content IS 'the row as it was read; null once it is erased, and for facts';
COMMENT ON COLUMN register_reconciliation_items.problems IS 'of a bad row: fields and codes, never a value';
COMMENT ON COLUMN register_reconciliation_items.score IS 'how sure it is that the child is the same: a probability';
CREATE INDEX register_reconciliation_items_outcome ON register_reconciliation_items (reconciliation_id, outcome, position);

GRANT SELECT, INSERT ON register_reconciliations, register_reconciliation_items TO qorgan_server;
GRANT UPDATE (status, closed_at, closed_by, erase_after, updated_at, version) ON register_reconciliations TO qorgan_server;
GRANT UPDATE (resolution, resolution_reason, resolution_fact_id, resolution_number, report_id, resolved_by, resolved_at,
    version) ON register_reconciliation_items TO qorgan_server;
ALTER TABLE register_reconciliations ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_reconciliation_items ENABLE ROW LEVEL SECURITY;
-- Whoever has the power may reach the lists of own and, in a wider scope, of the agency's organisations there.
CREATE POLICY register_reconciliations_read ON register_reconciliations FOR SELECT TO qorgan_server USING (
    (SELECT context_has('reconciliation_read'))
    AND (organisation_id = (SELECT context_org('register'))
         OR (organisation_agency = (SELECT context_agency('register'))
             AND starts_with(organisation_kato, (SELECT context_prefix('register'))))));
CREATE POLICY register_reconciliations_insert ON register_reconciliations FOR INSERT TO qorgan_server WITH CHECK (
    (SELECT context_has('reconciliation_write'))
    AND created_by = (SELECT context_user()) AND organisation_id = (SELECT context_organisation()));
CREATE POLICY register_reconciliations_update ON register_reconciliations FOR UPDATE TO qorgan_server USING (
    (SELECT context_has('reconciliation_write')) AND status = 'open'
    AND (organisation_id = (SELECT context_org('register'))
         OR (organisation_agency = (SELECT context_agency('register'))
             AND starts_with(organisation_kato, (SELECT context_prefix('register'))))))
    WITH CHECK ((SELECT context_has('reconciliation_write')));
CREATE POLICY register_reconciliation_items_read ON register_reconciliation_items FOR SELECT TO qorgan_server USING (
    reconciliation_id IN (SELECT r.id FROM register_reconciliations r));
CREATE POLICY register_reconciliation_items_insert ON register_reconciliation_items FOR INSERT TO qorgan_server
    WITH CHECK (reconciliation_id IN (SELECT r.id FROM register_reconciliations r
                                      WHERE r.status = 'open' AND r.created_by = (SELECT context_user())));
CREATE POLICY register_reconciliation_items_update ON register_reconciliation_items FOR UPDATE TO qorgan_server
    USING (resolution IS NULL AND (SELECT context_has('reconciliation_write'))
           AND reconciliation_id IN (SELECT r.id FROM register_reconciliations r WHERE r.status = 'open'))
    WITH CHECK (reconciliation_id IN (SELECT r.id FROM register_reconciliations r));

-- The facts of some children in a period, wherever they were reported: a list is compared with the register of the whole
-- region. No name, no word of a report, no reporter; and only for children that were found already.
CREATE FUNCTION reconciliation_facts(p_children uuid[], p_from date, p_to date)
    RETURNS TABLE (child_id uuid, fact_id uuid, number text, kind text, main_form text, forms text[], level text,
                   occurred_on date, kato text, setting text, relation text, sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_has('reconciliation_write') OR cardinality(p_children) > 5000 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT asked.child, f.id, f.number, v.kind, v.main_form, v.forms, v.level, v.occurred_on, v.kato, v.setting,
           v.relation, v.sex
    FROM (SELECT DISTINCT unnest(p_children) AS child) asked
    CROSS JOIN LATERAL child_records(asked.child) AS record (id)
    JOIN register_facts f ON f.child_id = record.id
    JOIN register_fact_versions v ON v.fact_id = f.id AND v.version = f.current_version
    WHERE v.occurred_on BETWEEN p_from AND p_to AND v.status NOT IN ('annulled', 'merged');
END
$$;

-- Facts of a period that no row of a list tells of: those in the caller's reach and those that its own agency reported,
-- wherever in the region. At most p_limit, by day.
CREATE FUNCTION reconciliation_only_here(p_reconciliation uuid, p_limit integer)
    RETURNS TABLE (fact_id uuid, number text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    list register_reconciliations;
    own text := (SELECT o.agency_code FROM organisations o WHERE o.id = context_organisation());
BEGIN
    SELECT * INTO list FROM register_reconciliations r
    WHERE r.id = p_reconciliation AND r.created_by = context_user() AND context_has('reconciliation_write');
    RETURN QUERY
    SELECT f.id, f.number
    FROM register_fact_versions v
    JOIN register_facts f ON f.id = v.fact_id AND f.current_version = v.version
    WHERE v.occurred_on BETWEEN list.period_from AND list.period_to
      AND v.status NOT IN ('annulled', 'merged')
      AND (list.kind IS NULL OR v.kind = list.kind)
      AND (list.kato IS NULL OR starts_with(v.kato, kato_prefix(list.kato)))
      AND NOT EXISTS (SELECT FROM register_reconciliation_items i
                      WHERE i.reconciliation_id = list.id AND i.fact_id = f.id)
      AND (EXISTS (SELECT FROM register_reports r WHERE r.fact_id = f.id AND r.organisation_agency = own)
           OR fact_reported_in_reach(f.id))
    ORDER BY v.occurred_on, f.id
    LIMIT p_limit;
END
$$;

-- Erases the rows of lists whose time has come: what came of them stays, what they said does not. For the worker.
CREATE FUNCTION reconciliation_sweep(p_now timestamptz, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    list uuid;
    erased bigint;
BEGIN
    SELECT r.id INTO list FROM register_reconciliations r
    WHERE r.erase_after <= p_now AND r.erased_at IS NULL
    ORDER BY r.erase_after LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF list IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE register_reconciliation_items i SET content = NULL, external_id = NULL, resolution_reason = NULL
    WHERE i.id IN (SELECT s.id FROM register_reconciliation_items s
                   WHERE s.reconciliation_id = list
                     AND num_nonnulls(s.content, s.external_id, s.resolution_reason) > 0 LIMIT p_limit);
    GET DIAGNOSTICS erased = ROW_COUNT;
    IF erased < p_limit THEN
        UPDATE register_reconciliations SET erased_at = p_now WHERE id = list;
    END IF;
    RETURN erased;
END
$$;

REVOKE EXECUTE ON FUNCTION
    reconciliation_facts(uuid[], date, date), reconciliation_only_here(uuid, integer),
    reconciliation_sweep(timestamptz, integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    reconciliation_facts(uuid[], date, date), reconciliation_only_here(uuid, integer),
    reconciliation_sweep(timestamptz, integer)
TO qorgan_server;
