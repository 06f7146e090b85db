#!/usr/bin/env bash
# Ends what up.sh started: the services first, so that they can hand back what they have, then the emulators.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

[ -f "$run/pids" ] || { echo "nothing is up"; exit 0; }
end() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 150); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
}
while read -r _ pid _; do end "$pid"; done < <(tac "$run/pids")
rm "$run/pids"
echo "down"
