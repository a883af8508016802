/** The deadline of a call: its attempts, the waits between them, redirects, connecting and TLS included. */

import { SegOpsTimeoutError } from "../errors/index.js";

/** When a call must be over, by a clock that only goes forward. */
export class Deadline {
  readonly #end: number;
  readonly #now: () => number;

  /**
   * @param seconds for the whole call; Infinity for no limit
   * @param now the clock, in seconds
   */
  constructor(seconds: number, now: () => number) {
    this.#now = now;
    this.#end = now() + seconds;
  }

  /**
   * Seconds that are left; undefined if there is no end.
   *
   * @throws {SegOpsTimeoutError} none are
   */
  left(): number | undefined {
    if (this.#end === Number.POSITIVE_INFINITY) {
      return undefined;
    }
    const left = this.#end - this.#now();
    if (left <= 0) {
      throw new SegOpsTimeoutError("the deadline has passed", { sent: false, transient: false });
    }
    return left;
  }

  /** Whether an attempt after a wait of so many seconds could still be made. */
  hasRoomFor(seconds: number): boolean {
    return this.#now() + seconds < this.#end;
  }
}
