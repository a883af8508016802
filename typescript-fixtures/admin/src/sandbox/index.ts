/**
 * A local SegOps for tests: a real server on this machine with a clean workspace for each test.
 *
 * ```ts
 * beforeEach(async () => {
 *   sandbox = await cleanSandbox();
 * });
 * ```
 *
 * The global set-up `@segops/admin/sandbox/global-setup` of Vitest and Jest keeps one server for each worker; without it
 * each process that asks has one of its own. The server is the Python package `segops-sandbox`.
 */

import { workersSandbox } from "./pool.js";
import type { Sandbox, Workspace } from "./sandbox.js";

export { globalSetup } from "./pool.js";
export {
  type Fault,
  type JobsMode,
  type Plan,
  type RecordedRequest,
  Sandbox,
  type SandboxAddress,
  SandboxError,
  type SandboxJob,
  type Workspace,
} from "./sandbox.js";
export { type SandboxOptions, startSandbox } from "./start.js";

/**
 * The sandbox of this test worker with an empty workspace. To be called before each test.
 *
 * @param workspace what the workspace holds, and how clock and jobs are
 */
export async function cleanSandbox(workspace: Workspace = {}): Promise<Sandbox> {
  const sandbox = await workersSandbox();
  await sandbox.reset(workspace);
  return sandbox;
}
