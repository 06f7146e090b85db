#!/usr/bin/env bash
# check.sh [SERVICE ...]: what can be known of the images without a container engine. By default all four services; about three minutes
# each.
#
# It follows the Dockerfile itself, line by line: each stage is a folder, COPY takes what .dockerignore lets through, RUN runs in it. Only
# the base images are not there; this machine's SDK and runtime stand in for them. What the last stage holds is then started as the
# container would be: its entry point, an empty environment but for the stage's own, as user 1654, in a folder that it may not write to;
# against the emulators of deploy/local. It must become ready, pass its health check, and end on SIGTERM. Not checked: the base images
# themselves, the image's size, and the CUDA variant.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || set -- DataPrep Tuner TrialRunner Registry
work=$(mktemp -d)
chmod 755 "$work"
pids=()
end() {
  for pid in "${pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap end EXIT
fail() { echo "error: $1" >&2; exit 1; }

# The Dockerfile without comments and with its continued lines joined: one instruction a line.
instructions() { sed -e '/^[[:space:]]*#/d' "$here/Dockerfile" | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | sed '/^[[:space:]]*$/d'; }

# What .dockerignore lets through. It names everything with *, so what counts is what it takes back with !.
context() { sed -n 's/^!//p' "$here/Dockerfile.dockerignore" |
  (cd "$root" && xargs git ls-files -z --cached --others --exclude-standard --) | tr '\0' '\n' | sort -u; }

# A path in the image, as a path on this machine.
inside() { sed -E "s#(^|[ '=])/(src|app)#\1$fs/\2#g"; }

copy() { # from stage or context, to
  mkdir -p "$2"
  if [ -n "$1" ]; then cp -a "$1/." "$2/"; else (cd "$root" && context | tar -cf - -T -) | tar -xf - -C "$2"; fi
}

# Stages of one service, in $work/SERVICE/<stage>; the last one has no name.
build() {
  local service=$1 name argument words stage
  declare -A arguments=()
  while read -r name argument; do
    case $name in
      FROM)
        read -ra words <<<"$(BACKEND=cpu envsubst '$BACKEND' <<<"$argument")"
        stage=${words[2]:-final}
        fs=$work/$service/$stage dir=$fs
        mkdir -p "$fs"
        : >"$fs.environment"
        if [ -f "$work/$service/${words[0]}.environment" ]; then cp "$work/$service/${words[0]}.environment" "$fs.environment"; fi ;;
      ARG)
        [ "$argument" = SERVICE ] && argument=SERVICE=$service
        [[ $argument == *=* ]] && arguments[${argument%%=*}]=${argument#*=} ;;
      ENV) tr ' ' '\n' <<<"$argument" >>"$fs.environment" ;;
      WORKDIR) dir=$(inside <<<"$argument"); mkdir -p "$dir" ;;
      COPY)
        read -ra words <<<"$argument"
        if [[ ${words[0]} == --from=* ]]; then copy "$work/$service/${words[0]#--from=}${words[1]}" "$dir"; else copy "" "$dir"; fi ;;
      RUN)
        echo "$service, $stage: $argument" | tr -s ' '
        (
          cd "$dir"
          for argument_name in "${!arguments[@]}"; do export "$argument_name=${arguments[$argument_name]}"; done
          bash -euc "$(inside <<<"$argument")"
        ) >"$work/$service.log" 2>&1 || { tail -40 "$work/$service.log" >&2; fail "$service: the command above failed"; } ;;
      ENTRYPOINT) entrypoint=$(tr -d '[]"' <<<"$argument" | inside) ;;
      USER) user=$argument ;;
    esac
  done < <(instructions)
}

emulators() {
  mkdir "$work/emulators"
  cp "$root"/tests/TestKit/Emulators/*.{json,mjs} "$work/emulators/"
  cd "$work/emulators"
  npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || { cat npm.log >&2; exit 1; }
  local node=node own
  for own in node_modules/node-linux-*/bin/node; do if [ -x "$own" ]; then node=$own; fi; done
  AWS_REGION=eu-west-1 "$node" --no-warnings start.mjs --detached >ports 2>emulators.log </dev/null &
  pids+=($!)
  for _ in $(seq 100); do grep -q dynamodb ports && break; sleep 0.1; done
  aws=$(grep -oE '"aws": *[0-9]+' ports | grep -oE '[0-9]+') dynamodb=$(grep -oE '"dynamodb": *[0-9]+' ports | grep -oE '[0-9]+')
}

# Runs the last stage as the container would be run; $1 is the service.
smoke() {
  local port=$((20000 + RANDOM % 10000)) app=$work/$1/final/app log=$work/$1.service.log
  local as=() run pid memory started ended code=0
  [ "$(id -u)" != 0 ] || as=(setpriv "--reuid=${user%:*}" "--regid=${user#*:}" --clear-groups)
  chmod -R a-w,a+rX "$app"
  run=("${as[@]}" env -i $(cat "$work/$1/final.environment") "ASPNETCORE_URLS=http://127.0.0.1:$port"
    AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
    "AWS_ENDPOINT_URL=http://127.0.0.1:$aws" "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$dynamodb" TrialRunner__Workers=1 "$entrypoint")
  cd "$app"
  if "${run[@]}" --health 2>/dev/null; then fail "$1: its health check passes where nothing runs"; fi
  "${run[@]}" >"$log" 2>&1 &
  pid=$!
  pids+=("$pid")
  for _ in $(seq 300); do
    curl -fs "http://127.0.0.1:$port/health/ready" >/dev/null && break
    kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; fail "$1 ended before it was ready"; }
    sleep 0.2
  done
  curl -fs "http://127.0.0.1:$port/health/ready" >/dev/null || { cat "$log" >&2; fail "$1 is not ready after a minute"; }
  "${run[@]}" --health || fail "$1: its health check fails where it runs"
  memory=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status")
  started=$(date +%s%N)
  kill -TERM "$pid"
  wait "$pid" || code=$?
  [ "$code" = 0 ] || { cat "$log" >&2; fail "$1 ended with $code on SIGTERM"; }
  ended=$((($(date +%s%N) - started) / 1000000))
  echo "$1: ready, healthy, ended $ended ms after SIGTERM; $(du -sh "$app" | cut -f1) in /app, $memory MiB of memory while idle"
}

emulators
for service; do
  build "$service"
  smoke "$service"
  chmod -R u+w "$work/$service"
  rm -rf "${work:?}/$service"
done
