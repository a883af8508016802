/**
 * What the SDK asks of Node where nothing else shows it: timers, and comparisons of digests. To be imported before the SDK,
 * which takes both from Node's modules.
 */

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";

const { setTimeout } = timers;
const { timingSafeEqual } = crypto;
const asked = { timeouts: new Set(), compared: 0 };

timers.setTimeout = (callback, milliseconds, ...rest) => {
  asked.timeouts.add(Math.round(milliseconds) / 1000);
  return setTimeout(callback, milliseconds, ...rest);
};
crypto.timingSafeEqual = (a, b) => {
  asked.compared += 1;
  return timingSafeEqual(a, b);
};
syncBuiltinESMExports();

/** Forgets what has been asked for. */
export function forget() {
  asked.timeouts.clear();
  asked.compared = 0;
}

/** What has been asked for since: seconds, and how often two digests were compared in constant time. */
export function watched() {
  return { timeouts: [...asked.timeouts].sort((a, b) => a - b), compared: asked.compared };
}
