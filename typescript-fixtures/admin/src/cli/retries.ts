/** Waits before retries, shown on standard error: a countdown on a terminal, a line elsewhere. */

import type { Attempt } from "../call/observe.js";
import { isJson, say } from "./output.js";

/** Seconds; a shorter wait ends before it is read. */
const LEAST = 1;

/** Called after each attempt; shows the wait that follows. */
export class Retries {
  readonly #isVerbose: boolean;
  readonly #isTerminal = process.stderr.isTTY === true && !isJson();
  #timer: NodeJS.Timeout | undefined;
  #drawn = 0;

  /** @param isVerbose whether waits that are short, or not asked for by the server, are told where there is no terminal */
  constructor(isVerbose: boolean) {
    this.#isVerbose = isVerbose;
  }

  readonly onReply = ({ method, path, status, headers, delay }: Attempt): void => {
    this.stop();
    if (delay === undefined || (delay < LEAST && (this.#isTerminal || !this.#isVerbose))) {
      return;
    }
    const what = `${method} ${path} ${status === undefined ? "got no reply" : `answered ${status}`}`;
    const isAsked = headers.get("retry-after") !== null;
    if (this.#isTerminal) {
      this.#countDown(what, delay);
    } else if (isAsked || this.#isVerbose) {
      const seconds = Number(delay.toPrecision(3));
      say(`note: ${what}; retrying in ${seconds} s${isAsked ? ", as the server asks" : ""}`);
    }
  };

  #countDown(what: string, delay: number): void {
    const end = performance.now() + delay * 1000;
    const draw = (): void => {
      const left = Math.max(1, Math.ceil((end - performance.now()) / 1000));
      const line = `${what}; retrying in ${left} s`;
      process.stderr.write(`\r${line.padEnd(this.#drawn)}`);
      this.#drawn = line.length;
    };
    draw();
    this.#timer = setInterval(draw, 1000);
  }

  /** Erases the countdown. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#drawn > 0) {
      process.stderr.write(`\r${" ".repeat(this.#drawn)}\r`);
      this.#drawn = 0;
    }
  }
}
