// Reads custom resources as a JSON array from stdin and prints what their published schemas have against them, one line each; nothing where all is well.
// Twice: the schema's validator knows types, required fields and allowed values, but lets unknown fields pass; the TypeScript types of the same schema do not.
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import ts from "typescript";

const packages = {
  "keda.sh/v1alpha1": "@kubernetes-models/keda/keda.sh/v1alpha1",
  "karpenter.sh/v1": "@kubernetes-models/karpenter/karpenter.sh/v1",
  "karpenter.k8s.aws/v1": "@kubernetes-models/karpenter/karpenter.k8s.aws/v1",
};

const resources = JSON.parse(readFileSync(0, "utf8"));
const lines = [];
for (const [index, resource] of resources.entries()) {
  const { apiVersion, kind } = resource;
  const model = packages[apiVersion] && (await import(packages[apiVersion]))[kind];
  if (!model) {
    console.log(`${kind}: no schema of ${apiVersion} is known here`);
    continue;
  }
  try {
    new model(resource).validate();
  } catch (error) {
    console.log(`${kind}: ${error.message}`);
  }
  lines.push(`import type { I${kind} as T${index} } from "${packages[apiVersion]}"; export const r${index}: T${index} = ${JSON.stringify(resource)};`);
}

// Beside the packages, so that they are found.
const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), "types-"));
const file = join(folder, "resources.ts");
try {
  writeFileSync(file, lines.join("\n"));
  const program = ts.createProgram([file], { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] });
  for (const found of ts.getPreEmitDiagnostics(program)) {
    console.log(ts.flattenDiagnosticMessageText(found.messageText, " "));
  }
} finally {
  rmSync(folder, { recursive: true });
}
