/** What a caller is told of each attempt: the reply or the failure, and the wait that follows. */

import type { SegOpsConnectionError, SegOpsDecodeError } from "../errors/index.js";
import { HttpHeaders } from "../wire/headers.js";

/** One attempt of a call, as `onReply` is told of it. */
export interface ReplyInfo {
  /** The operation, such as `segments.get`; `http.request` for what no method wraps. */
  readonly operation: string;
  readonly method: string;
  /** The path below the base URL, without the query. */
  readonly path: string;
  /** The HTTP status; undefined if there was no reply. */
  readonly status: number | undefined;
  /** The reply's headers; empty if there was no reply. */
  readonly headers: HttpHeaders;
  /** The server's name for the request, if it gave one. */
  readonly requestId: string | undefined;
  /** Which attempt of its call this was, from 1 up. */
  readonly attempt: number;
  /** How long it took. */
  readonly seconds: number;
  /** Seconds until the next attempt; undefined if this was the last one. */
  readonly delay: number | undefined;
  /** What went wrong, if there was no reply. */
  readonly error: SegOpsConnectionError | SegOpsDecodeError | undefined;
}

/** Is told of each attempt. What it throws ends the call, and is the caller's. */
export type OnReply = (info: ReplyInfo) => void;

export const NO_HEADERS = new HttpHeaders();
