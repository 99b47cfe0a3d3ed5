-- Functions are for whom they were granted to.
--
-- PostgreSQL lets everybody call a new function, and 2026112201 took that back for the schema alone, which does not
-- count: default privileges of a schema only add. So it is taken back here, for what is there and, with the owner's
-- own default, for what will come.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
-- Those that only compute with what they are given, and that statements of the server and its policies use.
GRANT EXECUTE ON FUNCTION
    kato_prefix(text), content_text(jsonb), name_near_forms(text[]), search_fold(text), search_words(text),
    uuid_v7(timestamptz)
TO qorgan_server;
