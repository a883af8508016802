/** How do bytes travel? One attempt over fetch, given up when nothing moves for too long. */

import { SegOpsConfigError, SegOpsConnectionError, SegOpsTimeoutError } from "./errors.js";
import { passesThrough, whyReadingFailed, whySendingFailed } from "./failures.js";
import type { Multipart } from "./multipart.js";
import { LARGE_BODY, sendStreamed } from "./streaming.js";

/** A function with the signature of the global fetch. */
export type Fetch = typeof globalThis.fetch;

/** One HTTP request. The key is in its headers: nothing prints them. */
export interface Attempt {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | Multipart | undefined;
  /** Seconds without progress (to connect, to send a block, to receive) after which to give up. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** Carries attempts, and remembers which connections are likely to be kept open. */
export class Transport {
  readonly #fetch: Fetch | undefined;
  readonly #kept = new Map<string, number[]>();

  /** @param fetch what carries requests; the global fetch of the moment unless given */
  constructor(fetch: Fetch | undefined) {
    if (fetch !== undefined && typeof fetch !== "function") {
      throw new SegOpsConfigError("fetch must be a function with the signature of the global fetch.");
    }
    this.#fetch = fetch;
    this.#current();
  }

  #current(): Fetch {
    const fetch = this.#fetch ?? globalThis.fetch;
    if (typeof fetch !== "function") {
      throw new SegOpsConfigError("There is no global fetch: use Node 18 or later, or pass fetch.");
    }
    return fetch;
  }

