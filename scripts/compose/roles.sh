#!/usr/bin/env bash
# Run once by the database container, after initdb: the roles beside the owner, and who may replicate.
set -euo pipefail

# psql quotes the values itself, so a password may hold any character.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set server_password="$(</run/secrets/server_password)" \
    --set replica_password="$(</run/secrets/replica_password)" <<'SQL'
CREATE ROLE qorgan_server LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'server_password';
CREATE ROLE qorgan_replica LOGIN REPLICATION NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'replica_password';
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO qorgan_server', current_database()) \gexec
SQL

echo 'host replication qorgan_replica samenet scram-sha-256' >>"$PGDATA/pg_hba.conf"
