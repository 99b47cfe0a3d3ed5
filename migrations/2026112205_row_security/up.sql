-- Row security of children, signals, cases and the register, and what the server may do to them.
--
-- The planner decides by how a policy is written: settings are read once a statement
-- ((SELECT context_…())), and the worklist's right is a scalar sub-select, not EXISTS, so that the
-- worklist's index is walked instead of joining every participant.

-- Tables below `cases` ask this function; it runs as the owner, so the policies do not refer to
-- each other in a circle. plpgsql: its plan is kept for the session.
CREATE FUNCTION case_visible(p_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (
        SELECT FROM case_participants p
        WHERE p.case_id = p_case AND p.ended_at IS NULL
          AND (p.organisation_id = context_org('case')
               OR (p.organisation_agency = context_agency('case')
                   AND starts_with(p.organisation_kato, context_prefix('case')))
               OR p.assigned_user_id = context_own('case')));
END
$$;

CREATE FUNCTION case_has_participants(p_case uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM case_participants WHERE case_id = p_case) $$;

CREATE FUNCTION case_managed_by(p_case uuid, p_user uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM cases WHERE id = p_case AND manager_id = p_user) $$;

CREATE FUNCTION fact_reported_in_reach(p_fact uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    RETURN EXISTS (
        SELECT FROM register_reports r
        WHERE r.fact_id = p_fact
          AND (r.organisation_id = context_org('register')
               OR (r.organisation_agency = context_agency('register')
                   AND starts_with(r.organisation_kato, context_prefix('register')))
               OR r.reported_by = context_own('register')
               OR (r.case_id IS NOT NULL AND case_visible(r.case_id))));
END
$$;

-- The same in the form of a set, for lists: all facts in reach, if they have at most p_most reports. Null where there
-- are more, or where the reach is wide: then the newest facts are soon found by walking over all of them, which would
-- take an organisation with few facts through every fact of the region.
CREATE FUNCTION facts_in_reach(p_most integer) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    facts uuid[];
    found bigint;
BEGIN
    IF num_nonnulls(context_agency('register'), context_agency('case'),
                    context_own('register'), context_own('case')) > 0 THEN
        RETURN NULL;
    END IF;
    -- Doubles are removed last: sorting for them before LIMIT would lead the planner away from the indexes.
    SELECT array_agg(DISTINCT reach.fact_id), count(*) INTO facts, found FROM (
        (SELECT r.fact_id FROM register_reports r
         WHERE r.organisation_id = context_org('register') LIMIT p_most + 1)
        UNION ALL
        (SELECT r.fact_id FROM case_participants p JOIN register_reports r ON r.case_id = p.case_id
         WHERE p.organisation_id = context_org('case') AND p.ended_at IS NULL LIMIT p_most + 1)) AS reach;
    RETURN CASE WHEN found <= p_most THEN coalesce(facts, '{}') END;
END
$$;

-- Who made this fact in this very transaction: the first report follows in the next statement.
CREATE FUNCTION fact_has_reports(p_fact uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM register_reports WHERE fact_id = p_fact) $$;

-- ---------------------------------------------------------------------------------- children
GRANT SELECT, INSERT ON children TO qorgan_server;
GRANT UPDATE (last_name, first_name, patronymic, birth_date, sex, iin, name_key, name_tokens, kato,
    organisation_id, organisation_agency, organisation_kato, version, updated_at) ON children TO qorgan_server;
ALTER TABLE children ENABLE ROW LEVEL SECURITY;

-- Whether the session reads children at all: of its organisation, or only those assigned to it (scope own).
CREATE FUNCTION context_reaches_children() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN context_org('child') IS NOT NULL OR context_own('child') IS NOT NULL;

CREATE FUNCTION child_linked(p_child uuid) RETURNS boolean
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

CREATE POLICY children_read ON children FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('child'))
    OR registered_organisation_id = (SELECT context_org('child'))
    OR (organisation_agency = (SELECT context_agency('child'))
        AND starts_with(organisation_kato, (SELECT context_prefix('child'))))
    OR ((SELECT context_reaches_children()) AND child_linked(id)));
