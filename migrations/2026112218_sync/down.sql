ALTER TABLE case_reviews DROP COLUMN written_at;
ALTER TABLE case_notes DROP COLUMN written_at;
DROP TRIGGER case_events_version ON case_events;
DROP FUNCTION case_events_version();
ALTER TABLE case_events DROP COLUMN version;
DROP FUNCTION changes_since(text, bigint, text, integer, integer), changes_now(), changes_key(),
    change_visible(text, uuid, text, uuid), outbox_restart(), outbox_prune(timestamptz);
DROP TABLE outbox_horizon;
DROP TRIGGER register_reports_sight ON register_reports;
DROP TRIGGER signals_sight ON signals;
DROP TRIGGER children_sight ON children;
DROP TRIGGER case_participants_sight ON case_participants;
DROP FUNCTION register_reports_sight(), signals_sight(), children_sight(), case_participants_sight(),
    outbox_case_sight(text, uuid, uuid, text, text, uuid),
    outbox_sight(text, text, text, uuid, uuid, text, text, uuid);
ALTER TABLE outbox
    DROP CONSTRAINT outbox_sight, DROP CONSTRAINT outbox_part,
    DROP COLUMN part_kind, DROP COLUMN part_id, DROP COLUMN sight, DROP COLUMN reach, DROP COLUMN organisation_id,
    DROP COLUMN organisation_agency, DROP COLUMN organisation_kato, DROP COLUMN user_id;
