#!/usr/bin/env bash
# build.sh [SERVICE ...]: builds the images macrocausal/{data-prep,tuner,trial-runner,registry,orchestrator}, by default all; the
# orchestrator is the service Cli. From the environment: IMAGE_PREFIX (default macrocausal), TAG (default the version of
# Directory.Build.props), BACKEND (TrialRunner's: cpu or cuda, which adds -cuda to its tag), TRANSPORT (Own or MassTransit), SOURCE (where
# the source can be read), ENGINE (default docker; podman and nerdctl take the same arguments). PUSH=1 pushes each.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A images=([DataPrep]=data-prep [Tuner]=tuner [TrialRunner]=trial-runner [Registry]=registry [Cli]=orchestrator)
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
[ $# -gt 0 ] || set -- DataPrep Tuner TrialRunner Registry Cli
for service; do
  name=${images[$service]:?"no such service: $service; known: ${!images[*]}"}
  backend=cpu suffix='' target=()
  if [ "$service" = Cli ]; then target=(--target orchestrator); fi
  if [ "$service" = TrialRunner ] && [ "${BACKEND:-cpu}" = cuda ]; then backend=cuda suffix=-cuda; fi
  image=${IMAGE_PREFIX:-macrocausal}/$name:${TAG:-$version}$suffix
  ${ENGINE:-docker} build -f deploy/docker/Dockerfile -t "$image" --platform linux/amd64 "${target[@]}" \
    --build-arg SERVICE="$service" --build-arg BACKEND="$backend" --build-arg TRANSPORT="${TRANSPORT:-Own}" \
    --build-arg VERSION="$version" --build-arg REVISION="$(git rev-parse HEAD)" --build-arg SOURCE="${SOURCE:-unknown}" .
  if [ "${PUSH:-}" = 1 ]; then ${ENGINE:-docker} push "$image"; fi
  echo "built $image"
done