CREATE POLICY children_insert ON children FOR INSERT TO qorgan_server WITH CHECK (
    created_by = (SELECT context_user())
    AND registered_organisation_id = (SELECT context_org('child')));
CREATE POLICY children_update ON children FOR UPDATE TO qorgan_server USING (
    organisation_id = (SELECT context_org('child'))
    OR registered_organisation_id = (SELECT context_org('child'))
    OR (organisation_agency = (SELECT context_agency('child'))
        AND starts_with(organisation_kato, (SELECT context_prefix('child')))))
    WITH CHECK ((SELECT context_org('child')) IS NOT NULL);

-- Moves a child to another organisation, which may put it out of the mover's own sight: a plain UPDATE must
-- leave the row readable. Who may change the record may move it; false where the version is another.
CREATE FUNCTION child_move(p_child uuid, p_version bigint, p_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE children c
    SET organisation_id = p_organisation,
        organisation_agency = (SELECT o.agency_code FROM organisations o WHERE o.id = p_organisation),
        organisation_kato = (SELECT o.kato FROM organisations o WHERE o.id = p_organisation)
    WHERE c.id = p_child AND c.version = p_version
      AND (c.organisation_id = context_org('child')
           OR c.registered_organisation_id = context_org('child')
           OR (c.organisation_agency = context_agency('child')
               AND starts_with(c.organisation_kato, context_prefix('child'))));
    RETURN FOUND;
END
$$;

-- Candidates beyond what the caller may read: masked here, in the database, so that a name never
-- reaches the server. `visible` tells whether the caller may read the record in full.
--
-- By number, by whole name (registration), by parts of the name (search; null where it is not by name). A
-- single part is looked for only on one birthday: the index is no directory (domain SearchTerms).
CREATE FUNCTION child_candidates(p_iin text, p_name_key text, p_tokens text[], p_birth_date date, p_limit integer)
    RETURNS TABLE (id uuid, initials text, birth_year integer, kato text, visible boolean,
                   same_iin boolean, same_name boolean, same_birth_date boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT context_reaches_children() THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.id,
           left(c.last_name, 1) || '. ' || left(c.first_name, 1) || '.',
           extract(year FROM c.birth_date)::integer,
           c.kato,
           coalesce(c.organisation_id = context_org('child')
                    OR c.registered_organisation_id = context_org('child')
                    OR (c.organisation_agency = context_agency('child')
                        AND starts_with(c.organisation_kato, context_prefix('child'))), false)
               OR child_linked(c.id),
           coalesce(c.iin = p_iin, false),
           coalesce(c.name_key = p_name_key, false) OR coalesce(c.name_tokens @> p_tokens, false),
           coalesce(c.birth_date = p_birth_date, false)
    FROM children c
    WHERE c.id IN (
        SELECT a.id FROM children a WHERE a.iin = p_iin
        UNION
        (SELECT b.id FROM children b WHERE b.name_key = p_name_key
         ORDER BY coalesce(b.birth_date = p_birth_date, false) DESC, b.id LIMIT p_limit)
        UNION
        (SELECT d.id FROM children d
         WHERE cardinality(p_tokens) > 0 AND d.name_tokens @> p_tokens
           AND (cardinality(p_tokens) > 1 OR d.birth_date = p_birth_date)
         ORDER BY coalesce(d.birth_date = p_birth_date, false) DESC, d.id LIMIT p_limit))
    ORDER BY coalesce(c.iin = p_iin, false) DESC, coalesce(c.birth_date = p_birth_date, false) DESC, c.id
    LIMIT p_limit;
END
$$;

-- Whether a child of this id exists though the caller may not see it (linking needs the right child,
-- not its name); answers what a case needs: the birth date and the territory.
CREATE FUNCTION child_for_link(p_child uuid)
    RETURNS TABLE (id uuid, birth_date date, sex text, kato text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.id, c.birth_date, c.sex, c.kato FROM children c
    WHERE c.id = p_child AND context_reaches_children()
$$;

-- ---------------------------------------------------------------------------------- signals
GRANT SELECT, INSERT ON signals TO qorgan_server;
GRANT UPDATE (status, child_id, case_id, decided_at, decided_by, decision_reason, version, updated_at)
    ON signals TO qorgan_server;
ALTER TABLE signals ENABLE ROW LEVEL SECURITY;
CREATE POLICY signals_read ON signals FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('signal'))
    OR filed_organisation_id = (SELECT context_org('signal'))
    OR filed_by = (SELECT context_own('signal'))
    OR (organisation_agency = (SELECT context_agency('signal'))
        AND starts_with(organisation_kato, (SELECT context_prefix('signal')))));
CREATE POLICY signals_insert ON signals FOR INSERT TO qorgan_server WITH CHECK (
    filed_by = (SELECT context_user()) AND filed_organisation_id = (SELECT context_organisation()));
CREATE POLICY signals_update ON signals FOR UPDATE TO qorgan_server USING (
    organisation_id = (SELECT context_org('signal'))
    OR (organisation_agency = (SELECT context_agency('signal'))
        AND starts_with(organisation_kato, (SELECT context_prefix('signal')))));

-- ---------------------------------------------------------------------------------- cases
GRANT SELECT, INSERT ON cases, case_participants, case_plans, case_tasks TO qorgan_server;
GRANT UPDATE (title, description, grounds, stage, stage_since, risk_level, manager_id, review_due_on,
    escalated_to, closure_outcome, closure_reason, closure_proposed_by, closed_at, updated_at, version)
    ON cases TO qorgan_server;
GRANT UPDATE (assigned_user_id, ended_at) ON case_participants TO qorgan_server;
GRANT UPDATE (status, approved_by, approved_at) ON case_plans TO qorgan_server;
GRANT UPDATE (status, content_id, finished_by, finished_at, waive_reason, title, due_on, mandatory, version, updated_at)
    ON case_tasks TO qorgan_server;
-- Never changed once written:
GRANT SELECT, INSERT ON case_contents, case_notes, case_assessments, case_goals, case_reviews, case_events TO qorgan_server;

ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY cases_read ON cases FOR SELECT TO qorgan_server USING (
    (SELECT true FROM case_participants p
     WHERE p.case_id = cases.id AND p.ended_at IS NULL
       AND (p.organisation_id = (SELECT context_org('case'))
            OR (p.organisation_agency = (SELECT context_agency('case'))
                AND starts_with(p.organisation_kato, (SELECT context_prefix('case'))))
            OR p.assigned_user_id = (SELECT context_own('case')))
     LIMIT 1));
CREATE POLICY cases_insert ON cases FOR INSERT TO qorgan_server WITH CHECK (
    opened_by = (SELECT context_user()) AND lead_organisation_id = (SELECT context_org('case')));
CREATE POLICY cases_update ON cases FOR UPDATE TO qorgan_server USING (case_visible(id)) WITH CHECK (case_visible(id));

ALTER TABLE case_participants ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_participants_read ON case_participants FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('case'))
    OR (organisation_agency = (SELECT context_agency('case'))
        AND starts_with(organisation_kato, (SELECT context_prefix('case'))))
    OR assigned_user_id = (SELECT context_own('case'))
    OR case_visible(case_id));
