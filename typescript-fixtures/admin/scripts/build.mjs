// Builds dist/: ESM and CJS, each with its own types. Runs on the Node that builds, the oldest supported included.

import { spawnSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");

rmSync(`${root}/dist`, { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.cjs.json"]) {
  const { status } = spawnSync(process.execPath, [tsc, "-p", `${root}/${project}`], { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
// Without this, Node would take dist/cjs for ESM, as the package's own "type" says.
writeFileSync(`${root}/dist/cjs/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${root}/dist/esm/cli/bin.js`, 0o755);
