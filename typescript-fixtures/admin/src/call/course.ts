/** The course of a call: attempts and the waits between them, until it is answered for good. */

import type { SegOpsConnectionError, SegOpsDecodeError } from "../errors/index.js";
import { attempt, type Outcome, type Reception } from "./attempt.js";
import { type Call, type Settings, target } from "./call.js";
import { apiError, requestIdOf } from "./failures.js";
import { NO_HEADERS } from "./observing.js";
import { delay, isRetryableStatus, LONGEST_WAIT, mayRepeat, retryAfter } from "./retry.js";
import { headersWithoutKey } from "./secrets.js";

/** In place of a wait: the next attempt costs no retry. */
const AT_ONCE = -1;

/** One call under way. */
export class Course<T> {
  readonly #call: Call;
  readonly #settings: Settings;
  readonly #reception: Reception<T>;
  #retries = 0;
  /** Whether an earlier attempt may have been carried out. */
  #maybeDone = false;
  #isReopened = false;

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
      const wait = this.#waitAfter(outcome);
      this.#tell(outcome, runtime.monotonic() - started, wait);
      if (wait === undefined) {
        return this.#end(outcome);
      }
      if (wait !== AT_ONCE) {
        await runtime.sleep(wait, this.#call.signal);
        this.#retries += 1;
      }
    }
  }

  /** Seconds until the next attempt; undefined if the outcome is final. */
  #waitAfter(outcome: Outcome<T>): number | undefined {
    if (outcome.kind === "value" || outcome.kind === "unreadable") {
      return undefined;
    }
    return outcome.kind === "lost" ? this.#afterLoss(outcome.error) : this.#afterRefusal(outcome.reply);
  }

  #afterLoss(error: SegOpsConnectionError): number | undefined {
    const { method, safe } = this.#call;
    const mayTry = error.transient && mayRepeat(method, safe, error.sent);
    this.#maybeDone ||= error.sent;
    if (mayTry && error.stale && !this.#isReopened) {
      this.#isReopened = true;
      return AT_ONCE;
    }
    return mayTry ? this.#backOff(undefined) : undefined;
  }

  #afterRefusal({
    status,
    headers,
  }: {
    status: number;
    headers: { get(name: string): string | null };
  }): number | undefined {
    const isGone = status === 404 && this.#call.method === "DELETE" && this.#maybeDone;
    const asked = retryAfter(headers.get("retry-after"), this.#settings.runtime.now());
    if (isGone || !isRetryableStatus(status) || (asked !== undefined && asked > LONGEST_WAIT)) {
      return undefined;
    }
    const wait = this.#backOff(asked);
    this.#maybeDone ||= status >= 500;
    return wait;
  }

  #backOff(asked: number | undefined): number | undefined {
    const { runtime, maxRetries } = this.#settings;
    if (this.#retries >= maxRetries) {
      return undefined;
    }
    const wait = asked ?? delay(this.#retries, runtime.random());
    return this.#call.deadline.hasRoomFor(wait) ? wait : undefined;
  }

  async #end(outcome: Outcome<T>): Promise<T> {
    if (outcome.kind === "value") {
      return outcome.value;
    }
    if (outcome.kind === "unreadable") {
      throw outcome.error;
    }
    const attempts = this.#retries + 1;
    const { method, idempotencyKey } = this.#call;
    if (outcome.kind === "lost") {
      throw outcome.error.with({ method, path: target(this.#call), attempts, idempotencyKey });
    }
    const { reply, body } = outcome;
    if (reply.status === 404 && method === "DELETE" && this.#maybeDone) {
      return this.#reception.gone;
    }
    const { runtime, apiKey } = this.#settings;
    const asked = retryAfter(reply.headers.get("retry-after"), runtime.now());
    throw await apiError(this.#call, reply, body, apiKey, { retryAfter: asked, attempts, maybeDone: this.#maybeDone });
  }

  #tell(outcome: Outcome<T>, seconds: number, wait: number | undefined): void {
    const { log, onReply, apiKey } = this.#settings;
    const { operation, method } = this.#call;
    const path = this.#call.path.split("?", 1)[0] as string;
    const attempt = this.#retries + 1;
    const error: SegOpsConnectionError | SegOpsDecodeError | undefined = "error" in outcome ? outcome.error : undefined;
    const reply = "reply" in outcome ? outcome.reply : undefined;
    log?.(`${method} ${path} ${reply?.status ?? error?.name} ${Math.round(seconds * 1000)} ms attempt ${attempt}`);
    if (onReply !== undefined) {
      const status = reply?.status ?? (outcome.kind === "unreadable" ? outcome.error.status : undefined);
      const headers = reply === undefined ? NO_HEADERS : headersWithoutKey(reply.headers, apiKey);
      const requestId = requestIdOf(headers);
      const delay = wait === AT_ONCE ? 0 : wait;
      onReply({ operation, method, path, status, headers, requestId, attempt, seconds, delay, error });
    }
  }
}