-- The opener's own organisation comes first; nobody can add itself to a case it does not see.
CREATE POLICY case_participants_insert ON case_participants FOR INSERT TO qorgan_server WITH CHECK (
    added_by = (SELECT context_user())
    AND (case_visible(case_id)
         OR (organisation_id = (SELECT context_org('case')) AND NOT case_has_participants(case_id))));
CREATE POLICY case_participants_update ON case_participants FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));

ALTER TABLE case_contents ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_contents_read ON case_contents FOR SELECT TO qorgan_server USING (
    case_visible(case_id)
    AND (section = ANY ((SELECT context_sections())::text[])
         OR organisation_id = (SELECT context_organisation())
         OR (section IN ('psychological', 'social') AND case_managed_by(case_id, (SELECT context_user())))));
CREATE POLICY case_contents_insert ON case_contents FOR INSERT TO qorgan_server WITH CHECK (
    case_visible(case_id) AND author_id = (SELECT context_user())
    AND organisation_id = (SELECT context_organisation()));

ALTER TABLE case_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_assessments ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_goals ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_events ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_notes', 'case_assessments', 'case_plans', 'case_goals', 'case_reviews', 'case_events']
    LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO qorgan_server USING (case_visible(case_id))', name || '_read', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR INSERT TO qorgan_server WITH CHECK (case_visible(case_id))', name || '_insert', name);
    END LOOP;
