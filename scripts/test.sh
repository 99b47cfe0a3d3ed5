#!/usr/bin/env bash
# Every test. They share one private PostgreSQL in the build folder, stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
trap scripts/stop-test-postgres.sh EXIT

# Always the whole workspace: a part of it would choose other features of the dependencies and build them anew. The
# program that some tests run is built with its own integration tests.
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace
else
    cargo test --locked --workspace --lib --bins --tests
fi

# Documentation examples.
cargo test --locked --workspace --doc
