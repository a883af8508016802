/** What the SDK takes from the world that a test must be able to replace: clock, sleep, randomness. */

import { onAbort } from "./transport/signals.js";
import { after, monotonic } from "./transport/timers.js";

/** The clock, the sleep and the random source that a client uses. Times are in seconds. */
export interface Runtime {
  /** The present, in seconds since the epoch. */
  now(): number;
  /** A clock that only goes forward, in seconds. */
  monotonic(): number;
  /** Waits; an aborted signal ends the wait at once with its reason. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** A UUIDv4. */
  uuid(): string | Promise<string>;
}

/** The real one. */
export const systemRuntime: Runtime = {
  now: () => Date.now() / 1000,
  monotonic,
  sleep,
  random: Math.random,
  uuid: async () => (await import("node:crypto")).randomUUID(), // loaded when it is first needed
};

function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stopTimer = after(seconds, () => {
      stopListening();
      resolve();
    });
    const stopListening = onAbort(signal, () => {
      stopTimer();
      reject(signal?.reason);
    });
  });
}
