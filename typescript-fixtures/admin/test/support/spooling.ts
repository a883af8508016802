/** The temporary folder of this process alone: what another one leaves in the machine's is none of a test's business. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "segops-test-"));
process.env.TMPDIR = folder;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** What uploads have left in it. */
export const leftOver = (): string[] => readdirSync(folder).filter((name) => name.startsWith("segops-admin-"));
