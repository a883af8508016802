/** What each attempt reports: a log line, the caller's `onReply`, deprecation warnings. */

import type { SegOpsError } from "../errors/index.js";
import type { TransportReply } from "../transport/protocol.js";
import { HttpHeaders } from "../wire/headers.js";
import type { Call, Settings } from "./call.js";
import { requestIdOf } from "./failures.js";
import { headersWithoutKey } from "./secrets.js";

/** One attempt of a call, as `onReply` receives it. */
export interface Attempt {
  /** What was called, such as `segments.get`; `request` and `paginate` for those of `client.http`. */
  readonly operation: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path below the base URL, without the query. */
  readonly path: string;
  /** The reply's status; undefined if there was no reply. */
  readonly status: number | undefined;
  /** The reply's headers. */
  readonly headers: HttpHeaders;
  /** The server's id of the request, if it sent one. */
  readonly requestId: string | undefined;
  /** 1 for the first attempt of the call. */
  readonly attempt: number;
  /** How long it took. */
  readonly seconds: number;
  /** Seconds before the next attempt; undefined if there is none. */
  readonly delay: number | undefined;
  /** The name of the error that it ended in, such as `SegOpsTimeoutError`; undefined if the reply could be read. */
  readonly error: string | undefined;
}

/** Called after each attempt, when its reply was read or it failed. What it throws reaches the caller. */
export type OnReply = (attempt: Attempt) => void;

/** The outcome of one attempt. */
export interface Told {
  reply: TransportReply | undefined;
  error: SegOpsError | undefined;
  attempt: number;
  seconds: number;
  /** Seconds before the next attempt. */
  delay: number | undefined;
  /** Whether the server asked for that delay. */
  isAsked: boolean;
}

const NO_HEADERS = new HttpHeaders();

/** Reports one attempt. */
export function observe(call: Call, settings: Settings, told: Told): void {
  const { log, onReply, apiKey } = settings;
  const { reply, error, attempt, seconds, delay } = told;
  const { operation, method } = call;
  const path = call.path.split("?")[0] as string;
  if (log !== undefined) {
    log(
      `${method} ${path} ${error?.name ?? reply?.status} ${Math.round(seconds * 1000)} ms attempt ${attempt}`,
      "debug",
    );
    if (delay && told.isAsked) {
      log(`${method} ${path} waits ${Number(delay.toPrecision(6))} s, as the server asks (Retry-After)`, "info");
    }
  }
  if (reply?.headers.has("deprecation") || reply?.headers.has("sunset")) {
    warn(operation, `${method} ${path}`, headersWithoutKey(reply.headers, apiKey));
  }
  if (onReply !== undefined) {
    const headers = reply === undefined ? NO_HEADERS : headersWithoutKey(reply.headers, apiKey);
    const [status, requestId] = [reply?.status, requestIdOf(headers)];
    onReply({ operation, method, path, status, headers, requestId, attempt, seconds, delay, error: error?.name });
  }
}

const warned = new Set<string>();

/** Warns, once per operation, that the server announces its removal. */
function warn(operation: string, line: string, headers: HttpHeaders): void {
  if (warned.has(operation)) {
    return;
  }
  warned.add(operation);
  const said = ["Deprecation", "Sunset", "Link"]
    .filter((name) => headers.has(name))
    .map((name) => `${name}: ${headers.get(name)?.slice(0, 100)}`);
  const text = `The server says that ${operation} (${line}) is deprecated (${said.join("; ")}).`;
  process.emitWarning(text, { type: "SegOpsDeprecationWarning", code: operation });
}
