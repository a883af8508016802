/** One HTTP/1.1 connection: carries one request at a time, and says whether it can carry another. */

import type { Buffer } from "node:buffer";
import type { Line, Origin } from "./connecting.js";
import { Exchange } from "./exchange.js";
import type { TransportReply, TransportRequest } from "./protocol.js";
import type { ProxyServer } from "./proxies.js";

/** What a connection tells its owner. */
export interface Owner {
  /** It can carry another request; `keptFor` is for how many seconds, if the server says so. */
  released(connection: Connection, keptFor: number | undefined): void;
  /** It is closed. */
  ended(connection: Connection): void;
}

/** One connection. */
export class Connection {
  readonly origin: Origin;
  isClosed = false;
  readonly #line: Line;
  readonly #through: ProxyServer | undefined;
  readonly #owner: Owner;
  #isUsed = false;
  /** Seconds for which the server keeps it, if it says so. */
  #keptFor: number | undefined;
  #exchange: Exchange | undefined;

  /** @param through a proxy that takes whole addresses, if there is one */
  constructor(origin: Origin, line: Line, through: ProxyServer | undefined, owner: Owner) {
    this.origin = origin;
    this.#line = line;
    this.#through = through;
    this.#owner = owner;
    let error: unknown;
    line.stream.on("data", (bytes: Buffer) => this.#received(bytes));
    line.stream.on("end", () => this.#finished());
    line.stream.on("error", (reason: unknown) => {
      error = reason;
    });
    line.stream.on("close", () => this.#ended(error));
    line.socket.on("timeout", () => this.close());
  }

  #finished(): void {
    if (this.#exchange?.isUntilClose) {
      this.#line.confirmEnd((isProper, error) => this.#ended(error, isProper));
    } else {
      this.#ended();
    }
  }

  #ended(error?: unknown, isProper?: boolean): void {
    this.#exchange?.ended(error, isProper);
    if (this.#exchange === undefined) {
      this.close();
    }
  }

  #received(bytes: Buffer): void {
    if (this.#exchange === undefined) {
      this.close(); // what nobody asked for must not answer the next request
    } else {
      this.#exchange.received(bytes);
    }
  }

  /** Sends a request; resolves when the head of its reply is in. */
  send(request: TransportRequest): Promise<TransportReply> {
    this.#line.socket.setTimeout(0);
    const place = { line: this.#line, origin: this.origin, through: this.#through, wasUsed: this.#isUsed };
    const exchange = new Exchange(request, place, (isKept) => this.#over(isKept));
    this.#exchange = exchange;
    this.#isUsed = true;
    return exchange.begin();
  }

  #over(isKept: boolean): void {
    const hint = /timeout=(\d+)/i.exec(this.#exchange?.headers.get("keep-alive") ?? "");
    this.#keptFor = hint === null ? undefined : Number(hint[1]);
    this.#exchange = undefined;
    if (isKept) {
      this.release();
    } else {
      this.close();
    }
  }

  /** Gives it back: it can carry another request, unless it has ended by now. */
  release(): void {
    const { readableEnded, destroyed } = this.#line.stream;
    if (this.isClosed || readableEnded || destroyed) {
      this.close();
      return;
    }
    this.#line.socket.unref(); // an idle connection keeps no program running
    this.#owner.released(this, this.#keptFor);
  }

  /** Closes it after so many seconds, unless it is used before. */
  closeAfter(seconds: number): void {
    this.#line.socket.setTimeout(seconds * 1000);
  }

  /** Ends it, whatever is under way. */
  close(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.#line.stream.destroy();
      this.#owner.ended(this);
    }
  }
}
