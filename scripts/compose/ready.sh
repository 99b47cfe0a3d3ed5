#!/usr/bin/env bash
# The health check inside the server's container, which has no HTTP client: whether /readyz answers 200.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/8080
printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status == 200 ]]
