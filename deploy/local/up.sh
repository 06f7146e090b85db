#!/usr/bin/env bash
# Brings up the emulators of SQS, SNS, S3 and DynamoDB and the four services (two TrialRunners) on this machine, and returns when all are
# ready. Logs are in artifacts/local/*.log, process ids by name in artifacts/local/pids. down.sh ends them.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

if [ -f "$run/pids" ]; then
  echo "error: $run/pids is there: the services are up, or were not ended; run deploy/local/down.sh first" >&2
  exit 1
fi

mkdir -p "$run/emulators"
cp "$root"/tests/TestKit/Emulators/*.{json,mjs} "$run/emulators/"
(cd "$run/emulators" && npm ci --ignore-scripts --no-audit --no-fund >"$run/npm.log" 2>&1) || { cat "$run/npm.log" >&2; exit 1; }
for project in DataPrep Tuner TrialRunner Registry Cli; do
  dotnet build -c Release "$root/src/$project/$project.csproj" >"$run/build.log" 2>&1 || { cat "$run/build.log" >&2; exit 1; }
done

start() { # name, port (0: none), command ...
  local name=$1 port=$2
  shift 2
  ASPNETCORE_URLS=http://127.0.0.1:$port setsid "$@" >"$run/$name.log" 2>&1 </dev/null &
  echo "$name $! $port" >>"$run/pids"
}

wait_for() { # name, command that succeeds when it is ready
  local name=$1
  shift
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "error: $name is not ready after a minute; see $run/$name.log" >&2
  exit 1
}

node=node
for own in "$run"/emulators/node_modules/node-linux-*/bin/node; do if [ -x "$own" ]; then node=$own; fi; done
(cd "$run/emulators" && AWS_PORT=4566 DYNAMODB_PORT=4567 start emulators 0 "$node" --no-warnings start.mjs --detached)
wait_for emulators grep -q dynamodb "$run/emulators.log"
dotnet run "$here/setup.cs"

start data-prep 5101 "$bin/DataPrep/release/MacroCausal.DataPrep"
start tuner 5102 "$bin/Tuner/release/MacroCausal.Tuner"
start trial-runner-1 5103 "$bin/TrialRunner/release/MacroCausal.TrialRunner"
start trial-runner-2 5104 "$bin/TrialRunner/release/MacroCausal.TrialRunner"
start registry 5105 "$bin/Registry/release/MacroCausal.Registry"
while read -r name _ port; do
  if [ "$port" != 0 ]; then wait_for "$name" curl -fs "http://127.0.0.1:$port/health/ready"; fi
done <"$run/pids"
echo "up: $(cut -d' ' -f1 "$run/pids" | tr '\n' ' ')- logs in $run; try deploy/local/demo.sh, end with deploy/local/down.sh"
