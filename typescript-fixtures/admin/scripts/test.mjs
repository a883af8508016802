// Compiles the tests together with the sources into build/, and runs them on this Node.
// --compile only compiles, --no-compile only runs; other arguments are test files, such as "retries".

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit", cwd: root });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

if (!options.includes("--no-compile")) {
  rmSync(`${root}/build`, { recursive: true, force: true });
  run(tsc, "-p", "test/tsconfig.json");
  writeFileSync(`${root}/build/package.json`, '{ "type": "module" }\n');
}
if (!options.includes("--compile")) {
  const files = readdirSync(`${root}/build/test`).filter((file) => file.endsWith(".test.js"));
  const chosen = files.filter((file) => names.length === 0 || names.some((name) => file.startsWith(name)));
  if (chosen.length === 0) {
    throw new Error(`no test file is named ${names.join(", ")}: there are ${files.join(", ")}`);
  }
  run("--no-warnings", "--test", ...chosen.map((file) => `build/test/${file}`));
}
