-- Agencies, territories, organisations, users, sessions.

CREATE TABLE agencies (
    code         text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9_]{1,19}$'),
    abbr_ru      text NOT NULL,
    name_ru      text NOT NULL,
    name_kk      text,
    name_en      text,
    kind         text NOT NULL,
    by_agreement boolean NOT NULL,
    executor     boolean NOT NULL,
    provisional  boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN agencies.provisional IS 'some name in the row is unverified: never call it official';

CREATE TABLE territories (
    kato        text PRIMARY KEY CHECK (kato ~ '^[0-9]{9}$'),
    parent_kato text REFERENCES territories,
    kind        text NOT NULL,
    name_ru     text NOT NULL,
    name_kk     text,
    name_en     text,
    seat_lat    double precision,
    seat_lon    double precision,
    population  integer,
    provisional boolean NOT NULL DEFAULT false
);

CREATE TABLE organisations (
    id          uuid PRIMARY KEY,
    agency_code text NOT NULL REFERENCES agencies,
    kato        text NOT NULL REFERENCES territories,
    kind        text NOT NULL,
    name        text NOT NULL,
    name_kk     text,
    active      boolean NOT NULL DEFAULT true,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    -- Target of the foreign keys that keep copies of agency and territory true (row security reads them).
    UNIQUE (id, agency_code, kato)
);
CREATE INDEX organisations_place ON organisations (agency_code, kato);

-- Which organisation takes what is addressed to an agency in a territory (domain.md "Routing"). Dated.
CREATE TABLE duty_organisations (
    agency_code     text NOT NULL REFERENCES agencies,
    kato            text NOT NULL REFERENCES territories,
    organisation_id uuid NOT NULL REFERENCES organisations,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    PRIMARY KEY (agency_code, kato, valid_from)
);

CREATE TABLE users (
    id              uuid PRIMARY KEY,
    username        text NOT NULL UNIQUE CHECK (username = lower(username)),
    display_name    text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisations,
    kind            text NOT NULL CHECK (kind IN ('person', 'service')),
    disabled_at     timestamptz,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE INDEX users_organisation ON users (organisation_id);

CREATE TABLE user_roles (
    user_id uuid NOT NULL REFERENCES users,
    role    text NOT NULL,
    scope   text NOT NULL CHECK (scope IN ('own', 'organisation', 'territory', 'region')),
    PRIMARY KEY (user_id, role)
);

-- No grant to the server: hashes leave only through authentication_account().
CREATE TABLE user_credentials (
    user_id       uuid PRIMARY KEY REFERENCES users,
    password_hash text NOT NULL,
    changed_at    timestamptz NOT NULL
);

CREATE TABLE sessions (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoke_reason text
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE revoked_at IS NULL;

-- A family of refresh tokens is the session. Only hashes are kept.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- What row security knows of the permission table. Written from `domain::policy` at each migration
-- (storage::policy_mirror), never by hand; a test holds the two equal.
CREATE TABLE policy_mirror (
    role       text NOT NULL,
    agency     text NOT NULL, -- '*' = any
    grant_kind text NOT NULL CHECK (grant_kind IN ('reach', 'power', 'section')),
    name       text NOT NULL,
    PRIMARY KEY (role, agency, grant_kind, name)
);

-- First answers of POST requests. Personal data: only the user who asked may read its row.
CREATE TABLE idempotency_records (
    user_id      uuid NOT NULL REFERENCES users,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       smallint NOT NULL,
    location     text,
    etag         text,
    body         text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

GRANT SELECT ON agencies, territories, duty_organisations TO qorgan_server;
GRANT SELECT, INSERT, UPDATE ON organisations, users TO qorgan_server;
GRANT SELECT, INSERT, DELETE ON user_roles TO qorgan_server;
GRANT SELECT, INSERT, DELETE ON idempotency_records TO qorgan_server;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
-- Colleagues' names stand on every case; nobody reads them without a session.
CREATE POLICY users_read ON users FOR SELECT TO qorgan_server
    USING ((SELECT context_user()) IS NOT NULL);
CREATE POLICY users_insert ON users FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('user_manage')));
CREATE POLICY users_update ON users FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('user_manage'))) WITH CHECK ((SELECT context_has('user_manage')));

ALTER TABLE user_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_roles_read ON user_roles FOR SELECT TO qorgan_server
    USING ((SELECT context_user()) IS NOT NULL);
CREATE POLICY user_roles_insert ON user_roles FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('user_manage')));
CREATE POLICY user_roles_delete ON user_roles FOR DELETE TO qorgan_server
    USING ((SELECT context_has('user_manage')));

ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
CREATE POLICY organisations_read ON organisations FOR SELECT TO qorgan_server
    USING ((SELECT context_user()) IS NOT NULL);
CREATE POLICY organisations_insert ON organisations FOR INSERT TO qorgan_server
    WITH CHECK ((SELECT context_has('organisation_manage')));
CREATE POLICY organisations_update ON organisations FOR UPDATE TO qorgan_server
    USING ((SELECT context_has('organisation_manage')))
    WITH CHECK ((SELECT context_has('organisation_manage')));

