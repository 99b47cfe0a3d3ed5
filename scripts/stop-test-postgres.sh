#!/usr/bin/env bash
# Stops the PostgreSQL that the tests of this checkout share, if it runs. Its folder stays: the next run starts faster.
set -euo pipefail
cd "$(dirname "$0")/.."

data="${QORGAN_TEST_POSTGRES:-${CARGO_TARGET_DIR:-target}/test-postgres}"
base="$data/pg"
if [[ -f $data/pg.location ]]; then base=$(<"$data/pg.location"); fi

file="$base/data/postmaster.pid"
[[ -r $file ]] || exit 0
pid=$(head -n 1 "$file")
# The file may be left over and its number given to another process since.
if [[ -d /proc/self ]]; then
    [[ $(readlink "/proc/$pid/cwd" 2>/dev/null || true) == "$(realpath "$base/data")" ]] || exit 0
fi

kill -INT "$pid" 2>/dev/null || exit 0
for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 0.1
done
kill -QUIT "$pid" 2>/dev/null || true
