// Builds dist/: ESM and CJS, each with its own types, one file for each entry. Runs on the Node that builds, the oldest
// supported included.

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");

/** Each entry, and what it leaves to another one: a class must not be there twice. */
const ENTRIES = [
  { entry: "index", external: [] },
  { entry: "webhook", external: [] },
  { entry: "testing", external: ["./index.js"] },
  { entry: "sandbox/index", external: ["../index.js"] },
  { entry: "sandbox/global-setup", external: ["../index.js"] },
];
const COMMANDS = [
  { entry: "cli/main", external: [] },
  { entry: "cli/bin", external: ["./main.js"] },
];

rmSync(`${root}/dist`, { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.cjs.json"]) {
  // The declarations, and the modules that the entries are made of.
  const { status } = spawnSync(process.execPath, [tsc, "-p", `${root}/${project}`], { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
bundle("esm", [...ENTRIES, ...COMMANDS]);
bundle("cjs", ENTRIES);
// Without this, Node would take dist/cjs for ESM, as the package's own "type" says.
writeFileSync(`${root}/dist/cjs/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${root}/dist/esm/cli/bin.js`, 0o755);
copyFileSync(`${root}/../../CHANGELOG.md`, `${root}/CHANGELOG.md`);

function bundle(format, entries) {
  const folder = `${root}/dist/${format}`;
  for (const file of scripts(folder)) {
    rmSync(file);
  }
  for (const { entry, external } of entries) {
    buildSync({
      absWorkingDir: root,
      entryPoints: [`src/${entry}.ts`],
      outfile: `dist/${format}/${entry}.js`,
      bundle: true,
      format,
      // Jest runs CommonJS where import() is not to be had.
      ...(format === "cjs" ? { supported: { "dynamic-import": false } } : {}),
      platform: "node",
      target: "node18.4",
      external: [...external, "node:*"],
      sourcemap: true,
      sourcesContent: false, // the sources are in the package
      logLevel: "warning",
    });
  }
}

/** Every script below a folder. */
function scripts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? scripts(path) : /\.js$/.test(entry.name) ? [path] : [];
  });
}
