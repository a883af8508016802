/**
 * What can go wrong, and how is it told?
 *
 * ```
 * SegOpsError                        every error of this package
 * ├── SegOpsConfigError              the client cannot be used as it is set up; nothing was sent
 * ├── SegOpsArgumentError            a call's argument is unusable; nothing was sent
 * ├── SegOpsConnectionError          no whole reply came back
 * │   └── SegOpsTimeoutError         … because it took too long
 * ├── SegOpsApiError                 the server answered, and not with success
 * │   ├── SegOpsBadRequestError      400, 422
 * │   ├── SegOpsAuthenticationError  401
 * │   ├── SegOpsPermissionError      403
 * │   ├── SegOpsNotFoundError        404
 * │   ├── SegOpsRateLimitError       429
 * │   └── SegOpsServerError          5xx
 * ├── SegOpsDecodeError              the reply cannot be read
 * ├── SegOpsJobError                 a job that was waited for has failed
 * ├── SegOpsWaitTimeout              a job that was waited for was not over in time
 * └── SegOpsWebhookError             a webhook is not genuine, or not readable
 * ```
 */

import { quote } from "./quote.js";

interface WithCause {
  /** The error that this one stems from. */
  cause?: unknown;
}

/** The base of every error of this package: `error instanceof SegOpsError` recognises them all. */
export class SegOpsError extends Error {
  override name = "SegOpsError";

