DO $$
DECLARE policy record;
BEGIN
    FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public'
        AND (tablename IN ('children', 'signals', 'cases') OR tablename LIKE 'case\_%' OR tablename LIKE 'register\_%')
    LOOP
        EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', policy.tablename);
        EXECUTE format('REVOKE ALL ON %I FROM qorgan_server', policy.tablename);
    END LOOP;
END
$$;
DROP FUNCTION child_for_link(uuid), child_move(uuid, bigint, uuid), child_candidates(text, text, text[], date, integer), child_linked(uuid),
    context_reaches_children(),
    fact_has_reports(uuid), facts_in_reach(integer), fact_reported_in_reach(uuid), case_managed_by(uuid, uuid),
    case_has_participants(uuid), case_visible(uuid);
