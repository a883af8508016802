/** The error for a reply that is no success: its class, and a message that says what to do. */

import { mayHaveBeenDone } from "../errors/connection.js";
import {
  SegOpsApiError,
  SegOpsAuthenticationError,
  SegOpsBadRequestError,
  type SegOpsConnectionError,
  type SegOpsDecodeError,
  type SegOpsError,
  SegOpsNotFoundError,
  SegOpsPermissionError,
  SegOpsRateLimitError,
  SegOpsServerError,
} from "../errors/index.js";
import type { TransportReply } from "../transport/protocol.js";
import { type Call, target } from "./call.js";
import { decodeErrorBody } from "./reply.js";
import { headersWithoutKey, hideInCauses, valueWithoutKey, withoutKey } from "./secrets.js";

const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id"];
const BY_STATUS: Readonly<Record<number, typeof SegOpsApiError>> = {
  400: SegOpsBadRequestError,
  401: SegOpsAuthenticationError,
  403: SegOpsPermissionError,
  404: SegOpsNotFoundError,
  422: SegOpsBadRequestError,
  429: SegOpsRateLimitError,
};

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  400: "Fix the fields named above and send it again.",
  401: "Check the API key: it may be mistyped or revoked.",
  403: "The key is valid, but its kind, role or plan does not allow this.",
  404: "Check the id, and that the key belongs to the same workspace.",
  405: "Check the method and the base URL.",
  409: "The same call may still be under way: wait, then look before you repeat it.",
  413: "Send less at once.",
  422: "Fix the fields named above and send it again.",
};

/** The class of error for an HTTP status. */
export function errorClass(status: number): typeof SegOpsApiError {
  return status >= 500 ? SegOpsServerError : (BY_STATUS[status] ?? SegOpsApiError);
}

/** One sentence of advice for an HTTP status. */
export function statusAdvice(status: number, retryAfter: number | undefined): string {
  if (status === 429 || (status >= 500 && retryAfter)) {
    return `Try again ${retryAfter ? `in ${Math.ceil(retryAfter)} s` : "later"}.`;
  }
  if (status >= 500) {
    return "The server failed; try again later.";
  }
  if (status < 400) {
    return "Redirects are followed for GET within one origin only: check the base URL.";
  }
  return WHAT_TO_DO[status] ?? "";
}

/** What is known of a call when it ends. */
export interface Ended {
  attempts: number;
  /** The seconds that the server asks to wait. */
  retryAfter: number | undefined;
  /** Whether the call changes something and may have been executed. */
  mayHaveExecuted: boolean;
  /** Whether the deadline is why there is no further attempt. */
  isOutOfTime: boolean;
}

/** The server's id of a request, if it sent one. */
export function requestIdOf(headers: TransportReply["headers"]): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((id): id is string => id !== null);
}

/**
 * The error for an answer that is no success.
 *
 * @param raw the answer's body
 * @param apiKey is kept out of it
 */
export async function apiError(
  call: Call,
  reply: TransportReply,
  raw: Uint8Array,
  apiKey: string,
  ended: Ended,
): Promise<SegOpsApiError> {
  const { STATUS_CODES } = await import("node:http");
  const body = valueWithoutKey(decodeErrorBody(raw), apiKey);
  const headers = headersWithoutKey(reply.headers, apiKey);
  const requestId = requestIdOf(headers);
  const { retryAfter, attempts, mayHaveExecuted } = ended;
  const { method, idempotencyKey } = call;
  const path = withoutKey(target(call), apiKey);
  const phrase = STATUS_CODES[reply.status];
  const said = describeBody(body).replace(/\.$/, "");
  const notes = [
    ...(attempts > 1 ? [`tried ${attempts} times`] : []),
    ...(requestId ? [`request id ${requestId}`] : []),
  ];
  const parts = [
    `${method} ${path} answered ${reply.status}${phrase ? ` ${phrase}` : ""}${said ? `: ${said}.` : "."}`,
    statusAdvice(reply.status, retryAfter),
    mayHaveExecuted ? mayHaveBeenDone(idempotencyKey, reply.status < 500) : "",
    notes.length > 0 ? `(${notes.join(", ")})` : "",
  ];
  const message = parts.filter((part) => part !== "").join(" ");
  const ErrorClass = errorClass(reply.status);
  const details = { headers, method, path, requestId, retryAfter, attempts, idempotencyKey, mayHaveExecuted };
  const error = new ErrorClass(message, reply.status, body, details);
  return marked(error, ended);
}

/** An error of a call that got no reply, or none that can be read, with what is known of the call. */
export function told(
  error: SegOpsConnectionError | SegOpsDecodeError,
  call: Call,
  apiKey: string,
  ended: Ended,
): SegOpsError {
  const { method, idempotencyKey } = call;
  const { attempts, mayHaveExecuted } = ended;
  const known = { method, path: withoutKey(target(call), apiKey), attempts, idempotencyKey, mayHaveExecuted };
  hideInCauses(error, apiKey);
  return marked(error.with({ ...known, reason: withoutKey(error.reason, apiKey) }), ended);
}

const OUT_OF_TIME = new WeakSet<SegOpsError>();

function marked<T extends SegOpsError>(error: T, { isOutOfTime }: Ended): T {
  if (isOutOfTime) {
    OUT_OF_TIME.add(error);
  }
  return error;
}

/** Whether the deadline is why a call ended in this error. */
export function isOutOfTime(error: unknown): boolean {
  return OUT_OF_TIME.has(error as SegOpsError);
}

/** An answer in one short line: the platform's `detail`, its field errors, or the start of the text. */
export function describeBody(body: unknown, limit = 300): string {
  const text = plainText(body).replace(BLANKS, " ").replace(/^ | $/g, "");
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}

/** What Python takes for blanks, too: separators that JavaScript does not count, and no byte order mark. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: some of them are control characters
const BLANKS = /(?:[^\S\ufeff]|[\x1c-\x1f\x85])+/g;

function plainText(body: unknown): string {
  if (body === null) {
    return "";
  }
  if (typeof body !== "object") {
    return String(body);
  }
  if (Array.isArray(body)) {
    return JSON.stringify(body);
  }
  const { detail } = body as { detail?: unknown };
  if (typeof detail === "string") {
    return detail;
  }
  return Object.entries(body)
    .map(([field, value]) => `${field}: ${Array.isArray(value) ? value.map(short).join(" ") : short(value)}`)
    .join("; ");
}

function short(value: unknown): unknown {
  return typeof value === "object" ? JSON.stringify(value) : value;
}
