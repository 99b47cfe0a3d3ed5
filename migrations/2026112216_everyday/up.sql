-- Everyday work: worklists, search, links between cases, merging duplicates, the check after closure.

-- ---------------------------------------------------------------------------------- merging
ALTER TABLE cases
    ADD COLUMN merged_into      uuid REFERENCES cases,
    ADD COLUMN follow_up_due_on date,
    ADD CONSTRAINT cases_merged_elsewhere CHECK (merged_into <> id),
    ADD CONSTRAINT cases_merged_are_closed CHECK (merged_into IS NULL OR stage = 'closed');
COMMENT ON COLUMN cases.merged_into IS 'the case in which the work goes on; a merged case is never opened again';
COMMENT ON COLUMN cases.follow_up_due_on IS 'when the child must be looked at again after closure; null once it was found safe';
GRANT UPDATE (merged_into, follow_up_due_on) ON cases TO qorgan_server;
CREATE INDEX cases_merged_into ON cases (merged_into) WHERE merged_into IS NOT NULL;

-- The open tasks of a case that is merged go on in the other one: the task here is settled, its continuation open there.
ALTER TABLE case_tasks DROP CONSTRAINT case_tasks_status_check;
ALTER TABLE case_tasks ADD CONSTRAINT case_tasks_status_check CHECK (status IN ('open', 'done', 'waived', 'continued', 'carried_over'));

