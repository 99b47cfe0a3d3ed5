-- The ledger of cells: whatever changes what the register counts is posted, and never changed again. Counts of any past
-- moment are sums over the ledger; rollups hold such sums ready.

-- ---------------------------------------------------------------------------------- two more attributes of a version

ALTER TABLE register_fact_versions
    ADD COLUMN channel           text,
    ADD COLUMN organisation_kato text REFERENCES territories;
COMMENT ON COLUMN register_fact_versions.channel IS 'how the fact was detected (domain SignalChannel)';
COMMENT ON COLUMN register_fact_versions.organisation_kato IS 'place of the organisation that reported first';

-- As domain::register::detection has it; a test holds the two equal.
CREATE FUNCTION register_channel(p_signal text, p_agency text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN coalesce(p_signal, CASE p_agency
        WHEN 'UO' THEN 'school_staff' WHEN 'OO' THEN 'school_staff' WHEN 'UZ' THEN 'health_facility' WHEN 'DP' THEN 'police'
        WHEN 'CC111' THEN 'hotline_111' WHEN 'BALAQORGAU' THEN 'balaqorgau_qr' WHEN 'ASPPM' THEN 'asppm_screening'
        ELSE 'other' END);

-- The report by which a fact came to be: the first that was ever linked to it.
UPDATE register_fact_versions v
SET channel = register_channel(first.channel, v.agency_code), organisation_kato = coalesce(first.organisation_kato, v.kato)
FROM (SELECT f.id, r.organisation_kato, r.channel
      FROM register_facts f LEFT JOIN LATERAL (
          SELECT r.organisation_kato, s.channel
          FROM register_report_links l
          JOIN register_reports r ON r.id = l.report_id
          LEFT JOIN cases c ON c.id = r.case_id
          LEFT JOIN signals s ON s.id = c.signal_id
          WHERE l.fact_id = f.id ORDER BY l.since, r.created_at, r.id LIMIT 1) r ON true) first
WHERE first.id = v.fact_id;

-- The release before this one, while it still runs, says nothing of these columns: they are as in the version before; of a
-- new fact they are those of who enters it.
CREATE FUNCTION register_fact_versions_complete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    SELECT coalesce(NEW.channel, v.channel), coalesce(NEW.organisation_kato, v.organisation_kato)
    INTO NEW.channel, NEW.organisation_kato
    FROM register_fact_versions v WHERE v.fact_id = NEW.fact_id AND v.version = NEW.version - 1;
    NEW.channel := coalesce(NEW.channel, register_channel(NULL, NEW.agency_code));
    NEW.organisation_kato := coalesce(NEW.organisation_kato,
        (SELECT o.kato FROM users u JOIN organisations o ON o.id = u.organisation_id WHERE u.id = NEW.actor_id), NEW.kato);
    RETURN NEW;
END
$$;
CREATE TRIGGER register_fact_versions_complete BEFORE INSERT ON register_fact_versions
    FOR EACH ROW WHEN (NEW.channel IS NULL OR NEW.organisation_kato IS NULL)
    EXECUTE FUNCTION register_fact_versions_complete();
ALTER TABLE register_fact_versions
    ALTER COLUMN channel SET NOT NULL,
    ALTER COLUMN organisation_kato SET NOT NULL;

-- The channel of the signal that opened a case which the session sees, or else the case of a report: the signal itself may be
-- another's.
CREATE FUNCTION case_signal_channel(p_case uuid, p_report uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT s.channel FROM cases c JOIN signals s ON s.id = c.signal_id
    WHERE c.id = CASE WHEN p_case IS NULL THEN (SELECT r.case_id FROM register_reports r WHERE r.id = p_report)
                      WHEN case_visible(p_case) THEN p_case END
$$;

-- ---------------------------------------------------------------------------------- words as numbers

-- Entries are narrow: a word is two bytes. Codes are given once and never again to another word.
CREATE TABLE register_ledger_words (
    attribute text NOT NULL,
    word      text NOT NULL,
    code      smallint NOT NULL CHECK (code > 0 AND (attribute <> 'form' OR code <= 31)),
    -- Facts of these statuses are counted unless others are asked for, as storage::statistics has it; a test holds them equal.
    counted   boolean NOT NULL DEFAULT true,
    PRIMARY KEY (attribute, word),
    UNIQUE (attribute, code)
);
COMMENT ON TABLE register_ledger_words IS 'nature is kind:main_form or kind:level; other attributes hold the words of versions';
INSERT INTO register_ledger_words (attribute, word, code)
SELECT attribute, word, row_number() OVER (PARTITION BY attribute ORDER BY place)::smallint
FROM (VALUES
    ('form', '{violent_death,physical,sexual,psychological,neglect,economic,bullying,cyberbullying,exploitation,witnessed}'::text[]),
    ('nature', '{violence:violent_death,violence:physical,violence:sexual,violence:psychological,violence:neglect,violence:economic,violence:bullying,violence:cyberbullying,violence:exploitation,violence:witnessed,suicidal_behaviour:ideation,suicidal_behaviour:self_injury,suicidal_behaviour:preparatory,suicidal_behaviour:aborted,suicidal_behaviour:interrupted,suicidal_behaviour:attempt,suicidal_behaviour:completed}'),
    ('sex', '{male,female}'),
    ('setting', '{home,school,college,residential,public_place,online,other}'),
    ('relation', '{parent_guardian,other_relative,partner_of_parent,peer,staff,partner,acquaintance,stranger,unknown}'),
    ('status', '{registered,under_qualification,confirmed,not_confirmed,annulled,merged}'),
    ('channel', '{school_staff,health_facility,police,hotline_111,balaqorgau_qr,raid,asppm_screening,parent,child,other}')
) AS known (attribute, words), unnest(words) WITH ORDINALITY AS listed (word, place);
UPDATE register_ledger_words SET counted = false WHERE attribute = 'status' AND word IN ('annulled', 'merged');

-- The code of a word, a new one where it has none; 0 for what is absent.
CREATE FUNCTION register_ledger_code(p_attribute text, p_word text) RETURNS smallint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    found_code smallint;
BEGIN
    IF p_word IS NULL THEN RETURN 0; END IF;
    SELECT code INTO found_code FROM register_ledger_words WHERE attribute = p_attribute AND word = p_word;
    IF found_code IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_attribute, 4226));
        INSERT INTO register_ledger_words (attribute, word, code)
        SELECT p_attribute, p_word, coalesce(max(code), 0) + 1 FROM register_ledger_words WHERE attribute = p_attribute
        ON CONFLICT DO NOTHING;
        SELECT code INTO STRICT found_code FROM register_ledger_words WHERE attribute = p_attribute AND word = p_word;
    END IF;
    RETURN found_code;
