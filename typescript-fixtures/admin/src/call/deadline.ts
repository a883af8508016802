/** The deadline of a call: its attempts, the waits between them, redirects, connecting and TLS included. */

/** When a call must be over, by a clock that only goes forward. */
export class Deadline {
  /** Whether a call ended because of it. */
  isMissed = false;
  readonly #end: number;
  readonly #now: () => number;

  /**
   * @param seconds for the whole call; undefined for no end
   * @param now the clock, in seconds
   */
  constructor(seconds: number | undefined, now: () => number) {
    this.#now = now;
    this.#end = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds;
  }

  /** Seconds that are left; undefined if there is no end. */
  get left(): number | undefined {
    return this.#end === Number.POSITIVE_INFINITY ? undefined : Math.max(0, this.#end - this.#now());
  }

  /** Whether a wait of so many seconds, and an attempt after it, fit; if not, the deadline counts as missed. */
  hasRoomFor(seconds: number): boolean {
    const hasRoom = this.#end === Number.POSITIVE_INFINITY || this.#now() + seconds < this.#end;
    this.isMissed ||= !hasRoom;
    return hasRoom;
  }
}
