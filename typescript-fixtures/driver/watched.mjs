/**
 * What the SDK asks of Node where nothing else shows it: timers, comparisons of digests, what is open. To be imported
 * before the SDK, which takes the first two from Node's modules.
 */

import crypto from "node:crypto";
import { channel } from "node:diagnostics_channel";
import { getEventListeners } from "node:events";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";

const PATIENCE = 2000;
/** After so many cases that leave something open the next ones get hardly a moment: it is red, and thousands follow. */
const LEAKS = 5;
const LITTLE_PATIENCE = 50;
let leaks = 0;
const FOLDER = "/proc/self/fd";
const { setImmediate, setTimeout } = timers;
const { timingSafeEqual } = crypto;
const asked = { timeouts: new Set(), compared: 0 };
/** A timer that is set to no more milliseconds is a wait; a longer one is a limit, which is not to be reached. */
const LONGEST_WAIT = 10_000;
const waits = { areSkipped: false, skipped: 0 };
let unhandled = 0;
/** The signals that calls were given. */
const signals = new Set();

process.on("unhandledRejection", () => {
  unhandled += 1;
});

timers.setTimeout = (callback, milliseconds, ...rest) => {
  asked.timeouts.add(Math.round(milliseconds) / 1000);
  return setTimeout(callback, left(milliseconds), ...rest);
};
crypto.timingSafeEqual = (a, b) => {
  asked.compared += 1;
  return timingSafeEqual(a, b);
};
syncBuiltinESMExports();

/** How long a wait takes: as long as it should, or no time at all, by which the SDK's clock is ahead from then on. */
function left(milliseconds) {
  if (!waits.areSkipped || milliseconds > LONGEST_WAIT) {
    return milliseconds;
  }
  waits.skipped += milliseconds / 1000;
  return 0;
}

/** Has waits take no time, until the returned function is called. */
export function skipWaits() {
  const real = globalThis.setTimeout;
  waits.areSkipped = true;
  globalThis.setTimeout = (callback, milliseconds, ...rest) => real(callback, left(milliseconds), ...rest);
  return () => {
    waits.areSkipped = false;
    globalThis.setTimeout = real;
  };
}

/** How many seconds have been skipped. */
export function skipped() {
  return waits.skipped;
}

/** Forgets what has been asked for. */
export function forget() {
  asked.timeouts.clear();
  asked.compared = 0;
}

/** What has been asked for since: seconds, and how often two digests were compared in constant time. */
export function watched() {
  return { timeouts: [...asked.timeouts].sort((a, b) => a - b), compared: asked.compared };
}

/** How many failures nobody has handled since this was asked last: each would have ended the program of a caller. */
export function unhandledFailures() {
  const found = unhandled;
  unhandled = 0;
  return found;
}

/** A signal for calls, of which is told whether the SDK still listens to it in the end. */
export function watchedSignal(signal) {
  signals.add(signal);
  return signal;
}

/** How many sockets, files and timers are open, where the system tells, and listeners on signals and on what fetch receives. */
export function opened() {
  const timer = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const heard = [...signals].reduce((sum, signal) => sum + getEventListeners(signal, "abort").length, 0);
  const listener = heard + Number(channel("undici:request:headers").hasSubscribers);
  const found = { socket: 0, file: 0, timer, listener };
  for (const name of existsSync(FOLDER) ? readdirSync(FOLDER) : []) {
    try {
      const target = readlinkSync(`${FOLDER}/${name}`);
      found.socket += target.startsWith("socket:") ? 1 : 0;
      found.file += target.startsWith("/tmp") ? 1 : 0;
    } catch {
      // the folder's own, which is closed by now
    }
  }
  return found;
}

/** What is open beyond what was open before; what is being closed gets a moment for it. */
export async function leftOpen(before) {
  for (const end = performance.now() + (leaks < LEAKS ? PATIENCE : LITTLE_PATIENCE); ; ) {
    const present = opened();
    const left = Object.keys(present).flatMap((kind) => Array(Math.max(0, present[kind] - before[kind])).fill(kind));
    if (left.length === 0 || performance.now() > end) {
      signals.clear();
      leaks += left.length > 0;
      return left;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