END
$$;
-- Agencies get theirs when they are entered, so that no reporter waits for another over a new word.
CREATE FUNCTION register_ledger_agency() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM register_ledger_code('agency', NEW.code);
    RETURN NULL;
END
$$;
CREATE TRIGGER register_ledger_agency AFTER INSERT ON agencies FOR EACH ROW EXECUTE FUNCTION register_ledger_agency();
SELECT register_ledger_code('agency', code) FROM agencies ORDER BY code;

-- ---------------------------------------------------------------------------------- the ledger

-- Posted by triggers alone. Nobody waits for anybody over an entry, unlike over a cell.
CREATE TABLE register_ledger (
    seq                bigint GENERATED ALWAYS AS IDENTITY,
    -- The transaction: entries below a snapshot's xmin are all there are.
    xid                bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    posted_at          timestamptz NOT NULL,
    -- The key of the fact, modulo 2^32 as a signed number.
    record_key         integer NOT NULL,
    occurred_on        date NOT NULL,
    kato               integer NOT NULL,
    organisation_kato  integer NOT NULL,
    forms              integer NOT NULL,
    nature             smallint NOT NULL,
    sex                smallint NOT NULL,
    age_years          smallint NOT NULL,
    setting            smallint NOT NULL,
    relation           smallint NOT NULL,
    agency             smallint NOT NULL,
    status             smallint NOT NULL,
    channel            smallint NOT NULL,
    counted            boolean NOT NULL,
    sign               smallint NOT NULL CHECK (sign IN (-1, 1))
);
ALTER TABLE register_ledger ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE register_ledger IS '+1 where a version comes into force, -1 where it ends; words as codes of register_ledger_words, 0 is none';
COMMENT ON COLUMN register_ledger.forms IS 'bit n is set for the form of code n + 1';
CREATE INDEX register_ledger_order ON register_ledger (xid, seq);
CREATE INDEX register_ledger_day ON register_ledger (occurred_on);
CREATE INDEX register_ledger_posted ON register_ledger USING brin (posted_at) WITH (pages_per_range = 16, autosummarize = on);

-- A whole number modulo 2^32, as a signed one of four bytes: sums of these are sums of keys modulo 2^32.
CREATE FUNCTION register_key(p_sum bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((p_sum + 2147483648) & 4294967295) - 2147483648)::integer;

