/**
 * Requests through Node's http, where something has taken its place or listens in on it.
 *
 * Node's parser decides what counts as whole here: a reply over TLS that ends with its connection may have been cut.
 */

import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { isUint8Array } from "node:util/types";
import { SegOpsConnectionError, SegOpsDecodeError, SegOpsError, type SegOpsTimeoutError } from "../errors/index.js";
import { HttpHeaders, pairs } from "../wire/headers.js";
import { agentsOf, type Dialed, type DialingOptions } from "./agents.js";
import { dial, type Origin, originOf, overdue, wayTo } from "./connecting.js";
import { whyDialingFailed, whyExchangeFailed, whyTimedOut } from "./failures.js";
import type { StreamedBody, Transport, TransportReply, TransportRequest } from "./protocol.js";
import { type ProxyServer, proxyFor } from "./proxies.js";
import { onAbort, throwIfAborted } from "./signals.js";
import type { HttpModules } from "./standard-library.js";
import { turn } from "./timers.js";
import { Watch } from "./watch.js";

/** Carries requests over Node's http, by an agent of its own. */
export class HttpTransport implements Transport {
  readonly #modules: HttpModules;
  readonly #agents: ReturnType<typeof agentsOf>;

  /** @param most how many connections may be open at once */
  constructor(modules: HttpModules, most: number) {
    this.#modules = modules;
    this.#agents = agentsOf(modules, most);
  }

