-- The change feed of offline apps (GET /changes), versions in events, and when something was written offline.
--
-- The outbox is the feed. Its rows are pointers: a subject (a case, a child, a signal, a fact …) and perhaps the part
-- of it that changed (a task of a case, a report on a fact). Whoever pages it sees a row where row security shows the
-- subject now. Two things would be missed that way: a record that came into somebody's sight without being changed,
-- and one that went out of it. Rows with `sight` tell of both, with whose sight it is; triggers write them, so that
-- no way of adding a participant or moving a child can forget it.

ALTER TABLE outbox
    ADD COLUMN part_kind           text,
    ADD COLUMN part_id             uuid,
    ADD COLUMN sight               text CHECK (sight IN ('gained', 'lost')),
    ADD COLUMN reach               text CHECK (reach IN ('case', 'child', 'signal', 'register')),
    ADD COLUMN organisation_id     uuid,
    ADD COLUMN organisation_agency text,
    ADD COLUMN organisation_kato   text,
    ADD COLUMN user_id             uuid,
    ADD CONSTRAINT outbox_part CHECK ((part_kind IS NULL) = (part_id IS NULL)),
    ADD CONSTRAINT outbox_sight CHECK (
        (sight IS NULL) = (reach IS NULL)
        AND (sight IS NOT NULL) = (organisation_id IS NOT NULL OR user_id IS NOT NULL)
        AND num_nulls(organisation_id, organisation_agency, organisation_kato) IN (0, 3));
COMMENT ON COLUMN outbox.part_id IS 'the part of the subject that changed: a task of a case, a report on a fact';
COMMENT ON COLUMN outbox.sight IS 'the subject came into, or went out of, the sight of the organisation or user named';
COMMENT ON COLUMN outbox.reach IS 'the kind of record by whose reach it was, or is, seen';

-- ---------------------------------------------------------------------------------- who gained, who lost

