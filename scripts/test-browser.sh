#!/usr/bin/env bash
# The page /map in a real headless Chromium, which is installed where it is missing and that is possible.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scripts/setup-chromium.sh
trap scripts/stop-test-postgres.sh EXIT

cargo test --locked --workspace --features qorgan-tests/browser --test browser -- --nocapture
