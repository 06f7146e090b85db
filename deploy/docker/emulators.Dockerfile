# The emulators of SQS, SNS, S3 and DynamoDB, for deploy/k8s/overlays/local. They forget everything when they end, and let everybody in: for
# a trial cluster only.
#
#   docker build -f deploy/docker/emulators.Dockerfile -t macrocausal/emulators:0.1.0 .
FROM node:22.12.0-bookworm-slim
WORKDIR /app
COPY tests/TestKit/Emulators/package.json tests/TestKit/Emulators/package-lock.json ./
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund
COPY tests/TestKit/Emulators/*.mjs ./
ENV EMULATORS_HOST=0.0.0.0 AWS_PORT=4566 DYNAMODB_PORT=4567
EXPOSE 4566 4567
USER 1000:1000
ENTRYPOINT ["node", "--no-warnings", "start.mjs", "--detached"]
