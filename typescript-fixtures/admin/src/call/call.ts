/** One call, before anything is known of how it travels; and what a client's calls are made with. */

import type { Runtime } from "../runtime.js";
import type { Transport } from "../transport/protocol.js";
import type { Multipart } from "../wire/multipart.js";
import type { Deadline } from "./deadline.js";
import type { OnReply } from "./observe.js";

/** One call as it is about to be made: everything but the key. */
export interface Call {
  /** The contract's name of it, such as `segments.get`; `http.request` for what no method wraps. */
  operation: string;
  method: string;
  path: string;
  query: string;
  body: Uint8Array | Multipart | undefined;
  contentType: string | undefined;
  /** It changes nothing. */
  safe: boolean;
  idempotencyKey: string | undefined;
  signal: AbortSignal | undefined;
  deadline: Deadline;
}

/** What a client's calls are made with. */
export interface Settings {
  apiKey: string;
  baseUrl: string;
  maxRetries: number;
  /** Seconds without progress. */
  timeout: number;
  /** Seconds for a whole call; undefined for no limit. */
  deadline: number | undefined;
  /** Headers of the caller's own, sent with every request. */
  headers: Readonly<Record<string, string>>;
  transport: Transport;
  runtime: Runtime;
  /** Reads JSON. */
  parse: (text: string) => unknown;
  /** Receives a line per attempt, without query, key and body. */
  log: ((line: string, level: "debug" | "info") => void) | undefined;
  /** Called after each attempt. */
  onReply: OnReply | undefined;
  /** Shared by all clients that share connections. */
  isClosed: () => boolean;
}

/** Path and query, as error messages show them. */
export function target(call: Call): string {
  if (call.query === "") {
    return call.path;
  }
  return `${call.path}${call.path.includes("?") ? "&" : "?"}${call.query}`;
}
