DROP TABLE outbox, audit_events;
