/** The errors of calls that the server answered with anything but success. */

import { HttpHeaders } from "../wire/headers.js";
import { hide, SegOpsError, type WithCause } from "./base.js";

/** What a {@link SegOpsApiError} knows. */
export interface ApiErrorDetails extends WithCause {
  /** The reply's headers. */
  headers?: HttpHeaders;
  /** The HTTP method that was asked. */
  method?: string;
  /** The path that was asked, query included. */
  path?: string;
  /** The server's id of the request. */
  requestId?: string | undefined;
  /** The seconds that the server asks to wait. */
  retryAfter?: number | undefined;
  /** Number of attempts. */
  attempts?: number;
  /** The key that the call carried. */
  idempotencyKey?: string | undefined;
  /** Whether the call changes something and may have been executed. */
  mayHaveExecuted?: boolean;
}

/** Thrown when the server answered with anything but success. */
export class SegOpsApiError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsApiError";
  override name = "SegOpsApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The answer, decoded if it was JSON, else its text; null if it was empty or unreadable. */
  readonly body: unknown;
  /** The answer's headers. */
  readonly headers!: HttpHeaders;
  /** The HTTP method that was asked. */
  readonly method: string;
  /** The path that was asked, query included. */
  readonly path: string;
  /** The server's id of the request, if it sent one. */
  readonly requestId: string | undefined;
  /** Seconds that the server asks to wait, if it said so. */
  readonly retryAfter: number | undefined;
  /** Number of attempts. */
  readonly attempts: number;
  /** The key that the call carried, if any. */
  readonly idempotencyKey: string | undefined;
  /**
   * Whether the call changes something and an attempt may have been executed: one was answered with 5xx, or lost its
   * reply.
   */
  readonly mayHaveExecuted: boolean;

  /**
   * @param message what was asked, what came back, and what to do
   * @param status the HTTP status
   * @param body the answer, decoded
   * @param details what is known of the call
   */
  constructor(message: string, status: number, body: unknown = null, details: ApiErrorDetails = {}) {
    super(message, details);
    this.status = status;
    this.body = body;
    hide(this, "headers", details.headers ?? new HttpHeaders());
    this.method = details.method ?? "";
    this.path = details.path ?? "";
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
    this.attempts = details.attempts ?? 1;
    this.idempotencyKey = details.idempotencyKey;
    this.mayHaveExecuted = details.mayHaveExecuted ?? false;
  }
}

/** Thrown on 400 and 422: the server does not accept what was sent; `body` says which field. */
export class SegOpsBadRequestError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsBadRequestError";
  override name = "SegOpsBadRequestError";
}

/** Thrown on 401: the key is missing, wrong or revoked. */
export class SegOpsAuthenticationError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsAuthenticationError";
  override name = "SegOpsAuthenticationError";
}

/** Thrown on 403: the key is valid, but its kind, role or plan does not allow this. */
export class SegOpsPermissionError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsPermissionError";
  override name = "SegOpsPermissionError";
}

/** Thrown on 404: there is no such thing in this key's workspace. */
export class SegOpsNotFoundError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsNotFoundError";
  override name = "SegOpsNotFoundError";
}

/** Thrown on 429, after the retries; `retryAfter` holds the seconds that the server asks for. */
export class SegOpsRateLimitError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsRateLimitError";
  override name = "SegOpsRateLimitError";
}

/** Thrown on any 5xx, after the retries. */
export class SegOpsServerError extends SegOpsApiError {
  /** @internal */
  static override readonly kind: string = "SegOpsServerError";
  override name = "SegOpsServerError";
}
