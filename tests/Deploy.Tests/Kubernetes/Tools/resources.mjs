// Reads custom resources from stdin, as a JSON object of arrays by the name of a case, and prints what their published schemas have against
// them: the case, a tab and the complaint, one line each; nothing where all is well.
// Checked twice: the schema's validator knows types, required fields and allowed values, but lets unknown fields pass; the TypeScript types
// of the same schema do not. All cases are one program, because reading the types is what takes long.
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { basename, join } from "node:path";
import ts from "typescript";

const packages = {
  "keda.sh/v1alpha1": "@kubernetes-models/keda/keda.sh/v1alpha1",
  "karpenter.sh/v1": "@kubernetes-models/karpenter/karpenter.sh/v1",
  "karpenter.k8s.aws/v1": "@kubernetes-models/karpenter/karpenter.k8s.aws/v1",
};

const cases = JSON.parse(readFileSync(0, "utf8"));
const names = Object.keys(cases);
const complain = (name, text) => console.log(`${name}\t${text.replaceAll("\n", " ")}`);

// The case as TypeScript, after its resources went through the schemas' validators.
async function typed(name) {
  const lines = [];
  for (const [index, resource] of cases[name].entries()) {
    const { apiVersion, kind } = resource;
    const from = packages[apiVersion];
    const model = from && (await import(from))[kind];
    if (!model) {
      complain(name, `${kind}: no schema of ${apiVersion} is known here`);
      continue;
    }
    try {
      new model(resource).validate();
    } catch (error) {
      complain(name, `${kind}: ${error.message}`);
    }
    lines.push(`import type { I${kind} as T${index} } from "${from}";`);
    lines.push(`export const r${index}: T${index} = ${JSON.stringify(resource)};`);
  }
  return lines.join("\n");
}

// Beside the packages, so that they are found.
const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), "types-"));
try {
  const files = [];
  for (const [index, name] of names.entries()) {
    files.push(join(folder, `${index}.ts`));
    writeFileSync(files[index], await typed(name));
  }
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  for (const found of ts.getPreEmitDiagnostics(ts.createProgram(files, options))) {
    const index = found.file && parseInt(basename(found.file.fileName), 10);
    complain(names[index] ?? names[0], ts.flattenDiagnosticMessageText(found.messageText, " "));
  }
} finally {
  rmSync(folder, { recursive: true });
}
