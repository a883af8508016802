/** Gives the test file that imports it a temporary folder of its own: other processes come and go in that of the machine. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const own = mkdtempSync(join(tmpdir(), "segops-test-"));
for (const name of ["TMPDIR", "TEMP", "TMP"]) {
  process.env[name] = own;
}
process.on("exit", () => rmSync(own, { recursive: true, force: true }));
