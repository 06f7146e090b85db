#!/usr/bin/env bash
# demo.sh [GOLD.parquet] [EXECUTION_ID]: puts the table (default: the sample) into S3, sends plain JSON to the queue as the pipeline would,
# follows the study, and ends with the same last JSON line as `macrocausal train --json`.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

macrocausal=$bin/Cli/release/macrocausal
id=${2:-arn:aws:states:eu-west-1:123456789012:execution:demo:$(date +%s)}
table=${1:-}
if [ -z "$table" ]; then
  table=$run/sample.parquet
  "$macrocausal" sample --out "$table" >&2
fi
dotnet run "$here/demo.cs" -- "$(realpath "$table")" "$id"
exec "$macrocausal" watch --execution-id "$id" --json
