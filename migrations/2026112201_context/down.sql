DROP FUNCTION context_has(text), context_sections(), context_own(text), context_prefix(text),
    context_agency(text), context_org(text), context_organisation(), context_user(), context_text(text);
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
REVOKE USAGE ON SCHEMA public FROM qorgan_server;
-- The role stays: other databases of the cluster may use it.
