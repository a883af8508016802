/** The public way into calls, and what the resource classes make theirs with. */

import { SegOpsArgumentError, SegOpsConfigError, SegOpsDecodeError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { Runtime } from "../runtime.js";
import type { TransportReply } from "../transport/protocol.js";
import type { CallOptions, ChangeOptions, IterateOptions, Query } from "../types.js";
import { encodeJson, encodePath, encodeQuery } from "../wire/encoding.js";
import { type FileData, Multipart, openFile } from "../wire/multipart.js";
import type { Reception } from "./attempt.js";
import type { Call, Settings } from "./call.js";
import { Course } from "./course.js";
import { Deadline } from "./deadline.js";
import { copyReply, type OpenSink } from "./download.js";
import { describeBody } from "./failures.js";
import { paginate } from "./pagination.js";
import { decode, readReply } from "./reply.js";

const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const WITHOUT_BODY = ["GET", "HEAD", "OPTIONS"];

/** A file to upload in place of a JSON body. */
export interface FormFile {
  /** The name of the form's field. */
  field: string;
  data: FileData;
  /** The file's name as sent; its own name, or `file`, unless given. */
  filename?: string | undefined;
  /** `text/csv` unless given. */
  contentType?: string | undefined;
}

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
}

/**
 * Makes calls: adds the key, tries again where that is safe, and turns replies into values or errors.
 *
 * `client.http` is the way to reach what no method wraps.
 */
export class Http {
  readonly baseUrl: string;
  readonly maxRetries: number;
  readonly timeout: number;
  /** @internal */
  readonly runtime!: Runtime;
  readonly #settings: Settings;

  /** @internal */
  constructor(settings: Settings) {
    this.baseUrl = settings.baseUrl;
    this.maxRetries = settings.maxRetries;
    this.timeout = settings.timeout;
    Object.defineProperty(this, "runtime", { value: settings.runtime });
    this.#settings = settings;
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
    const idempotencyKey = this.#idempotencyKey(options.idempotencyKey, mutates && options.idempotent === true);
    const call = this.#call(verb, encodePath(String(path)), { query, body, safe: !mutates, idempotencyKey, signal });
    const value = form === undefined ? this.#decoded(call) : this.#upload(call, form, "file", (c) => this.#decoded(c));
    return (await value) as T;
  }

  /**
   * Walks every item of a listing with `page=1,2,…`; nothing is asked for before the first item is.
   *
   * @param path the listing's path below the base URL
   * @param query its parameters; `page` is where to begin
   */
  paginate<T = unknown>(path: string, query?: Query, options: IterateOptions = {}): AsyncGenerator<T, void, undefined> {
    return paginate<T>(this, encodePath(String(path)), query, options);
  }

  // What the resource methods use: the path is encoded already, and the answer must be JSON.

  /** @internal A GET. */
  async read<T>(path: string, query?: Query, { signal }: CallOptions = {}): Promise<T> {
    return this.#record<T>(this.#call("GET", path, { query, safe: true, signal }));
  }

  /** @internal A GET of what may be anything; walks say themselves what is no page. */
  async look(path: string, query: Query | undefined, { signal }: CallOptions = {}): Promise<unknown> {
    return this.#decoded(this.#call("GET", path, { query, safe: true, signal }));
  }

  /** @internal A POST that changes nothing: it carries no key and may be repeated. */
  async ask<T>(path: string, body?: unknown, { signal }: CallOptions = {}): Promise<T> {
    return this.#record<T>(this.#call("POST", path, { body, safe: true, signal }));
  }

  /** @internal A call that changes something: it carries an `Idempotency-Key`. */
  async change<T>(method: string, path: string, body?: unknown, options: ChangeOptions = {}): Promise<T> {
    const idempotencyKey = this.#idempotencyKey(options.idempotencyKey, true);
    return this.#record<T>(this.#call(method, path, { body, idempotencyKey, signal: options.signal }));
  }

