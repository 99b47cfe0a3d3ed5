#!/usr/bin/env bash
# Runs a streaming replica: copies the primary once, then follows it.
set -euo pipefail

data=/var/lib/postgresql/data
if ((EUID == 0)); then
    chown postgres:postgres "$data"
    chmod 700 "$data"
    # The secret may be readable for root only.
    PGPASSWORD=$(</run/secrets/replica_password) exec gosu postgres bash "$0"
fi

# standby.signal is the last thing of a complete copy; an interrupted one is begun anew.
if [[ ! -e $data/standby.signal ]]; then
    find "$data" -mindepth 1 -delete
    pg_basebackup --pgdata="$data" --wal-method=stream --checkpoint=fast --no-password \
        --dbname='host=database user=qorgan_replica'
    {
        echo "primary_conninfo = 'host=database user=qorgan_replica passfile=/var/lib/postgresql/.pgpass'"
        echo 'hot_standby = on'
    } >>"$data/postgresql.auto.conf"
    touch "$data/standby.signal"
fi

umask 077
# In a password file backslash and colon are escaped.
printf '*:*:*:qorgan_replica:%s\n' "$(sed 's/[\\:]/\\&/g' <<<"$PGPASSWORD")" >/var/lib/postgresql/.pgpass
unset PGPASSWORD
exec postgres -D "$data" -c timezone=UTC -c log_min_messages=log -c log_min_error_statement=panic \
    -c log_error_verbosity=terse -c log_parameter_max_length=0 -c log_parameter_max_length_on_error=0
