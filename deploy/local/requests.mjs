// Counts what each service asks of AWS: stands between the services and the emulators of up.sh, tells services apart by their access key,
// and prints the counts as JSON at SIGTERM or SIGINT. Usage: node requests.mjs LISTEN=TARGET [LISTEN=TARGET ...] [--out FILE], ports of
// this machine.
import { request, createServer } from "node:http";
import { writeFileSync } from "node:fs";

const out = process.argv.includes("--out") ? process.argv[process.argv.indexOf("--out") + 1] : null;
const counts = {};

function service(headers) {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "unsigned";
}

// SNS speaks forms, SQS and DynamoDB JSON with a target, S3 methods and paths.
function call({ method, url, headers }, body) {
  const target = headers["x-amz-target"];
  if (target) {
    const json = JSON.parse(body.toString() || "{}");
    const on = json.QueueUrl?.split("/").at(-1) ?? json.QueueName ?? json.TableName ?? "";
    return {
      action: target.replace("AmazonSQS.", "sqs:").replace("DynamoDB_20120810.", "dynamodb:"),
      on: json.IndexName ? `${on}/index/${json.IndexName}` : on,
      entries: json.Entries?.length ?? 1,
    };
  }
  if ((headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
    const form = new URLSearchParams(body.toString());
    const on = form.get("Name") ?? form.get("TopicArn")?.split(":").at(-1) ?? "";
    return { action: `sns:${form.get("Action")}`, on, entries: [...form.keys()].filter((key) => key.endsWith(".Id")).length || 1 };
  }
  const { pathname, search } = new URL(url, "http://local");
  const [, bucket, ...key] = decodeURIComponent(pathname).split("/");
  const folder = key.join("/")
    .replace(/^(runs|models|gold)\/.*\/(data|checkpoints)\/.*$/, "$1/*/$2/")
    .replace(/^(models|gold)\/.*$/, "$1/*");
  return { action: `s3:${method}${search ? search.replace(/=[^&]*/g, "=") : ""}`, on: `${bucket}/${folder}`, entries: 1 };
}

function add(who, { action, on, entries }, sent, received, status, empty) {
  const key = `${who} ${action} ${on}`;
  const one = (counts[key] ??= { requests: 0, entries: 0, empty: 0, sentBytes: 0, receivedBytes: 0, refused: 0 });
  one.requests++;
  one.entries += entries;
  one.sentBytes += sent;
  one.receivedBytes += received;
  if (status >= 400) one.refused++;
  if (empty) one.empty++;
}

function forward(incoming, answer, port) {
  const parts = [];
  incoming.on("data", (part) => parts.push(part));
  incoming.on("end", () => {
    const body = Buffer.concat(parts);
    const { method, url: path, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      const received = [];
      response.on("data", (part) => received.push(part));
      response.on("end", () => {
        const whole = Buffer.concat(received);
        const what = call(incoming, body);
        const messages = what.action === "sqs:ReceiveMessage" ? (JSON.parse(whole.toString() || "{}").Messages?.length ?? 0) : 1;
        add(service(incoming.headers), what, body.length, whole.length, response.statusCode, messages === 0);
        answer.writeHead(response.statusCode, response.headers).end(whole);
      });
    });
    onward.on("error", () => answer.destroy());
    onward.end(body);
  });
}

function finish() {
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
  const text = JSON.stringify(sorted, null, 1);
  if (out) writeFileSync(out, text);
  else console.log(text);
  process.exit(0);
}

for (const [from, to] of process.argv.slice(2).filter((pair) => /^\d+=\d+$/.test(pair)).map((pair) => pair.split("=").map(Number))) {
  createServer((incoming, answer) => forward(incoming, answer, to)).listen(from, "127.0.0.1");
}
process.on("SIGTERM", finish).on("SIGINT", finish);
