/** The errors of calls that got no whole reply. */

import { SegOpsError, type WithCause } from "./base.js";
import { quote } from "./text.js";

/** What a {@link SegOpsConnectionError} knows. */
export interface ConnectionErrorDetails extends WithCause {
  /** Whether the server can have seen the request. */
  sent?: boolean;
  /** Whether another attempt may do better. */
  transient?: boolean;
  /** Whether it was a kept connection that turned out to be closed. */
  stale?: boolean;
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

/** Thrown when no whole reply came back: no connection, a reset, a reply cut short. */
export class SegOpsConnectionError extends SegOpsError {
  /** @internal */
  static override readonly kind: string = "SegOpsConnectionError";
  override name = "SegOpsConnectionError";
  /** What happened, without what was asked. */
  readonly reason: string;
  /** False if the server cannot have seen the request; true if it may have acted on it. */
  readonly sent: boolean;
  /** False if a retry cannot help (a certificate that does not verify). */
  readonly transient: boolean;
  /** True if a connection kept from an earlier call turned out to be closed. */
  readonly stale: boolean;
  /** The HTTP method that was asked. */
  readonly method: string;
  /** The path that was asked, query included. */
  readonly path: string;
  /** Number of attempts. */
  readonly attempts: number;
  /** The key that the call carried; pass it as `idempotencyKey` to repeat the same call. */
  readonly idempotencyKey: string | undefined;
  /** Whether the call changes something and may have been executed. */
  readonly mayHaveExecuted: boolean;

  /**
   * @param reason what happened, without what was asked
   * @param details what is known of the call
   */
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
    this.mayHaveExecuted = details.mayHaveExecuted ?? false;
  }

  /**
   * The same failure with more of what is known about it.
   *
   * @internal
   */
  with(details: ConnectionErrorDetails): SegOpsConnectionError {
    const Class = this.constructor as typeof SegOpsConnectionError;
    const { reason, sent, transient, stale, cause } = this;
    return new Class(details.reason ?? reason, { sent, transient, stale, cause, ...details });
  }
}

function connectionMessage(reason: string, details: ConnectionErrorDetails): string {
  if (!details.method) {
    return reason;
  }
  const tries = (details.attempts ?? 1) > 1 ? ` (tried ${details.attempts} times)` : "";
  const text = `${details.method} ${details.path} got no reply: ${reason}${tries}`;
  if (!details.mayHaveExecuted) {
    return text;
  }
  return `${text}. ${mayHaveBeenDone(details.idempotencyKey, details.sent === false)}`;
}

/** The advice to a caller whose write may have been executed. */
export function mayHaveBeenDone(idempotencyKey: string | undefined, isEarlier: boolean): string {
  const what = isEarlier ? "An earlier attempt may have been executed" : "The server may have executed it";
  const again = idempotencyKey === undefined ? "" : `, and repeat it with idempotencyKey: ${quote(idempotencyKey)}`;
  return `${what}: look before you repeat it${again}.`;
}

/** Thrown when nothing was heard for `timeout` seconds while connecting, sending or receiving. */
export class SegOpsTimeoutError extends SegOpsConnectionError {
  /** @internal */
  static override readonly kind: string = "SegOpsTimeoutError";
  override name = "SegOpsTimeoutError";
}
