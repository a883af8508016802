/** Waiting for a job: when it is polled, and when the wait ends. */

import { SegOpsArgumentError, SegOpsJobError, SegOpsWaitTimeout } from "../errors/index.js";
import { describe } from "../errors/text.js";
import type { Runtime } from "../runtime.js";
import type { WaitOptions } from "../types/shared.js";
import { describeBody, isOutOfTime } from "./failures.js";

/** How to look at a job, and what its answers mean. */
export interface Watched<Job> {
  /** The job, for messages. */
  what: string;
  /** What begins it: calls, each made within so many seconds, and what is said if the time is up by then. */
  first?: readonly { late: string; begin: (within: number) => Promise<void> }[];
  /** Looks at it, within so many seconds. */
  look: (within: number) => Promise<Job>;
  isDone: (job: Job) => boolean;
  /** Why the job has failed, or undefined if it has not. */
  failure: (job: Job) => string | undefined;
}

/** Seconds before the second poll; each delay after it is twice as long, up to the interval. */
const FIRST_PAUSE = 0.1;

/** Seconds that a poll may take, also when the time is up. */
const LEAST_LOOK = 1;

/**
 * Polls a job until it is done, and resolves to its last answer. The first poll is made at once, the last one when
 * the time is up.
 *
 * @throws {SegOpsJobError} the job has failed
 * @throws {SegOpsWaitTimeout} it did not finish in time; it is still running
 */
export async function waitUntil<Job>(runtime: Runtime, watched: Watched<Job>, options: WaitOptions<Job>): Promise<Job> {
  const { onProgress, signal } = options;
  const { timeout, interval } = limitsOf(options);
  const end = runtime.monotonic() + timeout;
  const late = `${watched.what} did not finish within ${timeout} s; it is still running.`;
  let job: Job | undefined;
  const callWithin = async <T>(call: (within: number) => Promise<T>, tooLate: string): Promise<T> => {
    try {
      return await call(Math.max(end - runtime.monotonic(), LEAST_LOOK));
    } catch (error) {
      throw isOutOfTime(error) ? new SegOpsWaitTimeout(tooLate, job, { cause: error }) : error;
    }
  };
  for (const { late: tooLate, begin } of watched.first ?? []) {
    await callWithin(begin, `${watched.what} ${tooLate} after ${timeout} s.`);
  }
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, interval)) {
    job = await callWithin(watched.look, late);
    await onProgress?.(job);
    const why = watched.failure(job);
    if (why !== undefined) {
      throw new SegOpsJobError(`${watched.what} has failed: ${why}`, job);
    }
    if (watched.isDone(job)) {
      return job;
    }
    const left = end - runtime.monotonic();
    if (left <= 0) {
      throw new SegOpsWaitTimeout(late, job);
    }
    await runtime.sleep(Math.min(pause, interval, left), signal);
  }
}

/**
 * How long to wait in all, and at most between two polls.
 *
 * @throws {SegOpsArgumentError} one of them is no number of seconds
 */
export function limitsOf({ timeout = 600, interval = 2 }: WaitOptions<never>): { timeout: number; interval: number } {
  checkSeconds("timeout", timeout, 0);
  checkSeconds("interval", interval, 0.001);
  return { timeout, interval };
}

function checkSeconds(name: string, value: unknown, least: number): void {
  if (typeof value !== "number" || !(value >= least)) {
    throw new SegOpsArgumentError(`${name} must be a number of seconds from ${least} up, not ${describe(value)}.`);
  }
}

/** Why an import or export has failed, or undefined if it has not. */
export function jobFailure(job: unknown): string | undefined {
  if (!isRecord(job)) {
    return "its status is not an object";
  }
  if (job.status !== "failed" && job.status !== "error") {
    return undefined;
  }
  const reason = [job.error_message, job.error].find(isTold) ?? "the server gave no reason";
  return typeof reason === "object" ? describeBody(reason) : String(reason);
}

/** Whether a value says something: neither `null`, `false` nor 0, nor empty. */
function isTold(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

/**
 * Tells from a segment whether its recompute has finished.
 *
 * The platform has no failed state: a recompute that fails leaves the segment as it was. So the end is a segment that
 * is not computing and has a `last_computed_at` other than `since`; and a segment that was computing, and is not any
 * more, without that, is a failure.
 */
export class Recompute {
  /** The segment's `last_computed_at` from before; null if it was never computed. */
  since: string | null;
  #wasComputing = false;

  constructor(since: string | null) {
    this.since = since;
  }

  /** Whether the members are current. */
  isDone(segment: { status?: unknown; last_computed_at?: unknown }): boolean {
    const computedAt = segment.last_computed_at;
    return segment.status !== "computing" && Boolean(computedAt) && computedAt !== this.since;
  }

  /** Why the recompute has failed, or undefined if it has not. */
  failure(segment: unknown): string | undefined {
    if (!isRecord(segment)) {
      return "the server did not answer with a segment";
    }
    if (segment.status === "computing") {
      this.#wasComputing = true;
      return undefined;
    }
    if (this.#wasComputing && !this.isDone(segment)) {
      return `it ended with status ${describe(segment.status ?? null)} and left the members as they were`;
    }
    return undefined;
  }
}

/** Whether an answer is a record; what is neither that nor a list of them has been refused by then. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return !Array.isArray(value);
}
