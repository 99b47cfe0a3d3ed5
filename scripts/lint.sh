#!/usr/bin/env bash
# Formatting, lints, shell scripts, the compose file.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- -D warnings

for script in scripts/*.sh scripts/compose/*.sh .ci/run; do
    bash -n "$script"
done
if command -v shellcheck >/dev/null; then
    shellcheck scripts/*.sh scripts/compose/*.sh .ci/run
fi

# Only its form is checked: the secrets it needs have no defaults and are not here.
compose=()
if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
fi
if ((${#compose[@]})); then
    QORGAN_SECRETS=/nonexistent "${compose[@]}" --profile second --profile replica config --quiet
fi
