-- Facts that are entered, amended, requalified, annulled, merged and given back by chance, over four years that are over, as
-- the owner of the database does it: what the triggers post is all that the ledger learns.

ALTER TABLE register_facts DROP CONSTRAINT register_facts_child_id_fkey;
ALTER TABLE register_fact_versions DROP CONSTRAINT register_fact_versions_merged_into_fkey;
INSERT INTO register_open_past DEFAULT VALUES;

CREATE FUNCTION one_of(words text[]) RETURNS text LANGUAGE sql VOLATILE
    RETURN words[1 + floor(random() * array_length(words, 1))::integer];

-- What a version says, by chance.
CREATE FUNCTION said(version register_fact_versions) RETURNS register_fact_versions LANGUAGE plpgsql VOLATILE AS
$$
BEGIN
    version.occurred_on := (version.recorded_at - random() * random() * interval '400 days')::date;
    IF random() < 0.3 THEN
        version.kind := 'suicidal_behaviour';
        version.level := one_of('{ideation,self_injury,attempt,completed}');
        version.main_form := NULL;
        version.forms := '{}';
    ELSE
        version.kind := 'violence';
        version.level := NULL;
        version.main_form := one_of('{physical,sexual,bullying,neglect,witnessed}');
        version.forms := ARRAY(SELECT DISTINCT form FROM unnest(ARRAY[version.main_form, one_of('{physical,economic,witnessed}')]) AS form);
    END IF;
    version.kato := one_of('{351000000,351011100,352400000,354000000}');
    version.organisation_kato := one_of('{351000000,351011100,352400000}');
    version.setting := one_of('{home,school,online,other}');
    version.relation := one_of(ARRAY['peer', 'staff', 'unknown', NULL]);
    version.sex := one_of('{male,female}');
    version.age_years := floor(random() * 18);
    version.agency_code := one_of('{UO,UZ,DP}');
    version.channel := one_of('{police,child,raid,parent}');
    RETURN version;
END
$$;

CREATE FUNCTION storm(steps integer) RETURNS void LANGUAGE plpgsql AS
$$
DECLARE
    -- The versions in force.
    known register_fact_versions[] := ARRAY(SELECT v FROM register_fact_versions v WHERE v.superseded_at IS NULL);
    place integer;
    one   register_fact_versions;
    who   uuid := (SELECT id FROM users ORDER BY id LIMIT 1);
BEGIN
    FOR step IN 1..steps LOOP
        place := 1 + floor(random() * array_length(known, 1))::integer;
        IF place IS NULL OR random() < 0.4 THEN
            one := NULL;
            one.fact_id := gen_random_uuid();
            one.version := 1;
            one.status := 'registered';
            one.change := 'registered';
            one.actor_id := who;
            one.recorded_at := timestamptz '2022-01-01 00:00Z' + random() * interval '4 years';
            one := said(one);
            INSERT INTO register_facts (id, number, child_id, created_at)
            VALUES (one.fact_id, one.fact_id::text, one.fact_id, one.recorded_at);
            known := known || one;
        ELSE
            one := known[place];
            -- Some change in the instant in which they were made.
            one.recorded_at := one.recorded_at + floor(random() * 4) / 3 * random() * interval '300 days';
            UPDATE register_fact_versions SET superseded_at = one.recorded_at
            WHERE fact_id = one.fact_id AND version = one.version;
            one.version := one.version + 1;
            one.change := 'amended';
            one.status := one_of('{registered,under_qualification,confirmed,not_confirmed,annulled,merged}');
            one.merged_into := CASE WHEN one.status = 'merged' THEN who END;
            IF random() < 0.6 THEN one := said(one); END IF;
            known[place] := one;
        END IF;
        INSERT INTO register_fact_versions SELECT (one).*;
    END LOOP;
END
$$;