  async send(request: TransportRequest): Promise<TransportReply> {
    const { url } = request;
    const origin = originOf(url);
    const proxy = proxyFor(url.protocol.slice(0, -1), origin.host, origin.port);
    await turn(); // a server that has closed a kept connection by now is heard first
    throwIfAborted(request.signal);
    const { http, https } = this.#modules;
    const agent = this.#agents[url.protocol as "http:"];
    const make = (signal: AbortSignal): ClientRequest =>
      (origin.isSecure ? https : http).request({ ...this.#options(request, origin, proxy, signal), agent });
    return new Exchange(request, origin, wayTo(origin, proxy), make).begin();
  }

  #options(
    request: TransportRequest,
    origin: Origin,
    proxy: ProxyServer | undefined,
    signal: AbortSignal,
  ): DialingOptions {
    const { method, url, headers, timeout } = request;
    const target = { method, host: origin.host, port: origin.port, path: url.pathname + url.search };
    const own = { ...headers, Host: url.host };
    if (proxy === undefined) {
      return { ...target, headers: own };
    }
    if (!origin.isSecure) {
      return { method, host: proxy.host, port: proxy.port, path: url.href, headers: { ...own, ...proxy.headers } };
    }
    const patience = { seconds: timeout, isDeadline: false, signal };
    const dials = (done: Dialed): undefined => {
      dial(origin, proxy, patience).then(({ stream }) => done(null, stream as Socket), done);
    };
    return { ...target, headers: own, dials };
  }

  close(): void {
    for (const { freeSockets } of Object.values(this.#agents)) {
      for (const socket of Object.values(freeSockets).flat()) {
        socket?.destroy();
      }
    }
  }
}

/** One request and its reply. */
class Exchange implements TransportReply {
  readonly isDecoded = false;
  status = 0;
  headers = new HttpHeaders();
  readonly #request: TransportRequest;
  readonly #origin: Origin;
  readonly #way: string;
  readonly #made: ClientRequest;
  readonly #watch: Watch;
  readonly #stopListening: () => void;
  #parts: AsyncIterator<Uint8Array> | undefined;
  #received = 0;
  #isConnected = false;
  #isOver = false;
  /** How many bytes its connection had received before. */
  #bytesBefore = 0;
  #failure: unknown;
  #reject: (reason: unknown) => void = () => undefined;
  /** Ends what is still opening a connection. */
  readonly #opening = new AbortController();
  /** What ended it, if that was not the network. */
  #ending: { reason: unknown } | undefined;

  /**
   * @param way who is connected to
   * @param make makes the request; once the signal is aborted, nobody waits for its connection
   */
  constructor(request: TransportRequest, origin: Origin, way: string, make: (signal: AbortSignal) => ClientRequest) {
    this.#request = request;
    this.#origin = origin;
    this.#way = way;
    this.#made = make(this.#opening.signal);
    this.#watch = new Watch(
      request,
      () => false,
      (isDeadline) => this.#end(this.#timeout(isDeadline)),
    );
    this.#stopListening = onAbort(request.signal, () => this.#end(request.signal?.reason));
  }

  /** Sends the request; resolves to the reply when its head is in. */
  begin(): Promise<TransportReply> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      const fail = (error: unknown): void => {
        this.#failure = error;
        this.#stop();
        reject(this.#ending === undefined ? this.#whyFailed(error) : this.#ending.reason);
      };
      this.#made.on("error", fail);
      this.#made.once("socket", (socket: Socket) => {
        this.#bytesBefore = socket.bytesRead;
        const connected = (): void => {
          this.#isConnected = true;
          this.#watch.progress();
        };
        if (!socket.connecting) {
          connected();
        } else {
          socket.once(this.#origin.isSecure ? "secureConnect" : "connect", connected);
        }
      });
      this.#made.once("upgrade", (_, socket) => {
        socket.on("error", () => undefined).destroy(); // it is nobody's any more
        this.#end(new SegOpsDecodeError(this.#notHttp("it switches protocols")));
      });
      this.#made.once("response", (message: IncomingMessage) => {
        this.status = message.statusCode ?? 0;
        this.headers = new HttpHeaders(pairs(message.rawHeaders));
        this.#parts = message[Symbol.asyncIterator]();
        this.#watch.progress();
        resolve(this);
      });
      this.#sent().catch((error) => this.#end(error));
    });
  }

  async #sent(): Promise<void> {
    const { body } = this.#request;
    if (body === undefined || isUint8Array(body)) {
      this.#made.end(body);
      return;
    }
    for await (const block of (body as StreamedBody).blocks()) {
      if (this.#isOver || this.status !== 0) {
        return; // given up, or answered, before everything was sent
      }
      await new Promise<void>((resolve) => this.#made.write(block, () => resolve()));
      this.#watch.progress();
    }
    this.#made.end();
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await (this.#parts as AsyncIterator<Uint8Array>).next();
      if (done) {
        this.#stop();
        if (!this.#made.writableEnded) {
          this.#made.destroy(); // answered before everything was sent: Node would wait for the rest
        }
        return undefined;
      }
      this.#watch.progress();
      this.#received += value.byteLength;
      return value;
    } catch (error) {
      this.#stop();
      if (this.#ending !== undefined) {
        throw this.#ending.reason;
      }
      const length = this.headers.get("content-length");
      const reason = `the reply was cut short after ${this.#received}${length === null ? "" : ` of ${length}`} bytes`;
      // The parser's own error comes to the request; the reply is told that it was ended.
      throw isParserError(this.#failure)
        ? new SegOpsDecodeError(`its body is not HTTP: ${(this.#failure as Error).message}`, { status: this.status })
        : new SegOpsConnectionError(reason, { cause: error });
    }
  }

  discard(): void {
    this.#end(new SegOpsConnectionError("the reply was given up"));
  }

  #end(reason: unknown): void {
    if (!this.#isOver) {
      this.#ending = { reason };
      this.#made.on("error", () => undefined).destroy(reason instanceof Error ? reason : new Error(String(reason)));
      this.#opening.abort();
      this.#stop();
      this.#reject(reason); // a request that waits for its connection tells of nothing
    }
  }

  #stop(): void {
    this.#isOver = true;
    this.#watch.stop();
    this.#stopListening();
  }

  #whyFailed(error: unknown): SegOpsError {
    if (isParserError(error)) {
      return new SegOpsDecodeError(this.#notHttp((error as Error).message), { cause: error });
    }
    if (error instanceof SegOpsError) {
      return error; // of a proxy
    }
    return this.#isConnected
      ? whyExchangeFailed(error, this.#origin, this.#made.reusedSocket && !this.#hasBegun())
      : whyDialingFailed(error, { ...this.#origin, peer: this.#way });
  }

  /** Whether anything of the reply has come: what has begun to answer was not kept for too long. */
  #hasBegun(): boolean {
    return (this.#made.socket?.bytesRead ?? 0) > this.#bytesBefore;
  }

  #notHttp(why: string): string {
    return `what ${this.#origin.peer} sent is not HTTP: ${why}`;
  }

  #timeout(isDeadline: boolean): SegOpsTimeoutError {
    const received = this.status === 0 ? undefined : this.#received;
    return this.#isConnected ? whyTimedOut(isDeadline, this.#origin, received) : overdue(this.#way, isDeadline);
  }
}

function isParserError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException | undefined)?.code).startsWith("HPE_");
}
