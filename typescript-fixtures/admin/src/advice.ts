/** Which error is a status, and what does its message say? */

import { STATUS_CODES } from "node:http";
import {
  SegOpsApiError,
  SegOpsAuthenticationError,
  SegOpsBadRequestError,
  SegOpsNotFoundError,
  SegOpsPermissionError,
  SegOpsRateLimitError,
  SegOpsServerError,
} from "./errors.js";

const BY_STATUS: Readonly<Record<number, typeof SegOpsApiError>> = {
  400: SegOpsBadRequestError,
  401: SegOpsAuthenticationError,
  403: SegOpsPermissionError,
  404: SegOpsNotFoundError,
  422: SegOpsBadRequestError,
  429: SegOpsRateLimitError,
};

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  400: "Correct what the answer names and send it again.",
  401: "Check the API key: it may be mistyped or revoked.",
  403: "The key is valid, but its kind, role or plan does not allow this.",
  404: "Check the id, and that the key belongs to the same workspace.",
  405: "Check the method and the base URL.",
  409: "The same call may still be under way: wait, then look before you repeat it.",
  413: "Send less at once.",
  422: "Correct what the answer names and send it again.",
};

/** The class of error for an HTTP status. */
export function errorClass(status: number): typeof SegOpsApiError {
  return status >= 500 ? SegOpsServerError : (BY_STATUS[status] ?? SegOpsApiError);
}

/** One sentence of advice for an HTTP status. */
export function whatToDo(status: number, retryAfter: number | undefined): string {
  if (status === 429 || (status >= 500 && retryAfter)) {
    return `Try again ${retryAfter ? `in ${Number(retryAfter.toPrecision(6))} s` : "later"}.`;
  }
  if (status >= 500) {
    return "The server failed; try again later.";
  }
  if (status >= 300 && status < 400) {
    return "Redirects are followed for GET within one origin only: check the base URL.";
  }
  return WHAT_TO_DO[status] ?? "";
}

/** What was asked, what came back and what to do, in one line. */
export function apiMessage(
  asked: string,
  answer: { status: number; body: unknown; retryAfter: number | undefined; attempts: number; requestId?: string },
): string {
  const phrase = STATUS_CODES[answer.status];
  const said = describeBody(answer.body).replace(/\.$/, "");
  const notes = [
    ...(answer.attempts > 1 ? [`tried ${answer.attempts} times`] : []),
    ...(answer.requestId ? [`request id ${answer.requestId}`] : []),
  ];
  const parts = [
    `${asked} answered ${answer.status}${phrase ? ` ${phrase}` : ""}${said ? `: ${said}.` : "."}`,
    whatToDo(answer.status, answer.retryAfter),
    notes.length > 0 ? `(${notes.join(", ")})` : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** An answer in one short line: the platform's `detail`, its field errors, or the start of the text. */
export function describeBody(body: unknown, limit = 300): string {
  const text = plainText(body).trim().replace(/\s+/g, " ");
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}

function plainText(body: unknown): string {
  if (body === null || body === undefined) {
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

function short(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
