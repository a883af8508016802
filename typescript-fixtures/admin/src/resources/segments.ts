/** Segments of users. Source: https://segops.ai/docs/api/segments */

import { iterateCursor } from "../call/pagination.js";
import { openSink, type Sink } from "../call/sinks.js";
import { jobFailure, Recompute, type Watched, waitUntil } from "../call/waiting.js";
import { SegOpsArgumentError } from "../errors/index.js";
import type { SegmentCreate, SegmentListParams, SegmentsMembersParams, SegmentUpdate } from "../types/inputs.js";
import type {
  ExportJob,
  Member,
  MemberPage,
  Membership,
  Queued,
  Segment,
  SegmentDefinition,
  SegmentEstimate,
  SegmentPage,
  SegmentPreview,
  SegmentVersion,
} from "../types/records.js";
import type {
  CallOptions,
  ChangeOptions,
  Id,
  LooseConditions,
  LooseDefinition,
  WaitOptions,
  WithLooseConditions,
  WithLooseDefinition,
} from "../types/shared.js";
import { checkedId, fillPath } from "../wire/paths.js";
import { checkChoice, checkedObject } from "./arguments.js";
import { Collection, type UpdateOptions } from "./namespace.js";

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

/** Segments of users: their definitions, members and exports. */
export class Segments extends Collection<Segment, SegmentPage, SegmentCreate, SegmentUpdate, SegmentListParams> {
  /** @internal */
  protected readonly name = "segments";
  /** @internal */
  protected readonly path = "/segments/";

  /**
   * Creates a record and returns it.
   *
   * @param body its fields
   * @throws {SegOpsBadRequestError} the server does not accept a field; `body` on the error says which
   */
  override create(body: SegmentCreate, options?: ChangeOptions): Promise<Segment>;
  override create(body: WithLooseDefinition<SegmentCreate>, options?: ChangeOptions): Promise<Segment>;
  override create(body: WithLooseConditions<SegmentCreate>, options?: ChangeOptions): Promise<Segment>;
  override async create(body: object, options?: ChangeOptions): Promise<Segment> {
    return super.create(body as SegmentCreate, options);
  }

  /**
   * Changes a record and returns it.
   *
   * @param id the segment's id
   * @param body the fields to change, or all fields with `method: "PUT"`
   * @throws {SegOpsArgumentError} `method` is neither PATCH nor PUT
   */
  override update(id: Id, body: SegmentUpdate, options?: UpdateOptions): Promise<Segment>;
  override update(id: Id, body: WithLooseDefinition<SegmentUpdate>, options?: UpdateOptions): Promise<Segment>;
  override update(id: Id, body: WithLooseConditions<SegmentUpdate>, options?: UpdateOptions): Promise<Segment>;
  override async update(id: Id, body: object, options?: UpdateOptions): Promise<Segment> {
    return super.update(id, body as SegmentUpdate, options);
  }

  /**
   * Evaluates a definition without saving it: how many users match, and a sample of them.
   *
   * @param definition `{ logic: "AND" | "OR", conditions: [...] }`
   * @throws {SegOpsBadRequestError} the definition is not valid; the error names the condition
   */
  preview(definition: SegmentDefinition, options?: CallOptions): Promise<SegmentPreview>;
  preview(definition: LooseDefinition, options?: CallOptions): Promise<SegmentPreview>;
  preview(definition: LooseConditions, options?: CallOptions): Promise<SegmentPreview>;
  async preview(definition: object, options?: CallOptions): Promise<SegmentPreview> {
    return this.calls.postReadOnly(
      "segments.preview",
      "/segments/preview/",
      { definition: checkedObject("definition", definition) },
      options,
    );
  }

  /**
   * Estimates how many users a saved segment holds.
   *
   * @param id the segment's id
   */
  async estimate(id: Id, options?: CallOptions): Promise<SegmentEstimate> {
    return this.calls.postReadOnly("segments.estimate", fillPath("/segments/{}/estimate/", id), undefined, options);
  }

  /**
   * The history of a segment's definition, newest first.
   *
   * @param id the segment's id
   *
   * Source: https://segops.ai/docs/segments
   */
  async versions(id: Id, options?: CallOptions): Promise<SegmentVersion[]> {
    return this.calls.read("segments.versions", fillPath("/segments/{}/versions/", id), undefined, options);
  }

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
   * One page of a segment's members.
   *
   * @param id the segment's id
   * @param params `limit` (1,000 at most) and `cursor` (the `next_cursor` of the page before)
   *
   * Source: https://segops.ai/docs/api
   */
  async members(id: Id, params?: SegmentsMembersParams, options?: CallOptions): Promise<MemberPage> {
    return this.calls.read("segments.members", fillPath("/segments/{}/members/", id), params, options);
  }

  /**
   * Iterates over all members of a segment. No request is sent before the first member is asked for.
   *
   * @param id the segment's id
   * @param params `limit` is the size of a page, `cursor` where to begin
   */
  iterateMembers(
    id: Id,
    params?: SegmentsMembersParams,
    options: CallOptions = {},
  ): AsyncGenerator<Member, void, undefined> {
    return iterateCursor<Member>(
      this.calls,
      "segments.iterate_members",
      fillPath("/segments/{}/members/", id),
      params,
      options,
    );
  }

  /**
   * The segments that one user is in.
   *
   * @param userId the user's id, an alias included
   */
  async membership(userId: string, options?: CallOptions): Promise<Membership> {
    return this.calls.read("segments.membership", "/segments/membership/", { user_id: checkedId(userId) }, options);
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
      recompute.since = before.last_computed_at ?? null;
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
