/** The course of a call: attempts and the waits between them, until it is answered for good, and how it ends. */

import { type SegOpsConnectionError, type SegOpsError, SegOpsTimeoutError } from "../errors/index.js";
import type { TransportReply } from "../transport/protocol.js";
import { attempt, type Outcome, type Reception } from "./attempt.js";
import type { Call, Settings } from "./call.js";
import { apiError, told } from "./failures.js";
import { observe } from "./observe.js";
import { delay, isRetryableStatus, LONGEST_WAIT, mayRepeat, retryAfter } from "./retry.js";

/** The consequence of an attempt. */
interface Next {
  /** Seconds until the next attempt; undefined if there is none. */
  wait: number | undefined;
  /** The seconds that the server asked for. */
  asked?: number | undefined;
  /** Whether the next attempt costs no retry. */
  isFree?: boolean;
}

const FINAL: Next = { wait: undefined };

/** One call under way. */
export class Course<T> {
  readonly #call: Call;
  readonly #settings: Settings;
  readonly #reception: Reception<T>;
  #attempt = 1;
  /** Whether an earlier attempt may have been executed. */
  #mayHaveExecuted = false;
  #isReopened = false;
  /** Whether the deadline is why there is no further attempt. */
  #isOutOfTime = false;

  constructor(call: Call, settings: Settings, reception: Reception<T>) {
    this.#call = call;
    this.#settings = settings;
    this.#reception = reception;
  }

  /**
   * Makes attempts until one is final, and resolves to the call's value.
   *
   * @throws {SegOpsError} what the last attempt ended with
   */
  async run(): Promise<T> {
    const { runtime } = this.#settings;
    for (;;) {
      const started = runtime.monotonic();
      const outcome = await attempt(this.#call, this.#settings, this.#reception);
      const seconds = runtime.monotonic() - started;
      const next = this.#after(outcome);
      this.#tell(outcome, seconds, next);
      if (outcome.kind === "value") {
        return outcome.value;
      }
      if (this.#isGone(outcome)) {
        return null as T; // what a DELETE resolves to
      }
      if (next.wait === undefined) {
        throw await this.#failure(outcome, next.asked);
      }
      this.#mayHaveExecuted ||= isUnclear(outcome);
      if (!next.isFree) {
        await runtime.sleep(next.wait, this.#call.signal);
        this.#attempt += 1;
      }
    }
  }

  /** Whether a DELETE that was repeated has met what it left behind itself. */
  #isGone(outcome: Outcome<T>): boolean {
    const isMissing = outcome.kind === "refused" && outcome.reply.status === 404;
    return isMissing && this.#call.method === "DELETE" && this.#mayHaveExecuted;
  }

  #after(outcome: Outcome<T>): Next {
    if (outcome.kind === "lost") {
      return this.#afterLoss(outcome.error);
    }
    return outcome.kind === "refused" ? this.#afterRefusal(outcome.reply) : FINAL;
  }

  #afterLoss(error: SegOpsConnectionError): Next {
    const { method, safe } = this.#call;
    if (!error.transient || !mayRepeat(method, safe, error.sent)) {
      // What another attempt cannot help is a deadline, not silence.
      this.#isOutOfTime = error instanceof SegOpsTimeoutError && !error.transient;
      return FINAL;
    }
    if (error.stale && !this.#isReopened) {
      this.#isReopened = true;
      return { wait: 0, isFree: true };
    }
    return this.#backOff(undefined);
  }

  #afterRefusal({ status, headers }: TransportReply): Next {
    const asked = retryAfter(headers.get("retry-after"), this.#settings.runtime.now());
    if (!isRetryableStatus(status) || (asked !== undefined && asked > LONGEST_WAIT)) {
      return { wait: undefined, asked };
    }
    return this.#backOff(asked);
  }

  #backOff(asked: number | undefined): Next {
    const { runtime, maxRetries } = this.#settings;
    if (this.#attempt > maxRetries) {
      return { wait: undefined, asked };
    }
    const wait = asked ?? delay(this.#attempt - 1, runtime.random());
    this.#isOutOfTime = !this.#call.deadline.hasRoomFor(wait);
    return { wait: this.#isOutOfTime ? undefined : wait, asked };
  }

  async #failure(outcome: Outcome<T>, asked: number | undefined): Promise<SegOpsError> {
    const mayHaveExecuted = !this.#call.safe && (this.#mayHaveExecuted || isUnclear(outcome));
    const ended = {
      attempts: this.#attempt,
      retryAfter: asked,
      mayHaveExecuted,
      isOutOfTime: this.#isOutOfTime,
    };
    const { apiKey } = this.#settings;
    if (outcome.kind === "refused") {
      return apiError(this.#call, outcome.reply, outcome.body, apiKey, ended);
    }
    return told((outcome as { error: SegOpsConnectionError }).error, this.#call, apiKey, ended);
  }

  #tell(outcome: Outcome<T>, seconds: number, { wait, asked }: Next): void {
    observe(this.#call, this.#settings, {
      reply: outcome.reply,
      error: "error" in outcome ? outcome.error : undefined,
      attempt: this.#attempt,
      seconds,
      delay: wait,
      isAsked: asked !== undefined,
    });
  }
}

/** Whether an attempt may have been executed, though it brought no success. */
function isUnclear(outcome: Outcome<unknown>): boolean {
  if (outcome.kind === "refused") {
    return outcome.reply.status >= 500;
  }
  return outcome.kind === "unreadable" || (outcome.kind === "lost" && outcome.error.sent);
}
