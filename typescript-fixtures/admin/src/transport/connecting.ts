/** The opening of a connection: TCP, the tunnel of a proxy, TLS, and nothing sent yet. */

import type { readSync as ReadSync } from "node:fs";
import type * as Net from "node:net";
import type { Duplex } from "node:stream";
import { SegOpsError, SegOpsTimeoutError } from "../errors/index.js";
import { type Peer, whyDialingFailed } from "./failures.js";
import type { ProxyServer } from "./proxies.js";
import { onAbort } from "./signals.js";
import { after } from "./timers.js";
import { secured } from "./tls.js";
import { askForTunnel } from "./tunnel.js";

/** How much at most is taken from a socket that breaks, and how much at once. */
const [MOST_TAKEN, BLOCK] = [1024 * 1024, 64 * 1024];

/** A server: where to, and how. */
export interface Origin extends Peer {
  isSecure: boolean;
  port: number;
}

/** An open connection. */
export interface Line {
  /** What is written to and read from. */
  stream: Duplex;
  /** The socket below it: the same, or what carries TLS. */
  socket: Net.Socket;
  /** Tells, once the stream has ended, whether the other side ended it properly; an error that it did not. */
  confirmEnd(confirmed: (isProper: boolean, error?: unknown) => void): void;
}

/** How long to try, and what ends it. */
export interface Patience {
  seconds: number;
  /** Whether the seconds are what is left of a deadline. */
  isDeadline: boolean;
  signal: AbortSignal | undefined;
}

/** What is known of the address of a request. */
export function originOf(url: URL): Origin {
  const isSecure = url.protocol === "https:";
  const port = Number(url.port) || (isSecure ? 443 : 80);
  return { isSecure, port, host: url.hostname.replace(/[[\]]/g, ""), peer: `${url.hostname}:${port}` };
}

/**
 * Opens a connection, through a proxy if there is one.
 *
 * @throws {SegOpsTimeoutError} it takes too long
 * @throws {SegOpsConnectionError} there is none; `sent` is false
 */
export async function dial(origin: Origin, proxy: ProxyServer | undefined, patience: Patience): Promise<Line> {
  const net = await import("node:net"); // when it is first needed, as all that follows
  const { Duplex: Stream } = await import("node:stream");
  const { readSync } = await import("node:fs");
  const secure = origin.isSecure ? { tls: await import("node:tls"), Stream } : undefined;
  const line = await new Promise<Line>((resolve, reject) => {
    const { host, port } = proxy ?? origin;
    const socket = net.connect({ host, port, allowHalfOpen: secure === undefined });
    socket.setNoDelay(true).on("error", ignored);
    takeWhatCame(socket, readSync);
    let line: Line = { stream: socket, socket, confirmEnd: (confirmed) => confirmTcp(socket, confirmed) };
    let peer = wayTo(origin, proxy);
    const settle = (): void => {
      stopTimer();
      stopWatching();
    };
    const giveUp = (why: unknown): void => {
      settle();
      line.stream.destroy();
      socket.destroy();
      reject(why);
    };
    const fail = (error?: unknown): void => {
      const isTold = error instanceof SegOpsError;
      giveUp(isTold ? error : whyDialingFailed(error || CLOSED, { peer, host: origin.host }));
    };
    const stopTimer = after(patience.seconds, () => giveUp(overdue(peer, patience.isDeadline)));
    const stopWatching = onAbort(patience.signal, () => giveUp(patience.signal?.reason));
    const succeed = (): void => {
      settle();
      resolve(line);
    };
    const goOn = (): void => {
      if (secure === undefined) {
        succeed();
        return;
      }
      line = secured(secure, socket, origin.host, net.isIP(origin.host) === 0 ? origin.host : "");
      line.stream.on("error", ignored).once("error", fail).once("close", fail).once("secureConnect", succeed);
    };
    socket.once("error", fail).once("close", fail);
    socket.once("connect", () => {
      if (secure === undefined || proxy === undefined) {
        goOn();
        return;
      }
      askForTunnel(socket, origin.peer, proxy, (failure) => {
        if (failure !== undefined) {
          fail(failure);
          return;
        }
        peer = `${origin.peer} through ${proxy.name}`;
        goOn();
      });
    });
  });
  if (line.stream.destroyed) {
    line.socket.destroy();
    throw whyDialingFailed(line.stream.errored ?? CLOSED, origin); // broken by what came right behind the handshake
  }
  return line;
}

/**
 * Hears of every error of a stream for as long as it lives: one that comes between two listeners, or after the last one,
 * would end the program. Whoever uses the stream learns of it when it closes.
 */
function ignored(): void {}

/**
 * Has a socket that breaks say what came before. Node closes it as soon as it cannot write, and a reply that the server
 * sent before it closed (413, 401) is still in the system's hands. Where the file descriptor is not to be had, on Windows
 * and on other runtimes, that reply is lost.
 */
function takeWhatCame(socket: Net.Socket, readSync: typeof ReadSync): void {
  const destroy = socket._destroy.bind(socket);
  socket._destroy = (error, done) => {
    const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null };
    if (error !== null && handle?.fd !== undefined && handle.fd >= 0) {
      const block = Buffer.allocUnsafe(BLOCK);
      try {
        for (let taken = 0, count = 1; count > 0 && taken < MOST_TAKEN; taken += count) {
          count = readSync(handle.fd, block);
          if (count > 0) {
            socket.emit("data", Buffer.from(block.subarray(0, count)));
          }
        }
      } catch {
        // That was all.
      }
    }
    destroy(error, done);
  };
}

/** Who is connected to: a server, or the proxy before it. */
export function wayTo({ peer }: Origin, proxy: ProxyServer | undefined): string {
  return proxy === undefined ? peer : `${proxy.name} on the way to ${peer}`;
}

/** A connection that took too long: nothing was sent. */
export function overdue(peer: string, isDeadline: boolean): SegOpsTimeoutError {
  const when = isDeadline ? "before the deadline" : "in time";
  return new SegOpsTimeoutError(`no connection to ${peer} ${when}`, { sent: false, transient: !isDeadline });
}

const CLOSED = Object.assign(new Error("it was closed before TLS was set up"), { code: "ECONNRESET" });

/**
 * Node 18 reports a connection that was reset as one that ended, if the reset comes together with data. Writing, be it
 * nothing, meets the reset; a connection that ended properly can still be written to.
 */
function confirmTcp(socket: Net.Socket, confirmed: (isProper: boolean, error?: unknown) => void): void {
  socket.write("", (error) => confirmed(!error, error ?? undefined));
}
