#!/usr/bin/env bash
# Claim and complete beside graphile-worker, on one Postgres that this script starts and removes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d /tmp/roundtable-queue.XXXXXX)
user=nobody
id postgres >/dev/null 2>&1 && user=postgres
bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | tail -n 1)")
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$work" "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown "$user" "$work"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as "$bin/initdb" -D "$work/data" -A trust -U bench >/dev/null
as "$bin/pg_ctl" -D "$work/data" -o "-p $port -k $work -c listen_addresses=127.0.0.1" -l "$work/log" -w start >/dev/null
trap 'as "$bin/pg_ctl" -D "$work/data" -m fast stop >/dev/null; rm -rf "$work"' EXIT
mkdir "$work/peer"
cp benches/queue-peer.mjs "$work/peer/"
(cd "$work/peer" && npm init -y >/dev/null && npm install --silent --no-fund --no-audit graphile-worker@0.18.0 >/dev/null)
(cd "$work/peer" && node -e '
const { Client } = require("pg");
(async () => {
  const client = new Client(process.argv[1]);
  await client.connect();
  for (const name of ["ours", "peer4", "peer24"]) await client.query(`CREATE DATABASE ${name}`);
  await client.end();
})();' "postgres://bench@127.0.0.1:$port/postgres")
cargo bench --bench queue -- "postgres://bench@127.0.0.1:$port/ours"
for n in 4 24; do node "$work/peer/queue-peer.mjs" "postgres://bench@127.0.0.1:$port/peer$n" "$n"; done
