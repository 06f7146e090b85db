#!/usr/bin/env bash
# Whether this machine's GPU trains as the processor does, and how fast: builds the bench with CUDA and runs it.
#   deploy/gpu/check.sh [DEVICE [--seconds N]]     DEVICE: cuda (default), cuda:1, ...; cpu tries the script without a GPU
# Needs the .NET 10 SDK, and for CUDA a driver and the package TorchSharp-cuda-linux. It prints the GPU, whether the engines agree with the
# processor's, what an epoch uploads, and trial-epochs a second. The exit code is 0 only where they agree.
set -euo pipefail
cd "$(dirname "$0")/../.."
device=${1:-cuda}
backend=cuda
if [ "$device" = cpu ]; then backend=cpu; fi

if [ "$backend" = cuda ]; then
  nvidia-smi --query-gpu=index,name,driver_version,memory.total --format=csv,noheader || {
    echo "nvidia-smi finds no GPU; 'deploy/gpu/check.sh cpu' tries the script without one." >&2
    exit 2
  }
fi

dotnet run --project bench -c Release -p:TorchBackend="$backend" -- device --device "$device" "${@:2}"
