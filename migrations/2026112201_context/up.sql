-- The server's role and the row-security context.
--
-- The server's connections act as `qorgan_server`: it owns nothing, cannot bypass row security and
-- has only the grants written in these files. `enter_session` (2026112202) fills the settings read
-- here, for one transaction. With none of them set every policy below is false or null: no rows.
--
-- For each resource that row security knows (case, child, signal, register) three settings say how
-- far the session reaches:
--   qorgan.<resource>_org     its own organisation
--   qorgan.<resource>_prefix  a KATO prefix, within its own agency (qorgan.<resource>_agency)
--   qorgan.<resource>_own     what is assigned to, or filed by, the user in person

DO $$
BEGIN
    -- An owner without CREATEROLE is served by a role that was made beforehand.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qorgan_server') THEN
        RETURN;
    END IF;
    CREATE ROLE qorgan_server NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION
    -- Roles belong to the cluster: another database, or a concurrent migration, may have made it.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

-- Where the server is given one connection string only, its connections step down with SET ROLE.
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'qorgan_server', 'MEMBER') THEN
        EXECUTE format('GRANT qorgan_server TO %I', current_user);
    END IF;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO qorgan_server;
-- Functions below are granted one by one.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION context_text(name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('qorgan.' || name, true), '');

CREATE FUNCTION context_user() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text('user_id')::uuid;

CREATE FUNCTION context_organisation() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text('organisation_id')::uuid;

CREATE FUNCTION context_org(resource text) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text(resource || '_org')::uuid;

CREATE FUNCTION context_agency(resource text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text(resource || '_agency');

CREATE FUNCTION context_prefix(resource text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text(resource || '_prefix');

CREATE FUNCTION context_own(resource text) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text(resource || '_own')::uuid;

CREATE FUNCTION context_sections() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE RETURN context_text('sections')::text[];

CREATE FUNCTION context_has(power text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(power = ANY (context_text('powers')::text[]), false);

GRANT EXECUTE ON FUNCTION
    context_text(text), context_user(), context_organisation(), context_org(text),
    context_agency(text), context_prefix(text), context_own(text), context_sections(),
    context_has(text)
TO qorgan_server;