ALTER TABLE idempotency_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_own ON idempotency_records TO qorgan_server
    USING (user_id = (SELECT context_user())) WITH CHECK (user_id = (SELECT context_user()));

-- ---------------------------------------------------------------------------------------------
-- Authentication. These functions run as the owner because they work before there is a session.

CREATE FUNCTION authentication_account(p_username text)
    RETURNS TABLE (user_id uuid, kind text, password_hash text, disabled boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT u.id, u.kind, c.password_hash, u.disabled_at IS NOT NULL OR NOT o.active
    FROM users u
    JOIN user_credentials c ON c.user_id = u.id
    JOIN organisations o ON o.id = u.organisation_id
    WHERE u.username = p_username
$$;

-- Opens a session; a service account has no refresh token (p_refresh_hash is null).
CREATE FUNCTION authentication_open(
    p_session uuid, p_user uuid, p_now timestamptz, p_expires timestamptz, p_refresh_hash bytea)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO sessions (id, user_id, created_at, expires_at)
    VALUES (p_session, p_user, p_now, p_expires);
    IF p_refresh_hash IS NOT NULL THEN
        INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
        VALUES (p_refresh_hash, p_session, p_now, p_expires);
    END IF;
END
$$;

-- Rotates a refresh token. A token that was used before is stolen or replayed: its family ends.
CREATE FUNCTION authentication_rotate(p_old bytea, p_new bytea, p_now timestamptz, p_expires timestamptz)
    RETURNS TABLE (outcome text, session_id uuid, user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    presented record;
BEGIN
    SELECT t.used_at, t.expires_at AS token_expires, s.id AS session_id, s.user_id, s.revoked_at,
           u.disabled_at IS NOT NULL OR NOT o.active AS disabled
    INTO presented
    FROM refresh_tokens t
    JOIN sessions s ON s.id = t.session_id
    JOIN users u ON u.id = s.user_id
    JOIN organisations o ON o.id = u.organisation_id
    WHERE t.token_hash = p_old
    FOR UPDATE OF t, s;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid, NULL::uuid;
        RETURN;
    END IF;
    IF presented.used_at IS NOT NULL THEN
        UPDATE sessions SET revoked_at = p_now, revoke_reason = 'refresh_token_reused'
        WHERE id = presented.session_id AND revoked_at IS NULL;
        RETURN QUERY SELECT 'reused', presented.session_id, presented.user_id;
        RETURN;
    END IF;
    IF presented.disabled THEN
        RETURN QUERY SELECT 'disabled', presented.session_id, presented.user_id;
        RETURN;
    END IF;
    IF presented.revoked_at IS NOT NULL OR presented.token_expires <= p_now THEN
        RETURN QUERY SELECT 'expired', presented.session_id, presented.user_id;
        RETURN;
    END IF;
    UPDATE refresh_tokens SET used_at = p_now WHERE token_hash = p_old;
    INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
    VALUES (p_new, presented.session_id, p_now, p_expires);
    UPDATE sessions SET expires_at = p_expires WHERE id = presented.session_id;
    RETURN QUERY SELECT 'rotated', presented.session_id, presented.user_id;
END
$$;

CREATE FUNCTION authentication_revoke(p_session uuid, p_now timestamptz, p_reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    UPDATE sessions SET revoked_at = p_now, revoke_reason = p_reason
    WHERE id = p_session AND revoked_at IS NULL
$$;

-- Sets a password: of oneself, or of anybody by who manages users. All other sessions of the user end.
CREATE FUNCTION authentication_set_password(p_user uuid, p_hash text, p_now timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF p_user IS DISTINCT FROM context_user() AND NOT context_has('user_manage') THEN
        RAISE insufficient_privilege USING MESSAGE = 'setting a password needs user_manage';
    END IF;
    INSERT INTO user_credentials (user_id, password_hash, changed_at)
    VALUES (p_user, p_hash, p_now)
    ON CONFLICT (user_id) DO UPDATE SET password_hash = p_hash, changed_at = p_now;
    UPDATE sessions SET revoked_at = p_now, revoke_reason = 'password_changed'
    WHERE user_id = p_user AND revoked_at IS NULL AND id IS DISTINCT FROM context_text('session_id')::uuid;
END
$$;

-- Whoever is disabled loses the open sessions for good: enabling the account again does not bring them back.
CREATE FUNCTION end_sessions_of_disabled() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE sessions SET revoked_at = NEW.disabled_at, revoke_reason = 'account_disabled'
    WHERE user_id = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_disabled AFTER UPDATE OF disabled_at ON users
    FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
    EXECUTE FUNCTION end_sessions_of_disabled();

-- The digits of a KATO code that name its level: two the region, four the city or district, six the
-- settlement group, nine the settlement or a district of a city (domain::territory::Kato::prefix).
CREATE FUNCTION kato_prefix(kato text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN right(kato, 7) = '0000000' THEN left(kato, 2)
        WHEN right(kato, 5) = '00000' THEN left(kato, 4)
        WHEN right(kato, 3) = '000' THEN left(kato, 6)
        ELSE kato
    END;

-- Enters a session for this transaction, in one round trip: checks that it is live, sets the
-- row-security context from the roles as they are now, and looks up the Idempotency-Key if one came.
-- Answers {"outcome": "entered", "actor": {…}, "idempotency": null | {"state": …}} or another outcome.
CREATE FUNCTION enter_session(p_session uuid, p_now timestamptz, p_key text, p_request_hash bytea)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    who record;
    reach record;
    prefix text;
    idempotency jsonb;
    stored record;
BEGIN
    SELECT s.user_id, s.revoked_at, s.expires_at, u.username, u.display_name, u.kind,
           u.disabled_at IS NOT NULL OR NOT o.active AS disabled,
           o.id AS organisation_id, o.name AS organisation_name, o.agency_code, o.kato
    INTO who
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    JOIN organisations o ON o.id = u.organisation_id
    WHERE s.id = p_session;
    IF who.disabled THEN
        RETURN '{"outcome": "disabled"}';
    END IF;
    IF who.user_id IS NULL OR who.revoked_at IS NOT NULL OR who.expires_at <= p_now THEN
        RETURN '{"outcome": "ended"}';
    END IF;

    PERFORM set_config('qorgan.user_id', who.user_id::text, true),
            set_config('qorgan.session_id', p_session::text, true),
            set_config('qorgan.organisation_id', who.organisation_id::text, true),
            set_config('qorgan.powers', coalesce((
                SELECT array_agg(DISTINCT m.name)::text
                FROM user_roles r JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', who.agency_code)
                WHERE r.user_id = who.user_id AND m.grant_kind = 'power'), ''), true),
            set_config('qorgan.sections', coalesce((
                SELECT array_agg(DISTINCT m.name)::text
                FROM user_roles r JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', who.agency_code)
                WHERE r.user_id = who.user_id AND m.grant_kind = 'section'), ''), true);

    FOR reach IN
        SELECT names.name,
               bool_or(r.scope = 'own') AS own,
               bool_or(r.scope IN ('organisation', 'territory', 'region')) AS organisation,
               bool_or(r.scope = 'territory') AS territory,
               bool_or(r.scope = 'region') AS region
        FROM unnest(ARRAY['case', 'child', 'signal', 'register']) AS names (name)
        LEFT JOIN (user_roles r JOIN policy_mirror m ON m.role = r.role AND m.agency IN ('*', who.agency_code)
                   AND m.grant_kind = 'reach')
               ON m.name = names.name AND r.user_id = who.user_id
        GROUP BY names.name
    LOOP
        prefix := CASE WHEN reach.region THEN left(who.kato, 2) WHEN reach.territory THEN kato_prefix(who.kato) END;
        PERFORM set_config('qorgan.' || reach.name || '_org',
                    CASE WHEN reach.organisation THEN who.organisation_id::text ELSE '' END, true),
                set_config('qorgan.' || reach.name || '_agency',
                    CASE WHEN prefix IS NOT NULL THEN who.agency_code ELSE '' END, true),
                set_config('qorgan.' || reach.name || '_prefix', coalesce(prefix, ''), true),
                set_config('qorgan.' || reach.name || '_own',
                    CASE WHEN reach.own THEN who.user_id::text ELSE '' END, true);
    END LOOP;

    IF p_key IS NOT NULL THEN
        IF NOT pg_try_advisory_xact_lock(hashtextextended(who.user_id::text || ' ' || p_key, 4207)) THEN
            idempotency := '{"state": "running"}';
        ELSE
            DELETE FROM idempotency_records WHERE user_id = who.user_id AND expires_at <= p_now;
            SELECT * INTO stored FROM idempotency_records i WHERE i.user_id = who.user_id AND i.key = p_key;
            IF FOUND AND stored.request_hash = p_request_hash THEN
                idempotency := jsonb_build_object('state', 'done', 'status', stored.status,
                    'location', stored.location, 'etag', stored.etag, 'body', stored.body);
            ELSIF FOUND THEN
                idempotency := '{"state": "other_request"}';
            ELSE
                idempotency := '{"state": "fresh"}';
            END IF;
        END IF;
    END IF;

    RETURN jsonb_build_object(
        'outcome', 'entered',
        'actor', jsonb_build_object(
            'session_id', p_session, 'user_id', who.user_id, 'username', who.username,
            'display_name', who.display_name, 'account_kind', who.kind,
            'organisation_id', who.organisation_id, 'organisation_name', who.organisation_name,
            'agency', who.agency_code, 'kato', who.kato,
            'roles', coalesce((SELECT jsonb_agg(jsonb_build_object('role', role, 'scope', scope) ORDER BY role)
                               FROM user_roles WHERE user_id = who.user_id), '[]')),
        'idempotency', idempotency);
END
$$;

GRANT EXECUTE ON FUNCTION
    authentication_account(text),
    authentication_open(uuid, uuid, timestamptz, timestamptz, bytea),
    authentication_rotate(bytea, bytea, timestamptz, timestamptz),
    authentication_revoke(uuid, timestamptz, text),
    authentication_set_password(uuid, text, timestamptz),
    enter_session(uuid, timestamptz, text, bytea)
TO qorgan_server;
