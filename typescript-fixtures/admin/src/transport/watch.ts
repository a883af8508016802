/** The watch over a request under way: it ends when nothing has moved for too long, or when its time is up. */

import { after, monotonic } from "./timers.js";

/** Watches over one request. */
export class Watch {
  readonly #timeout: number;
  readonly #end: number;
  readonly #isWaitedFor: () => boolean;
  readonly #giveUp: (isDeadline: boolean) => void;
  #heard = monotonic();
  #stop: () => void;

  /**
   * @param limits seconds without progress, and seconds in all
   * @param isWaitedFor whether it is the caller that takes its time, not the server
   * @param giveUp called when the time is up; `isDeadline` tells which of the two
   */
  constructor(
    limits: { timeout: number; deadline: number | undefined },
    isWaitedFor: () => boolean,
    giveUp: (isDeadline: boolean) => void,
  ) {
    this.#timeout = limits.timeout;
    this.#end = this.#heard + (limits.deadline ?? Number.POSITIVE_INFINITY);
    this.#isWaitedFor = isWaitedFor;
    this.#giveUp = giveUp;
    this.#stop = after(Math.min(limits.timeout, limits.deadline ?? limits.timeout), () => this.#look());
  }

  /** Something moved. */
  progress(): void {
    this.#heard = monotonic();
  }

  /** Ends the watch. */
  stop(): void {
    this.#stop();
  }

  #look(): void {
    const present = monotonic();
    if (this.#isWaitedFor()) {
      this.#heard = present;
    }
    const left = Math.min(this.#heard + this.#timeout, this.#end) - present;
    if (left <= 0) {
      this.#giveUp(present >= this.#end);
    } else {
      this.#stop = after(left, () => this.#look());
    }
  }
}