-- Months and years of Kazakhstan, counted through: as chrono's, so that differences are durations.
CREATE FUNCTION register_month(p_day date) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(year FROM p_day)::integer * 12 + extract(month FROM p_day)::integer - 1)::smallint;
CREATE FUNCTION register_first_of_month(p_month integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN make_date(p_month / 12, p_month % 12 + 1, 1);
-- The day in Kazakhstan (domain::calendar): one zone since 1 March 2024, five hours before UTC.
CREATE FUNCTION register_day(p_moment timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (timezone('UTC', p_moment) + interval '5 hours')::date;
CREATE FUNCTION register_day_begins(p_day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN timezone('UTC', p_day::timestamp - interval '5 hours');

-- The forms of every set of forms, for counting each; 0 is the form of what has none.
CREATE TABLE register_ledger_form_sets (
    forms integer NOT NULL,
    form  smallint NOT NULL,
    PRIMARY KEY (forms, form)
);
INSERT INTO register_ledger_form_sets (forms, form)
SELECT forms, code FROM generate_series(1, 1023) AS forms
JOIN register_ledger_words ON attribute = 'form' AND (forms >> (code - 1)) & 1 = 1
UNION ALL SELECT 0, 0;

CREATE FUNCTION register_ledger_forms(p_forms text[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    set_of integer;
BEGIN
    SELECT coalesce(bit_or(1 << (register_ledger_code('form', form) - 1)), 0) INTO set_of FROM unnest(p_forms) AS form;
    IF NOT EXISTS (SELECT FROM register_ledger_form_sets WHERE forms = set_of) THEN
        INSERT INTO register_ledger_form_sets (forms, form)
        SELECT set_of, code FROM register_ledger_words WHERE attribute = 'form' AND (set_of >> (code - 1)) & 1 = 1
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN set_of;
END
$$;

-- One statement whose plan is kept: what a writer waits for. Only a word that nobody used before needs a second attempt.
CREATE FUNCTION register_ledger_add(p_version register_fact_versions, p_posted_at timestamptz, p_sign integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    FOR attempt IN 1..2 LOOP
        INSERT INTO register_ledger (posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years,
                                     setting, relation, agency, status, channel, counted, sign)
        SELECT p_posted_at, register_key(k.record_key), p_version.occurred_on, p_version.kato::integer,
               p_version.organisation_kato::integer, sets.mask, nature.code, sex.code, p_version.age_years, setting.code,
               coalesce(relation.code, 0), agency.code, status.code, channel.code, status.counted, p_sign
        FROM register_record_keys k
        JOIN register_ledger_words nature ON nature.attribute = 'nature'
             AND nature.word = p_version.kind || ':' || coalesce(p_version.main_form, p_version.level)
        JOIN register_ledger_words sex ON sex.attribute = 'sex' AND sex.word = p_version.sex
        JOIN register_ledger_words setting ON setting.attribute = 'setting' AND setting.word = p_version.setting
        LEFT JOIN register_ledger_words relation ON relation.attribute = 'relation' AND relation.word = p_version.relation
        JOIN register_ledger_words agency ON agency.attribute = 'agency' AND agency.word = p_version.agency_code
        JOIN register_ledger_words status ON status.attribute = 'status' AND status.word = p_version.status
        JOIN register_ledger_words channel ON channel.attribute = 'channel' AND channel.word = p_version.channel
        CROSS JOIN LATERAL (SELECT coalesce(bit_or(1 << (w.code - 1)), 0) AS mask, count(*) AS known
                            FROM register_ledger_words w WHERE w.attribute = 'form' AND w.word = ANY (p_version.forms)) AS sets
        WHERE k.fact_id = p_version.fact_id
          AND (relation.code IS NOT NULL OR p_version.relation IS NULL)
          AND sets.known = (SELECT count(DISTINCT form) FROM unnest(p_version.forms) AS form)
          AND EXISTS (SELECT FROM register_ledger_form_sets f WHERE f.forms = sets.mask);
        IF FOUND THEN
            RETURN;
        END IF;
        PERFORM register_ledger_code(attribute, word) FROM (VALUES
            ('agency', p_version.agency_code), ('channel', p_version.channel),
            ('nature', p_version.kind || ':' || coalesce(p_version.main_form, p_version.level)),
            ('relation', p_version.relation), ('setting', p_version.setting), ('sex', p_version.sex),
            ('status', p_version.status)) AS words (attribute, word);
        PERFORM register_ledger_forms(p_version.forms);
    END LOOP;
    RAISE EXCEPTION 'a version of a fact cannot be posted to the ledger';
END
$$;

-- ---------------------------------------------------------------------------------- days that are over

-- While a row stands here, units of work may act in days that are over: the owner loads history (the demonstration).
CREATE TABLE register_open_past (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one));

-- Numbers of a day that is over must never change. Who posts in a day holds its lock until the transaction ends, and a day
-- that ended five seconds ago takes nothing any more: who comes so late tries again, and counts from the new day. So after
-- register_day_settled() nothing can be posted in the day, and nothing posted in it waits to be committed.
CREATE FUNCTION register_day_grace() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN interval '5 seconds';
CREATE FUNCTION register_ledger_guard(p_moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    day date := register_day(p_moment);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(4225, day - date '2000-01-01');
    IF clock_timestamp() > register_day_begins(day + 1) + register_day_grace()
       AND NOT EXISTS (SELECT FROM register_open_past) THEN
        RAISE serialization_failure USING MESSAGE = 'the day in which this would count is over';
    END IF;
END
$$;

-- Whether the numbers of a day stand for ever. Waits for those who still write in it.
CREATE FUNCTION register_day_settled(p_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF clock_timestamp() <= register_day_begins(p_day + 1) + register_day_grace()
       OR EXISTS (SELECT FROM register_open_past) THEN
        RETURN false;
    END IF;
    -- Of the session, as one of the transaction could not be given back at once.
    PERFORM pg_advisory_lock(4225, p_day - date '2000-01-01');
    PERFORM pg_advisory_unlock(4225, p_day - date '2000-01-01');
    RETURN true;
END
$$;

-- ---------------------------------------------------------------------------------- posting

-- The entries of a version are made of its own row: +1 at recorded_at, -1 at superseded_at. So no writer can forget them,
-- not even the owner who mends a row by hand.
CREATE FUNCTION register_ledger_post() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM register_ledger_guard(NEW.recorded_at);
        PERFORM register_ledger_add(NEW, NEW.recorded_at, 1);
        IF NEW.superseded_at IS NOT NULL THEN
            PERFORM register_ledger_add(NEW, NEW.superseded_at, -1);
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'superseded' THEN
        PERFORM register_ledger_guard(NEW.superseded_at);
        PERFORM register_ledger_add(NEW, NEW.superseded_at, -1);
    ELSE
        IF context_user() IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'what a version said is not changed';
        END IF;
        PERFORM register_ledger_add(OLD, OLD.recorded_at, -1);
        IF OLD.superseded_at IS NOT NULL THEN
            PERFORM register_ledger_add(OLD, OLD.superseded_at, 1);
        END IF;
        IF TG_OP = 'UPDATE' THEN
            PERFORM register_ledger_add(NEW, NEW.recorded_at, 1);
            IF NEW.superseded_at IS NOT NULL THEN
                PERFORM register_ledger_add(NEW, NEW.superseded_at, -1);
            END IF;
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER register_ledger_registered AFTER INSERT ON register_fact_versions
    FOR EACH ROW EXECUTE FUNCTION register_ledger_post();
CREATE TRIGGER register_ledger_superseded AFTER UPDATE OF superseded_at ON register_fact_versions
    FOR EACH ROW WHEN (OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
        AND (OLD.recorded_at, OLD.kind, OLD.main_form, OLD.forms, OLD.level, OLD.occurred_on, OLD.kato, OLD.setting, OLD.relation,
             OLD.sex, OLD.age_years, OLD.agency_code, OLD.status, OLD.channel, OLD.organisation_kato)
            IS NOT DISTINCT FROM
            (NEW.recorded_at, NEW.kind, NEW.main_form, NEW.forms, NEW.level, NEW.occurred_on, NEW.kato, NEW.setting, NEW.relation,
             NEW.sex, NEW.age_years, NEW.agency_code, NEW.status, NEW.channel, NEW.organisation_kato))
    EXECUTE FUNCTION register_ledger_post('superseded');
-- By the owner alone: the server may set superseded_at and nothing else.
CREATE TRIGGER register_ledger_mended AFTER UPDATE ON register_fact_versions
    FOR EACH ROW WHEN (OLD.superseded_at IS NOT NULL AND OLD.superseded_at IS DISTINCT FROM NEW.superseded_at
        OR (OLD.recorded_at, OLD.kind, OLD.main_form, OLD.forms, OLD.level, OLD.occurred_on, OLD.kato, OLD.setting, OLD.relation,
            OLD.sex, OLD.age_years, OLD.agency_code, OLD.status, OLD.channel, OLD.organisation_kato)
           IS DISTINCT FROM
           (NEW.recorded_at, NEW.kind, NEW.main_form, NEW.forms, NEW.level, NEW.occurred_on, NEW.kato, NEW.setting, NEW.relation,
            NEW.sex, NEW.age_years, NEW.agency_code, NEW.status, NEW.channel, NEW.organisation_kato))
    EXECUTE FUNCTION register_ledger_post('mended');
CREATE TRIGGER register_ledger_deleted AFTER DELETE ON register_fact_versions
    FOR EACH ROW EXECUTE FUNCTION register_ledger_post('deleted');

-- ---------------------------------------------------------------------------------- the ledger as it should be

-- Every word of the versions has a code.
CREATE FUNCTION register_ledger_learn() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT count(register_ledger_code(attribute, word)) FROM (
        SELECT DISTINCT 'nature', kind || ':' || coalesce(main_form, level) FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'sex', sex FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'setting', setting FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'relation', relation FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'agency', agency_code FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'status', status FROM register_fact_versions
        UNION ALL SELECT DISTINCT 'channel', channel FROM register_fact_versions) AS words (attribute, word);
    SELECT count(register_ledger_forms(forms)) FROM (SELECT DISTINCT forms FROM register_fact_versions) sets;
$$;

-- The entries that the versions call for: what the triggers post, written for many rows at once.
CREATE VIEW register_ledger_due AS
SELECT entry.posted_at, register_key(k.record_key) AS record_key, v.occurred_on, v.kato::integer AS kato,
       v.organisation_kato::integer AS organisation_kato, sets.mask AS forms, nature.code AS nature, sex.code AS sex,
       v.age_years, setting.code AS setting, coalesce(relation.code, 0::smallint) AS relation, agency.code AS agency,
       status.code AS status, channel.code AS channel, status.counted, entry.sign
FROM register_fact_versions v
JOIN register_record_keys k ON k.fact_id = v.fact_id
CROSS JOIN LATERAL (VALUES (v.recorded_at, 1::smallint), (v.superseded_at, -1::smallint)) AS entry (posted_at, sign)
JOIN (SELECT listed.forms, coalesce(bit_or(1 << (w.code - 1)), 0) AS mask
      FROM (SELECT DISTINCT forms FROM register_fact_versions) AS listed
      LEFT JOIN register_ledger_words w ON w.attribute = 'form' AND w.word = ANY (listed.forms)
      GROUP BY listed.forms) AS sets ON sets.forms = v.forms
JOIN register_ledger_words nature ON nature.attribute = 'nature' AND nature.word = v.kind || ':' || coalesce(v.main_form, v.level)
JOIN register_ledger_words sex ON sex.attribute = 'sex' AND sex.word = v.sex
JOIN register_ledger_words setting ON setting.attribute = 'setting' AND setting.word = v.setting
LEFT JOIN register_ledger_words relation ON relation.attribute = 'relation' AND relation.word = v.relation
JOIN register_ledger_words agency ON agency.attribute = 'agency' AND agency.word = v.agency_code
JOIN register_ledger_words status ON status.attribute = 'status' AND status.word = v.status
JOIN register_ledger_words channel ON channel.attribute = 'channel' AND channel.word = v.channel
WHERE entry.posted_at IS NOT NULL;

-- What is missing of each entry; below 0, what is too much.
CREATE VIEW register_ledger_missing AS
SELECT posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years, setting, relation, agency,
       status, channel, counted, sum(sign)::integer AS missing
FROM (SELECT * FROM register_ledger_due
      UNION ALL
      SELECT posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years, setting, relation,
             agency, status, channel, counted, -sign FROM register_ledger) AS entries
GROUP BY posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years, setting, relation, agency,
         status, channel, counted
HAVING sum(sign) <> 0;

-- Posts what the ledger lacks, and takes back by entries of the other sign what it has too much, in one snapshot: readers
-- and writers go on. Answers how many entries that took.
CREATE FUNCTION register_ledger_correct() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    posted bigint;
BEGIN
    PERFORM register_ledger_learn();
    INSERT INTO register_ledger (posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years,
                                 setting, relation, agency, status, channel, counted, sign)
    SELECT posted_at, record_key, occurred_on, kato, organisation_kato, forms, nature, sex, age_years, setting, relation,
           agency, status, channel, counted, sign(missing)
    FROM register_ledger_missing, generate_series(1, abs(missing))
    ORDER BY posted_at;
    GET DIAGNOSTICS posted = ROW_COUNT;
    RETURN posted;
END
$$;
SELECT register_ledger_correct();

-- ---------------------------------------------------------------------------------- rollups

-- What rollups are made by: the numbers are places in this list, the small ones first.
CREATE TABLE register_axes (
    axis       smallint PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    expression text NOT NULL
);
COMMENT ON COLUMN register_axes.expression IS 'over an entry e of the ledger and one of its forms f';
INSERT INTO register_axes (axis, name, expression) VALUES
    (0, 'sex', 'e.sex'), (1, 'setting', 'e.setting'), (2, 'relation', 'e.relation'), (3, 'channel', 'e.channel'),
    (4, 'agency', 'e.agency'), (5, 'district', '(e.kato / 100000)::smallint'),
    (6, 'organisation_district', '(e.organisation_kato / 100000)::smallint'), (7, 'age_years', 'e.age_years'),
    (8, 'nature', 'e.nature'), (9, 'form', 'f.form'), (10, 'status', 'e.status');

-- Every three axes, so that one of these answers any table of up to three. One without the status holds counted facts only.
CREATE TABLE register_cuboids (
    id           smallint PRIMARY KEY,
    a            smallint NOT NULL REFERENCES register_axes,
    b            smallint NOT NULL REFERENCES register_axes,
    c            smallint NOT NULL REFERENCES register_axes,
    -- Entries up to this one, in the order of (xid, seq), are in the rollups; none was posted later than folded_until.
    folded_xid   bigint NOT NULL DEFAULT 0,
    folded_seq   bigint NOT NULL DEFAULT 0,
    folded_until timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON COLUMN register_cuboids.id IS 'bit n is set for axis n';
INSERT INTO register_cuboids (id, a, b, c)
SELECT (1 << a) + (1 << b) + (1 << c), a, b, c
FROM generate_series(0, 10) a, generate_series(0, 10) b, generate_series(0, 10) c WHERE a < b AND b < c;

-- All that was ever posted, by month and by year of the event; and by month of the event and of the posting, by which a past
-- moment is told from the present one. Months and years are counted through (12 * year + month - 1), as of Kazakhstan.
CREATE TABLE register_rollup_months (
    cuboid   smallint NOT NULL,
    occurred smallint NOT NULL,
    a        smallint NOT NULL,
    b        smallint NOT NULL,
    c        smallint NOT NULL,
    facts    integer NOT NULL,
    keys     integer NOT NULL,
    PRIMARY KEY (cuboid, occurred, a, b, c)
) WITH (fillfactor = 90);
COMMENT ON COLUMN register_rollup_months.keys IS 'sum of the record keys modulo 2^32, as a signed number';
CREATE TABLE register_rollup_years (LIKE register_rollup_months INCLUDING ALL);
CREATE TABLE register_rollup_posted (
    cuboid   smallint NOT NULL,
    occurred smallint NOT NULL,
    posted   smallint NOT NULL,
    a        smallint NOT NULL,
    b        smallint NOT NULL,
    c        smallint NOT NULL,
    facts    integer NOT NULL,
    keys     integer NOT NULL,
    PRIMARY KEY (cuboid, occurred, posted, a, b, c)
) WITH (fillfactor = 90);
ALTER TABLE register_rollup_months ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_rollup_years ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_rollup_posted ENABLE ROW LEVEL SECURITY;

-- Brings the rollups of a cuboid up to date by at most so many entries, of those that no transaction under way can still
-- stand before. Answers how many.
CREATE FUNCTION register_cuboid_fold(p_cuboid smallint, p_entries bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    cuboid  register_cuboids;
    horizon bigint;
    last    record;
    folded  bigint;
BEGIN
    SELECT * INTO STRICT cuboid FROM register_cuboids WHERE id = p_cuboid FOR NO KEY UPDATE;
    -- Asked for before the entries are read: what is below it has ended, whatever the later snapshot is.
    horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    SELECT e.xid, e.seq INTO last FROM (
        SELECT xid, seq FROM register_ledger
        WHERE (xid, seq) > (cuboid.folded_xid, cuboid.folded_seq) AND xid < horizon
        ORDER BY xid, seq LIMIT p_entries) e
    ORDER BY e.xid DESC, e.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    EXECUTE format($fold$
        WITH deltas AS (
            SELECT register_month(e.occurred_on) AS occurred, register_month(register_day(e.posted_at)) AS posted,
                   %1$s AS a, %2$s AS b, %3$s AS c,
                   count(*) FILTER (WHERE e.sign > 0 AND %5$s) - count(*) FILTER (WHERE e.sign < 0 AND %5$s) AS facts,
                   coalesce(sum(e.record_key) FILTER (WHERE e.sign > 0 AND %5$s), 0)
                   - coalesce(sum(e.record_key) FILTER (WHERE e.sign < 0 AND %5$s), 0) AS keys,
                   count(*) AS entries, max(e.posted_at) AS until
            FROM register_ledger e %4$s
            WHERE (e.xid, e.seq) > ($2, $3) AND (e.xid, e.seq) <= ($4, $5)
            GROUP BY 1, 2, 3, 4, 5),
        posted AS (
            INSERT INTO register_rollup_posted AS p
            SELECT $1, occurred, posted, a, b, c, facts, register_key(keys) FROM deltas WHERE facts <> 0 OR keys <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_posted_pkey DO UPDATE
            SET facts = p.facts + excluded.facts, keys = register_key(p.keys::bigint + excluded.keys)),
        months AS (
            INSERT INTO register_rollup_months AS m
            SELECT $1, occurred, a, b, c, sum(facts), register_key(sum(keys)::bigint)
            FROM deltas GROUP BY 2, 3, 4, 5 HAVING sum(facts) <> 0 OR sum(keys) <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_months_pkey DO UPDATE
            SET facts = m.facts + excluded.facts, keys = register_key(m.keys::bigint + excluded.keys)),
        years AS (
            INSERT INTO register_rollup_years AS y
            SELECT $1, occurred / 12, a, b, c, sum(facts), register_key(sum(keys)::bigint)
            FROM deltas GROUP BY 2, 3, 4, 5 HAVING sum(facts) <> 0 OR sum(keys) <> 0
            ON CONFLICT ON CONSTRAINT register_rollup_years_pkey DO UPDATE
            SET facts = y.facts + excluded.facts, keys = register_key(y.keys::bigint + excluded.keys)),
        marked AS (
            UPDATE register_cuboids SET folded_xid = $4, folded_seq = $5,
                   folded_until = greatest(folded_until, (SELECT max(until) FROM deltas))
            WHERE id = $1)
        SELECT coalesce(sum(entries), 0)::bigint FROM deltas
        $fold$,
        (SELECT expression FROM register_axes WHERE axis = cuboid.a),
        (SELECT expression FROM register_axes WHERE axis = cuboid.b),
        (SELECT expression FROM register_axes WHERE axis = cuboid.c),
        CASE WHEN p_cuboid & 512 = 512 THEN 'JOIN register_ledger_form_sets f ON f.forms = e.forms' ELSE '' END,
        CASE WHEN p_cuboid & 1024 = 1024 THEN 'true' ELSE 'e.counted' END)
    INTO folded USING p_cuboid, cuboid.folded_xid, cuboid.folded_seq, last.xid, last.seq;
    RETURN folded;
END
$$;

-- Folds one cuboid of those that lag behind by at least so many entries. Answers how many entries were folded; 0 where none
-- lags. Where there are fewer, counts read the entries themselves in no time: a small register has no rollups at all.
CREATE FUNCTION register_ledger_fold(p_at_least bigint, p_entries bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    cuboid register_cuboids;
    behind bigint;
BEGIN
    SELECT * INTO cuboid FROM register_cuboids ORDER BY folded_xid, folded_seq, id LIMIT 1;
    SELECT count(*) INTO behind FROM (
        SELECT FROM register_ledger
        WHERE (xid, seq) > (cuboid.folded_xid, cuboid.folded_seq)
          AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        LIMIT p_at_least) AS entries;
    IF behind < p_at_least THEN
        RETURN 0;
    END IF;
    RETURN register_cuboid_fold(cuboid.id, p_entries);
END
$$;

-- Makes the rollups of a cuboid anew. Readers see those before until this one commits.
CREATE FUNCTION register_cuboid_rebuild(p_cuboid smallint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE register_cuboids SET folded_xid = 0, folded_seq = 0, folded_until = '-infinity' WHERE id = p_cuboid;
    DELETE FROM register_rollup_months WHERE cuboid = p_cuboid;
    DELETE FROM register_rollup_years WHERE cuboid = p_cuboid;
    DELETE FROM register_rollup_posted WHERE cuboid = p_cuboid;
    RETURN register_cuboid_fold(p_cuboid, 9223372036854775807);
END
$$;

-- A database that was restored from a dump counts its transactions from the start again: entries that claim to be of the
-- future are of the past, and what was folded by their order is folded anew.
CREATE FUNCTION register_ledger_rebase() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    next_xid bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM register_ledger WHERE xid >= next_xid)
       AND NOT EXISTS (SELECT FROM register_cuboids WHERE folded_xid >= next_xid) THEN
        RETURN false;
    END IF;
    LOCK TABLE register_ledger IN SHARE ROW EXCLUSIVE MODE;
    next_xid := pg_current_xact_id()::text::bigint;
    UPDATE register_ledger SET xid = 0 WHERE xid > next_xid;
    UPDATE register_cuboids SET folded_xid = 0, folded_seq = 0, folded_until = '-infinity';
    TRUNCATE register_rollup_months, register_rollup_years, register_rollup_posted;
    RETURN true;
END
$$;

-- ---------------------------------------------------------------------------------- counting

-- The part of a period, or of the time of posting, that rollups hold by whole months, and the days by which it differs from
-- what is asked for, whichever side of a month's edge is the shorter.
CREATE FUNCTION register_whole_months(p_from date, p_to date)
    RETURNS TABLE (first_month integer, last_month integer, edges daterange[])
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    begins date := date_trunc('month', p_from)::date;
    ends   date := (date_trunc('month', p_to) + interval '1 month')::date - 1;
BEGIN
    first_month := register_month(p_from);
    last_month := register_month(p_to);
    edges := '{}';
    IF p_from > begins THEN
        IF p_from - begins <= 15 THEN
            edges := edges || daterange(begins, p_from);
        ELSE
            edges := edges || daterange(p_from, (begins + interval '1 month')::date);
            first_month := first_month + 1;
        END IF;
    END IF;
    IF p_to < ends THEN
        IF ends - p_to <= 15 THEN
            edges := edges || daterange(p_to + 1, ends + 1);
        ELSE
            edges := edges || daterange(date_trunc('month', p_to)::date, p_to + 1);
            last_month := last_month - 1;
        END IF;
    END IF;
    RETURN NEXT;
END
$$;

-- The statement by which cells are counted, of parts that register_ledger_cells() makes. Everything in it is written here, or
-- a number or date quoted by format(); nothing is a caller's.
CREATE FUNCTION register_cells_statement(p_asked text[], p_by_month boolean, p_cuboid register_cuboids, p_parts text[],
                                         p_wanted text, p_rolled text, p_reach text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    place    record;
    month    text := CASE WHEN p_by_month THEN 'register_month(e.occurred_on)::integer' ELSE '0' END;
    entries  text;
    grouped  text[] := CASE WHEN p_by_month THEN '{p.month}'::text[] ELSE '{}' END;
    decoded  text := '';
    natured  boolean := 'nature' = ANY (p_asked);
    coded    text[] := '{}';
BEGIN
    -- Of entries: the axes of the cuboid as a, b and c beside its rollups, otherwise what is asked for by its name.
    IF p_cuboid.id IS NOT NULL THEN
        SELECT string_agg(format('%s AS %s', x.expression, c.name), ', ' ORDER BY c.name) INTO entries
        FROM (VALUES ('a', p_cuboid.a), ('b', p_cuboid.b), ('c', p_cuboid.c)) AS c (name, axis)
        JOIN register_axes x USING (axis);
        grouped := grouped || ARRAY(
            SELECT format('p.%s AS %s', c.name, x.name)
            FROM (VALUES ('a', p_cuboid.a), ('b', p_cuboid.b), ('c', p_cuboid.c)) AS c (name, axis)
            JOIN register_axes x USING (axis) WHERE x.name = ANY (p_asked) ORDER BY c.name);
    ELSE
        SELECT string_agg(format('%s AS %s', expression, name), ', ' ORDER BY name) INTO entries
        FROM (SELECT name, expression FROM register_axes
              UNION ALL VALUES ('occurred_on', 'e.occurred_on'), ('kato', 'e.kato'), ('forms', 'e.forms'),
                               ('organisation_kato', 'e.organisation_kato')) AS known (name, expression)
        WHERE name = ANY (p_asked);
        grouped := grouped || ARRAY(SELECT 'p.' || name FROM unnest(p_asked) AS name WHERE name <> 'occurred_month' ORDER BY name);
    END IF;
    entries := format($entries$
        SELECT %s AS month, %s (%s - (%s)::integer) * e.sign AS facts,
               CASE WHEN (%s - (%s)::integer) * e.sign > 0 THEN e.record_key ELSE register_key(-(e.record_key::bigint)) END AS keys
        FROM register_ledger e %s WHERE (%s) AND %s <> (%s)::integer %s $entries$,
        month, coalesce(entries || ',', ''), p_wanted, p_rolled, p_wanted, p_rolled,
        CASE WHEN 'form' = ANY (p_asked) THEN 'JOIN register_ledger_form_sets f ON f.forms = e.forms' ELSE '' END,
        p_reach, p_wanted, p_rolled, CASE WHEN 'status' = ANY (p_asked) THEN '' ELSE 'AND e.counted' END);
    coded := ARRAY(SELECT format('LEFT JOIN register_ledger_words w_%1$s ON w_%1$s.attribute = %1$L AND w_%1$s.code = s.%1$s', name)
                   FROM unnest(p_asked) AS name
                   WHERE name IN ('nature', 'form', 'sex', 'setting', 'relation', 'agency', 'status', 'channel'));
    FOR place IN
        SELECT name, expression, asked FROM (VALUES
            (1, 'date', CASE WHEN 'occurred_on' = ANY (p_asked) THEN 's.occurred_on'
                             WHEN p_by_month THEN 'register_first_of_month(s.month)' END),
            (2, 'text', CASE WHEN 'kato' = ANY (p_asked) THEN 'lpad(s.kato::text, 9, ''0'')'
                             WHEN 'district' = ANY (p_asked) THEN 'lpad(s.district::text, 4, ''0'') || ''00000''' END),
            (3, 'text', CASE WHEN natured THEN 'split_part(w_nature.word, '':'', 1)' END),
            (4, 'text', CASE WHEN natured THEN 'CASE WHEN starts_with(w_nature.word, ''violence:'') THEN split_part(w_nature.word, '':'', 2) END' END),
            (5, 'text', CASE WHEN 'form' = ANY (p_asked) THEN 'w_form.word' END),
            (6, 'text[]', CASE WHEN 'forms' = ANY (p_asked) THEN 'ARRAY(SELECT w.word FROM register_ledger_words w
                WHERE w.attribute = ''form'' AND (s.forms >> (w.code - 1)) & 1 = 1 ORDER BY w.code)' END),
            (7, 'text', CASE WHEN natured THEN 'CASE WHEN NOT starts_with(w_nature.word, ''violence:'') THEN split_part(w_nature.word, '':'', 2) END' END),
            (8, 'text', CASE WHEN 'sex' = ANY (p_asked) THEN 'w_sex.word' END),
            (9, 'smallint', CASE WHEN 'age_years' = ANY (p_asked) THEN 's.age_years' END),
            (10, 'text', CASE WHEN 'setting' = ANY (p_asked) THEN 'w_setting.word' END),
            (11, 'text', CASE WHEN 'relation' = ANY (p_asked) THEN 'w_relation.word' END),
            (12, 'text', CASE WHEN 'agency' = ANY (p_asked) THEN 'w_agency.word' END),
            (13, 'text', CASE WHEN 'status' = ANY (p_asked) THEN 'w_status.word' END),
            (14, 'text', CASE WHEN 'channel' = ANY (p_asked) THEN 'w_channel.word' END),
            (15, 'text', CASE WHEN 'organisation_kato' = ANY (p_asked) THEN 'lpad(s.organisation_kato::text, 9, ''0'')'
                              WHEN 'organisation_district' = ANY (p_asked)
                              THEN 'lpad(s.organisation_district::text, 4, ''0'') || ''00000''' END)
        ) AS columns (asked, name, expression) ORDER BY asked
    LOOP
        decoded := decoded || format('(%s)::%s, ', coalesce(place.expression, 'NULL'), place.name);
    END LOOP;
    RETURN format($statement$
        SELECT %s s.facts, s.cell_key
        FROM (SELECT %s sum(p.facts)::bigint AS facts, sum(p.keys)::bigint & 4294967295 AS cell_key
              FROM (%s) AS p GROUP BY %s HAVING sum(p.facts) <> 0) AS s %s $statement$,
        decoded, array_to_string(grouped || ''::text, ', '), array_to_string(p_parts || entries, ' UNION ALL '),
        CASE WHEN grouped = '{}' THEN '()' ELSE (SELECT string_agg(split_part(g, ' ', 1), ', ') FROM unnest(grouped) AS g) END,
        array_to_string(coded, ' '));
END
$$;

-- Statements that read all that was posted of the events of some months: whole years by years, unless months are told apart.
CREATE FUNCTION register_rollup_parts(p_cuboid smallint, p_by_month boolean, p_first integer, p_last integer) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    from_year integer := (p_first + 11) / 12;
    to_year   integer := (p_last + 1) / 12 - 1;
    months    text := 'SELECT occurred::integer AS month, a, b, c, facts, keys FROM register_rollup_months
                       WHERE cuboid = %s AND occurred BETWEEN %s AND %s';
BEGIN
    IF p_by_month OR from_year > to_year THEN
        RETURN ARRAY[format(months, p_cuboid, p_first, p_last)];
    END IF;
    RETURN ARRAY[
        format('SELECT 0 AS month, a, b, c, facts, keys FROM register_rollup_years
                WHERE cuboid = %s AND occurred BETWEEN %s AND %s', p_cuboid, from_year, to_year),
        format(months, p_cuboid, p_first, from_year * 12 - 1),
        format(months, p_cuboid, to_year * 12 + 12, p_last)];
END
$$;

-- The cells of the register as it read just before p_moment, of events from p_from to p_to: the values of the attributes
-- asked for (domain Attribute), how many facts have them, and the key of the cell. Without 'status' counted facts only.
--
-- Rollups where one has the attributes, and the entries that make the difference: those at the edges of months, and those not
-- folded yet. One statement, so one snapshot: an entry is in the rollups, or among the others, never both. p_rolled false
-- reads entries alone, which verification does to compare.
CREATE FUNCTION register_ledger_cells(p_attributes text[], p_from date, p_to date, p_moment timestamptz, p_rolled boolean)
    RETURNS TABLE (occurred_on date, kato text, kind text, main_form text, form text, forms text[], level text, sex text,
                   age_years smallint, setting text, relation text, agency_code text, status text, channel text,
                   organisation_kato text, facts bigint, cell_key bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    asked      text[];
    mask       integer;
    cuboid     register_cuboids;
    by_month   boolean := 'occurred_month' = ANY (p_attributes);
    whole      record;
    -- Months of posting that are read whole, up to this one, and the time by which that differs from p_moment.
    posted     integer := 32767;
    late       tstzrange := 'empty';
    parts      text[] := '{}';
    -- What of an entry is in the parts read from rollups.
    rolled     text := 'false';
    reach      text;
    wanted     text;
    edge       daterange;
BEGIN
    IF NOT p_attributes <@ '{occurred_on,occurred_month,kato,district,kind,main_form,form,forms,level,sex,age_years,setting,relation,agency,status,channel,organisation_kato,organisation_district}' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no such attribute';
    END IF;
    -- Nothing took place or was recorded outside these centuries, and months are counted through in two bytes.
    p_from := least(greatest(p_from, date '1900-01-01'), date '2300-01-01');
    p_to := greatest(least(p_to, date '2299-12-31'), date '1899-12-31');
    p_moment := greatest(p_moment, timestamptz '1900-01-01 00:00:00Z');
    -- The nature of a fact is its kind and its main form or level.
    asked := ARRAY(SELECT DISTINCT CASE WHEN name IN ('kind', 'main_form', 'level') THEN 'nature' ELSE name END
                   FROM unnest(p_attributes) AS name);
    SELECT coalesce(sum(1 << axis), 0) INTO mask FROM register_axes WHERE name = ANY (asked);
    IF p_rolled AND NOT asked && '{occurred_on,kato,forms,organisation_kato}' THEN
        -- The least that has all axes; none more whose presence would change what is counted.
        SELECT * INTO cuboid FROM register_cuboids
        WHERE id & mask = mask AND id & ~mask & 1536 = 0 AND folded_seq > 0
          -- Restored from a dump and not yet rebased: the order of transactions says nothing.
          AND folded_xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          -- While a great load waits to be folded, the entries of the period are fewer than those that wait.
          AND folded_seq > (SELECT seq FROM register_ledger ORDER BY xid DESC, seq DESC LIMIT 1) - 1000000
        ORDER BY id LIMIT 1;
    END IF;
    SELECT * INTO whole FROM register_whole_months(p_from, p_to);
    IF cuboid.id IS NOT NULL AND whole.first_month <= whole.last_month THEN
        IF p_moment <= cuboid.folded_until THEN
            SELECT m.last_month,
                   coalesce((SELECT tstzrange(register_day_begins(lower(e)), register_day_begins(upper(e)))
                             FROM unnest(m.edges) AS e), 'empty')
            INTO posted, late
            FROM register_whole_months(date_trunc('month', register_day(p_moment - interval '1 microsecond'))::date,
                                       register_day(p_moment - interval '1 microsecond')) AS m;
            -- The last day itself may be asked for in part.
            IF p_moment < register_day_begins(register_day(p_moment - interval '1 microsecond') + 1) THEN
                late := range_merge(late, tstzrange(p_moment,
                    register_day_begins(register_day(p_moment - interval '1 microsecond') + 1)));
            END IF;
        END IF;
        -- Of events until then, all that is posted by now but what came later; of events after it, what came before.
        parts := register_rollup_parts(cuboid.id, by_month, whole.first_month, least(whole.last_month, posted));
        IF posted < 32767 THEN
            parts := parts || format('SELECT o, m.a, m.b, m.c, -m.facts, register_key(-(m.keys::bigint))
                FROM generate_series(%s, %s) AS o CROSS JOIN LATERAL (SELECT a, b, c, facts, keys FROM register_rollup_posted
                    WHERE cuboid = %s AND occurred = o AND posted > %s OFFSET 0) AS m',
                whole.first_month, least(whole.last_month, posted), cuboid.id, posted);
            parts := parts || format('SELECT o, m.a, m.b, m.c, m.facts, m.keys
                FROM generate_series(%s, %s) AS o CROSS JOIN LATERAL (SELECT a, b, c, facts, keys FROM register_rollup_posted
                    WHERE cuboid = %s AND occurred = o AND posted <= %s OFFSET 0) AS m',
                greatest(whole.first_month, posted + 1), whole.last_month, cuboid.id, posted);
        END IF;
        rolled := format('e.occurred_on BETWEEN %L AND %L AND (e.xid, e.seq) <= (%s, %s)',
            register_first_of_month(whole.first_month), register_first_of_month(whole.last_month + 1) - 1,
            cuboid.folded_xid, cuboid.folded_seq);
        IF posted < 32767 THEN
            rolled := rolled || format(' AND e.posted_at < %L', register_day_begins(register_first_of_month(posted + 1)));
        END IF;
        reach := format('(e.xid, e.seq) > (%s, %s)', cuboid.folded_xid, cuboid.folded_seq);
        FOREACH edge IN ARRAY whole.edges LOOP
            reach := reach || format(' OR e.occurred_on >= %L AND e.occurred_on < %L', lower(edge), upper(edge));
        END LOOP;
        IF NOT isempty(late) THEN
            reach := reach || format(' OR e.posted_at >= %L AND e.posted_at < %L', lower(late), upper(late));
        END IF;
    ELSE
        -- Places a, b and c do not matter: nothing is read from rollups.
        cuboid := NULL;
        reach := format('e.occurred_on BETWEEN %L AND %L', p_from, p_to);
    END IF;
    wanted := format('(e.occurred_on BETWEEN %L AND %L AND e.posted_at < %L)::integer', p_from, p_to, p_moment);
    RETURN QUERY EXECUTE register_cells_statement(asked, by_month, cuboid, parts, wanted, rolled, reach);
END
$$;

-- For the server: whoever may see counts. Protected ones are made of these by who asks.
CREATE FUNCTION register_counted(p_attributes text[], p_from date, p_to date, p_moment timestamptz)
    RETURNS TABLE (occurred_on date, kato text, kind text, main_form text, form text, forms text[], level text, sex text,
                   age_years smallint, setting text, relation text, agency_code text, status text, channel text,
                   organisation_kato text, facts bigint, cell_key bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT (context_has('statistics_exact') OR context_has('statistics_protected')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'counts are not open to this session';
    END IF;
    RETURN QUERY SELECT * FROM register_ledger_cells(p_attributes, p_from, p_to, p_moment, true);
END
$$;

-- ---------------------------------------------------------------------------------- verification

-- The same cells counted from the versions, by nothing that the ledger uses.
CREATE FUNCTION register_recounted_cells(p_attributes text[], p_from date, p_to date, p_moment timestamptz)
    RETURNS TABLE (occurred_on date, kato text, kind text, main_form text, form text, forms text[], level text, sex text,
                   age_years smallint, setting text, relation text, agency_code text, status text, channel text,
                   organisation_kato text, facts bigint, cell_key bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT CASE WHEN 'occurred_on' = ANY (p_attributes) THEN v.occurred_on
                WHEN 'occurred_month' = ANY (p_attributes) THEN date_trunc('month', v.occurred_on)::date END,
           CASE WHEN 'kato' = ANY (p_attributes) THEN v.kato
                WHEN 'district' = ANY (p_attributes) THEN left(v.kato, 4) || '00000' END,
           CASE WHEN p_attributes && '{kind,main_form,level}' THEN v.kind END,
           CASE WHEN p_attributes && '{kind,main_form,level}' THEN v.main_form END,
           CASE WHEN 'form' = ANY (p_attributes) THEN each.form END,
           CASE WHEN 'forms' = ANY (p_attributes)
                THEN ARRAY(SELECT w.word FROM register_ledger_words w
                           WHERE w.attribute = 'form' AND w.word = ANY (v.forms) ORDER BY w.code) END,
           CASE WHEN p_attributes && '{kind,main_form,level}' THEN v.level END,
           CASE WHEN 'sex' = ANY (p_attributes) THEN v.sex END,
           CASE WHEN 'age_years' = ANY (p_attributes) THEN v.age_years END,
           CASE WHEN 'setting' = ANY (p_attributes) THEN v.setting END,
           CASE WHEN 'relation' = ANY (p_attributes) THEN v.relation END,
           CASE WHEN 'agency' = ANY (p_attributes) THEN v.agency_code END,
           CASE WHEN 'status' = ANY (p_attributes) THEN v.status END,
           CASE WHEN 'channel' = ANY (p_attributes) THEN v.channel END,
           CASE WHEN 'organisation_kato' = ANY (p_attributes) THEN v.organisation_kato
                WHEN 'organisation_district' = ANY (p_attributes) THEN left(v.organisation_kato, 4) || '00000' END,
           count(*), (sum(k.record_key) % 4294967296)::bigint
    FROM register_fact_versions v
    JOIN register_record_keys k ON k.fact_id = v.fact_id
    CROSS JOIN LATERAL unnest(CASE WHEN 'form' = ANY (p_attributes) AND v.forms <> '{}' THEN v.forms
                                   ELSE '{NULL}'::text[] END) AS each (form)
    WHERE v.occurred_on BETWEEN p_from AND p_to
      AND v.recorded_at < p_moment AND (v.superseded_at IS NULL OR v.superseded_at >= p_moment)
      AND ('status' = ANY (p_attributes) OR v.status NOT IN ('annulled', 'merged'))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
$$;

-- Cells in which ledger and versions differ, or their keys: values and counts, no fact. One statement, one snapshot.
CREATE FUNCTION register_ledger_differences(p_attributes text[], p_from date, p_to date, p_moment timestamptz, p_rolled boolean)
    RETURNS TABLE (cell jsonb, ledger bigint, recounted bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT coalesce(l.cell, v.cell), coalesce(l.facts, 0), coalesce(v.facts, 0)
    FROM (SELECT jsonb_strip_nulls(to_jsonb(c) - '{facts,cell_key}'::text[]) AS cell, c.facts, c.cell_key
          FROM register_ledger_cells(p_attributes, p_from, p_to, p_moment, p_rolled) c) l
    FULL JOIN (SELECT jsonb_strip_nulls(to_jsonb(c) - '{facts,cell_key}'::text[]) AS cell, c.facts, c.cell_key
               FROM register_recounted_cells(p_attributes, p_from, p_to, p_moment) c) v ON v.cell = l.cell
    WHERE (l.facts, l.cell_key) IS DISTINCT FROM (v.facts, v.cell_key)
    ORDER BY 1
$$;

-- ---------------------------------------------------------------------------------- whose functions

-- Nobody else's: 2026112219 took the right of PUBLIC from all that is made after it.
GRANT EXECUTE ON FUNCTION
    case_signal_channel(uuid, uuid), register_counted(text[], date, date, timestamptz), register_day_settled(date),
    register_ledger_fold(bigint, bigint)
TO qorgan_server;
