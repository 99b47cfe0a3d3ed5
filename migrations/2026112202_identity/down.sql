DROP FUNCTION enter_session(uuid, timestamptz, text, bytea);
DROP FUNCTION kato_prefix(text);
DROP FUNCTION authentication_set_password(uuid, text, timestamptz);
DROP FUNCTION authentication_revoke(uuid, timestamptz, text);
DROP FUNCTION authentication_rotate(bytea, bytea, timestamptz, timestamptz);
DROP FUNCTION authentication_open(uuid, uuid, timestamptz, timestamptz, bytea);
DROP FUNCTION authentication_account(text);
DROP TABLE idempotency_records, policy_mirror, refresh_tokens, sessions, user_credentials,
    user_roles, users, duty_organisations, organisations, territories, agencies;
DROP FUNCTION end_sessions_of_disabled();
