/** Progress on standard error: a line that is redrawn on a terminal, one line per change elsewhere. */

import type { ImportPart } from "../types/records.js";
import { harmless, isJson, jsonText, say } from "./output.js";

const REDRAW_MILLISECONDS = 100;

/** Shows progress. */
export class Progress {
  readonly isTerminal = process.stderr.isTTY === true && !isJson();
  readonly #started = performance.now();
  #drawn = 0;
  #next = 0;
  #last = "";

  /** A share of something, on a terminal only. */
  bar(what: string, done: number, total: number): void {
    if (this.isTerminal && total > 0) {
      const sent = Math.min(done, total); // the file may have grown
      const filled = Math.floor((20 * sent) / total);
      const percent = String(Math.floor((100 * sent) / total)).padStart(3);
      this.#draw(`${what} [${"#".repeat(filled)}${".".repeat(20 - filled)}] ${percent}%`, sent === total);
    }
  }

  /** A running number, on a terminal only. */
  count(number: number, what: string): void {
    if (this.isTerminal) {
      this.#draw(`${number.toLocaleString("en-US")} ${what}`);
    }
  }

  /** A job's newest answer. */
  job(job: unknown): void {
    if (typeof job !== "object" || job === null || Array.isArray(job)) {
      return;
    }
    const { status, row_count: total, imported_count: done } = job as Record<string, unknown>;
    let state = typeof status === "string" ? status : status == null ? "waiting" : jsonText(status);
    if (Number.isInteger(total) && Number.isInteger(done) && (total as number) > 0) {
      state += ` ${done}/${total}`;
    }
    this.#state(state);
  }

  /** The part of an import that is under way. */
  part(part: ImportPart): void {
    const rows = `rows ${part.first_row} to ${part.last_row}`;
    const counts = part.row_count ? ` ${part.imported_count}/${part.row_count}` : "";
    this.#state(`part ${part.part} of ${part.parts} (${rows}): ${part.status}${counts}`);
  }

  #state(state: string): void {
    if (this.isTerminal) {
      this.#draw(`${state}, ${Math.round((performance.now() - this.#started) / 1000)} s`, true);
    } else if (state !== this.#last) {
      say(state);
    }
    this.#last = state;
  }

  #draw(text: string, isAtOnce = false): void {
    const line = harmless(text);
    const now = performance.now();
    if (isAtOnce || now >= this.#next) {
      this.#next = now + REDRAW_MILLISECONDS;
      process.stderr.write(`\r${line.padEnd(this.#drawn)}`);
      this.#drawn = line.length;
    }
  }

  /** Erases the line, so that a message or a result can be written. */
  clear(): void {
    if (this.#drawn > 0) {
      process.stderr.write(`\r${" ".repeat(this.#drawn)}\r`);
      this.#drawn = 0;
    }
  }
}
