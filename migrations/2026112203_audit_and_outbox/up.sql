-- The audit log and the outbox: written in the transaction of what they tell.
--
-- Followers read in the order (txid, seq) and stop at the snapshot's xmin, so that no row that
-- could still commit behind them is passed over.

CREATE TABLE audit_events (
    id              uuid PRIMARY KEY,
    txid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    at              timestamptz NOT NULL,
    actor_id        uuid,
    organisation_id uuid,
    session_id      uuid,
    action          text NOT NULL,
    resource_kind   text NOT NULL,
    resource_id     uuid,
    case_id         uuid,
    outcome         text NOT NULL CHECK (outcome IN ('done', 'refused')),
    reason          text,
    request_id      text,
    -- The records that an answer held besides resource_id: who saw which child in a list.
    subjects        uuid[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE audit_events IS 'who did or tried what to which record; codes and ids only, never content';
CREATE INDEX audit_events_order ON audit_events (txid, seq);
-- Auditors read it newest first.
CREATE UNIQUE INDEX audit_events_seq ON audit_events (seq);
CREATE INDEX audit_events_case ON audit_events (case_id, at) WHERE case_id IS NOT NULL;
CREATE INDEX audit_events_actor ON audit_events (actor_id, at);

CREATE TABLE outbox (
    id           uuid PRIMARY KEY,
    txid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    topic        text NOT NULL,
    subject_kind text NOT NULL,
    subject_id   uuid NOT NULL,
    created_at   timestamptz NOT NULL
);
COMMENT ON TABLE outbox IS 'what followers must be told; a pointer to the subject, never its content';
CREATE INDEX outbox_order ON outbox (txid, seq);

-- Insert only; an audit row is never changed by the server.
GRANT INSERT, SELECT ON audit_events TO qorgan_server;
GRANT INSERT ON outbox TO qorgan_server;

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_events_read ON audit_events FOR SELECT TO qorgan_server
    USING ((SELECT context_has('audit_read')));
-- One signs with one's own name; without a session (a failed login) with none.
CREATE POLICY audit_events_insert ON audit_events FOR INSERT TO qorgan_server
    WITH CHECK (actor_id IS NOT DISTINCT FROM (SELECT context_user()));
