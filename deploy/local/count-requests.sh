#!/usr/bin/env bash
# count-requests.sh [TRIALS] [GOLD.parquet]: one study of so many trials (default 60) on emulators and services of its own, and what each
# service asked of AWS for it, as JSON in artifacts/local/requests.json. Needs the Release builds of up.sh.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

trials=${1:-60}
run=$root/artifacts/local
id=count-$(date +%s)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait' EXIT

mkdir -p "$run/emulators"
cp "$root"/tests/TestKit/Emulators/*.{json,mjs} "$run/emulators/"
[ -d "$run/emulators/node_modules" ] || (cd "$run/emulators" && npm ci --ignore-scripts --no-audit --no-fund >"$run/npm.log" 2>&1)
node=node
for own in "$run"/emulators/node_modules/node-linux-*/bin/node; do if [ -x "$own" ]; then node=$own; fi; done
(cd "$run/emulators" && AWS_PORT=14566 DYNAMODB_PORT=14567 exec "$node" --no-warnings start.mjs --detached) \
  >"$run/count-emulators.log" 2>&1 &
pids+=($!)
"$node" "$here/requests.mjs" 24566=14566 24567=14567 --out "$run/requests.json" &
counter=$!
pids+=("$counter")
export AWS_ENDPOINT_URL=http://127.0.0.1:24566 AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:24567
until curl -s -o /dev/null "$AWS_ENDPOINT_URL_DYNAMODB" && curl -s -o /dev/null "$AWS_ENDPOINT_URL"; do sleep 0.2; done

AWS_ACCESS_KEY_ID=setup dotnet run "$here/setup.cs"
port=5200
for project in DataPrep Tuner TrialRunner Registry; do
  port=$((port + 1))
  AWS_ACCESS_KEY_ID=$project ASPNETCORE_URLS=http://127.0.0.1:$port "$bin/$project/release/MacroCausal.$project" \
    >"$run/count-$project.log" 2>&1 &
  pids+=($!)
  until curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready"; do sleep 0.2; done
done
table=${2:-$run/count-sample.parquet}
[ -n "${2:-}" ] || "$bin/Cli/release/macrocausal" sample --out "$table" >&2
AWS_ACCESS_KEY_ID=pipeline dotnet run "$here/demo.cs" -- "$(realpath "$table")" "$id" "$trials"
AWS_ACCESS_KEY_ID=watch "$bin/Cli/release/macrocausal" watch --execution-id "$id" --json
kill -TERM "$counter" && wait "$counter" || true
echo "$run/requests.json"
