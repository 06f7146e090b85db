#!/usr/bin/env bash
# check.sh [SERVICE ...]: what can be known of the images without a container engine. By default all four services and Cli, which is the
# orchestrator; about three minutes each.
#
# It follows the Dockerfile itself, line by line: each stage is a folder, COPY takes what .dockerignore lets through, RUN runs in it. Only
# the base images are not there; this machine's SDK and runtime stand in for them. What the last stage holds is then started as the
# container would be: its entry point, an empty environment but for the stage's own, as user 1654, in a folder that it may not write to;
# against the emulators of deploy/local. It must become ready, pass its health check, and end on SIGTERM. The orchestrator runs beside the
# services of deploy/local and must end with 0, 1, 2 and 143 where it should. Not checked: the base images themselves, the image's size, and
# the CUDA variant.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || set -- DataPrep Tuner TrialRunner Registry Cli
work=$(mktemp -d)
chmod 755 "$work"
pids=()
is_up=
end() {
  for pid in "${pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ -n "$is_up" ]; then "$root/deploy/local/down.sh"; fi
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
inside() { sed -E "s#(^|[ '=])/(src|app|web)#\1$fs/\2#g"; }

# One COPY: sources, then where they go. A folder is copied as what it holds; one of the context as far as .dockerignore lets it through.
copy() { # root folder, or nothing for the context; sources ...; folder
  local from=$1 sources=("${@:2:$#-2}") to=${*: -1} source
  mkdir -p "$to"
  for source in "${sources[@]}"; do
    if [ -n "$from" ]; then cp -a "$from$source/." "$to/"
    elif [ "$source" = . ]; then (cd "$root" && context | tar -cf - -T -) | tar -xf - -C "$to"
    elif [ -d "$root/$source" ]; then
      (cd "$root/$source" && context | sed -n "s#^$source/##p" | tar -cf - -T -) | tar -xf - -C "$to"
    else cp -a "$root/$source" "$to/"
    fi
  done
}

# Stages of one service, in $work/SERVICE/<stage>; the last one has no name. A stage that is made from another has links to its files.
build() {
  local service=$1 name argument words from to
  declare -A arguments=()
  command=()
  while read -r name argument; do
    case $name in
      FROM)
        # shellcheck disable=SC2016
        read -ra words <<<"$(BACKEND=cpu envsubst '$BACKEND' <<<"$argument")"
        [ "$service" != Cli ] || [ -n "${words[2]:-}" ] || break
        stage=${words[2]:-final}
        fs=$work/$service/$stage dir=$fs
        mkdir -p "$fs"
        : >"$fs.environment"
        if [ -d "$work/$service/${words[0]}" ]; then cp -al "$work/$service/${words[0]}/." "$fs/"; fi
        if [ -f "$work/$service/${words[0]}.environment" ]; then cp "$work/$service/${words[0]}.environment" "$fs.environment"; fi ;;
      ARG)
        [ "$argument" = SERVICE ] && argument=SERVICE=$service
        [[ $argument == *=* ]] && arguments[${argument%%=*}]=${argument#*=} ;;
      ENV) tr ' ' '\n' <<<"$argument" >>"$fs.environment" ;;
      WORKDIR) dir=$(inside <<<"$argument"); mkdir -p "$dir" ;;
      COPY)
        read -ra words <<<"$argument"
        from=''
        if [[ ${words[0]} == --from=* ]]; then from=$work/$service/${words[0]#--from=} words=("${words[@]:1}"); fi
        to=${words[-1]}
        if [[ $to == /* ]]; then to=$fs$to; else to=$dir/$to; fi
        copy "$from" "${words[@]:0:${#words[@]}-1}" "$to" ;;
      RUN)
        echo "$service, $stage: $argument" | tr -s ' '
        (
          cd "$dir"
          for argument_name in "${!arguments[@]}"; do export "$argument_name=${arguments[$argument_name]}"; done
          bash -euc "$(inside <<<"$argument")"
        ) >"$work/$service.log" 2>&1 || { tail -40 "$work/$service.log" >&2; fail "$service: the command above failed"; } ;;
      ENTRYPOINT) entrypoint=$(tr -d '[]"' <<<"$argument") ;;
      CMD) read -ra command <<<"$(tr -d '[],"' <<<"$argument")" ;;
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

# Sets container to the command that runs the last stage of service $1 as the container would be run; the rest goes into its environment.
contain() {
  local app=$work/$1/$stage/app environment as=()
  [ "$(id -u)" != 0 ] || as=(setpriv "--reuid=${user%:*}" "--regid=${user#*:}" --clear-groups)
  chmod -R a-w,a+rX "$app"
  mapfile -t environment <"$work/$1/$stage.environment"
  container=("${as[@]}" env -i "${environment[@]}" "${@:2}" "$work/$1/$stage$entrypoint" "${command[@]}")
  cd "$app"
}

# A service: from its start to its end by SIGTERM.
smoke() {
  local port=$((20000 + RANDOM % 10000)) log=$work/$1.service.log
  local run pid memory started ended code=0
  contain "$1" "ASPNETCORE_URLS=http://127.0.0.1:$port" AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x \
    "AWS_ENDPOINT_URL=http://127.0.0.1:$aws" "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$dynamodb" TrialRunner__Workers=1
  run=("${container[@]}")
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
  echo "$1: ready, healthy, ended $ended ms after SIGTERM; $(du -sh . | cut -f1) in /app, $memory MiB of memory while idle"
}

# The orchestrator: a study to its end, again, with bad input, and one that it cancels on SIGTERM.
stages() {
  local id=check-$$ log=$work/orchestrator.log pid
  local small='STUDY_SETTINGS={"trials": 2, "maxEpochs": 2}'
  local endless='STUDY_SETTINGS={"trials": 1000, "maxEpochs": 10000, "patience": 10000, "scheduler": "none"}'
  "$root/deploy/local/up.sh"
  is_up=1
  # shellcheck disable=SC2016
  mapfile -t local_environment < <(
    bash -c '. "$0/deploy/local/environment.sh"; env' "$root" | grep -E '^(AWS|GOLD|ARTIFACTS|MODEL|STUDY)_')
  "$root/artifacts/bin/Cli/release/macrocausal" sample --out "$work/sample.parquet"
  for study in "$id" "$id-cancelled"; do
    curl -fsS --aws-sigv4 aws:amz:eu-west-1:s3 --user local:local --upload-file "$work/sample.parquet" \
      "http://127.0.0.1:4566/macro-gold/gold/$study/processed_data.parquet"
  done
  stage_ends 0 "$id" "$small"
  stage_ends 0 "$id" "$small"
  stage_ends 2 "$id-without-table" "$small"
  stage_ends 2 "$id" 'STUDY_SETTINGS={"trials": 0}'
  contain Cli "${local_environment[@]}" "EXECUTION_ID=$id-cancelled" "$endless" CANCEL_ON_STOP=true
  "${container[@]}" >"$log" 2>&1 &
  pid=$!
  pids+=("$pid")
  for _ in $(seq 300); do grep -q 'to validate' "$log" && break; sleep 0.2; done
  kill -TERM "$pid"
  ended=0
  wait "$pid" || ended=$?
  [ "$ended" = 143 ] || { cat "$log" >&2; fail "the orchestrator ended with $ended on SIGTERM, not with 143"; }
  stage_ends 1 "$id-cancelled" "$endless"
  echo "orchestrator: ended with 0, 0, 2, 2, 143 and 1; $(du -sh . | cut -f1) in /app"
}

# The orchestrator must end with $1 for the study $2 with the settings $3.
stage_ends() {
  local log=$work/orchestrator.log ended=0
  contain Cli "${local_environment[@]}" "EXECUTION_ID=$2" "$3"
  "${container[@]}" >"$log" 2>&1 || ended=$?
  if [ "$ended" = "$1" ]; then return 0; fi
  cat "$log" >&2
  fail "the orchestrator ended with $ended for $2, not with $1"
}

emulators
for service; do
  build "$service"
  if [ "$service" = Cli ]; then stages; else smoke "$service"; fi
  cd "$root"
  chmod -R u+w "$work/$service"
  rm -rf "${work:?}/$service"
done
