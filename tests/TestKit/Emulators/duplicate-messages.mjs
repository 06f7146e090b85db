// Delivers every message twice, as SQS may: each call that sends or publishes is made once more, with the same bodies and attributes.
export const repeated = "x-repeated";

export function addDuplicateMessages(app) {
  app.addHook("onResponse", (request) => repeat(app, request).catch((error) => {
    console.error(error);
    process.exit(1);
  }));
}

export async function repeat(app, request) {
  if (request.method !== "POST" || request.headers[repeated] || !sends(request)) return;
  const { "content-length": _, ...headers } = request.headers;
  const answer = await app.inject({ method: "POST", url: request.url, headers: { ...headers, [repeated]: "1" }, payload: encode(request) });
  if (answer.statusCode !== 200) throw new Error(`the repeated call was answered with ${answer.statusCode}: ${answer.body}`);
}

function sends(request) {
  const action = request.headers["x-amz-target"] ?? request.body?.Action ?? "";
  return /SendMessage|Publish/.test(action);
}

function encode(request) {
  return request.headers["content-type"]?.includes("json") ? JSON.stringify(request.body) : new URLSearchParams(request.body).toString();
}
