// Reads a Dockerfile from stdin and prints what a linter has against it, one line each.
import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";

for (const found of validate(readFileSync(0, "utf8"))) {
  console.log(`line ${found.range.start.line + 1}: ${found.message}`);
}
