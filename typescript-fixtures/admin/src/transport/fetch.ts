/** The transport over a function with the signature of fetch: for edge runtimes, mocks, and proxies of one's own. */

import { isUint8Array } from "node:util/types";
import { SegOpsConfigError, SegOpsConnectionError, SegOpsTimeoutError } from "../errors/index.js";
import { HttpHeaders } from "../wire/headers.js";
import { passesThrough, whyReadingFailed, whySendingFailed } from "./fetch-failures.js";
import type { StreamedBody, Transport, TransportReply, TransportRequest } from "./protocol.js";
import { onAbort, throwIfAborted } from "./signals.js";
import { LARGE_BODY, sendStreamed } from "./undici.js";
import { Watch } from "./watch.js";

/** Some fetches leave them in, though they are no part of a header. */
const OUTER_BLANKS = /^[ \t]+|[ \t]+$/g;

/** A function with the signature of the global fetch. */
export type Fetch = typeof globalThis.fetch;

/** Carries requests over fetch. What was sent before a failure is not known, and a reply is unzipped by fetch itself. */
export class FetchTransport implements Transport {
  readonly #fetch: Fetch;

  /** @param fetch what carries requests */
  constructor(fetch: Fetch) {
    if (typeof fetch !== "function") {
      throw new SegOpsConfigError("fetch must be a function with the signature of the global fetch.");
    }
    this.#fetch = fetch;
  }

  async send(request: TransportRequest): Promise<TransportReply> {
    throwIfAborted(request.signal);
    const { url } = request;
    const interruption = new Interruption(request);
    const peer = `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
    try {
      const response = await this.#fetched(request, interruption);
      return new FetchReply(response, interruption, request.method !== "HEAD");
    } catch (error) {
      interruption.stop();
      const own = passesThrough(error) ?? interruption.whyEnded(`${peer} was silent for too long`);
      throw own ?? whySendingFailed(error, peer, url.hostname);
    }
  }

  #fetched(request: TransportRequest, interruption: Interruption): Promise<Response> {
    const { url, method, body } = request;
    const { "Content-Length": length, ...others } = request.headers;
    const headers = { ...others };
    const init: RequestInit = { method, headers, redirect: "manual", signal: interruption.signal };
    if (body === undefined) {
      return this.#fetch(url.href, init);
    }
    if (isUint8Array(body)) {
      return this.#fetch(url.href, { ...init, body });
    }
    // Fetch would send a stream in chunks, of unknown length.
    Object.assign(headers, { "Content-Length": length });
    const streamed = { ...init, body: streamOf(body, interruption), duplex: "half" } as RequestInit;
    const isLarge = body.length >= LARGE_BODY;
    return isLarge ? sendStreamed(this.#fetch, url.href, streamed, body.contentType) : this.#fetch(url.href, streamed);
  }

  close(): void {
    // Connections belong to fetch.
  }
}

function streamOf(body: StreamedBody, interruption: Interruption): ReadableStream<Uint8Array> {
  const blocks = body.blocks();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      interruption.progress();
      const { done, value } = await blocks.next().catch((error) => interruption.failed(error));
      if (done) {
        controller.close();
      } else {
        controller.enqueue(value.slice()); // its memory is used again
      }
    },
    async cancel() {
      await blocks.return(undefined);
    },
  });
}

/** Ends a fetch when nothing has moved for too long, when its time is up, or when the caller wants it to end. */
class Interruption {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #watch: Watch;
  readonly #stopListening: () => void;
  #isOverdue = false;
  #isDeadline = false;
  #failure: unknown;

  constructor(request: TransportRequest) {
    this.#caller = request.signal;
    this.#stopListening = onAbort(request.signal, () => this.#controller.abort(request.signal?.reason));
    this.#watch = new Watch(
      request,
      () => false,
      (isDeadline) => {
        this.#isOverdue = true;
        this.#isDeadline = isDeadline;
        this.#controller.abort(new Error("nothing was heard for too long"));
      },
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something moved. */
  progress(): void {
    this.#watch.progress();
  }

  /** Ends the request, whether or not it has ended. */
  cancel(): void {
    this.stop();
    this.#controller.abort(new Error("the reply was given up"));
  }

  stop(): void {
    this.#watch.stop();
    this.#stopListening();
  }

  /** The body cannot be read: fetch itself would tell less, or something else. */
  failed(error: unknown): never {
    this.#failure = error;
    throw error;
  }

  /** What the body failed with, the caller's reason to end it, or a timeout; undefined if none of these has ended it. */
  whyEnded(silence: string): unknown {
    if (this.#failure !== undefined) {
      return this.#failure;
    }
    if (this.#caller?.aborted) {
      return this.#caller.reason;
    }
    const { reason: cause } = this.signal;
    if (this.#isDeadline) {
      return new SegOpsTimeoutError("the deadline has passed", { transient: false, cause });
    }
    return this.#isOverdue ? new SegOpsTimeoutError(silence, { cause }) : undefined;
  }
}

/** A reply of fetch. */
class FetchReply implements TransportReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly isDecoded = true;
  readonly #interruption: Interruption;
  readonly #body: Response["body"];
  readonly #chunks: AsyncGenerator<Uint8Array, undefined>;
  readonly #length: number;
  #got = 0;

  constructor(response: Response, interruption: Interruption, hasBody: boolean) {
    this.status = response.status;
    const headers = [...response.headers].map(([name, value]) => [name, value.replace(OUTER_BLANKS, "")] as const);
    this.headers = new HttpHeaders(headers);
    this.#interruption = interruption;
    this.#body = response.body;
    this.#chunks = chunksOf(response.body);
    this.#length = hasBody ? this.#announced() : 0;
    interruption.progress();
  }

  /** The bytes that must come, 0 or NaN where that cannot be told: fetch hands out an unzipped body. */
  #announced(): number {
    const isUncounted = this.headers.has("content-encoding") || [204, 205, 304].includes(this.status);
    return isUncounted ? 0 : Number(this.headers.get("content-length"));
  }

  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#next();
    if (!done) {
      this.#got += value.byteLength;
      this.#interruption.progress();
      return value;
    }
    this.#interruption.stop();
    if (this.#got < this.#length) {
      throw new SegOpsConnectionError(`the reply was cut short after ${this.#got} of ${this.#length} bytes`);
    }
    return undefined;
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.#interruption.stop();
      const own = passesThrough(error) ?? this.#interruption.whyEnded(`the reply stalled after ${this.#got} bytes`);
      throw own ?? whyReadingFailed(error, this.status, this.#got);
    }
  }

  discard(): void {
    this.#interruption.cancel();
    this.#chunks.return(undefined).catch(() => undefined);
    this.#body?.cancel?.().catch(() => undefined); // a generator that has not begun has nothing to end
  }
}

/** The chunks of a body: of a web stream, or of whatever else another implementation of fetch hands out. */
async function* chunksOf(body: Response["body"]): AsyncGenerator<Uint8Array, undefined> {
  if (!body) {
    return;
  }
  if (typeof body.getReader !== "function") {
    yield* body as AsyncIterable<Uint8Array>;
    return;
  }
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
