// S3's conditional writes, which fauxqs ignores: a PUT (or the end of a multipart upload) with If-None-Match or If-Match is answered with 412 where the condition does not
// hold. Writes to one key go through one after the other, so that of two at once only one can win.
const lastWrite = new Map();

export function addConditionalWrites(app) {
  app.addHook("preValidation", async (request, reply) => {
    const wantsNone = request.headers["if-none-match"];
    const wants = request.headers["if-match"];
    if (!["PUT", "POST"].includes(request.method) || (!wantsNone && !wants)) return;

    const key = request.url.split("?")[0];
    await takeTurn(key, reply.raw);
    const existing = await app.inject({ method: "HEAD", url: key });
    if (existing.statusCode === 404 ? wants : wantsNone || unquoted(wants) !== unquoted(existing.headers.etag)) return refuse(reply, existing.statusCode);
  });
}

async function takeTurn(key, response) {
  const before = lastWrite.get(key);
  const written = new Promise((resolve) => response.once("close", resolve));
  lastWrite.set(key, Promise.all([before, written]));
  await before;
}

function unquoted(etag) {
  return etag?.replaceAll('"', "");
}

function refuse(reply, status) {
  const [code, answer] = status === 404 ? ["NoSuchKey", 404] : ["PreconditionFailed", 412];
  return reply
    .code(answer)
    .type("application/xml")
    .send(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>`);
}
