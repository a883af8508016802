/** The default transport: HTTP/1.1 connections of the client's own, kept open between calls and shared by them. */

import { SegOpsConnectionError, SegOpsTimeoutError } from "../errors/index.js";
import { dial, type Origin, originOf, overdue, type Patience } from "./connecting.js";
import { Connection } from "./connection.js";
import type { Transport, TransportReply, TransportRequest } from "./protocol.js";
import { type ProxyServer, proxyFor } from "./proxies.js";
import { onAbort, throwIfAborted } from "./signals.js";
import { type HttpModules, standardLibraryWay } from "./standard-library.js";
import { after, monotonic, turn } from "./timers.js";

/** Seconds for which an idle connection is kept; many load balancers close theirs after 60. */
export const IDLE_SECONDS = 50;

/** What a kept connection's own end is expected before, in seconds. */
const MARGIN = 1;

/** Keeps connections, the newest used first, and opens no more than it may. */
export class Pool implements Transport {
  readonly #most: number;
  readonly #idle: { connection: Connection; until: number }[] = [];
  readonly #waiting = new Set<() => void>();
  #instrumented: Transport | undefined;
  readonly #routes = new Map<string, ProxyServer | undefined>();
  #open = 0;
  #isClosed = false;

  /** @param most how many connections may be open at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many connections are open. */
  get size(): number {
    return this.#open;
  }

  async send(request: TransportRequest): Promise<TransportReply> {
    throwIfAborted(request.signal);
    const modules = await standardLibraryWay();
    if (modules !== undefined) {
      return this.#instrumentedBy(modules).then((transport) => transport.send(request));
    }
    const { deadline = Number.POSITIVE_INFINITY, signal } = request;
    const started = monotonic();
    const left = (seconds: number): number => seconds - (monotonic() - started);
    const connection = await this.#connection(request, left);
    const remaining = left(deadline);
    try {
      throwIfAborted(signal);
      if (remaining <= 0) {
        throw overdue(connection.origin.peer, true);
      }
    } catch (error) {
      connection.release(); // nothing was sent
      throw error;
    }
    try {
      return await connection.send({ ...request, deadline: remaining });
    } catch (error) {
      if (error instanceof SegOpsConnectionError && error.stale) {
        this.#discard(connection.origin);
      }
      throw error;
    }
  }

  /** Closes what is idle: whatever has ended one connection to a server has most likely ended its like. */
  #discard(origin: Origin): void {
    for (const { connection } of [...this.#idle]) {
      if (isSame(connection.origin, origin)) {
        connection.close();
      }
    }
  }

  /**
   * A connection for a request: one that was kept, or a new one as soon as there is room for it.
   *
   * @param left how many of so many seconds are left since the request was made
   */
  async #connection(request: TransportRequest, left: (seconds: number) => number): Promise<Connection> {
    const { url, timeout, deadline = Number.POSITIVE_INFINITY, signal } = request;
    const origin = originOf(url);
    let kept = await this.#kept(origin);
    while (kept === undefined && !this.#hasRoom()) {
      await this.#turnOf(left(Math.min(timeout, deadline)), signal);
      kept = await this.#kept(origin);
    }
    const seconds = Math.min(timeout, left(deadline));
    return kept ?? this.#opened(origin, { seconds, isDeadline: seconds < timeout, signal });
  }

  async #opened(origin: Origin, patience: Patience): Promise<Connection> {
    this.#open += 1;
    try {
      const proxy = this.#routeTo(origin);
      const line = await dial(origin, proxy, patience);
      return new Connection(origin, line, origin.isSecure ? undefined : proxy, this);
    } catch (error) {
      this.#left();
      throw error;
    }
  }

  /** What carries requests where somebody has changed Node's http. */
  async #instrumentedBy(modules: HttpModules): Promise<Transport> {
    const { HttpTransport } = await import("./instrumented.js");
    this.#instrumented ??= new HttpTransport(modules, this.#most);
    return this.#instrumented;
  }

  /** The proxy on the way to an origin, as the environment said when it was first asked for. */
  #routeTo({ isSecure, host, port, peer }: Origin): ProxyServer | undefined {
    const scheme = isSecure ? "https" : "http";
    const name = `${scheme}://${peer}`;
    if (!this.#routes.has(name)) {
      this.#routes.set(name, proxyFor(scheme, host, port));
    }
    return this.#routes.get(name);
  }

  /**
   * An idle connection to an origin.
   *
   * A server that has closed it by now is heard first, and so is one that has sent what nobody asked for: neither may the
   * next call be lost, nor get that for its reply.
   */
  async #kept(origin: Origin): Promise<Connection | undefined> {
    for (let kept = this.#take(origin); kept !== undefined; kept = this.#take(origin)) {
      await turn();
      if (!kept.isClosed) {
        return kept;
      }
    }
    return undefined;
  }

  #take(origin: Origin): Connection | undefined {
    const present = monotonic();
    for (let index = this.#idle.length - 1; index >= 0; index--) {
      const { connection, until } = this.#idle[index] as { connection: Connection; until: number };
      if (isSame(connection.origin, origin)) {
        this.#idle.splice(index, 1);
        if (until > present) {
          return connection;
        }
        connection.close();
      }
    }
    return undefined;
  }

  /** Whether one more connection may be opened; an idle one to another server makes room for it. */
  #hasRoom(): boolean {
    if (this.#open >= this.#most) {
      this.#idle[0]?.connection.close();
    }
    return this.#open < this.#most;
  }

  /** Waits until a connection has become free, for so many seconds. */
  #turnOf(seconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        stopTimer();
        stopListening();
        this.#waiting.delete(proceed);
      };
      const proceed = (): void => {
        settle();
        resolve();
      };
      const stopTimer = after(seconds, () => {
        settle();
        const reason = `all ${this.#most} connections are in use (maxConnections)`;
        reject(new SegOpsTimeoutError(reason, { sent: false }));
      });
      const stopListening = onAbort(signal, () => {
        settle();
        reject(signal?.reason);
      });
      this.#waiting.add(proceed);
    });
  }

  /** Lets the call continue that has waited longest, if one waits. */
  #callNext(): void {
    const [proceed] = this.#waiting;
    proceed?.();
  }

  #left(): void {
    this.#open -= 1;
    this.#callNext();
  }

  /** @internal */
  released(connection: Connection, keptFor: number | undefined): void {
    const seconds = Math.min(IDLE_SECONDS, (keptFor ?? Number.POSITIVE_INFINITY) - MARGIN);
    if (this.#isClosed || seconds <= 0) {
      connection.close();
      return;
    }
    connection.closeAfter(seconds);
    this.#idle.push({ connection, until: monotonic() + seconds });
    this.#callNext();
  }

  /** @internal */
  ended(connection: Connection): void {
    const index = this.#idle.findIndex((entry) => entry.connection === connection);
    if (index !== -1) {
      this.#idle.splice(index, 1);
    }
    this.#left();
  }

  close(): void {
    this.#isClosed = true;
    this.#instrumented?.close();
    for (const { connection } of this.#idle.splice(0)) {
      connection.close();
    }
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return one.peer === other.peer && one.isSecure === other.isSecure;
}
