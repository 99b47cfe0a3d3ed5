-- The identity of children: all names held, what likely doubles are found by, and records that are one child.
--
-- Merging moves nothing. A merged record points to the surviving one; everything that hangs on either stays where it
-- is, and whoever asks for a child asks for all of its records (child_records). Taking the pointer away restores what
-- was.

-- ---------------------------------------------------------------------------------- merged records
ALTER TABLE children
    ADD COLUMN merged_into   uuid REFERENCES children,
    ADD COLUMN match_version smallint NOT NULL DEFAULT 0,
    ADD COLUMN match_tokens  text[] NOT NULL DEFAULT '{}',
    ADD COLUMN match_places  smallint[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT children_not_into_itself CHECK (merged_into <> id);
COMMENT ON COLUMN children.merged_into IS 'the record that stands for this child now; perhaps merged itself: child_survivor';
COMMENT ON COLUMN children.match_version IS 'the version of domain::children::lookup by which keys and tokens were made; 0: none yet';
COMMENT ON COLUMN children.match_tokens IS 'domain::matching: normalised words of all names held';
COMMENT ON COLUMN children.match_places IS 'for each of match_tokens, where in names it stands: 1 last, 2 first, 4 patronymic, or a sum';
CREATE INDEX children_merged ON children (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX children_match_version ON children (match_version);
CREATE INDEX children_birth ON children (birth_date);
CREATE INDEX children_match_tokens ON children USING gin (match_tokens);

CREATE TABLE child_merges (
    id         uuid PRIMARY KEY,
    child_id   uuid NOT NULL REFERENCES children,
    into_id    uuid NOT NULL REFERENCES children,
    reason     text NOT NULL,
    merged_by  uuid NOT NULL REFERENCES users,
    merged_at  timestamptz NOT NULL,
    ended_by   uuid REFERENCES users,
    ended_at   timestamptz CHECK (ended_at >= merged_at),
    end_reason text,
    CHECK (child_id <> into_id),
    CHECK (num_nulls(ended_by, ended_at, end_reason) IN (0, 3))
);
COMMENT ON TABLE child_merges IS 'every merge of two records and its end; written by child_merge and child_unmerge alone';
CREATE UNIQUE INDEX child_merges_once ON child_merges (child_id) WHERE ended_at IS NULL;

-- The record that stands for a child: the end of the chain. Chains have no circle: only records that are not merged
-- are merged, and only into such.
CREATE OR REPLACE FUNCTION child_survivor(p_child uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    present uuid := p_child;
    next uuid;
BEGIN
    LOOP
        SELECT c.merged_into INTO next FROM children c WHERE c.id = present;
        EXIT WHEN next IS NULL;
        present := next;
    END LOOP;
    RETURN present;
END
$$;

-- All records merged into one, however often, and itself.
CREATE FUNCTION child_records_below(p_child uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    records uuid[] := ARRAY[p_child];
    fresh uuid[] := records;
BEGIN
    LOOP
        fresh := ARRAY(SELECT c.id FROM children c WHERE c.merged_into = ANY (fresh));
        EXIT WHEN fresh = '{}';
        records := records || fresh;
    END LOOP;
    RETURN records;
END
$$;

-- All records of the child that a record is of; as a set for queries.
CREATE FUNCTION child_record_ids(p_child uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT child_records_below(child_survivor(p_child)) $$;
CREATE OR REPLACE FUNCTION child_records(p_child uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT unnest(child_records_below(child_survivor(p_child))) $$;

-- Whoever sees one record of a child sees all of them: they are one child.
CREATE OR REPLACE FUNCTION child_linked(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    records uuid[] := child_record_ids(p_child);
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.child_id = ANY (records) AND case_visible(c.id))
        OR EXISTS (SELECT FROM signals s
                   WHERE s.child_id = ANY (records)
                     AND (s.organisation_id = context_org('signal')
                          OR (s.organisation_agency = context_agency('signal')
                              AND starts_with(s.organisation_kato, context_prefix('signal')))))
        OR EXISTS (SELECT FROM register_reports r
                   WHERE r.child_id = ANY (records)
                     AND (r.organisation_id = context_org('register')
                          OR (r.organisation_agency = context_agency('register')
                              AND starts_with(r.organisation_kato, context_prefix('register')))))
        OR (cardinality(records) > 1 AND EXISTS (
                SELECT FROM children k
                WHERE k.id = ANY (records)
                  AND (k.organisation_id = context_org('child')
                       OR k.registered_organisation_id = context_org('child')
                       OR (k.organisation_agency = context_agency('child')
                           AND starts_with(k.organisation_kato, context_prefix('child'))))));
END
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
    RETURN ARRAY(SELECT unnest(child_record_ids(c.child_id)) FROM cases c WHERE c.id = ANY (on_agenda));
END
$$;

CREATE OR REPLACE FUNCTION child_in_visible_case(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.child_id = ANY (child_record_ids(p_child)) AND case_visible(c.id));
END
$$;

-- New records are linked to the surviving one.
CREATE OR REPLACE FUNCTION child_for_link(p_child uuid)
    RETURNS TABLE (id uuid, birth_date date, sex text, kato text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.id, c.birth_date, c.sex, c.kato FROM children c
    WHERE context_reaches_children() AND c.id = child_survivor(p_child)
$$;

-- ---------------------------------------------------------------------------------- one in-school register
-- A child stands on the register of one school at a time, under whichever of its records.
CREATE OR REPLACE FUNCTION school_placements_apart() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    survivor uuid := child_survivor(NEW.child_id);
    locked uuid;
BEGIN
    -- A merge may have gone on while this waited: then the lock is another.
    LOOP
        locked := survivor;
        PERFORM pg_advisory_xact_lock(hashtextextended('school_placements ' || locked::text, 4211));
        survivor := child_survivor(NEW.child_id);
        EXIT WHEN survivor = locked;
    END LOOP;
    IF NOT NEW.annulled AND EXISTS (
        SELECT FROM school_placements p
        WHERE p.child_id = ANY (child_records_below(survivor)) AND p.id <> NEW.id AND NOT p.annulled
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
    WHERE p.child_id = ANY (child_record_ids(p_child)) AND context_reads('education')
$$;

-- ---------------------------------------------------------------------------------- names held
CREATE TABLE child_names (
    id          uuid PRIMARY KEY,
    child_id    uuid NOT NULL REFERENCES children,
    last_name   text NOT NULL,
    first_name  text NOT NULL,
    patronymic  text,
    source      text NOT NULL CHECK (source IN ('registered', 'amended', 'reported')),
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL REFERENCES users
);
COMMENT ON TABLE child_names IS 'every name under which the child was ever recorded or reported, the present one among them; never changed';
CREATE UNIQUE INDEX child_names_once ON child_names (child_id, last_name, first_name, coalesce(patronymic, ''));
INSERT INTO child_names (id, child_id, last_name, first_name, patronymic, source, recorded_at, recorded_by)
    SELECT uuid_v7(created_at), id, last_name, first_name, patronymic, 'registered', created_at, created_by FROM children;

-- ---------------------------------------------------------------------------------- keys and the dictionary
-- The server has no grant on these: what stands here is of children beyond anybody's reach. Functions answer.
--
-- A narrow table and not an array with GIN: a block of a frequent name is read only as far as needed, those born on
-- the day (or on a day that a slip makes of it) first.
CREATE TABLE child_match_keys (
    key        bigint NOT NULL,
    birth_date date NOT NULL,
    child_id   uuid NOT NULL REFERENCES children ON DELETE CASCADE,
    PRIMARY KEY (key, birth_date, child_id)
);
COMMENT ON TABLE child_match_keys IS 'domain::matching::blocking_keys of all names held; written by the program, since SQL cannot compute them';
CREATE INDEX child_match_keys_child ON child_match_keys (child_id);

CREATE TABLE name_tokens (
    token            text PRIMARY KEY,
    last_count       integer NOT NULL DEFAULT 0,
    first_count      integer NOT NULL DEFAULT 0,
    patronymic_count integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE name_tokens IS 'the dictionary: every distinct word in children.match_tokens, and how many children have it in which place';
CREATE TABLE name_token_forms (
    form     bigint NOT NULL,
    spelling text NOT NULL,
    token    text NOT NULL REFERENCES name_tokens ON DELETE CASCADE,
    PRIMARY KEY (form, spelling, token)
);
COMMENT ON TABLE name_token_forms IS 'domain::children::near_forms of the spellings of the tokens: two that share a form are near';
CREATE TABLE name_tokens_state (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    children   bigint NOT NULL DEFAULT 0,
    counted_at timestamptz
);
INSERT INTO name_tokens_state DEFAULT VALUES;

-- How many children hold each token. Approximate between two counts: term frequencies need no more, and rows that
-- every registration changed would make registrations wait for one another.
CREATE FUNCTION name_tokens_count(p_now timestamptz, p_older_than interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (SELECT FROM name_tokens_state WHERE counted_at > p_now - p_older_than) THEN
        RETURN false;
    END IF;
    UPDATE name_tokens t
    SET last_count = found.lasts, first_count = found.firsts, patronymic_count = found.patronymics
    FROM (SELECT w.token,
                 count(*) FILTER (WHERE w.place & 1 <> 0)::integer AS lasts,
                 count(*) FILTER (WHERE w.place & 2 <> 0)::integer AS firsts,
                 count(*) FILTER (WHERE w.place & 4 <> 0)::integer AS patronymics
          FROM children c, unnest(c.match_tokens, c.match_places) AS w(token, place) GROUP BY w.token) AS found
    WHERE found.token = t.token
      AND (found.lasts, found.firsts, found.patronymics) <> (t.last_count, t.first_count, t.patronymic_count);
    UPDATE name_tokens_state SET children = (SELECT count(*) FROM children), counted_at = p_now;
    RETURN true;
END
$$;

-- The words of the dictionary that share a form with the words of a query, for each word.
CREATE FUNCTION name_tokens_near(p_words integer[], p_forms bigint[])
    RETURNS TABLE (word integer, spelling text, token text, children_count integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT f.word, n.spelling, t.token, t.last_count + t.first_count + t.patronymic_count
    FROM unnest(p_words, p_forms) AS f(word, form)
    JOIN name_token_forms n ON n.form = f.form
    JOIN name_tokens t ON t.token = n.token
    WHERE context_reaches_children()
$$;

-- How frequent these words are, and among how many children that was counted. Nothing but the latter, beside an empty
-- word, where those are less than p_least: a few names tell nothing of a region's.
CREATE FUNCTION name_token_counts(p_tokens text[], p_least bigint)
    RETURNS TABLE (token text, last_count integer, first_count integer, patronymic_count integer, children bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    counted bigint := (SELECT s.children FROM name_tokens_state s);
BEGIN
    IF NOT context_reaches_children() THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT '', 0, 0, 0, counted;
    IF counted >= p_least THEN
        RETURN QUERY SELECT t.token, t.last_count, t.first_count, t.patronymic_count, counted
        FROM name_tokens t WHERE t.token = ANY (p_tokens);
    END IF;
END
$$;

-- ---------------------------------------------------------------------------------- writing names and keys
-- What a record is found by: keys and name parts of all names held. Adds, or (p_version) replaces all of it.
-- p_forms[i] is a form of p_spellings[i], a spelling of p_form_tokens[i].
CREATE FUNCTION child_match_write(p_child uuid, p_version smallint, p_keys bigint[], p_tokens text[],
                                  p_places smallint[], p_form_tokens text[], p_spellings text[], p_forms bigint[])
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    born date := (SELECT c.birth_date FROM children c WHERE c.id = p_child);
    all_tokens text[];
    all_places smallint[];
BEGIN
    IF NOT context_reaches_children() OR born IS NULL THEN
        RETURN;
    END IF;
    IF p_version IS NOT NULL THEN
        DELETE FROM child_match_keys k
        WHERE k.child_id = p_child AND (k.birth_date <> born OR k.key <> ALL (p_keys));
    END IF;
    INSERT INTO child_match_keys (key, birth_date, child_id)
        SELECT key, born, p_child FROM unnest(p_keys) AS key ON CONFLICT DO NOTHING;
    SELECT array_agg(w.token ORDER BY w.token), array_agg(w.place ORDER BY w.token) INTO all_tokens, all_places
    FROM (SELECT u.token, bit_or(u.place)::smallint AS place
          FROM (SELECT * FROM unnest(p_tokens, p_places) AS n(token, place)
                UNION ALL
                SELECT h.token, h.place FROM children c, unnest(c.match_tokens, c.match_places) AS h(token, place)
                WHERE c.id = p_child AND p_version IS NULL) AS u
          GROUP BY u.token) AS w;
    UPDATE children c
    SET match_tokens = coalesce(all_tokens, '{}'), match_places = coalesce(all_places, '{}'),
        match_version = coalesce(p_version, c.match_version)
    WHERE c.id = p_child
      AND (c.match_tokens, c.match_places, c.match_version)
          IS DISTINCT FROM (coalesce(all_tokens, '{}'), coalesce(all_places, '{}'), coalesce(p_version, c.match_version));
    -- In order, so that two registrations with the same new names do not wait for each other in a circle.
    INSERT INTO name_tokens (token)
        SELECT p.token FROM unnest(p_tokens) AS p(token)
        WHERE NOT EXISTS (SELECT FROM name_tokens t WHERE t.token = p.token) ORDER BY p.token
    ON CONFLICT DO NOTHING;
    INSERT INTO name_token_forms (form, spelling, token)
        SELECT DISTINCT f.form, f.spelling, f.token FROM unnest(p_forms, p_spellings, p_form_tokens) AS f(form, spelling, token)
        WHERE NOT EXISTS (SELECT FROM name_token_forms n
                          WHERE n.form = f.form AND n.spelling = f.spelling AND n.token = f.token)
        ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;
END
$$;

-- Keeps a name of a child that the caller may not see in full: who reports of a child knows it under some name.
-- False where the name is held already, or there is no such child.
CREATE FUNCTION child_name_hold(p_id uuid, p_child uuid, p_last text, p_first text, p_patronymic text,
                                p_source text, p_now timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_reaches_children() OR NOT EXISTS (SELECT FROM children c WHERE c.id = p_child) THEN
        RETURN false;
    END IF;
    INSERT INTO child_names (id, child_id, last_name, first_name, patronymic, source, recorded_at, recorded_by)
    VALUES (p_id, p_child, p_last, p_first, p_patronymic, p_source, p_now, context_user())
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Whether the session sees a record in full: the policies of the table, for functions that pass them by.
CREATE FUNCTION child_readable(p_child uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM children c WHERE c.id = p_child
                   AND (c.organisation_id = context_org('child')
                        OR c.registered_organisation_id = context_org('child')
                        OR (c.organisation_agency = context_agency('child')
                            AND starts_with(c.organisation_kato, context_prefix('child')))))
        OR (context_reaches_children() AND child_linked(p_child))
$$;

-- ---------------------------------------------------------------------------------- finding
-- What is compared of some records: for the server alone, which scores and shows no more than masked candidates.
CREATE FUNCTION child_comparables(p_probes integer[], p_children uuid[])
    RETURNS TABLE (probe integer, id uuid, survivor uuid, last_names text[], first_names text[], patronymics text[],
                   birth_date date, sex text, iin text, kato text,
                   shown_last text, shown_first text, shown_born date, shown_kato text, shown_sex text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT w.probe, c.id, s.id, array_prepend(c.last_name, n.lasts), array_prepend(c.first_name, n.firsts),
           array_prepend(c.patronymic, n.patronymics), c.birth_date, c.sex, c.iin, c.kato,
           s.last_name, s.first_name, s.birth_date, s.kato, s.sex
    FROM unnest(p_probes, p_children) AS w(probe, child)
    JOIN children c ON c.id = w.child
    JOIN children s ON s.id = CASE WHEN c.merged_into IS NULL THEN c.id ELSE child_survivor(c.id) END
    CROSS JOIN LATERAL (
        SELECT array_agg(h.last_name ORDER BY h.recorded_at DESC, h.id) AS lasts,
               array_agg(h.first_name ORDER BY h.recorded_at DESC, h.id) AS firsts,
               array_agg(h.patronymic ORDER BY h.recorded_at DESC, h.id) AS patronymics
        FROM child_names h WHERE h.child_id = c.id) AS n
$$;

-- For each probe the records that share a key with it, at most p_limit, those that share most first. Of a block no
-- more than p_per_key are read on each day named, and no more than p_per_key on any day: a block of a frequent name
-- costs no more than others, and those born on the right day are not lost in it.
CREATE FUNCTION child_lookalikes(p_probes integer[], p_keys bigint[], p_date_probes integer[], p_dates date[],
                                 p_iin_probes integer[], p_iins text[], p_per_key integer, p_limit integer)
    RETURNS TABLE (probe integer, id uuid, survivor uuid, last_names text[], first_names text[], patronymics text[],
                   birth_date date, sex text, iin text, kato text,
                   shown_last text, shown_first text, shown_born date, shown_kato text, shown_sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS
$$
DECLARE
    probes integer[];
    found uuid[];
BEGIN
    IF NOT context_reaches_children() THEN
        RETURN;
    END IF;
    WITH asked AS MATERIALIZED (SELECT DISTINCT k.probe, k.key FROM unnest(p_probes, p_keys) AS k(probe, key)),
    hits AS (
        SELECT a.probe, a.key, m.child_id
        FROM asked a
        JOIN unnest(p_date_probes, p_dates) AS d(probe, day) ON d.probe = a.probe
        CROSS JOIN LATERAL (SELECT k.child_id FROM child_match_keys k
                            WHERE k.key = a.key AND k.birth_date = d.day LIMIT p_per_key) AS m
        UNION
        SELECT a.probe, a.key, m.child_id
        FROM asked a
        CROSS JOIN LATERAL (SELECT k.child_id FROM child_match_keys k WHERE k.key = a.key LIMIT p_per_key) AS m
    ),
    ranked AS (
        SELECT h.probe, h.child_id,
               row_number() OVER (PARTITION BY h.probe ORDER BY count(*) DESC, h.child_id) AS place
        FROM hits h GROUP BY h.probe, h.child_id
    ),
    chosen AS (
        SELECT r.probe, r.child_id FROM ranked r WHERE r.place <= p_limit
        UNION
        SELECT i.probe, c.id FROM unnest(p_iin_probes, p_iins) AS i(probe, iin) JOIN children c ON c.iin = i.iin
    )
    SELECT array_agg(c.probe), array_agg(c.child_id) INTO probes, found FROM chosen c;
    RETURN QUERY SELECT * FROM child_comparables(probes, found);
END
$$;

-- The same of all records of a child that the caller reads, the surviving one first.
CREATE FUNCTION child_comparable_records(p_child uuid)
    RETURNS TABLE (probe integer, id uuid, survivor uuid, last_names text[], first_names text[], patronymics text[],
                   birth_date date, sex text, iin text, kato text,
                   shown_last text, shown_first text, shown_born date, shown_kato text, shown_sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    own uuid[] := child_record_ids(p_child);
BEGIN
    IF child_readable(p_child) THEN
        RETURN QUERY SELECT c.* FROM child_comparables(array_fill(0, ARRAY[cardinality(own)]), own) AS c
        ORDER BY c.id = c.survivor DESC, c.id;
    END IF;
END
$$;

-- The records that share keys with one that the caller reads and are not of the same child.
CREATE FUNCTION child_lookalikes_of(p_child uuid, p_dates date[], p_per_key integer, p_limit integer)
    RETURNS TABLE (probe integer, id uuid, survivor uuid, last_names text[], first_names text[], patronymics text[],
                   birth_date date, sex text, iin text, kato text,
                   shown_last text, shown_first text, shown_born date, shown_kato text, shown_sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    own uuid[] := child_record_ids(p_child);
    keys bigint[] := ARRAY(SELECT DISTINCT k.key FROM child_match_keys k WHERE k.child_id = ANY (own));
BEGIN
    IF NOT child_readable(p_child) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT l.* FROM child_lookalikes(array_fill(0, ARRAY[cardinality(keys)]), keys,
                                     array_fill(0, ARRAY[cardinality(p_dates)]), p_dates, '{}', '{}', p_per_key, p_limit) AS l
    WHERE l.id <> ALL (own);
END
$$;

-- Records by parts of names: one of each group (null: no more groups). The day is needed (p_on_day) or comes first.
CREATE FUNCTION child_search(p_one text[], p_two text[], p_three text[], p_four text[], p_day date, p_on_day boolean,
                             p_iin text, p_limit integer)
    RETURNS TABLE (probe integer, id uuid, survivor uuid, last_names text[], first_names text[], patronymics text[],
                   birth_date date, sex text, iin text, kato text,
                   shown_last text, shown_first text, shown_born date, shown_kato text, shown_sex text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS
$$
DECLARE
    found uuid[];
BEGIN
    IF NOT context_reaches_children() THEN
        RETURN;
    END IF;
    found := ARRAY(
        (SELECT c.id FROM children c
         WHERE p_one IS NOT NULL AND c.match_tokens && p_one
           AND (p_two IS NULL OR c.match_tokens && p_two)
           AND (p_three IS NULL OR c.match_tokens && p_three)
           AND (p_four IS NULL OR c.match_tokens && p_four)
           AND (p_on_day IS NOT TRUE OR c.birth_date = p_day)
         ORDER BY coalesce(c.birth_date = p_day, false) DESC, c.id LIMIT p_limit)
        UNION
        SELECT c.id FROM children c WHERE c.iin = p_iin);
    RETURN QUERY SELECT * FROM child_comparables(array_fill(0, ARRAY[cardinality(found)]), found);
END
$$;

-- ---------------------------------------------------------------------------------- merging
-- Makes everybody wait who would merge or place either child, and says what the database alone knows: whether the
-- records hold different numbers, and whether both stood on an in-school register at once.
CREATE FUNCTION child_merge_begin(p_merged uuid, p_into uuid)
    RETURNS TABLE (iins_differ boolean, placements_overlap boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    one uuid[];
    other uuid[];
BEGIN
    IF NOT context_has('child_merge') THEN
        RAISE insufficient_privilege USING MESSAGE = 'merging children needs the right';
    END IF;
    PERFORM pg_advisory_xact_lock(key)
    FROM (SELECT DISTINCT hashtextextended('school_placements ' || c::text, 4211) AS key
          FROM unnest(ARRAY[p_merged, p_into]) AS c ORDER BY 1) AS locks;
    PERFORM FROM children c WHERE c.id IN (p_merged, p_into) ORDER BY c.id FOR NO KEY UPDATE;
    one := child_records_below(p_merged);
    other := child_records_below(p_into);
    RETURN QUERY SELECT
        (SELECT count(DISTINCT c.iin) > 1 FROM children c WHERE c.id = ANY (one || other)),
        EXISTS (SELECT FROM school_placements p JOIN school_placements q
                ON daterange(p.placed_on, p.removed_on) && daterange(q.placed_on, q.removed_on)
                WHERE p.child_id = ANY (one) AND q.child_id = ANY (other) AND NOT p.annulled AND NOT q.annulled
                  AND p.id <> q.id);
END
$$;

-- Merges as the domain decided, after child_merge_begin. False where a record is not as it was read.
CREATE FUNCTION child_merge(p_id uuid, p_merged uuid, p_version bigint, p_into uuid, p_reason text, p_now timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT (context_has('child_merge') AND child_readable(p_merged) AND child_readable(p_into)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'merging children needs the right to both';
    END IF;
    UPDATE children c SET merged_into = p_into, version = c.version + 1, updated_at = p_now
    WHERE c.id = p_merged AND c.version = p_version AND c.merged_into IS NULL
      AND EXISTS (SELECT FROM children s WHERE s.id = p_into AND s.merged_into IS NULL);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO child_merges (id, child_id, into_id, reason, merged_by, merged_at)
    VALUES (p_id, p_merged, p_into, p_reason, context_user(), p_now);
    RETURN true;
END
$$;

-- Locks a merged record and says whether cases of both sides were merged since: a merged case is never opened again,
-- so its child cannot become another one.
CREATE FUNCTION child_unmerge_begin(p_child uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    part uuid[];
BEGIN
    IF NOT context_has('child_merge') THEN
        RAISE insufficient_privilege USING MESSAGE = 'separating children needs the right';
    END IF;
    PERFORM FROM children c
    WHERE c.id = p_child OR c.id = (SELECT m.merged_into FROM children m WHERE m.id = p_child)
    ORDER BY c.id FOR NO KEY UPDATE;
    part := child_records_below(p_child);
    RETURN EXISTS (
        SELECT FROM cases one JOIN cases other ON other.id = one.merged_into
        WHERE (one.child_id = ANY (part)) <> (other.child_id = ANY (part))
          AND (one.child_id = ANY (part) OR one.child_id = ANY (child_record_ids(p_child)))
          AND (other.child_id = ANY (part) OR other.child_id = ANY (child_record_ids(p_child))));
END
$$;

CREATE FUNCTION child_unmerge(p_child uuid, p_version bigint, p_reason text, p_now timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT (context_has('child_merge') AND child_readable(p_child)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'separating children needs the right to both';
    END IF;
    UPDATE children c SET merged_into = NULL, version = c.version + 1, updated_at = p_now
    WHERE c.id = p_child AND c.version = p_version AND c.merged_into IS NOT NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE child_merges m SET ended_by = context_user(), ended_at = p_now, end_reason = p_reason
    WHERE m.child_id = p_child AND m.ended_at IS NULL;
    RETURN true;
END
$$;

-- When records are separated, those who saw one by the other lose it. Who sees it still is told nothing by that
-- (changes_since). What is gained is told by the merge itself, of every record.
CREATE FUNCTION children_unmerge_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    part uuid[] := child_records_below(NEW.id);
    rest uuid[] := child_record_ids(OLD.merged_into);
BEGIN
    PERFORM outbox_sight('lost', seen.reach, 'child', lost.record, seen.organisation, seen.agency, seen.kato, seen.person)
    FROM (VALUES (part, rest), (rest, part)) AS side(by, of)
    CROSS JOIN LATERAL (
        SELECT 'child' AS reach, k.organisation_id AS organisation, k.organisation_agency AS agency,
               k.organisation_kato AS kato, NULL::uuid AS person
        FROM children k WHERE k.id = ANY (side.by) AND k.organisation_id IS NOT NULL
        UNION
        SELECT 'child', o.id, o.agency_code, o.kato, NULL
        FROM children k JOIN organisations o ON o.id = k.registered_organisation_id WHERE k.id = ANY (side.by)
        UNION
        SELECT 'case', p.organisation_id, p.organisation_agency, p.organisation_kato, p.assigned_user_id
        FROM cases c JOIN case_participants p ON p.case_id = c.id AND p.ended_at IS NULL WHERE c.child_id = ANY (side.by)
        UNION
        SELECT 'signal', s.organisation_id, s.organisation_agency, s.organisation_kato, NULL
        FROM signals s WHERE s.child_id = ANY (side.by)
        UNION
        SELECT 'register', r.organisation_id, r.organisation_agency, r.organisation_kato, NULL
        FROM register_reports r WHERE r.child_id = ANY (side.by)) AS seen
    CROSS JOIN LATERAL unnest(side.of) AS lost(record);
    RETURN NULL;
END
$$;
CREATE TRIGGER children_unmerge_sight AFTER UPDATE OF merged_into ON children
    FOR EACH ROW WHEN (OLD.merged_into IS NOT NULL AND NEW.merged_into IS NULL)
    EXECUTE FUNCTION children_unmerge_sight();

-- ---------------------------------------------------------------------------------- rights
ALTER TABLE child_names ENABLE ROW LEVEL SECURITY;
ALTER TABLE child_merges ENABLE ROW LEVEL SECURITY;
ALTER TABLE child_match_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_token_forms ENABLE ROW LEVEL SECURITY;
ALTER TABLE name_tokens_state ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON child_names, child_merges TO qorgan_server;
-- The records that the session sees, by the policies of their table.
CREATE POLICY child_names_read ON child_names FOR SELECT TO qorgan_server
    USING (EXISTS (SELECT FROM children c WHERE c.id = child_id));
CREATE POLICY child_merges_read ON child_merges FOR SELECT TO qorgan_server
    USING (EXISTS (SELECT FROM children c WHERE c.id = child_id));

REVOKE EXECUTE ON FUNCTION
    child_survivor(uuid), child_records_below(uuid), child_record_ids(uuid), child_records(uuid), name_tokens_count(timestamptz, interval),
    name_tokens_near(integer[], bigint[]), name_token_counts(text[], bigint),
    child_match_write(uuid, smallint, bigint[], text[], smallint[], text[], text[], bigint[]),
    child_name_hold(uuid, uuid, text, text, text, text, timestamptz), child_comparables(integer[], uuid[]),
    child_lookalikes(integer[], bigint[], integer[], date[], integer[], text[], integer, integer),
    child_comparable_records(uuid), child_lookalikes_of(uuid, date[], integer, integer),
    child_search(text[], text[], text[], text[], date, boolean, text, integer),
    child_merge_begin(uuid, uuid), child_readable(uuid), child_merge(uuid, uuid, bigint, uuid, text, timestamptz),
    child_unmerge_begin(uuid), child_unmerge(uuid, bigint, text, timestamptz), children_unmerge_sight()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    child_survivor(uuid), child_records(uuid), child_record_ids(uuid), name_tokens_count(timestamptz, interval),
    name_tokens_near(integer[], bigint[]), name_token_counts(text[], bigint),
    child_match_write(uuid, smallint, bigint[], text[], smallint[], text[], text[], bigint[]),
    child_name_hold(uuid, uuid, text, text, text, text, timestamptz),
    child_lookalikes(integer[], bigint[], integer[], date[], integer[], text[], integer, integer),
    child_comparable_records(uuid), child_lookalikes_of(uuid, date[], integer, integer),
    child_search(text[], text[], text[], text[], date, boolean, text, integer),
    child_merge_begin(uuid, uuid), child_merge(uuid, uuid, bigint, uuid, text, timestamptz),
    child_unmerge_begin(uuid), child_unmerge(uuid, bigint, text, timestamptz)
TO qorgan_server;
