/** Segments of users. Source: https://segops.ai/docs/api/segments */

import { iterateCursor } from "../call/pagination.js";
import type { SegmentCreate, SegmentsMembersParams, SegmentUpdate } from "../types/inputs.js";
import type {
  Member,
  MemberPage,
  Membership,
  Segment,
  SegmentDefinition,
  SegmentEstimate,
  SegmentPreview,
  SegmentVersion,
} from "../types/records.js";
import type {
  CallOptions,
  ChangeOptions,
  Id,
  LooseConditions,
  LooseDefinition,
  WithLooseConditions,
  WithLooseDefinition,
} from "../types/shared.js";
import { checkedId, fillPath } from "../wire/paths.js";
import { checkedObject } from "./arguments.js";
import type { UpdateOptions } from "./namespace.js";
import { SegmentJobs } from "./segment-jobs.js";

/** Segments of users: their definitions, members and exports. */
export class Segments extends SegmentJobs {
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
}
