#!/usr/bin/env bash
# Every test. They share one private PostgreSQL in the build folder, stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
trap scripts/stop-test-postgres.sh EXIT

# The tests run the program itself.
cargo build --locked --package qorgan
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace
else
    cargo test --locked --workspace --lib --bins --tests
fi

# Documentation examples, of the crates that have some: each costs a link.
for crate in crates/*/; do
    if grep -rqE '^ *//[/!] *```(rust|should_panic|no_run|compile_fail)?$' "$crate/src"; then
        cargo test --locked --doc --package "$(sed -n 's/^name = "\(.*\)"/\1/p' "$crate/Cargo.toml" | head -n 1)"
    fi
done
