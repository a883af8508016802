/** Users and their events (the explorer). Source: https://segops.ai/docs/api/explorer */

import type { Event, UsersEventsParams, UsersSearchParams } from "../types/inputs.js";
import type { Explanation, SandboxResult, UserEvents, UserProfile, UserSearch, UserSegment } from "../types/records.js";
import type { CallOptions, Id } from "../types/shared.js";
import { fillPath } from "../wire/paths.js";
import { checkedObject } from "./arguments.js";
import { Namespace } from "./namespace.js";

/** Users and their events (the explorer); read-only. */
export class Users extends Namespace {
  /**
   * Finds users by their id.
   *
   * @param params `q` (a part of the id) and `limit`
   */
  async search(params?: UsersSearchParams, options?: CallOptions): Promise<UserSearch> {
    return this.calls.read("users.search", "/explorer/users/", params, options);
  }

  /**
   * One user's profile: event counts, first and last seen, current properties.
   *
   * @param userId the user's id
   * @throws {SegOpsNotFoundError} there is no such user
   */
  async get(userId: string, options?: CallOptions): Promise<UserProfile> {
    return this.calls.read("users.get", fillPath("/explorer/users/{}/", userId), undefined, options);
  }

  /**
   * One user's events, newest first.
   *
   * @param userId the user's id
   * @param params `event_type`, `since` (a date or time) and `limit`
   */
  async events(userId: string, params?: UsersEventsParams, options?: CallOptions): Promise<UserEvents> {
    return this.calls.read("users.events", fillPath("/explorer/users/{}/events/", userId), params, options);
  }

  /**
   * The segments that one user is in, with their sizes.
   *
   * @param userId the user's id
   */
  async segments(userId: string, options?: CallOptions): Promise<UserSegment[]> {
    return this.calls.read("users.segments", fillPath("/explorer/users/{}/segments/", userId), undefined, options);
  }

  /**
   * Why a user is, or is not, in a segment: each condition with the user's own value.
   *
   * @param segmentId the segment's id
   * @param userId the user's id; a member or not
   */
  async explain(userId: string, segmentId: Id, options?: CallOptions): Promise<Explanation[]> {
    const path = fillPath("/explorer/users/{}/segments/{}/explain/", userId, segmentId);
    return this.calls.read("users.explain", path, undefined, options);
  }

  /**
   * Simulates an event: the segments that the user would enter or leave. Nothing is stored.
   *
   * @param event `user_id`, `event_type`, and optionally `occurred_at` and `payload`
   *
   * Source: https://segops.ai/docs/sandbox
   */
  async publishSandbox(event: Event, options?: CallOptions): Promise<SandboxResult> {
    return this.calls.postReadOnly(
      "users.publish_sandbox",
      "/explorer/sandbox/publish/",
      checkedObject("event", event),
      options,
    );
  }
}
