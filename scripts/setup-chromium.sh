#!/usr/bin/env bash
# Checks for a Chromium for the tests of pages, and installs it where that is possible. Does nothing when there is one.
set -euo pipefail

for program in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [[ -n $program ]] && command -v "$program" >/dev/null; then exit 0; fi
done

advise() {
    echo "setup: $1" >&2
    exit 1
}

command -v apt-get >/dev/null || advise 'install Chromium with the package manager of this system, or name it in CHROMIUM'
as_root=()
if ((EUID != 0)); then
    sudo -n true 2>/dev/null || advise 'run: sudo apt-get install chromium'
    as_root=(sudo -n)
fi
echo 'setup: installing Chromium'
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
command -v chromium >/dev/null || advise 'the package chromium was installed, but the program was not found'
