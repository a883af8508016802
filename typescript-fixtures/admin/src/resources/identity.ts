/** Which ids belong to one user. Source: https://segops.ai/docs/identity-resolution */

import type { Alias, Merge } from "../types/records.js";
import type { ChangeOptions } from "../types/shared.js";
import { Namespace } from "./namespace.js";

/** Which ids belong to one user. Events stay as they were stored; ids are resolved when they are read. */
export class Identity extends Namespace {
  /**
   * Ties a visitor's id to a user. The first tie wins: a later one to another user changes nothing.
   *
   * @param anonymousId the visitor's id, before login
   * @param userId the user
   */
  async alias(anonymousId: string, userId: string, options?: ChangeOptions): Promise<Alias> {
    const body = { anonymous_id: anonymousId, user_id: userId };
    return this.calls.mutate("identity.alias", "POST", "/identity/alias/", body, options);
  }

  /**
   * Folds one user into another, for good; overrides an earlier tie.
   *
   * @param fromUserId the user that is folded in
   * @param intoUserId the user that stays
   * @throws {SegOpsBadRequestError} both are the same user already
   */
  async merge(fromUserId: string, intoUserId: string, options?: ChangeOptions): Promise<Merge> {
    const body = { from_user_id: fromUserId, into_user_id: intoUserId };
    return this.calls.mutate("identity.merge", "POST", "/identity/merge/", body, options);
  }
}
