#!/usr/bin/env bash
# Writes the documents that are generated from the code. A test fails while they differ from it.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --quiet --package qorgan
mkdir -p openapi docs

# Each is written whole or not at all.
write() {
    local file=$1
    shift
    cargo run --locked --quiet --package qorgan -- "$@" >"$file.new"
    mv "$file.new" "$file"
}

write openapi/openapi.json openapi
write docs/permissions.md permissions
