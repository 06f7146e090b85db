// Delivers every message twice, as SQS may: each call that sends or publishes is made once more, with the same bodies and attributes.
const repeated = "x-repeated";

export function addDuplicateMessages(app) {
  app.addHook("onResponse", async (request) => {
    if (request.method !== "POST" || request.headers[repeated] || !sends(request)) return;
    const payload = typeof request.body === "string" ? request.body : encode(request);
    await app.inject({ method: "POST", url: request.url, headers: { ...request.headers, [repeated]: "1", "content-length": undefined }, payload });
  });
}

function sends(request) {
  const action = request.headers["x-amz-target"] ?? request.body?.Action ?? "";
  return /SendMessage|Publish/.test(action);
}

function encode(request) {
  return request.headers["content-type"]?.includes("json") ? JSON.stringify(request.body) : new URLSearchParams(request.body).toString();
}
