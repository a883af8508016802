/** The errors of set-ups, arguments, unreadable replies, jobs and webhooks. */

import { SegOpsError, type WithCause } from "./base.js";

/** Thrown when the client is set up wrongly (key, base URL, options) or is used after `close()`. */
export class SegOpsConfigError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsConfigError";
  override name = "SegOpsConfigError";
}

/** Thrown when an argument cannot be sent: an empty id, `NaN`, an unknown format. Nothing was sent. */
export class SegOpsArgumentError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsArgumentError";
  override name = "SegOpsArgumentError";
}

/** What a {@link SegOpsDecodeError} knows. */
export interface DecodeErrorDetails extends WithCause {
  status?: number | undefined;
  method?: string;
  path?: string;
}

/** Thrown when a reply came back whole but cannot be read: not JSON, not UTF-8, bad gzip, too large, not a page. */
export class SegOpsDecodeError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsDecodeError";
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
  /** @internal */
  static override readonly kind: string = "SegOpsJobError";
  override name = "SegOpsJobError";
  readonly job: unknown;

  constructor(message: string, job: unknown = null) {
    super(message);
    this.job = job;
  }
}

/** Thrown when a job was not over in time; it goes on at the server. `job` is its last answer. */
export class SegOpsWaitTimeout extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsWaitTimeout";
  override name = "SegOpsWaitTimeout";
  readonly job: unknown;

  constructor(message: string, job: unknown = null) {
    super(message);
    this.job = job;
  }
}

/** Thrown by `parseWebhook` when a delivery is not genuine or not readable. */
export class SegOpsWebhookError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsWebhookError";
  override name = "SegOpsWebhookError";
}
