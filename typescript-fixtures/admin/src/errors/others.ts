/** The errors of set-ups, arguments, unreadable replies, jobs and webhooks. */

import { SegOpsError, type WithCause } from "./base.js";
import { mayHaveBeenDone } from "./connection.js";

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
  /** The reply's status, if its head could be read. */
  status?: number | undefined;
  /** The HTTP method that was asked. */
  method?: string;
  /** The path that was asked, query included. */
  path?: string;
  /** Number of attempts. */
  attempts?: number;
  /** The key that the call carried. */
  idempotencyKey?: string | undefined;
  /** Whether the call changes something and may have been executed. */
  mayHaveExecuted?: boolean;
  /** @internal */
  reason?: string;
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
  /** The HTTP method that was asked. */
  readonly method: string;
  /** The path that was asked, query included. */
  readonly path: string;
  /** Number of attempts. */
  readonly attempts: number;
  /** The key that the call carried, if any. */
  readonly idempotencyKey: string | undefined;
  /** Whether the call changes something and may have been executed. */
  readonly mayHaveExecuted: boolean;

  /**
   * @param reason what is wrong with the reply
   * @param details what is known of the call
   */
  constructor(reason: string, details: DecodeErrorDetails = {}) {
    super(decodeMessage(reason, details), details);
    this.reason = reason;
    this.status = details.status;
    this.method = details.method ?? "";
    this.path = details.path ?? "";
    this.attempts = details.attempts ?? 1;
    this.idempotencyKey = details.idempotencyKey;
    this.mayHaveExecuted = details.mayHaveExecuted ?? false;
  }

  /**
   * The same failure with more of what is known about it.
   *
   * @internal
   */
  with(details: DecodeErrorDetails): SegOpsDecodeError {
    const { reason, status, cause } = this;
    return decodeError(details.reason ?? reason, { status, cause, ...details });
  }
}

// Not within the class: one that names itself within gets another name in the bundles.
function decodeError(reason: string, details: DecodeErrorDetails): SegOpsDecodeError {
  return new SegOpsDecodeError(reason, details);
}

function decodeMessage(reason: string, details: DecodeErrorDetails): string {
  if (!details.method) {
    return reason;
  }
  const answered = details.status ? `answered ${details.status}` : "was answered";
  const text = `${details.method} ${details.path} ${answered}, and the reply cannot be read: ${reason}`;
  if (!details.mayHaveExecuted) {
    return text;
  }
  const dot = text.endsWith(".") ? "" : ".";
  return `${text}${dot} ${mayHaveBeenDone(details.idempotencyKey, false)}`;
}

/** Thrown when a job that was waited for has failed; `job` is its last answer. */
export class SegOpsJobError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsJobError";
  override name = "SegOpsJobError";
  /** The job's last answer. */
  readonly job: unknown;

  /**
   * @param message what happened
   * @param job the job's last answer
   * @param options the error that this one stems from, if any
   */
  constructor(message: string, job: unknown = null, options: WithCause = {}) {
    super(message, options);
    this.job = job;
  }
}

/** Thrown when a job did not finish in time; it is still running. `job` is its last answer. */
export class SegOpsWaitTimeout extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsWaitTimeout";
  override name = "SegOpsWaitTimeout";
  /** The job's last answer. */
  readonly job: unknown;

  /**
   * @param message what happened
   * @param job the job's last answer
   * @param options the error that this one stems from, if any
   */
  constructor(message: string, job: unknown = null, options: WithCause = {}) {
    super(message, options);
    this.job = job;
  }
}

/** Thrown by `parseWebhook` when a delivery is not genuine or not readable. */
export class SegOpsWebhookError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsWebhookError";
  override name = "SegOpsWebhookError";
}
