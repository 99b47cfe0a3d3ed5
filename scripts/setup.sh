#!/usr/bin/env bash
# Checks for what the project needs, and installs the PostgreSQL server programs where that is possible.
# Does nothing when everything is there.
set -euo pipefail

missing=0

advise() {
    echo "setup: $1" >&2
    missing=1
}

# initdb and postgres of one folder, version 14 or newer: as the program itself looks for them.
has_postgres() {
    local folder version
    for folder in "${QORGAN_PG_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
        /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/pgsql/bin \
        "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
        [[ -n $folder && -x $folder/initdb && -x $folder/postgres ]] || continue
        version=$("$folder/postgres" --version | sed -E 's/.*\(PostgreSQL\) ([0-9]+).*/\1/')
        if ((version >= 14)); then return 0; fi
    done
    return 1
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo -n "$@"
    fi
}

install_postgres() {
    if ! command -v apt-get >/dev/null; then
        advise 'install the PostgreSQL server (14 or newer) with the package manager of this system'
        return
    fi
    if ((EUID != 0)) && ! sudo -n true 2>/dev/null; then
        advise 'run: sudo apt-get install postgresql'
        return
    fi
    echo 'setup: installing the PostgreSQL server programs'
    # The package would make and start a server for the whole machine; only the programs are wanted.
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Options::=--force-confold postgresql >/dev/null
    has_postgres || advise 'the package postgresql was installed, but initdb was not found'
}

command -v cargo >/dev/null || advise 'install Rust (1.90 or newer): https://rustup.rs'
command -v cc >/dev/null || advise 'install a C compiler: apt-get install gcc'
has_postgres || install_postgres

exit "$missing"