-- The case itself and all that was merged into it, however often.
CREATE FUNCTION case_with_merged(p_case uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    WITH RECURSIVE merged AS (
        SELECT p_case AS id
        UNION SELECT c.id FROM cases c JOIN merged m ON c.merged_into = m.id)
    SELECT id FROM merged
$$;
COMMENT ON FUNCTION case_with_merged IS 'runs as the caller: of the merged cases those that row security shows';

-- ---------------------------------------------------------------------------------- check after closure
-- When it is due follows the rule of time post_closure_check (2026112212_clocks).
-- Cases closed before there was a rule: as the rule that comes with this release.
UPDATE cases SET follow_up_due_on = ((closed_at AT TIME ZONE 'UTC' + interval '5 hours')::date + interval '3 months')::date
WHERE stage = 'closed';
CREATE INDEX cases_follow_up ON cases (follow_up_due_on) WHERE follow_up_due_on IS NOT NULL;

CREATE TABLE case_follow_up_checks (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    checked_on      date NOT NULL,
    safe            text NOT NULL CHECK (safe IN ('yes', 'no', 'unclear')),
    reopen_proposed boolean NOT NULL,
    content_id      uuid NOT NULL REFERENCES case_contents,
    section         text NOT NULL,
    author_id       uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    created_at      timestamptz NOT NULL
);
COMMENT ON TABLE case_follow_up_checks IS 'what was found when a closed case was looked at again: immutable';
CREATE INDEX case_follow_up_checks_case ON case_follow_up_checks (case_id, created_at DESC);
GRANT SELECT, INSERT ON case_follow_up_checks TO qorgan_server;
ALTER TABLE case_follow_up_checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_follow_up_checks_read ON case_follow_up_checks FOR SELECT TO qorgan_server
    USING (case_visible(case_id));
CREATE POLICY case_follow_up_checks_insert ON case_follow_up_checks FOR INSERT TO qorgan_server
    WITH CHECK (case_visible(case_id) AND author_id = (SELECT context_user())
                AND organisation_id = (SELECT context_organisation()));

-- ---------------------------------------------------------------------------------- links
CREATE TABLE case_links (
    id            uuid PRIMARY KEY,
    case_id       uuid NOT NULL REFERENCES cases,
    other_case_id uuid NOT NULL REFERENCES cases,
    kind          text NOT NULL,
    reason        text NOT NULL,
    created_by    uuid NOT NULL REFERENCES users,
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_by      uuid REFERENCES users,
    end_reason    text,
    CHECK (case_id <> other_case_id),
    CHECK (num_nulls(ended_at, ended_by, end_reason) IN (0, 3))
);
COMMENT ON TABLE case_links IS 'two cases that belong together; seen only by who sees both';
CREATE UNIQUE INDEX case_links_once ON case_links (least(case_id, other_case_id), greatest(case_id, other_case_id), kind)
    WHERE ended_at IS NULL;
CREATE INDEX case_links_case ON case_links (case_id);
CREATE INDEX case_links_other ON case_links (other_case_id);
GRANT SELECT, INSERT ON case_links TO qorgan_server;
GRANT UPDATE (ended_at, ended_by, end_reason) ON case_links TO qorgan_server;
ALTER TABLE case_links ENABLE ROW LEVEL SECURITY;
-- That there is a link at all says something of the other case.
CREATE POLICY case_links_read ON case_links FOR SELECT TO qorgan_server
    USING (case_visible(case_id) AND case_visible(other_case_id));
CREATE POLICY case_links_insert ON case_links FOR INSERT TO qorgan_server
    WITH CHECK (created_by = (SELECT context_user()) AND case_visible(case_id) AND case_visible(other_case_id));
CREATE POLICY case_links_update ON case_links FOR UPDATE TO qorgan_server
    USING (case_visible(case_id) AND case_visible(other_case_id)) WITH CHECK (ended_by = (SELECT context_user()));

CREATE TABLE case_linked_children (
    id         uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES cases,
    child_id   uuid NOT NULL REFERENCES children,
    role       text NOT NULL,
    reason     text NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   uuid REFERENCES users,
    end_reason text,
    CHECK (num_nulls(ended_at, ended_by, end_reason) IN (0, 3))
);
COMMENT ON TABLE case_linked_children IS 'other children of a case; gives no right to their records (child_linked does not ask it)';
CREATE UNIQUE INDEX case_linked_children_once ON case_linked_children (case_id, child_id) WHERE ended_at IS NULL;
CREATE INDEX case_linked_children_child ON case_linked_children (child_id);
GRANT SELECT, INSERT ON case_linked_children TO qorgan_server;
GRANT UPDATE (ended_at, ended_by, end_reason) ON case_linked_children TO qorgan_server;
ALTER TABLE case_linked_children ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_linked_children_read ON case_linked_children FOR SELECT TO qorgan_server USING (case_visible(case_id));
CREATE POLICY case_linked_children_insert ON case_linked_children FOR INSERT TO qorgan_server
    WITH CHECK (created_by = (SELECT context_user()) AND case_visible(case_id));
CREATE POLICY case_linked_children_update ON case_linked_children FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (ended_by = (SELECT context_user()));

-- ---------------------------------------------------------------------------------- worklists
-- When a user last looked at a case: what came later is new to that user.
CREATE TABLE case_seen (
    user_id uuid NOT NULL REFERENCES users,
    case_id uuid NOT NULL REFERENCES cases,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, case_id)
);
GRANT SELECT, INSERT ON case_seen TO qorgan_server;
GRANT UPDATE (seen_at) ON case_seen TO qorgan_server;
ALTER TABLE case_seen ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_seen_read ON case_seen FOR SELECT TO qorgan_server USING (user_id = (SELECT context_user()));
CREATE POLICY case_seen_insert ON case_seen FOR INSERT TO qorgan_server
    WITH CHECK (user_id = (SELECT context_user()) AND case_visible(case_id));
CREATE POLICY case_seen_update ON case_seen FOR UPDATE TO qorgan_server
    USING (user_id = (SELECT context_user())) WITH CHECK (user_id = (SELECT context_user()) AND case_visible(case_id));


CREATE INDEX case_participants_assigned ON case_participants (assigned_user_id, case_id)
    WHERE assigned_user_id IS NOT NULL AND ended_at IS NULL;
CREATE INDEX case_participants_added ON case_participants (organisation_id, added_at) WHERE ended_at IS NULL;
CREATE INDEX case_tasks_given ON case_tasks (organisation_id, created_at) WHERE status = 'open';
CREATE INDEX cases_waiting ON cases (lead_organisation_id) WHERE stage IN ('planning', 'closure_proposed');

