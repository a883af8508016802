/**
 * The clock that stands, and what happens to the SDK while it waits: time passes, or the call is aborted. To be imported
 * before the SDK, which takes clock and timers from Node's modules.
 *
 * A signal tells of it, at any moment; here it takes place once the event loop has nothing else to do. Whatever has waited
 * for longer than it may gives up, though nobody has waited for it.
 */

import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import timers from "node:timers";

const { setTimeout, clearTimeout, setImmediate } = timers;
const { uptime } = process;
const setSocketTimeout = net.Socket.prototype.setTimeout;
/** So often the event loop turns before it counts as having nothing to do: each shows what the system has to tell. */
const TURNS = 6;

class Clock {
  #stands = false;
  #at = 0;
  #passes = [];
  #controller;
  /** What waits for a moment: by timer or socket when it is due, and what happens then. */
  #waiting = new Map();

  constructor() {
    process.uptime = () => (this.#stands ? this.#at : uptime.call(process));
    timers.setTimeout = (callback, milliseconds, ...rest) => {
      const timer = setTimeout(
        (...args) => {
          this.#waiting.delete(timer);
          callback(...args);
        },
        milliseconds,
        ...rest,
      );
      this.#note(timer, milliseconds, () => {
        clearTimeout(timer);
        callback(...rest);
      });
      return timer;
    };
    timers.clearTimeout = (timer) => {
      this.#waiting.delete(timer);
      clearTimeout(timer);
    };
    const note = (socket, milliseconds) => this.#note(socket, milliseconds, () => socket.emit("timeout"));
    net.Socket.prototype.setTimeout = function timed(milliseconds, ...rest) {
      note(this, milliseconds);
      return setSocketTimeout.call(this, milliseconds, ...rest);
    };
    syncBuiltinESMExports();
    process.on("SIGUSR2", async () => {
      const seconds = this.#passes.shift() ?? 0;
      await this.pass(seconds, () => this.tell({ passed: seconds }));
    });
  }

  /** Told what the harness is to know before the answer: that signals are heard, and the seconds that pass. */
  tell = () => undefined;

  #note(key, milliseconds, due) {
    if (this.#stands && milliseconds > 0) {
      this.#waiting.set(key, { at: this.#at + milliseconds / 1000, due });
    } else {
      this.#waiting.delete(key);
    }
  }

  #abort = async () => {
    await this.settled();
    this.#controller?.abort();
  };

  /** From now on it stands still, at a whole second, so that sums are exact. */
  stand() {
    if (!this.#stands) {
      this.#at = Math.ceil(uptime.call(process));
      this.#stands = true;
    }
  }

  /** It is the system's own again. */
  run() {
    this.#stands = false;
    this.#waiting.clear();
  }

  /** A call begins: what each signal lets pass, and what aborts it. */
  begin(passes = [], controller = undefined) {
    this.#passes = [...passes];
    this.#controller = controller;
    if (controller !== undefined) {
      process.on("SIGINT", this.#abort);
    }
    if (passes.length > 0 || controller !== undefined) {
      this.tell({ hears: true });
    }
  }

  /** The call has ended. */
  end() {
    process.off("SIGINT", this.#abort);
    this.#controller = undefined;
  }

  /** So many seconds pass, which is told: what is due by then happens. */
  async pass(seconds, told = () => undefined) {
    await this.settled();
    if (!this.#stands) {
      told();
      return;
    }
    this.#at += seconds;
    told();
    for (const [key, { at, due }] of [...this.#waiting]) {
      if (at <= this.#at && this.#waiting.delete(key)) {
        due();
      }
    }
    await this.settled();
  }

  /** Resolves when the event loop has nothing else to do. */
  async settled() {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (process.getActiveResourcesInfo().some((name) => /^FSReq|^FileHandle/.test(name))) {
        turn = 0; // a file is being read
      }
    }
  }
}

/** The clock of the process. */
export const clock = new Clock();
