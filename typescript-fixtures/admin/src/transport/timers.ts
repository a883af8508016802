/**
 * The timers and clock that the SDK itself waits by, taken at load from Node's modules: a test that replaces the global
 * ones (Jest, Vitest), or a page (jsdom), where timers are numbers, does not stop a call.
 */

import * as timers from "node:timers";

const { setTimeout, clearTimeout, setImmediate } = timers;

/** The longest time that one timer can be set to; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

// Nobody replaces this clock, as they do the one of `performance` and `hrtime`; that of Node's module loads slower.
const { uptime } = process;

/** A clock that only goes forward, in seconds. */
export function monotonic(): number {
  return uptime();
}

/** Calls a function after so many seconds, however many; the returned function prevents it. */
export function after(seconds: number, callback: () => void): () => void {
  const due = uptime() + seconds;
  // Of a time that is over, Node would warn.
  let timer = setTimeout(look, Math.min(Math.max(seconds, 0) * 1000, LONGEST_TIMER));
  function look(): void {
    const left = (due - uptime()) * 1000;
    if (left > 0.5) {
      timer = setTimeout(look, Math.min(left, LONGEST_TIMER));
    } else {
      callback();
    }
  }
  return () => clearTimeout(timer);
}

/** Resolves when the system has told what it knew of every connection by now. */
export function turn(): Promise<void> {
  // The first one may be due before the event loop looks at connections again; the second one cannot.
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
