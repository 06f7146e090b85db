# What every local process has in its environment. Source it to use the AWS CLI or macrocausal against the emulators.
export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:4567
export AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
export GOLD_BUCKET=macro-gold ARTIFACTS_BUCKET=macro-artifacts MODEL_REGISTRY_TABLE=macro-models STUDY_TABLE=macro-studies
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
run=$root/artifacts/local
bin=$root/artifacts/bin
