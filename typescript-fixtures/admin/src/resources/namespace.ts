/** What all collections offer: list, iterate, get, create, update, delete. */

import type { Calls } from "../call/calls.js";
import { paginate } from "../call/pagination.js";
import type { CallOptions, ChangeOptions, Id, IterateOptions, Query } from "../types/shared.js";
import { segment } from "../wire/paths.js";
import { checkChoice, checkedObject } from "./arguments.js";

/** A group of calls; holds what makes them, out of sight of `console.log` and `JSON.stringify`. */
export class Namespace {
  /** @internal */
  declare protected readonly calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    Object.defineProperty(this, "calls", { value: calls });
  }
}

/** The options of `update`. */
export interface UpdateOptions extends ChangeOptions {
  /** `PATCH`, unless given, changes the fields in `body`; `PUT` replaces all. */
  method?: "PATCH" | "PUT" | undefined;
}

/**
 * A namespace whose records can be listed, read, created, changed and deleted.
 *
 * Its parameters are the types of one record, of what `list` returns, of what `create` and `update` take, and of the query
 * parameters.
 */
export abstract class Collection<Entity, Listing, Create, Update, Params> extends Namespace {
  /** @internal */
  protected abstract readonly name: string;
  /** @internal */
  protected abstract readonly path: string;

  /**
   * One page of records, as the server sends it: an envelope with `results`, or a bare array.
   *
   * @param params query parameters, such as `page` and `page_size`
   */
  async list(params?: Params, options?: CallOptions): Promise<Listing> {
    return this.calls.read(`${this.name}.list`, this.path, params as Query | undefined, options);
  }

  /**
   * Iterates over all records, page by page. No request is sent before the first record is asked for.
   *
   * @param params query parameters; `page` is where to begin
   */
  iterate(params?: Params, options?: IterateOptions): AsyncGenerator<Entity, void, undefined> {
    return paginate(this.calls, `${this.name}.iterate`, this.path, params as Query | undefined, options ?? {});
  }

  /**
   * One record.
   *
   * @param id the record's id
   * @throws {SegOpsNotFoundError} there is no such record
   */
  async get(id: Id, options?: CallOptions): Promise<Entity> {
    return this.calls.read(`${this.name}.get`, `${this.path}${segment(id)}/`, undefined, options);
  }

  /**
   * Creates a record and returns it.
   *
   * @param body its fields
   * @throws {SegOpsBadRequestError} the server does not accept a field; `body` on the error says which
   */
  async create(body: Create, options?: ChangeOptions): Promise<Entity> {
    return this.calls.mutate(`${this.name}.create`, "POST", this.path, checkedObject("body", body), options);
  }

  /**
   * Changes a record and returns it.
   *
   * @param id the record's id
   * @param body the fields to change, or all fields with `method: "PUT"`
   * @throws {SegOpsArgumentError} `method` is neither PATCH nor PUT
   */
  async update(id: Id, body: Update, options: UpdateOptions = {}): Promise<Entity> {
    const { method = "PATCH", ...rest } = options;
    checkChoice("method", method, ["PATCH", "PUT"]);
    return this.calls.mutate(
      `${this.name}.update`,
      method,
      `${this.path}${segment(id)}/`,
      checkedObject("body", body),
      rest,
    );
  }

  /**
   * Deletes a record, at once and for good.
   *
   * @param id the record's id
   */
  async delete(id: Id, options?: ChangeOptions): Promise<null> {
    await this.calls.mutate(`${this.name}.delete`, "DELETE", `${this.path}${segment(id)}/`, undefined, options);
    return null;
  }
}
