/** How is a job waited for? */

import { SegOpsArgumentError, SegOpsJobError, SegOpsWaitTimeout } from "../errors/index.js";
import { describe } from "../errors/text.js";
import type { WaitOptions } from "../types.js";
import type { Http } from "./http.js";

/** How to look at a job, and what its answers mean. */
export interface Watched<Job> {
  /** The job, for messages. */
  what: string;
  look: () => Promise<Job>;
  isDone: (job: Job) => boolean;
  /** Why the job has failed, or undefined if it has not. */
  failure: (job: Job) => string | undefined;
}

/**
 * Looks at a job until it is done, and resolves to its last answer. The first look is made at once, the last one when
 * the time is up.
 *
 * @throws {SegOpsJobError} the job has failed
 * @throws {SegOpsWaitTimeout} it was not over in time; it goes on at the server
 */
export async function waitUntil<Job>(http: Http, watched: Watched<Job>, options: WaitOptions<Job>): Promise<Job> {
  const { timeout = 600, interval = 2, onProgress, signal } = options;
  checkSeconds("timeout", timeout, 0);
  checkSeconds("interval", interval, 0.001);
  const { runtime } = http;
  const deadline = runtime.monotonic() + timeout;
  for (;;) {
    const job = await watched.look();
    await onProgress?.(job);
    const why = watched.failure(job);
    if (why !== undefined) {
      throw new SegOpsJobError(`${watched.what} has failed: ${why}`, job);
    }
    if (watched.isDone(job)) {
      return job;
    }
    const left = deadline - runtime.monotonic();
    if (left <= 0) {
      throw new SegOpsWaitTimeout(`${watched.what} was not over after ${timeout} s; it goes on at the server.`, job);
    }
    await runtime.sleep(Math.min(interval, left), signal);
  }
}

function checkSeconds(name: string, value: unknown, least: number): void {
  if (typeof value !== "number" || !(value >= least)) {
    throw new SegOpsArgumentError(`${name} must be a number of seconds from ${least} up, not ${describe(value)}.`);
  }
}

/** Why an import or export has failed, or undefined if it has not. */
export function jobFailure(job: unknown): string | undefined {
  if (!isObject(job)) {
    return "its status is not an object";
  }
  if (job.status !== "failed" && job.status !== "error") {
    return undefined;
  }
  return String(job.error_message || job.error || "the server gave no reason");
}

/**
 * Tells from a segment whether its recompute is over.
 *
 * The platform has no failed state: a recompute that fails leaves the segment as it was. So the end is a segment that
 * is not computing and has a `last_computed_at` other than `since`; and a segment that was computing, and is not any
 * more, without that, is a failure.
 */
export class Recompute {
  readonly #since: string | null | undefined;
  #wasComputing = false;

  constructor(since: string | null | undefined) {
    this.#since = since;
  }

  /** Whether the members are current. */
  isDone(segment: { status?: unknown; last_computed_at?: unknown }): boolean {
    const computedAt = segment.last_computed_at;
    return segment.status !== "computing" && Boolean(computedAt) && computedAt !== this.#since;
  }

  /** Why the recompute has failed, or undefined if it has not. */
  failure(segment: unknown): string | undefined {
    if (!isObject(segment)) {
      return "the server did not answer with a segment";
    }
    if (segment.status === "computing") {
      this.#wasComputing = true;
      return undefined;
    }
    if (this.#wasComputing && !this.isDone(segment)) {
      return `it ended with status ${describe(segment.status)} and left the members as they were`;
    }
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
