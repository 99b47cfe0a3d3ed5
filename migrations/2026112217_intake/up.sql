-- Signals from everywhere (imports, external ids, duplicates) and documents attached to cases.

-- ---------------------------------------------------------------------------------- imports
-- Who brought which file; never its content.
CREATE TABLE signal_imports (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    file_sha256     bytea NOT NULL CHECK (length(file_sha256) = 32),
    user_id         uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    accepted        integer NOT NULL DEFAULT 0,
    repeated        integer NOT NULL DEFAULT 0,
    rejected        integer NOT NULL DEFAULT 0,
    started_at      timestamptz NOT NULL,
    finished_at     timestamptz
);
COMMENT ON COLUMN signal_imports.finished_at IS 'null: it is running, or was interrupted; running the file again completes it';
CREATE INDEX signal_imports_organisation ON signal_imports (organisation_id, started_at DESC);
GRANT SELECT, INSERT ON signal_imports TO qorgan_server;
GRANT UPDATE (accepted, repeated, rejected, finished_at) ON signal_imports TO qorgan_server;
ALTER TABLE signal_imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY signal_imports_read ON signal_imports FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('signal')) OR user_id = (SELECT context_user()));
CREATE POLICY signal_imports_insert ON signal_imports FOR INSERT TO qorgan_server WITH CHECK (
    user_id = (SELECT context_user()) AND organisation_id = (SELECT context_organisation()));
CREATE POLICY signal_imports_update ON signal_imports FOR UPDATE TO qorgan_server USING (
    user_id = (SELECT context_user()) AND finished_at IS NULL)
    WITH CHECK (user_id = (SELECT context_user()));

ALTER TABLE signals
    ADD COLUMN external_source text,
    ADD COLUMN external_id     text,
    ADD COLUMN content_hash    bytea CHECK (length(content_hash) = 32),
    ADD COLUMN import_id       uuid REFERENCES signal_imports,
    ADD COLUMN match_name_key  text,
    ADD COLUMN match_iin       text,
    ADD CONSTRAINT signals_external CHECK ((external_source IS NULL) = (content_hash IS NULL)
        AND (external_id IS NULL OR external_source IS NOT NULL));
