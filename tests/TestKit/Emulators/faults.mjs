// Faults on demand: PUT /_faults with a JSON list of rules replaces those before, GET /_faults says how often each was applied. A rule is
// { id, service: "s3" | "sqs" | "sns" | "dynamodb", kind: "throttle" | "deny" | "fail" | "cut" | "duplicate", share: 0 to 1, key: access key or null for all but except }.
// Services are told apart by how they are spoken to, processes by their access key. Chance begins with the first rule's seed.
import { repeat, repeated } from "./duplicate-messages.mjs";

const path = "/_faults";
const applied = {};
let rules = [];
let state = 1;
let seeded = false;

export function addFaults(app) {
  app.route({ method: "PUT", url: path, handler: (request, reply) => {
    rules = typeof request.body === "string" || Buffer.isBuffer(request.body) ? JSON.parse(request.body.toString()) : request.body;
    if (!seeded && rules[0]) [state, seeded] = [rules[0].seed >>> 0, true];
    reply.send({});
  } });
  app.route({ method: "GET", url: path, handler: (_, reply) => reply.send(applied) });
  app.addHook("preValidation", async (request, reply) => {
    // Calls of the emulator to itself are not signed.
    if (request.url === path || request.headers[repeated] || !request.headers.authorization) return;
    const service = serviceOf(request.headers);
    const rule = find(service, request.headers, (one) => one.kind !== "duplicate");
    if (!rule) return;
    if (rule.kind === "cut") return request.raw.socket.destroy();
    const [status, type, body] = answer(service, rule.kind);
    return reply.code(status).type(type).send(body);
  });
  app.addHook("onResponse", async (request) => {
    if (request.url === path || !find(serviceOf(request.headers), request.headers, (one) => one.kind === "duplicate")) return;
    await repeat(app, request).catch((error) => console.error(error));
  });
}

// The same for a plain server, which speaks DynamoDB.
export function addFaultsToDynamoDb(server) {
  const listeners = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const rule = find("dynamodb", request.headers, (one) => one.kind !== "duplicate");
    if (!rule) return listeners.forEach((listener) => listener(request, response));
    if (rule.kind === "cut") return request.socket.destroy();
    const [status, type, body] = answer("dynamodb", rule.kind);
    request.resume().on("end", () => response.writeHead(status, { "content-type": type }).end(body));
  });
}

function find(service, headers, fits) {
  const key = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1];
  const rule = rules.find((one) => one.service === service && fits(one) && (one.key ? one.key === key : key !== one.except) && chance() < one.share);
  if (rule) applied[`${service} ${rule.kind}`] = (applied[`${service} ${rule.kind}`] ?? 0) + 1;
  return rule;
}

function serviceOf(headers) {
  if (headers["x-amz-target"]?.startsWith("AmazonSQS")) return "sqs";
  return (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded") ? "sns" : "s3";
}

function answer(service, kind) {
  const text = kind === "throttle" ? "Rate exceeded" : kind === "deny" ? "You may not do this" : "We encountered an internal error";
  const xml = (code) => `<Error><Code>${code}</Code><Message>${text}</Message></Error>`;
  const json = (code) => JSON.stringify({ __type: code, message: text });
  const codes = {
    s3: { throttle: [503, "SlowDown"], deny: [403, "AccessDenied"], fail: [500, "InternalError"] },
    sqs: { throttle: [400, "com.amazonaws.sqs#RequestThrottled"], deny: [403, "com.amazonaws.sqs#AccessDeniedException"], fail: [500, "InternalFailure"] },
    sns: { throttle: [400, "Throttling"], deny: [403, "AuthorizationError"], fail: [500, "InternalError"] },
    dynamodb: {
      throttle: [400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"],
      deny: [400, "com.amazon.coral.service#AccessDeniedException"],
      fail: [500, "com.amazonaws.dynamodb.v20120810#InternalServerError"],
    },
  };
  const [status, code] = codes[service][kind];
  if (service === "s3") return [status, "application/xml", xml(code)];
  if (service === "sns") return [status, "text/xml", `<ErrorResponse>${xml(code)}</ErrorResponse>`];
  return [status, "application/x-amz-json-1.0", json(code)];
}

// Mulberry32, so that a seed gives the same chances in the same order.
function chance() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