-- ---------------------------------------------------------------------------------- search
-- Two indexes that the server has no grant on: it reaches them through cases_found alone, which looks only where
-- row security would let the caller read. Triggers keep them true.
CREATE TABLE search_texts (
    source_id       uuid PRIMARY KEY, -- the case, or the content
    case_id         uuid NOT NULL REFERENCES cases ON DELETE CASCADE,
    section         text,             -- null: title, description and grounds, which every participant reads
    organisation_id uuid,
    words           tsvector NOT NULL
);
CREATE INDEX search_texts_words ON search_texts USING gin (words);
CREATE INDEX search_texts_case ON search_texts (case_id);
ALTER TABLE search_texts ENABLE ROW LEVEL SECURITY;

CREATE TABLE search_names (
    child_id uuid PRIMARY KEY REFERENCES children ON DELETE CASCADE,
    forms    text[] NOT NULL
);
CREATE INDEX search_names_forms ON search_names USING gin (forms);
ALTER TABLE search_names ENABLE ROW LEVEL SECURITY;

-- One spelling for the letters that Kazakh and Russian texts write differently, in lower case whatever the database's
-- locale. As domain::children::name_key folds them, but for texts.
CREATE FUNCTION search_fold(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(p_text,
        'ЁёӘәҒғҚқҢңӨөҰұҮүҺһІіАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
        'ееааггккннооууууххииабвгдежзийклмнопрстуфхцчшщъыьэюя');

CREATE FUNCTION search_words(p_text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('pg_catalog.russian', search_fold(p_text));

-- A token and what is left of it without any one letter. Two tokens that share a form differ by one letter too many,
-- one missing, one wrong, or two in the wrong order. Tokens of up to three letters stand for themselves: there, one
-- letter is another name.
CREATE FUNCTION name_near_forms(p_tokens text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT coalesce(array_agg(DISTINCT form), '{}')
    FROM unnest(p_tokens) AS token,
         LATERAL (SELECT token AS form
                  UNION ALL
                  SELECT overlay(token PLACING '' FROM at FOR 1) FROM generate_series(1, length(token)) AS at
                  WHERE length(token) > 3) AS forms
$$;

CREATE FUNCTION search_case() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO search_texts (source_id, case_id, words)
    VALUES (NEW.id, NEW.id, search_words(concat_ws(E'\n', NEW.title, NEW.description, NEW.grounds)))
    ON CONFLICT (source_id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
CREATE TRIGGER cases_search AFTER INSERT OR UPDATE OF title, description, grounds ON cases
    FOR EACH ROW EXECUTE FUNCTION search_case();

-- The texts in a content, without the names of its fields.
CREATE FUNCTION content_text(p_body jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT coalesce(string_agg(value #>> '{}', E'\n'), '')
    FROM jsonb_path_query(p_body, 'strict $.**') AS value WHERE jsonb_typeof(value) = 'string'
$$;

CREATE FUNCTION search_content() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO search_texts (source_id, case_id, section, organisation_id, words)
    VALUES (NEW.id, NEW.case_id, NEW.section, NEW.organisation_id, search_words(content_text(NEW.body)))
    ON CONFLICT (source_id) DO UPDATE
        SET words = excluded.words, section = excluded.section, organisation_id = excluded.organisation_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_contents_search AFTER INSERT OR UPDATE ON case_contents
    FOR EACH ROW EXECUTE FUNCTION search_content();

CREATE FUNCTION search_child() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO search_names (child_id, forms) VALUES (NEW.id, name_near_forms(NEW.name_tokens))
    ON CONFLICT (child_id) DO UPDATE SET forms = excluded.forms;
    RETURN NULL;
END
$$;
CREATE TRIGGER children_search AFTER INSERT OR UPDATE OF name_tokens ON children
    FOR EACH ROW EXECUTE FUNCTION search_child();

-- What is there already.
INSERT INTO search_texts (source_id, case_id, words)
    SELECT id, id, search_words(concat_ws(E'\n', title, description, grounds)) FROM cases;
INSERT INTO search_texts (source_id, case_id, section, organisation_id, words)
    SELECT id, case_id, section, organisation_id, search_words(content_text(body)) FROM case_contents;
INSERT INTO search_names (child_id, forms) SELECT id, name_near_forms(name_tokens) FROM children;

-- The cases that the caller may see and in which something that the caller may read is found: by a part of the
-- number, by the child's name (all tokens, each with one typing error at most), by words (all in one text). It runs as
-- the owner because an index cannot be used below a policy; it applies the conditions of cases_read and
-- case_contents_read itself, before anything is counted or cut off, and answers with ids alone. The server then
-- reads the cases and the contents under row security: both must agree.
CREATE FUNCTION cases_found(
    p_number text, p_tokens text[], p_words text, p_stage text, p_risk text, p_organisation uuid,
    p_critical boolean, p_at timestamptz, p_id uuid, p_limit integer)
    RETURNS TABLE (case_id uuid, by_number boolean, by_name boolean, by_text boolean, contents uuid[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS
$$
DECLARE
    v_user uuid := context_user();
    v_own_organisation uuid := context_organisation();
    v_org uuid := context_org('case');
    v_agency text := context_agency('case');
    v_prefix text := context_prefix('case');
    v_own uuid := context_own('case');
    v_sections text[] := coalesce(context_sections(), '{}');
    v_first text[] := name_near_forms(p_tokens[1:1]);
    v_query tsquery := websearch_to_tsquery('pg_catalog.russian', search_fold(p_words));
BEGIN
    IF v_user IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH hits AS (
        SELECT c.id, true AS number, false AS name, NULL::uuid AS content
        FROM cases c WHERE c.number LIKE '%' || p_number || '%'
        UNION ALL
        SELECT c.id, false, true, NULL
        FROM search_names n JOIN cases c ON c.child_id = n.child_id
        WHERE n.forms && v_first
          AND NOT EXISTS (SELECT FROM unnest(p_tokens[2:]) AS token WHERE NOT n.forms && name_near_forms(ARRAY[token]))
        UNION ALL
        SELECT t.case_id, false, false, t.source_id
        FROM search_texts t
        WHERE t.words @@ v_query
          AND (t.section IS NULL OR t.section = ANY (v_sections) OR t.organisation_id = v_own_organisation
               OR (t.section IN ('psychological', 'social')
                   AND EXISTS (SELECT FROM cases m WHERE m.id = t.case_id AND m.manager_id = v_user))))
    SELECT c.id, bool_or(h.number), bool_or(h.name), coalesce(bool_or(h.content = c.id), false),
           coalesce((array_agg(h.content ORDER BY h.content) FILTER (WHERE h.content <> c.id))[1:20], '{}')
    FROM hits h JOIN cases c ON c.id = h.id
    WHERE EXISTS (SELECT FROM case_participants p
                  WHERE p.case_id = h.id AND p.ended_at IS NULL
                    AND (p.organisation_id = v_org
                         OR (p.organisation_agency = v_agency AND starts_with(p.organisation_kato, v_prefix))
                         OR p.assigned_user_id = v_own))
      AND (p_stage IS NULL OR c.stage = p_stage)
      AND (p_risk IS NULL OR c.risk_level = p_risk)
      AND (p_organisation IS NULL OR EXISTS (
              SELECT FROM case_participants o
              WHERE o.case_id = c.id AND o.organisation_id = p_organisation AND o.ended_at IS NULL))
      AND (p_id IS NULL OR (c.risk_level = 'critical' AND c.stage <> 'closed', c.updated_at, c.id) < (p_critical, p_at, p_id))
    GROUP BY c.id
    ORDER BY (c.risk_level = 'critical' AND c.stage <> 'closed') DESC, c.updated_at DESC, c.id DESC
    LIMIT p_limit;
END
$$;

GRANT EXECUTE ON FUNCTION
    case_with_merged(uuid),
    cases_found(text, text[], text, text, text, uuid, boolean, timestamptz, uuid, integer)
TO qorgan_server;