END
$$;
CREATE POLICY case_plans_update ON case_plans FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));
CREATE POLICY case_tasks_read ON case_tasks FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('case')) OR case_visible(case_id));
CREATE POLICY case_tasks_insert ON case_tasks FOR INSERT TO qorgan_server WITH CHECK (case_visible(case_id));
CREATE POLICY case_tasks_update ON case_tasks FOR UPDATE TO qorgan_server
    USING (case_visible(case_id)) WITH CHECK (case_visible(case_id));

-- ---------------------------------------------------------------------------------- register
GRANT SELECT, INSERT ON register_facts, register_fact_versions, register_reports TO qorgan_server;
GRANT UPDATE (current_version) ON register_facts TO qorgan_server;
GRANT UPDATE (superseded_at) ON register_fact_versions TO qorgan_server;
ALTER TABLE register_facts ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_fact_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY register_facts_read ON register_facts FOR SELECT TO qorgan_server USING (fact_reported_in_reach(id));
CREATE POLICY register_facts_insert ON register_facts FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_org('register')) IS NOT NULL);
CREATE POLICY register_facts_update ON register_facts FOR UPDATE TO qorgan_server
    USING (fact_reported_in_reach(id)) WITH CHECK (fact_reported_in_reach(id));
-- The statistics office counts versions; they hold no child and no text.
CREATE POLICY register_fact_versions_read ON register_fact_versions FOR SELECT TO qorgan_server USING (
    (SELECT context_has('statistics_exact')) OR fact_reported_in_reach(fact_id));
CREATE POLICY register_fact_versions_insert ON register_fact_versions FOR INSERT TO qorgan_server WITH CHECK (
    actor_id = (SELECT context_user())
    AND (fact_reported_in_reach(fact_id) OR NOT fact_has_reports(fact_id)));
CREATE POLICY register_fact_versions_update ON register_fact_versions FOR UPDATE TO qorgan_server
    USING (fact_reported_in_reach(fact_id)) WITH CHECK (fact_reported_in_reach(fact_id));
CREATE POLICY register_reports_read ON register_reports FOR SELECT TO qorgan_server USING (
    organisation_id = (SELECT context_org('register'))
    OR (organisation_agency = (SELECT context_agency('register'))
        AND starts_with(organisation_kato, (SELECT context_prefix('register'))))
    OR reported_by = (SELECT context_own('register'))
    OR (case_id IS NOT NULL AND case_visible(case_id)));
CREATE POLICY register_reports_insert ON register_reports FOR INSERT TO qorgan_server WITH CHECK (
    reported_by = (SELECT context_user()) AND organisation_id = (SELECT context_org('register'))
    AND (fact_reported_in_reach(fact_id) OR NOT fact_has_reports(fact_id)));

GRANT EXECUTE ON FUNCTION
    case_visible(uuid), case_has_participants(uuid), case_managed_by(uuid, uuid),
    fact_reported_in_reach(uuid), facts_in_reach(integer), fact_has_reports(uuid), child_linked(uuid),
    context_reaches_children(), child_move(uuid, bigint, uuid),
    child_candidates(text, text, text[], date, integer), child_for_link(uuid)
TO qorgan_server;
