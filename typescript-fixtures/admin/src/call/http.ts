/** `client.http`: the way to reach what no method wraps. */

import { SegOpsArgumentError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { CallOptions, IterateOptions, Query } from "../types/shared.js";
import { encodePath } from "../wire/encoding.js";
import type { Call, Settings } from "./call.js";
import { type Calls, type FormFile, isGiven } from "./calls.js";
import { paginate } from "./pagination.js";

const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const WITHOUT_BODY = ["GET", "HEAD", "OPTIONS"];

/** The options of {@link Http.request}. */
export interface RequestOptions extends CallOptions {
  /** Query parameters; null and undefined are left out. */
  query?: Query | undefined;
  /** A JSON body. */
  body?: unknown;
  /** A file to upload in place of a body. */
  form?: FormFile | undefined;
  /** Send a fresh `Idempotency-Key`, the same on every attempt. */
  idempotent?: boolean | undefined;
  /** Send this `Idempotency-Key`. */
  idempotencyKey?: string | undefined;
  /** Resolve to the reply's text as it came, not to the JSON in it: numbers beyond 2^53 keep their digits. */
  raw?: boolean | undefined;
}

/**
 * Makes any call of the API, with the same key, retries, decoding and errors as the methods that wrap one.
 *
 * `client.http` is one.
 */
export class Http {
  /** The API's root, without a slash at its end. */
  readonly baseUrl: string;
  /** How often a call is retried on 429, 5xx and failed connections. */
  readonly maxRetries: number;
  /** Seconds without progress after which an attempt is given up. */
  readonly timeout: number;
  /** Seconds for a whole call; undefined for no limit. */
  readonly deadline: number | undefined;
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls, settings: Settings) {
    this.baseUrl = settings.baseUrl;
    this.maxRetries = settings.maxRetries;
    this.timeout = settings.timeout;
    this.deadline = settings.deadline;
    this.#calls = calls;
  }

  /**
   * Makes any call of the API, wrapped by a method or not.
   *
   * @param method `GET`, `POST`, `PUT`, `PATCH` or `DELETE`
   * @param path the path below the base URL, such as `/segments/`
   * @returns the decoded JSON, the text of a reply that is not JSON, or null for an empty one
   * @throws {SegOpsApiError} the server answered with anything but success
   * @throws {SegOpsConnectionError} no whole reply came back
   * @throws {SegOpsDecodeError} the reply cannot be read
   * @throws {SegOpsArgumentError} an argument cannot be sent
   */
  async request<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const verb = String(method).toUpperCase();
    const { query, body, form, signal } = options;
    if (!METHODS.includes(verb)) {
      throw new SegOpsArgumentError(`${quote(verb)} is not one of ${METHODS.join(", ")}.`);
    }
    const mutates = !WITHOUT_BODY.includes(verb);
    if (!mutates && (isGiven(body) || form !== undefined)) {
      throw new SegOpsArgumentError(`A ${verb} request cannot carry a body; use query for parameters.`);
    }
    if (isGiven(body) && form !== undefined) {
      throw new SegOpsArgumentError("Give either body or form, not both.");
    }
    const calls = this.#calls;
    const idempotencyKey = await calls.idempotencyKey(options.idempotencyKey, mutates && options.idempotent === true);
    const asked = { query, body, safe: !mutates, idempotencyKey, signal };
    const call = calls.call("request", verb, encodePath(path), asked);
    const make = (each: Call): Promise<unknown> => (options.raw === true ? calls.raw(each) : calls.decoded(each));
    const value = form === undefined ? make(call) : calls.uploaded(call, form, "file", make);
    return (await value) as T;
  }

  /**
   * Iterates over every item of a listing with `page=1,2,…`; no request is sent before the first item is asked for.
   *
   * @param path the listing's path below the base URL
   * @param query its parameters; `page` is where to begin
   */
  paginate<T = unknown>(path: string, query?: Query, options: IterateOptions = {}): AsyncGenerator<T, void, undefined> {
    return paginate<T>(this.#calls, "paginate", encodePath(path), query, options);
  }
}
