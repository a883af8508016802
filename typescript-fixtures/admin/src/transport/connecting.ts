/** The opening of a connection: an address, TLS where it is asked for, and nothing sent yet. */

import type * as Net from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { SegOpsTimeoutError } from "../errors/index.js";
import { type Peer, whyDialingFailed } from "./failures.js";
import { onAbort, throwIfAborted } from "./signals.js";
import { after } from "./timers.js";

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
  return { isSecure, port, host: url.hostname, peer: `${url.hostname}:${port}` };
}

/**
 * Opens a connection.
 *
 * @throws {SegOpsTimeoutError} it takes too long
 * @throws {SegOpsConnectionError} there is none; `sent` is false
 */
export async function dial(origin: Origin, patience: Patience): Promise<Line> {
  const net = await import("node:net"); // when it is first needed, as all that follows
  const tls = origin.isSecure ? await import("node:tls") : undefined;
  const { Duplex: Stream } = await import("node:stream");
  throwIfAborted(patience.signal);
  return new Promise((resolve, reject) => {
    const host = origin.host.replace(/^\[|\]$/g, "");
    const socket = net.connect({ host, port: origin.port, allowHalfOpen: tls === undefined });
    socket.setNoDelay(true);
    let line: Line = { stream: socket, socket, confirmEnd: (confirmed) => confirmTcp(socket, confirmed) };
    const settle = (): void => {
      stopTimer();
      stopWatching();
      line.stream.off("error", fail).off("close", fail);
      socket.off("error", fail).off("close", fail);
    };
    const giveUp = (why: unknown): void => {
      settle();
      line.stream.on("error", () => undefined).destroy();
      socket.on("error", () => undefined).destroy();
      reject(why);
    };
    const fail = (error?: unknown): void => giveUp(whyDialingFailed(error || CLOSED, origin));
    const stopTimer = after(patience.seconds, () => giveUp(overdue(origin, patience.isDeadline)));
    const stopWatching = onAbort(patience.signal, () => giveUp(patience.signal?.reason));
    const succeed = (): void => {
      settle();
      resolve(line);
    };
    socket.once("error", fail).once("close", fail);
    socket.once("connect", () => {
      if (tls === undefined) {
        succeed();
        return;
      }
      line = secured(tls, Stream, socket, host, net.isIP(host) === 0 ? host : "");
      line.stream.once("error", fail).once("close", fail).once("secureConnect", succeed);
    });
  });
}

function overdue({ peer }: Origin, isDeadline: boolean): SegOpsTimeoutError {
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

/** Whether this is Node itself. Other runtimes have its modules, and their TLS takes no streams of one's own. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

/**
 * TLS over an open socket.
 *
 * Node does not tell whether TLS ended properly or its connection was cut. Here the encrypted bytes pass by: if they end
 * and TLS had not, it was cut.
 */
function secured(
  tls: typeof import("node:tls"),
  Stream: typeof Duplex,
  socket: Net.Socket,
  host: string,
  servername: string,
): Line {
  const options = { host, servername, ALPNProtocols: ["http/1.1"] };
  if (!IS_NODE) {
    return { stream: tls.connect({ ...options, socket }), socket, confirmEnd: (confirmed) => confirmed(false) };
  }
  let isCut = false;
  const passage = passageTo(Stream, socket, () => {
    isCut = !hasEnded(stream);
  });
  const stream: TLSSocket = tls.connect({ ...options, socket: passage as unknown as Net.Socket });
  stream.once("close", () => socket.destroy());
  return { stream, socket, confirmEnd: (confirmed) => confirmed(!isCut) };
}

/** Whether a stream has been told that nothing more comes, read or not. */
function hasEnded(stream: Duplex): boolean {
  return (stream as unknown as { _readableState: { ended: boolean } })._readableState.ended;
}

/** A stream that passes everything on, to and from a socket; `ended` is called when the socket's bytes end. */
function passageTo(Stream: typeof Duplex, socket: Net.Socket, ended: () => void): Duplex {
  const passage = new Stream({
    read: () => void socket.resume(),
    write: (chunk, _, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => {
    if (!passage.push(chunk)) {
      socket.pause();
    }
  });
  socket.once("end", () => {
    ended();
    passage.push(null);
  });
  socket.on("error", (error) => passage.destroy(error));
  return passage;
}
