/** Jobs of segments: recomputes and exports, and how they are waited for. Source: https://segops.ai/docs/api/segments */

import { openSink, type Sink } from "../call/sinks.js";
import { jobFailure, Recompute, type Watched, waitUntil } from "../call/waiting.js";
import { SegOpsArgumentError } from "../errors/index.js";
import type { SegmentCreate, SegmentListParams, SegmentUpdate } from "../types/inputs.js";
import type { ExportJob, Queued, Segment, SegmentPage } from "../types/records.js";
import type { CallOptions, ChangeOptions, Id, WaitOptions } from "../types/shared.js";
import { checkedId, fillPath } from "../wire/paths.js";
import { checkChoice } from "./arguments.js";
import { Collection } from "./namespace.js";

/** The options of `segments.export`. */
export interface SegmentExportOptions extends ChangeOptions {
  /** `csv` unless given. */
  format?: "csv" | "parquet" | undefined;
}

/** The options of `segments.waitForRecompute`. */
export interface RecomputeWaitOptions extends WaitOptions<Segment> {
  /**
   * The segment's `last_computed_at` from before the recompute; null if it was never computed. The wait ends only when
   * that has changed, however early the first poll is.
   */
  since: string | null;
}

/** The options of `segments.recomputeAndWait`. */
export interface RecomputeOptions extends WaitOptions<Segment>, ChangeOptions {}

/** What `client.segments` does with the jobs of a segment. */
export abstract class SegmentJobs extends Collection<
  Segment,
  SegmentPage,
  SegmentCreate,
  SegmentUpdate,
  SegmentListParams
> {
  /**
   * Queues a recompute of a segment's members and returns at once.
   *
   * See `recomputeAndWait`.
   *
   * @param id the segment's id
   */
  async recompute(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate("segments.recompute", "POST", fillPath("/segments/{}/compute/", id), undefined, options);
  }

  /**
   * Starts writing a segment's members to a file: `user_id` and `computed_at`.
   *
   * @param id the segment's id
   * @throws {SegOpsArgumentError} an unknown format
   *
   * Source: https://segops.ai/docs/activations/export
   */
  async export(id: Id, options: SegmentExportOptions = {}): Promise<ExportJob> {
    const { format = "csv", ...rest } = options;
    checkChoice("format", format, ["csv", "parquet"]);
    return this.calls.mutate("segments.export", "POST", fillPath("/segments/{}/export/", id), { format }, rest);
  }

  /**
   * The status of an export.
   *
   * @param id the segment's id
   * @param exportId the export's id
   *
   * Source: https://segops.ai/docs/activations/export
   */
  async exportStatus(id: Id, exportId: Id, options?: CallOptions): Promise<ExportJob> {
    return this.calls.read(
      "segments.export_status",
      fillPath("/segments/{}/export/", id),
      { export_id: checkedId(exportId) },
      options,
    );
  }

  /**
   * Writes a finished export to a file and returns the number of bytes.
   *
   * A path appears only once the whole file has arrived. Storage servers that the platform redirects to get no key.
   *
   * @param exportId the export's id
   * @param to a path, a web `WritableStream` or a Node `Writable`; a stream is left open
   * @throws {SegOpsNotFoundError} the export is unknown or not ready
   * @throws {SegOpsApiError} it has expired (410): export again
   * @throws {Error} the file cannot be written to its end: the system's error, with its `path`
   *
   * Source: https://segops.ai/docs/activations/export
   */
  async downloadExport(exportId: Id, to: Sink, options?: CallOptions): Promise<number> {
    const path = fillPath("/segments/exports/{}/download/", exportId);
    this.calls.checkOpen();
    const sink = await openSink(to);
    try {
      const written = await this.calls.download("segments.download_export", path, sink, options);
      await sink.commit();
      return written;
    } catch (error) {
      await sink.abandon();
      throw error;
    }
  }

  /**
   * Waits until an export is ready to download, and returns its last status.
   *
   * @param id the segment's id
   * @param exportId the export's id
   * @throws {SegOpsJobError} the export failed
   * @throws {SegOpsWaitTimeout} it did not finish in time
   */
  async waitForExport(id: Id, exportId: Id, options: WaitOptions<ExportJob> = {}): Promise<ExportJob> {
    const { signal } = options;
    const watched = {
      what: `Export ${exportId}`,
      look: (within: number) => this.exportStatus(id, exportId, { signal, within } as CallOptions),
      isDone: (job: ExportJob) => ["complete", "completed", "ready"].includes(job.status ?? ""),
      failure: jobFailure,
    };
    return waitUntil(this.calls.runtime, watched, options);
  }

  /**
   * Waits until a segment has been computed again, and returns it.
   *
   * `recomputeAndWait` does all of it; this is for a recompute that was queued elsewhere.
   *
   * @param id the segment's id
   * @throws {SegOpsJobError} the recompute failed; the segment is unchanged
   * @throws {SegOpsWaitTimeout} it did not finish in time
   */
  async waitForRecompute(id: Id, options: RecomputeWaitOptions): Promise<Segment> {
    const { since, signal } = options ?? {};
    if (typeof since !== "string" && since !== null) {
      throw new SegOpsArgumentError(
        "since must be the segment's last_computed_at from before the recompute, or null if it was never computed.",
      );
    }
    return waitUntil(this.calls.runtime, this.#recomputing(id, new Recompute(since), signal), options);
  }

  /**
   * Recomputes a segment's members, waits for it, and returns the segment.
   *
   * Reads the segment, queues the recompute, and waits for a computation newer than what was read: the members are those
   * of now, not of the computation before.
   *
   * @param id the segment's id
   * @throws {SegOpsJobError} the recompute failed; the segment is unchanged
   * @throws {SegOpsWaitTimeout} it did not finish in time
   */
  async recomputeAndWait(id: Id, options: RecomputeOptions = {}): Promise<Segment> {
    const { idempotencyKey, signal } = options;
    const recompute = new Recompute(null);
    const read = async (within: number): Promise<void> => {
      const before = await this.get(id, { signal, within } as CallOptions);
      recompute.since = before.last_computed_at;
    };
    const queue = async (within: number): Promise<void> => {
      await this.recompute(id, { idempotencyKey, signal, within } as ChangeOptions);
    };
    const first = [
      { late: "was not asked for", begin: read },
      { late: "may have been asked for, but that was not confirmed", begin: queue },
    ];
    return waitUntil(this.calls.runtime, { ...this.#recomputing(id, recompute, signal), first }, options);
  }

  /** How a recompute is watched. */
  #recomputing(id: Id, recompute: Recompute, signal: AbortSignal | undefined): Watched<Segment> {
    return {
      what: `The recompute of segment ${id}`,
      look: (within) => this.get(id, { signal, within } as CallOptions),
      isDone: (segment) => recompute.isDone(segment),
      failure: (segment) => recompute.failure(segment),
    };
  }
}
