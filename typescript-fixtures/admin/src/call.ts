/** What is one call, before anything is known of how it travels? */

import type { Multipart } from "./multipart.js";

/** One call as it is about to be made: everything but the key. */
export interface Call {
  method: string;
  path: string;
  query: string;
  body: Uint8Array | Multipart | undefined;
  contentType: string | undefined;
  /** It changes nothing. */
  safe: boolean;
  idempotencyKey: string | undefined;
  signal: AbortSignal | undefined;
}

/** Path and query, as error messages show them. */
export function target(call: Call): string {
  if (call.query === "") {
    return call.path;
  }
  return `${call.path}${call.path.includes("?") ? "&" : "?"}${call.query}`;
}