CREATE FUNCTION outbox_sight(p_sight text, p_reach text, p_kind text, p_subject uuid,
                             p_organisation uuid, p_agency text, p_kato text, p_user uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF p_organisation IS NULL AND p_user IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO outbox (id, topic, subject_kind, subject_id, created_at, sight, reach,
                        organisation_id, organisation_agency, organisation_kato, user_id)
    VALUES (gen_random_uuid(), 'sight.' || p_sight, p_kind, p_subject, now(), p_sight, p_reach,
            p_organisation, p_agency, p_kato, p_user);
END
$$;

-- With a case come, and go, the child it is about and the facts that were reported for it.
CREATE FUNCTION outbox_case_sight(p_sight text, p_case uuid,
                                  p_organisation uuid, p_agency text, p_kato text, p_user uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM outbox_sight(p_sight, 'case', 'case', p_case, p_organisation, p_agency, p_kato, p_user);
    PERFORM outbox_sight(p_sight, 'case', 'child', c.child_id, p_organisation, p_agency, p_kato, p_user)
    FROM cases c WHERE c.id = p_case;
    PERFORM outbox_sight(p_sight, 'case', 'register', f.fact_id, p_organisation, p_agency, p_kato, p_user)
    FROM (SELECT DISTINCT r.fact_id FROM register_reports r WHERE r.case_id = p_case) f;
END
$$;

CREATE FUNCTION case_participants_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    had boolean := TG_OP = 'UPDATE' AND OLD.ended_at IS NULL;
    has boolean := NEW.ended_at IS NULL;
    moved boolean := TG_OP = 'UPDATE' AND (OLD.organisation_id, OLD.organisation_agency, OLD.organisation_kato)
                     IS DISTINCT FROM (NEW.organisation_id, NEW.organisation_agency, NEW.organisation_kato);
BEGIN
    IF had AND has AND NOT moved THEN
        IF OLD.assigned_user_id IS DISTINCT FROM NEW.assigned_user_id THEN
            PERFORM outbox_case_sight('lost', NEW.case_id, NULL, NULL, NULL, OLD.assigned_user_id),
                    outbox_case_sight('gained', NEW.case_id, NULL, NULL, NULL, NEW.assigned_user_id);
        END IF;
        RETURN NULL;
    END IF;
    IF had THEN
        PERFORM outbox_case_sight('lost', NEW.case_id, OLD.organisation_id, OLD.organisation_agency,
                                  OLD.organisation_kato, OLD.assigned_user_id);
    END IF;
    IF has THEN
        PERFORM outbox_case_sight('gained', NEW.case_id, NEW.organisation_id, NEW.organisation_agency,
                                  NEW.organisation_kato, NEW.assigned_user_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_participants_sight
    AFTER INSERT OR UPDATE OF ended_at, assigned_user_id, organisation_id, organisation_agency, organisation_kato
    ON case_participants FOR EACH ROW EXECUTE FUNCTION case_participants_sight();

CREATE FUNCTION children_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM outbox_sight('lost', 'child', 'child', NEW.id, OLD.organisation_id, OLD.organisation_agency,
                         OLD.organisation_kato, NULL),
            outbox_sight('gained', 'child', 'child', NEW.id, NEW.organisation_id, NEW.organisation_agency,
                         NEW.organisation_kato, NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER children_sight AFTER UPDATE OF organisation_id, organisation_agency, organisation_kato ON children
    FOR EACH ROW WHEN ((OLD.organisation_id, OLD.organisation_agency, OLD.organisation_kato)
        IS DISTINCT FROM (NEW.organisation_id, NEW.organisation_agency, NEW.organisation_kato))
    EXECUTE FUNCTION children_sight();

-- Whoever a signal is addressed to sees it and the child that is linked to it.
CREATE FUNCTION signals_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    moved boolean := TG_OP = 'UPDATE' AND (OLD.organisation_id, OLD.organisation_agency, OLD.organisation_kato)
                     IS DISTINCT FROM (NEW.organisation_id, NEW.organisation_agency, NEW.organisation_kato);
    child_before uuid := CASE WHEN TG_OP = 'UPDATE' THEN OLD.child_id END;
BEGIN
    IF moved THEN
        PERFORM outbox_sight('lost', 'signal', 'signal', NEW.id, OLD.organisation_id, OLD.organisation_agency,
                             OLD.organisation_kato, NULL),
                outbox_sight('gained', 'signal', 'signal', NEW.id, NEW.organisation_id, NEW.organisation_agency,
                             NEW.organisation_kato, NULL);
    END IF;
    IF child_before IS NOT NULL AND (moved OR child_before IS DISTINCT FROM NEW.child_id) THEN
        PERFORM outbox_sight('lost', 'signal', 'child', child_before, OLD.organisation_id, OLD.organisation_agency,
                             OLD.organisation_kato, NULL);
    END IF;
    IF NEW.child_id IS NOT NULL AND (moved OR child_before IS DISTINCT FROM NEW.child_id) THEN
        PERFORM outbox_sight('gained', 'signal', 'child', NEW.child_id, NEW.organisation_id, NEW.organisation_agency,
                             NEW.organisation_kato, NULL);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER signals_sight
    AFTER INSERT OR UPDATE OF child_id, organisation_id, organisation_agency, organisation_kato ON signals
    FOR EACH ROW EXECUTE FUNCTION signals_sight();

-- Whoever reports on a child sees the child from then on; a report on a known fact opens the fact too.
CREATE FUNCTION register_reports_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM outbox_sight('gained', 'register', 'child', NEW.child_id, NEW.organisation_id, NEW.organisation_agency,
                         NEW.organisation_kato, NULL),
            outbox_sight('gained', 'register', 'register', NEW.fact_id, NEW.organisation_id, NEW.organisation_agency,
                         NEW.organisation_kato, NEW.reported_by);
    RETURN NULL;
END
$$;
CREATE TRIGGER register_reports_sight AFTER INSERT ON register_reports
    FOR EACH ROW EXECUTE FUNCTION register_reports_sight();

-- ---------------------------------------------------------------------------------- how far back the feed goes

-- Rows up to (txid, seq) were pruned: a cursor before it is expired, because what lies between is not known any more.
-- Txids belong to one cluster; a database that was restored elsewhere from a dump begins a new generation.
CREATE TABLE outbox_horizon (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation uuid NOT NULL DEFAULT gen_random_uuid(),
    txid       xid8 NOT NULL DEFAULT '0',
    seq        bigint NOT NULL DEFAULT 0
);
INSERT INTO outbox_horizon DEFAULT VALUES;

-- Removes the rows before the first one that is not older than p_before, as far as no transaction may still join
-- them. The rule: followers and apps have 180 days; whoever stayed away longer starts with a first sync. For the owner.
CREATE FUNCTION outbox_prune(p_before timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
DECLARE
    kept_txid xid8;
    kept_seq bigint;
    last_txid xid8;
    last_seq bigint;
    removed bigint;
BEGIN
    SELECT o.txid, o.seq INTO kept_txid, kept_seq FROM outbox o
    WHERE o.created_at >= p_before OR o.txid >= pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY o.txid, o.seq LIMIT 1;
    SELECT o.txid, o.seq INTO last_txid, last_seq FROM outbox o
    WHERE kept_txid IS NULL OR (o.txid, o.seq) < (kept_txid, kept_seq)
    ORDER BY o.txid DESC, o.seq DESC LIMIT 1;
    IF last_txid IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE outbox_horizon SET txid = last_txid, seq = last_seq;
    DELETE FROM outbox o WHERE (o.txid, o.seq) <= (last_txid, last_seq);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

-- After a restore from a dump: the old order means nothing in this cluster, every app starts with a first sync.
CREATE FUNCTION outbox_restart() RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS
$$
    DELETE FROM outbox;
    UPDATE outbox_horizon SET generation = gen_random_uuid(), txid = '0', seq = 0;
$$;

-- ---------------------------------------------------------------------------------- reading

-- Whether the session sees a subject now: the policies of the tables, in one place for a pointer.
CREATE FUNCTION change_visible(p_kind text, p_subject uuid, p_part_kind text, p_part uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    CASE p_kind
        WHEN 'case' THEN
            RETURN case_visible(p_subject);
        WHEN 'child' THEN
            RETURN EXISTS (SELECT FROM children c WHERE c.id = p_subject
                           AND (c.organisation_id = context_org('child')
                                OR c.registered_organisation_id = context_org('child')
                                OR (c.organisation_agency = context_agency('child')
                                    AND starts_with(c.organisation_kato, context_prefix('child')))))
                OR (context_reaches_children() AND child_linked(p_subject));
        WHEN 'signal' THEN
            RETURN EXISTS (SELECT FROM signals s WHERE s.id = p_subject
                           AND (s.organisation_id = context_org('signal')
                                OR s.filed_organisation_id = context_org('signal')
                                OR s.filed_by = context_own('signal')
                                OR (s.organisation_agency = context_agency('signal')
                                    AND starts_with(s.organisation_kato, context_prefix('signal')))));
        WHEN 'register' THEN
            RETURN fact_reported_in_reach(p_subject) AND (p_part_kind IS DISTINCT FROM 'report' OR EXISTS (
                SELECT FROM register_reports r WHERE r.id = p_part
                AND (r.organisation_id = context_org('register')
                     OR (r.organisation_agency = context_agency('register')
                         AND starts_with(r.organisation_kato, context_prefix('register')))
                     OR r.reported_by = context_own('register')
                     OR (r.case_id IS NOT NULL AND case_visible(r.case_id)))));
        WHEN 'organisation', 'reference' THEN
            RETURN context_user() IS NOT NULL;
        ELSE
            RETURN false;
    END CASE;
END
$$;

-- What a cursor depends on besides its place: whose it is and how far that user reaches. When roles, organisation or
-- territory change, the whole picture changes, and only a first sync shows it.
CREATE FUNCTION changes_key() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT left(encode(sha256(convert_to(h.generation || ' ' || context_user() || ' ' || coalesce(context_text('sections'), '')
        || (SELECT string_agg(concat_ws(' ', kind, context_text(kind || '_org'), '/', context_text(kind || '_agency'), '/',
                                        context_text(kind || '_prefix'), '/', context_text(kind || '_own')), '; ' ORDER BY kind)
            FROM unnest(ARRAY['case', 'child', 'register', 'signal']) AS kind), 'UTF8')), 'hex'), 16)
    FROM outbox_horizon h
$$;

-- The place after everything that is settled now: what commits later comes after it.
CREATE FUNCTION changes_now() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT jsonb_build_object('outcome', 'read', 'key', changes_key(), 'more', false, 'entries', '[]'::jsonb,
                              'txid', pg_snapshot_xmin(pg_current_snapshot())::text, 'seq', 0)
$$;

-- A page of the feed after a place, null for the beginning. At most p_scan rows are looked at, whatever the caller
-- sees of them: the answer then says that there is more, and where to go on. Answers {"outcome": "read", …},
-- "expired" (pruned), "other_reach" (the key is another), or "restored" (the rows are of another cluster).
--
-- STABLE, so that all statements here share one snapshot: rows below its xmin are complete, and sight is judged at
-- the same moment.
CREATE FUNCTION changes_since(p_txid text, p_seq bigint, p_key text, p_scan integer, p_limit integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    settled xid8 := pg_snapshot_xmin(pg_current_snapshot());
    key text := changes_key();
    horizon outbox_horizon;
    place_txid xid8 := coalesce(p_txid, '0')::xid8;
    place_seq bigint := coalesce(p_seq, 0);
    change record;
    seen boolean;
    judged_kind text;
    judged_subject uuid;
    judged_part uuid;
    scanned integer := 0;
    entries jsonb := '[]';
    shown integer := 0;
BEGIN
    IF context_user() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'the change feed needs a session';
    END IF;
    IF p_key IS NOT NULL AND p_key <> key THEN
        RETURN jsonb_build_object('outcome', 'other_reach');
    END IF;
    SELECT * INTO horizon FROM outbox_horizon;
    IF (place_txid, place_seq) < (horizon.txid, horizon.seq) THEN
        RETURN jsonb_build_object('outcome', 'expired');
    END IF;
    -- A transaction that is not begun yet has written rows: only a dump of another cluster has such.
    IF (SELECT o.txid FROM outbox o ORDER BY o.txid DESC, o.seq DESC LIMIT 1)
       >= pg_snapshot_xmax(pg_current_snapshot()) THEN
        RETURN jsonb_build_object('outcome', 'restored');
    END IF;
    FOR change IN
        SELECT o.txid, o.seq, o.topic, o.subject_kind, o.subject_id, o.part_kind, o.part_id, o.created_at,
               o.sight, o.reach, o.organisation_id, o.organisation_agency, o.organisation_kato, o.user_id
        FROM outbox o
        WHERE (o.txid, o.seq) > (place_txid, place_seq) AND o.txid < settled
        ORDER BY o.txid, o.seq LIMIT p_scan
    LOOP
        scanned := scanned + 1;
        place_txid := change.txid;
        place_seq := change.seq;
        -- Of another's sight: no need to look at the record.
        CONTINUE WHEN change.sight IS NOT NULL AND NOT coalesce(
            change.organisation_id = context_org(change.reach)
            OR change.user_id = context_own(change.reach)
            OR (change.organisation_agency = context_agency(change.reach)
                AND starts_with(change.organisation_kato, context_prefix(change.reach))), false);
        -- A unit of work writes several rows about one record.
        IF (judged_kind, judged_subject, judged_part)
           IS DISTINCT FROM (change.subject_kind, change.subject_id, change.part_id) THEN
            seen := coalesce(change_visible(change.subject_kind, change.subject_id, change.part_kind, change.part_id), false);
            judged_kind := change.subject_kind;
            judged_subject := change.subject_id;
            judged_part := change.part_id;
        END IF;
        -- What is lost is told to whom it is lost; everything else to whoever sees it now. Children are told of only
        -- to those who read children at all.
        CONTINUE WHEN seen = (change.sight IS NOT DISTINCT FROM 'lost')
            OR (change.subject_kind = 'child' AND NOT context_reaches_children());
        entries := entries || jsonb_build_object(
            'topic', change.topic, 'kind', change.subject_kind, 'id', change.subject_id,
            'part_kind', change.part_kind, 'part_id', change.part_id, 'at', change.created_at, 'sight', change.sight);
        shown := shown + 1;
        EXIT WHEN shown >= p_limit;
    END LOOP;
    IF shown >= p_limit OR scanned >= p_scan THEN
        RETURN jsonb_build_object('outcome', 'read', 'key', key, 'more', true, 'entries', entries,
                                  'txid', place_txid::text, 'seq', place_seq);
    END IF;
    -- Everything settled was looked at: the place moves up to what is not.
    IF (place_txid, place_seq) < (settled, 0::bigint) THEN
        place_txid := settled;
        place_seq := 0;
    END IF;
    RETURN jsonb_build_object('outcome', 'read', 'key', key, 'more', false, 'entries', entries,
                              'txid', place_txid::text, 'seq', place_seq);
END
$$;
-- PostgreSQL lets everybody execute a new function unless that is taken back (ALTER DEFAULT PRIVILEGES for one schema
-- cannot take it back).
REVOKE EXECUTE ON FUNCTION
    outbox_sight(text, text, text, uuid, uuid, text, text, uuid), outbox_case_sight(text, uuid, uuid, text, text, uuid),
    outbox_prune(timestamptz), outbox_restart(), change_visible(text, uuid, text, uuid), changes_key(), changes_now(),
    changes_since(text, bigint, text, integer, integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION changes_now(), changes_since(text, bigint, text, integer, integer) TO qorgan_server;

-- ---------------------------------------------------------------------------------- what changed since a version

ALTER TABLE case_events ADD COLUMN version bigint;
COMMENT ON COLUMN case_events.version IS 'the version at which the case stood after the unit of work of the event';

CREATE FUNCTION case_events_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    NEW.version := (SELECT c.version FROM cases c WHERE c.id = NEW.case_id);
    RETURN NEW;
END
$$;
CREATE TRIGGER case_events_version BEFORE INSERT ON case_events
    FOR EACH ROW EXECUTE FUNCTION case_events_version();

-- ---------------------------------------------------------------------------------- written offline

ALTER TABLE case_notes ADD COLUMN written_at timestamptz;
ALTER TABLE case_reviews ADD COLUMN written_at timestamptz;
COMMENT ON COLUMN case_notes.written_at IS 'when it was written on a device without connection; created_at is when it came';
COMMENT ON COLUMN case_reviews.written_at IS 'when it was written on a device without connection; created_at is when it came';
