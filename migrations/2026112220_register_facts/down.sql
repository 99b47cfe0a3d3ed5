-- Merged facts read as they did before: their reports stand at the fact that they were merged into.
DROP POLICY register_reports_insert ON register_reports;
CREATE OR REPLACE FUNCTION fact_reported_in_reach(p_fact uuid) RETURNS boolean
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
CREATE OR REPLACE FUNCTION facts_in_reach(p_most integer) RETURNS uuid[]
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
CREATE OR REPLACE FUNCTION fact_has_reports(p_fact uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM register_reports WHERE fact_id = p_fact) $$;
CREATE OR REPLACE FUNCTION outbox_case_sight(p_sight text, p_case uuid,
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
CREATE POLICY register_reports_insert ON register_reports FOR INSERT TO qorgan_server WITH CHECK (
    reported_by = (SELECT context_user()) AND organisation_id = (SELECT context_org('register'))
    AND (fact_reported_in_reach(fact_id) OR NOT fact_has_reports(fact_id)));
UPDATE register_reports r
SET external_refs = (SELECT jsonb_agg(jsonb_build_object('system', e.system, 'number', e.number) ORDER BY e.position)
                     FROM register_external_references e WHERE e.report_id = r.id)
WHERE EXISTS (SELECT FROM register_external_references e WHERE e.report_id = r.id);
DROP TABLE register_match_reviews, register_match_rules, register_external_references, register_report_links;
DROP TRIGGER register_reports_link ON register_reports;
DROP TRIGGER register_reports_complete ON register_reports;
DROP FUNCTION match_review_facts(uuid[]), child_care(uuid),
    register_match_candidates(uuid[], text, date, date, text[], text[]), register_match_begin(date[], text[], boolean),
    external_number_key(text), fact_report_origins(uuid),
    register_reports_move(uuid, uuid, uuid[], text, timestamptz), facts_open(uuid), register_facts_lock(uuid[]),
    fact_takes_report(uuid, uuid), context_opened_facts(), register_reports_link(), register_reports_complete(),
    child_records(uuid), child_survivor(uuid);
ALTER TABLE register_facts DROP COLUMN signal_id, DROP COLUMN merged_at, DROP COLUMN merged_into;
ALTER TABLE register_fact_versions DROP COLUMN protocol_number, DROP COLUMN merged_into, DROP COLUMN change;
ALTER TABLE register_reports
    ALTER COLUMN external_refs DROP DEFAULT,
    DROP COLUMN match_outcome, DROP COLUMN relation, DROP COLUMN setting, DROP COLUMN kato, DROP COLUMN level, DROP COLUMN forms,
    DROP COLUMN main_form, DROP COLUMN kind;
