/** What the resource classes make their calls with. Paths are encoded already, and answers must be JSON. */

import { SegOpsArgumentError, SegOpsConfigError, SegOpsDecodeError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";
import type { Runtime } from "../runtime.js";
import type { TransportReply } from "../transport/protocol.js";
import type { CallOptions, ChangeOptions, Query } from "../types/shared.js";
import { encodeJson, encodeQuery } from "../wire/encoding.js";
import { type FileData, type OpenFile, openFile } from "../wire/files.js";
import { Multipart } from "../wire/multipart.js";
import type { Reception } from "./attempt.js";
import type { Call, Settings } from "./call.js";
import { Course } from "./course.js";
import { Deadline } from "./deadline.js";
import { copyReply } from "./download.js";
import { describeBody } from "./failures.js";
import { decode, readReply, textOf } from "./reply.js";
import type { OpenSink } from "./sinks.js";

/** A file to upload in place of a JSON body. */
export interface FormFile {
  /** The name of the form's field. */
  field: string;
  /** The file: bytes, a Blob, a path, or a stream. */
  data: FileData;
  /** The file's name as sent; its own name, or `file`, unless given. */
  filename?: string | undefined;
  /** `text/csv` unless given. */
  contentType?: string | undefined;
}

/** The options of a read; `within` are seconds for the whole call that come on top of the client's deadline. */
export interface ReadOptions extends CallOptions {
  within?: number | undefined;
}

/** What a call asks for, besides its operation, method and path. */
export interface Asked {
  query?: Query | undefined;
  body?: unknown;
  /** It changes nothing. */
  safe?: boolean;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  within?: number | undefined;
}

/** Looks at an opened file before it is sent, and throws if it is not to be. */
export type Check = (file: OpenFile) => Promise<void>;

/** Makes calls. */
export class Calls {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get runtime(): Runtime {
    return this.#settings.runtime;
  }

  /** Which workspace of which server the calls go to. */
  get account(): { apiKey: string; baseUrl: string } {
    return this.#settings;
  }

  /** A GET. */
  async read<T>(operation: string, path: string, query?: Query, options: ReadOptions = {}): Promise<T> {
    const { signal, within } = options;
    return this.#record<T>(this.call(operation, "GET", path, { query, safe: true, signal, within }));
  }

  /** A GET of what may be anything; pagination checks its pages itself. */
  async look(operation: string, path: string, query: Query | undefined, options: CallOptions): Promise<unknown> {
    return this.decoded(this.call(operation, "GET", path, { query, safe: true, signal: options.signal }));
  }

  /** A POST that changes nothing: it carries no key and may be repeated. */
  async postReadOnly<T>(operation: string, path: string, body?: unknown, { signal }: CallOptions = {}): Promise<T> {
    return this.#record<T>(this.call(operation, "POST", path, { body, safe: true, signal }));
  }

  /** A call that changes something: it carries an `Idempotency-Key`. */
  async mutate<T>(
    operation: string,
    method: string,
    path: string,
    body?: unknown,
    options: ChangeOptions & Pick<ReadOptions, "within"> = {},
  ): Promise<T> {
    const { signal, within } = options;
    const idempotencyKey = await this.idempotencyKey(options.idempotencyKey, true);
    return this.#record<T>(this.call(operation, method, path, { body, idempotencyKey, signal, within }));
  }

  /** A POST of one file; `unnamed` is its name if it has none of its own, and `check` may refuse it. */
  async upload<T>(
    operation: string,
    path: string,
    form: FormFile,
    unnamed: string,
    options: ChangeOptions = {},
    check?: Check,
  ): Promise<T> {
    const idempotencyKey = await this.idempotencyKey(options.idempotencyKey, true);
    const call = this.call(operation, "POST", path, { idempotencyKey, signal: options.signal });
    return this.uploaded(call, form, unnamed, (each) => this.#record<T>(each), check);
  }

  /** A GET whose reply goes to `sink` as it comes. Resolves to the number of bytes written. */
  async download(operation: string, path: string, sink: OpenSink, { signal }: CallOptions = {}): Promise<number> {
    const call = this.call(operation, "GET", path, { safe: true, signal });
    return this.#made(call, { receive: (reply) => copyReply(reply, sink), mayLeave: true });
  }

  /** Refuses a call on a closed client. */
  checkOpen(): void {
    if (this.#settings.isClosed()) {
      throw new SegOpsConfigError("This client is closed. Make a new one.");
    }
  }

  /** The caller's own key, or a fresh one where one is wanted. */
  async idempotencyKey(given: unknown, isWanted: boolean): Promise<string | undefined> {
    if (given === undefined || given === null) {
      return isWanted ? this.runtime.uuid() : undefined;
    }
    // A blank at either end would not reach the server.
    if (typeof given !== "string" || !/^(?! )[ -~]{1,255}(?<! )$/.test(given)) {
      throw new SegOpsArgumentError(
        "An idempotency key is 1 to 255 printable ASCII characters, no blank at either end.",
      );
    }
    return given;
  }

  /** A call, checked, before it is made. */
  call(operation: string, method: string, path: string, asked: Asked): Call {
    this.checkOpen();
    const hasBody = isGiven(asked.body);
    const { deadline = Number.POSITIVE_INFINITY } = this.#settings;
    const { within = Number.POSITIVE_INFINITY } = asked;
    return {
      operation,
      method,
      path,
      query: encodeQuery(asked.query),
      body: hasBody ? encodeJson(asked.body) : undefined,
      contentType: hasBody ? "application/json" : undefined,
      safe: asked.safe ?? false,
      idempotencyKey: asked.idempotencyKey,
      signal: asked.signal,
      deadline: new Deadline(Math.min(deadline, within), () => this.runtime.monotonic()),
    };
  }

  /** Makes a call with a file. */
  async uploaded<T>(
    call: Call,
    form: FormFile,
    unnamed: string,
    make: (call: Call) => Promise<T>,
    check?: Check,
  ): Promise<T> {
    const { filename } = form;
    // before the file is opened: a stream would be read to its end, if it has one
    if (isGiven(filename) && typeof filename !== "string") {
      throw new SegOpsArgumentError(`A file name must be text, not ${describe(filename)}.`);
    }
    const file = await openFile(form.data, call.signal);
    try {
      await check?.(file);
      const name = filename || file.name || unnamed;
      const boundary = (await this.runtime.uuid()).replaceAll("-", "");
      const part = new Multipart(form.field, name, file, form.contentType ?? "text/csv", boundary);
      return await make({ ...call, body: part, contentType: part.contentType });
    } finally {
      await file.close();
    }
  }

  /** The reply to a call, decoded: JSON, text or null. */
  decoded(call: Call): Promise<unknown> {
    return this.#made<unknown>(call, { receive: (reply) => this.#value(call, reply) });
  }

  /** The reply to a call as text, to the last digit; null for an empty one. */
  raw(call: Call): Promise<string | null> {
    const receive = async (reply: TransportReply): Promise<string | null> =>
      textOf(reply.status, await readReply(reply, call.method));
    return this.#made<string | null>(call, { receive });
  }

  async #value({ method }: Call, reply: TransportReply): Promise<unknown> {
    return decode(reply.status, reply.headers, await readReply(reply, method), this.#settings.parse);
  }

  /** The reply to a call that is answered with a record, a page or a list; a DELETE with nothing. */
  #record<T>(call: Call): Promise<T> {
    const isDelete = call.method === "DELETE";
    const receive = async (reply: TransportReply): Promise<T> => {
      const value = await this.#value(call, reply);
      if (!isDelete) {
        checkRecord(value, reply.status);
      }
      return (isDelete ? null : value) as T;
    };
    return this.#made(call, { receive });
  }

  #made<T>(call: Call, reception: Reception<T>): Promise<T> {
    return new Course(call, this.#settings, reception).run();
  }
}

/** Refuses what is no record, page or list. */
function checkRecord(value: unknown, status: number): void {
  if (typeof value === "object" && value !== null) {
    return;
  }
  const what = value === null ? "empty" : describe(value);
  const reason =
    typeof value === "string"
      ? `it is text where JSON was expected: ${quote(describeBody(value, 60))}. Check the base URL.`
      : `it is ${what} where a record or a list of them was expected`;
  throw new SegOpsDecodeError(reason, { status });
}

/** Null counts as not given: no call of the API has a body of null. */
export function isGiven(body: unknown): boolean {
  return body !== undefined && body !== null;
}
