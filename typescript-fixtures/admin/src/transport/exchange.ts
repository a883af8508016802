/** One request and its reply on a connection. */

import type { Buffer } from "node:buffer";
import { isUint8Array } from "node:util/types";
import { SegOpsConnectionError, SegOpsDecodeError } from "../errors/index.js";
import { HttpHeaders } from "../wire/headers.js";
import { WireError } from "../wire/heads.js";
import { ReplyReader } from "../wire/http1.js";
import { requestHead } from "../wire/writer.js";
import type { Line, Origin } from "./connecting.js";
import { whyExchangeFailed, whyTimedOut } from "./failures.js";
import type { TransportReply, TransportRequest } from "./protocol.js";
import type { ProxyServer } from "./proxies.js";
import { onAbort } from "./signals.js";
import { Watch } from "./watch.js";

/** Bytes that may wait for a reader before the connection is paused. */
const MOST_WAITING = 256 * 1024;

/** Bytes that are sent in one write; a larger body is sent in several, so that each shows progress. */
const BLOCK = 128 * 1024;
const NO_HEADERS = new HttpHeaders();

/** Where an exchange takes place. */
export interface Place {
  line: Line;
  origin: Origin;
  /** A proxy that takes whole addresses, if there is one. */
  through: ProxyServer | undefined;
  /** Whether the connection has carried a request before. */
  wasUsed: boolean;
}

/** One request and its reply. */
export class Exchange implements TransportReply {
  readonly isDecoded = false;
  readonly #request: TransportRequest;
  readonly #line: Line;
  readonly #place: Place;
  readonly #over: (isKept: boolean) => void;
  readonly #reader: ReplyReader;
  readonly #watch: Watch;
  readonly #stopListening: () => void;
  #isSent = false;
  #isOver = false;
  #failure: { reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param over called when the exchange has ended; `isKept` tells whether the connection can carry another one */
  constructor(request: TransportRequest, place: Place, over: (isKept: boolean) => void) {
    this.#request = request;
    this.#line = place.line;
    this.#place = place;
    this.#over = over;
    this.#reader = new ReplyReader(request.method);
    this.#watch = new Watch(
      request,
      () => this.#wake === undefined, // it is the caller that takes its time
      (isDeadline) => {
        const received = this.#reader.head === undefined ? undefined : this.#reader.received;
        this.#fail(whyTimedOut(isDeadline, this.#place.origin, received));
      },
    );
    this.#stopListening = onAbort(request.signal, () => this.#fail(request.signal?.reason));
  }

  get status(): number {
    return this.#reader.head?.status ?? 0;
  }

  get headers(): HttpHeaders {
    return this.#reader.head?.headers ?? NO_HEADERS;
  }

  /** Sends the request; resolves to the reply when its head is in. */
  async begin(): Promise<TransportReply> {
    this.#send().catch((error) => this.#fail(error));
    while (this.#reader.head === undefined) {
      this.#throwFailure();
      await this.#more();
    }
    return this;
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const part = this.#reader.take();
      if (part !== undefined) {
        this.#resume();
        return part;
      }
      if (this.#reader.isDone) {
        this.#finish(this.#isInStep);
        return undefined;
      }
      this.#throwFailure();
      this.#resume();
      await this.#more();
    }
  }

  discard(): void {
    if (this.#reader.received === 0 && this.#isInStep) {
      this.#finish(true); // nothing of it is left to be read
    } else {
      this.#fail(new SegOpsConnectionError("the reply was given up"));
    }
  }

  /** Whether the connection can carry another request, once the reply has been read. */
  get #isInStep(): boolean {
    return this.#reader.isKept && this.#isSent;
  }

  /** Whether only the end of the connection ends the reply. */
  get isUntilClose(): boolean {
    return this.#reader.isUntilClose;
  }

  /** Bytes have come. */
  received(bytes: Buffer): void {
    if (this.#isOver) {
      return;
    }
    this.#watch.progress();
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.#fail(error instanceof WireError ? this.#notHttp(error) : error);
      return;
    }
    if (this.#reader.waiting > MOST_WAITING) {
      this.#line.stream.pause();
    }
    this.#wake?.();
  }

  /** The connection has ended; with an error, or properly as far as is known: it matters where that ends the reply. */
  ended(error?: unknown, isProper?: boolean): void {
    const isWhole = this.#reader.isDone || (error === undefined && isProper && this.#reader.end());
    if (!isWhole && !this.#isOver) {
      this.#fail(this.#cut(error));
    }
    this.#wake?.();
  }

  #cut(error: unknown): SegOpsConnectionError {
    const { head, received, hasBegun } = this.#reader;
    if (head === undefined) {
      return whyExchangeFailed(error, this.#place.origin, this.#place.wasUsed && !hasBegun);
    }
    const of = head.framing.kind === "length" ? ` of ${head.framing.length}` : "";
    return new SegOpsConnectionError(`the reply was cut short after ${received}${of} bytes`, { cause: error });
  }

  #notHttp(error: WireError): SegOpsDecodeError {
    const { head } = this.#reader;
    const what = head === undefined ? `what ${this.#place.origin.peer} sent` : "its body";
    return new SegOpsDecodeError(`${what} is not HTTP: ${error.message}`, { status: head?.status, cause: error });
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) {
      throw this.#failure.reason;
    }
  }

  #fail(reason: unknown): void {
    if (!this.#isOver) {
      this.#failure = { reason };
      this.#finish(false);
      this.#wake?.();
    }
  }

  #finish(isKept: boolean): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#watch.stop();
      this.#stopListening();
      this.#over(isKept);
    }
  }

  /** Resolves when something has happened; from now on that is waited for. */
  #more(): Promise<void> {
    this.#watch.progress();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #resume(): void {
    if (this.#reader.waiting < MOST_WAITING / 2) {
      this.#line.stream.resume();
    }
  }

  async #send(): Promise<void> {
    const { method, url, headers, body } = this.#request;
    const { through } = this.#place;
    const target = through === undefined ? url.pathname + url.search : url.href;
    const head = requestHead(method, target, url.host, { ...headers, ...through?.headers });
    const { stream } = this.#line;
    if (body === undefined) {
      stream.write(head, "latin1");
    } else if (isUint8Array(body) && body.byteLength <= BLOCK) {
      stream.cork();
      stream.write(head, "latin1");
      stream.write(body);
      stream.uncork();
    } else {
      stream.write(head, "latin1");
      for await (const block of isUint8Array(body) ? slices(body) : body.blocks()) {
        if (this.#isOver) {
          return; // answered, or given up, before everything was sent
        }
        await this.#written(block);
        this.#watch.progress();
      }
    }
    this.#isSent = true;
  }

  /** Sends a block; resolves when the system has it, and its memory can be used again. */
  #written(block: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      // What a failure means is told when the connection closes.
      this.#line.stream.write(block, () => resolve());
    });
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.byteLength; start += BLOCK) {
    yield bytes.subarray(start, start + BLOCK);
  }
}