  constructor(message: string, options: WithCause = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** Thrown when the client is set up wrongly (key, base URL, options) or is used after `close()`. */
export class SegOpsConfigError extends SegOpsError {
  override name = "SegOpsConfigError";
}

/** Thrown when an argument cannot be sent: an empty id, `NaN`, an unknown format. Nothing was sent. */
export class SegOpsArgumentError extends SegOpsError {
  override name = "SegOpsArgumentError";
}

/** What a {@link SegOpsConnectionError} knows. */
export interface ConnectionErrorDetails extends WithCause {
  sent?: boolean;
  transient?: boolean;
  stale?: boolean;
  method?: string;
  path?: string;
  attempts?: number;
  idempotencyKey?: string | undefined;
}

/** Thrown when no whole reply came back: no connection, a reset, a reply cut short. */
export class SegOpsConnectionError extends SegOpsError {
  override name = "SegOpsConnectionError";
  /** What happened, without what was asked. */
  readonly reason: string;
  /** False if the server cannot have seen the request; true if it may have acted on it. */
  readonly sent: boolean;
  /** False if trying again is pointless (a certificate that does not verify). */
  readonly transient: boolean;
  /** True if a connection kept from an earlier call turned out to be closed. */
  readonly stale: boolean;
  readonly method: string;
  readonly path: string;
  /** How many times it was tried. */
  readonly attempts: number;
  /** The key that the call carried; pass it as `idempotencyKey` to repeat the same call. */
  readonly idempotencyKey: string | undefined;

  constructor(reason: string, details: ConnectionErrorDetails = {}) {
    super(connectionMessage(reason, details), details);
    this.reason = reason;
    this.sent = details.sent ?? true;
    this.transient = details.transient ?? true;
    this.stale = details.stale ?? false;
    this.method = details.method ?? "";
    this.path = details.path ?? "";
    this.attempts = details.attempts ?? 1;
    this.idempotencyKey = details.idempotencyKey;
  }

  /**
   * The same failure with more of what is known about it.
   *
   * @internal
   */
  with(details: ConnectionErrorDetails): SegOpsConnectionError {
    const Class = this.constructor as typeof SegOpsConnectionError;
    const { sent, transient, stale, method, path, attempts, idempotencyKey, cause } = this;
    const known = { sent, transient, stale, method, path, attempts, idempotencyKey, cause };
    return new Class(this.reason, { ...known, ...details });
  }
}

function connectionMessage(reason: string, details: ConnectionErrorDetails): string {
  if (!details.method) {
    return reason;
  }
  const tries = (details.attempts ?? 1) > 1 ? ` (tried ${details.attempts} times)` : "";
  const text = `${details.method} ${details.path} got no reply: ${reason}${tries}`;
  if (details.idempotencyKey === undefined || details.sent === false) {
    return text;
  }
  const key = quote(details.idempotencyKey);
  return (
    `${text}. The server may have carried it out: look before you repeat it, ` +
    `and repeat it with idempotencyKey: ${key}.`
  );
}

/** Thrown when nothing was heard for `timeout` seconds while connecting, sending or receiving. */
export class SegOpsTimeoutError extends SegOpsConnectionError {
  override name = "SegOpsTimeoutError";
}

/** What a {@link SegOpsApiError} knows. */
export interface ApiErrorDetails extends WithCause {
  headers?: Headers;
  method?: string;
  path?: string;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  attempts?: number;
  idempotencyKey?: string | undefined;
}

/** Thrown when the server answered with anything but success. */
export class SegOpsApiError extends SegOpsError {
  override name = "SegOpsApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The answer, decoded if it was JSON, else its text; null if it was empty or unreadable. */
  readonly body: unknown;
  /** The answer's headers. */
  readonly headers: Headers;
  readonly method: string;
  readonly path: string;
  /** The server's name for this request, if it gave one. */
  readonly requestId: string | undefined;
  /** Seconds that the server asks to wait, if it said so. */
  readonly retryAfter: number | undefined;
  /** How many times it was tried. */
  readonly attempts: number;
  /** The key that the call carried, if any. */
  readonly idempotencyKey: string | undefined;

  constructor(message: string, status: number, body: unknown = null, details: ApiErrorDetails = {}) {
    super(message, details);
    this.status = status;
    this.body = body;
    this.headers = details.headers ?? new Headers();
    this.method = details.method ?? "";
    this.path = details.path ?? "";
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
    this.attempts = details.attempts ?? 1;
    this.idempotencyKey = details.idempotencyKey;
  }
}

/** Thrown on 400 and 422: the server does not accept what was sent; `body` says which field. */
export class SegOpsBadRequestError extends SegOpsApiError {
  override name = "SegOpsBadRequestError";
}

/** Thrown on 401: the key is missing, wrong or revoked. */
export class SegOpsAuthenticationError extends SegOpsApiError {
  override name = "SegOpsAuthenticationError";
}

/** Thrown on 403: the key is valid, but its kind, role or plan does not allow this. */
export class SegOpsPermissionError extends SegOpsApiError {
  override name = "SegOpsPermissionError";
}

/** Thrown on 404: there is no such thing in this key's workspace. */
export class SegOpsNotFoundError extends SegOpsApiError {
  override name = "SegOpsNotFoundError";
}

/** Thrown on 429, after the retries; `retryAfter` holds the seconds that the server asks for. */
export class SegOpsRateLimitError extends SegOpsApiError {
  override name = "SegOpsRateLimitError";
}

/** Thrown on any 5xx, after the retries. */
export class SegOpsServerError extends SegOpsApiError {
  override name = "SegOpsServerError";
}

/** What a {@link SegOpsDecodeError} knows. */
export interface DecodeErrorDetails extends WithCause {
  status?: number | undefined;
  method?: string;
  path?: string;
}

/** Thrown when a reply came back whole but cannot be read: not JSON, not UTF-8, bad gzip, too large, not a page. */
export class SegOpsDecodeError extends SegOpsError {
  override name = "SegOpsDecodeError";
  /** What is wrong with it, without what was asked. */
  readonly reason: string;
  /** The HTTP status of that reply, if it had one. */
  readonly status: number | undefined;
  readonly method: string;
  readonly path: string;

  constructor(reason: string, details: DecodeErrorDetails = {}) {
    const answered = details.status ? `answered ${details.status}` : "was answered";
    super(
      details.method
        ? `${details.method} ${details.path} ${answered}, and the reply cannot be read: ${reason}`
        : reason,
      details,
    );
    this.reason = reason;
    this.status = details.status;
    this.method = details.method ?? "";
    this.path = details.path ?? "";
  }
}

/** Thrown when a job that was waited for has failed; `job` is its last answer. */
export class SegOpsJobError extends SegOpsError {
  override name = "SegOpsJobError";
  readonly job: unknown;

  constructor(message: string, job: unknown = null) {
    super(message);
    this.job = job;
  }
}

/** Thrown when a job was not over in time; it goes on at the server. `job` is its last answer. */
export class SegOpsWaitTimeout extends SegOpsError {
  override name = "SegOpsWaitTimeout";
  readonly job: unknown;

  constructor(message: string, job: unknown = null) {
    super(message);
    this.job = job;
  }
}

/** Thrown by `parseWebhook` when a delivery is not genuine or not readable. */
export class SegOpsWebhookError extends SegOpsError {
  override name = "SegOpsWebhookError";
}
