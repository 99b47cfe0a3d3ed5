#!/usr/bin/env bash
# Every test. They share one private PostgreSQL, stopped at the end: in memory where there is room for it (each test has
# a database of its own, and making and removing its thousand files costs more on a disk than the test), else in the
# build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

memory=/dev/shm
megabytes_needed=3000
free=$(df --output=avail --block-size=1M "$memory" 2>/dev/null | tail -n 1 || true)
if [[ -z ${QORGAN_TEST_POSTGRES:-} && -w $memory && $(stat -f -c %T "$memory") == tmpfs && ${free:-0} -ge $megabytes_needed ]]; then
    QORGAN_TEST_POSTGRES=$(mktemp -d "$memory/qorgan-tests.XXXXXX")
    # PostgreSQL does not run as root: its user must get through.
    chmod 711 "$QORGAN_TEST_POSTGRES"
    export QORGAN_TEST_POSTGRES
    trap 'scripts/stop-test-postgres.sh; rm -rf "$QORGAN_TEST_POSTGRES"' EXIT
else
    trap scripts/stop-test-postgres.sh EXIT
fi

# Always the whole workspace: a part of it would choose other features of the dependencies and build them anew. The
# program that some tests run is built with its own integration tests.
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace
else
    cargo test --locked --workspace --lib --bins --tests
fi

# Documentation examples.
cargo test --locked --workspace --doc
