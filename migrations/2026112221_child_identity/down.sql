DROP TRIGGER children_unmerge_sight ON children;
DROP FUNCTION children_unmerge_sight(), child_unmerge(uuid, bigint, text, timestamptz), child_unmerge_begin(uuid),
    child_merge(uuid, uuid, bigint, uuid, text, timestamptz), child_merge_begin(uuid, uuid),
    child_search(text[], text[], text[], text[], date, boolean, text, integer),
    child_lookalikes_of(uuid, date[], integer, integer), child_comparable_records(uuid),
    child_lookalikes(integer[], bigint[], integer[], date[], integer[], text[], integer, integer),
    child_comparables(integer[], uuid[]), child_readable(uuid), child_name_hold(uuid, uuid, text, text, text, text, timestamptz),
    child_match_write(uuid, smallint, bigint[], text[], smallint[], text[], text[], bigint[]), name_token_counts(text[], bigint),
    name_tokens_near(integer[], bigint[]), name_tokens_count(timestamptz, interval);
DROP TABLE name_tokens_state, name_token_forms, name_tokens, child_match_keys, child_names;

-- As they were.
CREATE OR REPLACE FUNCTION child_linked(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.child_id = p_child AND case_visible(c.id))
        OR EXISTS (SELECT FROM signals s
                   WHERE s.child_id = p_child
                     AND (s.organisation_id = context_org('signal')
                          OR (s.organisation_agency = context_agency('signal')
                              AND starts_with(s.organisation_kato, context_prefix('signal')))))
        OR EXISTS (SELECT FROM register_reports r
                   WHERE r.child_id = p_child
                     AND (r.organisation_id = context_org('register')
                          OR (r.organisation_agency = context_agency('register')
                              AND starts_with(r.organisation_kato, context_prefix('register')))));
END
$$;
CREATE OR REPLACE FUNCTION child_for_link(p_child uuid)
    RETURNS TABLE (id uuid, birth_date date, sex text, kato text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.id, c.birth_date, c.sex, c.kato FROM children c
    WHERE c.id = p_child AND context_reaches_children()
$$;
CREATE OR REPLACE FUNCTION board_children() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    on_agenda uuid[] := board_cases();
BEGIN
    IF on_agenda = '{}' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT c.child_id FROM cases c WHERE c.id = ANY (on_agenda));
END
$$;
CREATE OR REPLACE FUNCTION child_in_visible_case(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.child_id = p_child AND case_visible(c.id));
END
$$;
CREATE OR REPLACE FUNCTION school_placements_apart() RETURNS trigger
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
CREATE OR REPLACE FUNCTION school_placement_days(p_child uuid)
    RETURNS TABLE (id uuid, placed_on date, removed_on date, annulled boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT p.id, p.placed_on, p.removed_on, p.annulled FROM school_placements p
    WHERE p.child_id = p_child AND context_reads('education')
$$;
CREATE OR REPLACE FUNCTION child_records(p_child uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p_child $$;
CREATE OR REPLACE FUNCTION child_survivor(p_child uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT p_child $$;
DROP FUNCTION child_record_ids(uuid), child_records_below(uuid);
DROP TABLE child_merges;
ALTER TABLE children DROP COLUMN merged_into, DROP COLUMN match_version, DROP COLUMN match_tokens, DROP COLUMN match_places;
DROP INDEX children_birth;