  /** @internal A POST of one file; `unnamed` is its name if it has none of its own. */
  async upload<T>(path: string, form: FormFile, unnamed: string, options: ChangeOptions = {}): Promise<T> {
    const idempotencyKey = this.#idempotencyKey(options.idempotencyKey, true);
    const call = this.#call("POST", path, { idempotencyKey, signal: options.signal });
    return this.#upload(call, form, unnamed, (c) => this.#record<T>(c));
  }

  /** @internal A GET whose reply goes to `sink` as it comes. Resolves to the number of bytes written. */
  async download(path: string, sink: OpenSink, { signal }: CallOptions = {}): Promise<number> {
    const call = this.#call("GET", path, { safe: true, signal });
    return this.#made(call, { receive: (reply) => copyReply(reply, sink), gone: 0, mayLeave: true });
  }

  /** @internal Refuses a call on a closed client. */
  checkOpen(): void {
    if (this.#settings.isClosed()) {
      throw new SegOpsConfigError("This client is closed. Make a new one.");
    }
  }

  #idempotencyKey(given: string | undefined, isWanted: boolean): string | undefined {
    if (given === undefined || given === null) {
      return isWanted ? this.runtime.uuid() : undefined;
    }
    const key = String(given);
    if (!/^[ -~]{1,255}$/.test(key)) {
      throw new SegOpsArgumentError("An idempotency key is 1 to 255 printable ASCII characters.");
    }
    return key;
  }

  #call(
    method: string,
    path: string,
    asked: {
      query?: Query | undefined;
      body?: unknown;
      safe?: boolean;
      idempotencyKey?: string | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Call {
    this.checkOpen();
    const hasBody = isGiven(asked.body);
    return {
      operation: "http.request",
      deadline: new Deadline(this.#settings.deadline, this.runtime.monotonic),
      method,
      path,
      query: encodeQuery(asked.query),
      body: hasBody ? encodeJson(asked.body) : undefined,
      contentType: hasBody ? "application/json" : undefined,
      safe: asked.safe ?? false,
      idempotencyKey: asked.idempotencyKey,
      signal: asked.signal,
    };
  }

  async #upload<T>(call: Call, form: FormFile, unnamed: string, receive: (call: Call) => Promise<T>): Promise<T> {
    const file = await openFile(form.data);
    try {
      const name = form.filename || file.name || unnamed;
      const boundary = this.runtime.uuid().replaceAll("-", "");
      const part = new Multipart(form.field, name, file, form.contentType ?? "text/csv", boundary);
      return await receive({ ...call, body: part, contentType: part.contentType });
    } finally {
      await file.close();
    }
  }

  #made<T>(call: Call, reception: Reception<T>): Promise<T> {
    return new Course(call, this.#settings, reception).run();
  }

  /** The reply to a call, decoded: JSON, text or null. */
  #decoded(call: Call): Promise<unknown> {
    return this.#made<unknown>(call, { receive: decodedReply, gone: null, mayLeave: false });
  }

  /** The reply to a call that is answered with a record, a page or a list; a DELETE with nothing. */
  #record<T>(call: Call): Promise<T> {
    const receive = async (reply: TransportReply): Promise<T> => {
      const value = await decodedReply(reply);
      checkRecord(value, reply.status);
      return (call.method === "DELETE" ? null : value) as T;
    };
    return this.#made(call, { receive, gone: null as T, mayLeave: false });
  }
}

async function decodedReply(reply: TransportReply): Promise<unknown> {
  return decode(reply.status, reply.headers, await readReply(reply));
}

/** Refuses what is no record, page or list. */
function checkRecord(value: unknown, status: number): void {
  if (typeof value === "object") {
    return; // an empty reply included
  }
  const reason =
    typeof value === "string"
      ? `it is text where JSON was expected: ${quote(describeBody(value, 60))}. Check the base URL.`
      : `it is a ${typeof value} where an object or an array was expected`;
  throw new SegOpsDecodeError(reason, { status });
}

/** Null counts as not given: no call of the API has a body of null. */
function isGiven(body: unknown): boolean {
  return body !== undefined && body !== null;
}
