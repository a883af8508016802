/** What does the SDK take from the world that a test must be able to replace? Clock, sleep, randomness. */

import { randomUUID } from "node:crypto";

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
  uuid(): string;
}

/** The real one. */
export const systemRuntime: Runtime = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  sleep,
  random: Math.random,
  uuid: randomUUID,
};

function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", interrupt);
      resolve();
    };
    const interrupt = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(wake, seconds * 1000);
    signal?.addEventListener("abort", interrupt, { once: true });
  });
}