  /**
   * Sends a request and resolves as soon as the reply's headers are in.
   *
   * @throws {SegOpsTimeoutError} nothing was heard for `timeout` seconds
   * @throws {SegOpsConnectionError} anything else that leaves no reply; `sent` tells whether the server can have seen it
   */
  async send(attempt: Attempt): Promise<Reply> {
    attempt.signal?.throwIfAborted();
    const url = new URL(attempt.url);
    const kept = this.#takeKept(url.origin);
    const watch = new Watch(attempt.timeout, attempt.signal);
    const peer = `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
    try {
      const response = await this.#fetched(attempt, watch);
      return new Reply(response, watch, attempt.method !== "HEAD", () => this.#keep(url.origin, response.headers));
    } catch (error) {
      watch.stop();
      this.#kept.delete(url.origin); // whatever ended this connection has most likely ended its like
      const own = passesThrough(error) ?? watch.whyEnded(`${peer} was silent for too long`);
      throw own ?? whySendingFailed(error, peer, url.hostname, kept);
    }
  }

  #fetched(attempt: Attempt, watch: Watch): Promise<Response> {
    const { url, method, headers, body } = attempt;
    const fetch = this.#current();
    const init: RequestInit = { method, headers, redirect: "manual", signal: watch.signal };
    if (body === undefined) {
      return fetch(url, init);
    }
    if (body instanceof Uint8Array) {
      return fetch(url, { ...init, body });
    }
    const streamed = { ...init, body: body.stream(() => watch.progress()), duplex: "half" } as RequestInit;
    const isLarge = body.length >= LARGE_BODY && this.#fetch === undefined;
    return isLarge ? sendStreamed(fetch, url, streamed, body.contentType) : fetch(url, streamed);
  }

  // Fetch does not say whether it used an open connection. Node's keeps them for four seconds, the newest first: with
  // that, a reset can be told from a connection that had been closed in the meantime.

  #takeKept(origin: string): boolean {
    const since = this.#kept.get(origin)?.pop();
    return since !== undefined && performance.now() - since < KEPT_MILLISECONDS;
  }

  #keep(origin: string, headers: Headers): void {
    if (headers.get("connection")?.toLowerCase() !== "close") {
      const open = this.#kept.get(origin) ?? [];
      this.#kept.set(origin, [...open, performance.now()].slice(-MOST_REMEMBERED));
    }
  }
}

const KEPT_MILLISECONDS = 4000;
const MOST_REMEMBERED = 64;

/** Ends an attempt when nothing has moved for too long, or when the caller wants it to end. */
class Watch {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #forward: () => void;
  #isOverdue = false;

  constructor(seconds: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#forward = () => this.#controller.abort(caller?.reason);
    caller?.addEventListener("abort", this.#forward, { once: true });
    const giveUp = (): void => {
      this.#isOverdue = true;
      this.#controller.abort(new Error("nothing was heard for too long"));
    };
    // A timer cannot be set further ahead than 2^31 - 1 ms, and fires at once if it is.
    this.#timer = setTimeout(giveUp, Math.min(seconds * 1000, 2 ** 31 - 1));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something moved: the time starts anew. */
  progress(): void {
    this.#timer.refresh();
  }

  /** Ends the attempt, whether or not it is over. */
  cancel(): void {
    this.stop();
    this.#controller.abort(new Error("the reply was given up"));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#forward);
  }

  /** The caller's reason to end it, or a timeout; undefined if neither has ended it. */
  whyEnded(silence: string): unknown {
    if (this.#caller?.aborted) {
      return this.#caller.reason;
    }
    return this.#isOverdue ? new SegOpsTimeoutError(silence, { cause: this.signal.reason }) : undefined;
  }
}

/** One HTTP reply. Its body must be read to the end or given up. */
export class Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly #watch: Watch;
  readonly #body: Response["body"];
  readonly #chunks: AsyncGenerator<Uint8Array, undefined>;
  readonly #finished: () => void;
  readonly #length: number | undefined;
  #got = 0;
  #isOver = false;

  constructor(response: Response, watch: Watch, hasBody: boolean, finished: () => void) {
    this.status = response.status;
    this.headers = response.headers;
    this.#watch = watch;
    this.#finished = finished;
    this.#body = response.body;
    this.#chunks = chunksOf(response.body);
    this.#length = hasBody ? this.#announced() : undefined;
    watch.progress();
  }

  /** The bytes that must come, where that can be told: fetch hands out an unzipped body. */
  #announced(): number | undefined {
    const length = this.headers.get("content-length");
    const isCounted = length !== null && /^\d+$/.test(length) && !this.headers.has("content-encoding");
    return isCounted && ![204, 304].includes(this.status) ? Number(length) : undefined;
  }

  /**
   * The next bytes, or undefined at the end.
   *
   * @throws {SegOpsTimeoutError} the reply stalled
   * @throws {SegOpsConnectionError} it was cut short
   * @throws {SegOpsDecodeError} its gzip is broken
   */
  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#next();
    if (!done) {
      this.#got += value.byteLength;
      this.#watch.progress();
      return value;
    }
    this.#end();
    if (this.#length !== undefined && this.#got < this.#length) {
      throw new SegOpsConnectionError(`the reply was cut short after ${this.#got} of ${this.#length} bytes`);
    }
    this.#finished();
    // Node's fetch hands a connection to the next request one turn of the event loop after the reply's end: a call made
    // before that would open another one.
    await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.#end();
      const own = passesThrough(error) ?? this.#watch.whyEnded(`the reply stalled after ${this.#got} bytes`);
      throw own ?? whyReadingFailed(error, this.status, this.#got);
    }
  }

  /** Gives up what has not been read, and the connection with it. */
  async discard(): Promise<void> {
    if (!this.#isOver) {
      this.#end();
      this.#watch.cancel();
      await this.#chunks.return(undefined);
      await this.#body?.cancel?.().catch(() => undefined); // a generator that has not begun has nothing to end
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#watch.stop();
  }
}

/** The chunks of a body: of a web stream, or of whatever else another implementation of fetch hands out. */
async function* chunksOf(body: Response["body"]): AsyncGenerator<Uint8Array, undefined> {
  if (body === null || body === undefined) {
    return;
  }
  if (typeof body.getReader !== "function") {
    yield* body as AsyncIterable<Uint8Array>;
    return;
  }
  const reader = body.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        isDone = true;
        return;
      }
      yield value as Uint8Array;
    }
  } finally {
    if (!isDone) {
      await reader.cancel().catch(() => undefined);
    }
  }
}
