/** The global set-up of Vitest and Jest, without options: name this module in their configuration. */

import { globalSetup } from "./pool.js";

/** Keeps a sandbox for each worker of the run; see {@link globalSetup}. */
export default function setup(): Promise<() => Promise<void>> {
  return globalSetup();
}