COMMENT ON COLUMN signals.external_source IS 'where it was filed from: a code of an import, or "single"';
COMMENT ON COLUMN signals.external_id IS 'its id there';
COMMENT ON COLUMN signals.content_hash IS 'SHA-256 of what was said: tells a repeat from a change';
COMMENT ON COLUMN signals.match_name_key IS 'domain::children::name_key of the child it tells of; for finding duplicates';
COMMENT ON COLUMN signals.match_iin IS 'the ИИН it tells of; for finding duplicates';
-- The last word on repeats, whoever imports at once.
CREATE UNIQUE INDEX signals_external_id ON signals (filed_organisation_id, external_source, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX signals_content_hash ON signals (filed_organisation_id, external_source, content_hash)
    WHERE external_id IS NULL AND external_source IS NOT NULL;
CREATE INDEX signals_match_name ON signals (match_name_key, received_at) WHERE match_name_key IS NOT NULL;
CREATE INDEX signals_match_iin ON signals (match_iin) WHERE match_iin IS NOT NULL;
CREATE INDEX signals_import ON signals (import_id) WHERE import_id IS NOT NULL;

-- Signals of the caller's own organisation that came from a source before, by id or by content. A caller with scope
-- `own` may not read what a colleague filed, but must not file it twice: nothing but id and hash is told.
CREATE FUNCTION signals_known(p_source text, p_external_ids text[], p_hashes bytea[])
    RETURNS TABLE (id uuid, external_id text, content_hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT s.id, s.external_id, s.content_hash FROM signals s
    WHERE s.filed_organisation_id = context_organisation() AND s.external_source = p_source
      AND s.external_id = ANY (p_external_ids)
    UNION ALL
    SELECT s.id, NULL, s.content_hash FROM signals s
    WHERE s.filed_organisation_id = context_organisation() AND s.external_source = p_source
      AND s.external_id IS NULL AND s.content_hash = ANY (p_hashes)
$$;
GRANT EXECUTE ON FUNCTION signals_known(text, text[], bytea[]) TO qorgan_server;

-- ---------------------------------------------------------------------------------- attachments
-- Title and name of the file are content of their section; kind, size and author are seen by all who see the case.
CREATE TABLE case_attachments (
    id                   uuid PRIMARY KEY,
    case_id              uuid NOT NULL REFERENCES cases,
    section              text NOT NULL,
    content_id           uuid NOT NULL REFERENCES case_contents,
    kind                 text NOT NULL,
    size_bytes           bigint NOT NULL CHECK (size_bytes > 0),
    sha256               bytea NOT NULL CHECK (length(sha256) = 32),
    store                text NOT NULL CHECK (store IN ('database', 'folder')),
    object_key           text,
    chunks               integer NOT NULL,
    author_id            uuid NOT NULL REFERENCES users,
    organisation_id      uuid NOT NULL REFERENCES organisations,
    created_at           timestamptz NOT NULL,
    withdrawn_at         timestamptz,
    withdrawn_by         uuid REFERENCES users,
    withdrawn_content_id uuid REFERENCES case_contents,
    version              bigint NOT NULL DEFAULT 1,
    CHECK ((store = 'folder') = (object_key IS NOT NULL)),
    CHECK ((store = 'database') = (chunks > 0)),
    CHECK (num_nulls(withdrawn_at, withdrawn_by, withdrawn_content_id) IN (0, 3))
);
COMMENT ON COLUMN case_attachments.withdrawn_content_id IS 'why it was withdrawn, in the section of the document';
CREATE INDEX case_attachments_case ON case_attachments (case_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX case_attachments_object ON case_attachments (object_key) WHERE object_key IS NOT NULL;
GRANT SELECT, INSERT ON case_attachments TO qorgan_server;
GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_content_id, version) ON case_attachments TO qorgan_server;
ALTER TABLE case_attachments ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_attachments_read ON case_attachments FOR SELECT TO qorgan_server USING (case_visible(case_id));
CREATE POLICY case_attachments_insert ON case_attachments FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND author_id = (SELECT context_user())
    AND organisation_id = (SELECT context_organisation()));
CREATE POLICY case_attachments_update ON case_attachments FOR UPDATE TO qorgan_server
    USING (case_visible(case_id) AND organisation_id = (SELECT context_organisation()) AND withdrawn_at IS NULL)
    WITH CHECK (case_visible(case_id));

-- The bytes, in pieces: neither side ever holds a whole file in memory. Never changed once written.
CREATE TABLE case_attachment_chunks (
    attachment_id uuid NOT NULL REFERENCES case_attachments,
    position      integer NOT NULL,
    bytes         bytea NOT NULL,
    PRIMARY KEY (attachment_id, position)
);
-- What comes is compressed already.
ALTER TABLE case_attachment_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON case_attachment_chunks TO qorgan_server;
ALTER TABLE case_attachment_chunks ENABLE ROW LEVEL SECURITY;
-- Whoever reads the title reads the bytes, until the document is withdrawn: the policy of case_contents decides.
CREATE POLICY case_attachment_chunks_read ON case_attachment_chunks FOR SELECT TO qorgan_server USING (
    EXISTS (SELECT FROM case_attachments a JOIN case_contents c ON c.id = a.content_id
            WHERE a.id = attachment_id AND a.withdrawn_at IS NULL));
CREATE POLICY case_attachment_chunks_insert ON case_attachment_chunks FOR INSERT TO qorgan_server WITH CHECK (
    EXISTS (SELECT FROM case_attachments a
            WHERE a.id = attachment_id AND a.author_id = (SELECT context_user()) AND position < a.chunks));

-- Which of some keys of the folder belong to a document: the sweep that removes the rest works without a session and
-- learns nothing but this.
CREATE FUNCTION attachment_objects_known(p_keys text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.object_key FROM case_attachments a WHERE a.object_key = ANY (p_keys) $$;
GRANT EXECUTE ON FUNCTION attachment_objects_known(text[]) TO qorgan_server;
