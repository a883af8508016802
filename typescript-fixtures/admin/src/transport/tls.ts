/** TLS over a connection, and how it tells whether the other side has ended it or it was cut. */

import type * as Net from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Line } from "./connecting.js";

/** What TLS needs of Node; loaded when it is first needed. */
export interface SecureModules {
  tls: typeof import("node:tls");
  Stream: typeof Duplex;
}

/** Whether this is Node itself. Other runtimes have its modules, and their TLS takes no streams of one's own. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

/**
 * TLS over an open socket; the line's stream is to be heard until it says `secureConnect`.
 *
 * Node does not tell whether TLS ended properly or its connection was cut. Here the encrypted bytes pass by: if they end
 * and TLS had not, it was cut.
 */
export function secured({ tls, Stream }: SecureModules, socket: Net.Socket, host: string, servername: string): Line {
  const options = { host, servername };
  if (!IS_NODE) {
    return { stream: tls.connect({ ...options, socket }), socket, confirmEnd: (confirmed) => confirmed(false) };
  }
  let isCut = false;
  const passage = passageTo(Stream, socket, () => {
    isCut = !hasEnded(stream);
  });
  const stream: TLSSocket = tls.connect({ ...options, socket: passage as unknown as Net.Socket });
  stream.once("close", () => socket.destroy());
  passage.once("close", () => {
    // Node 18 tells of a reset with an error only, and leaves the stream open: nothing would ever come from it.
    if (!hasEnded(stream)) {
      stream.destroy();
    }
  });
  return { stream, socket, confirmEnd: (confirmed) => confirmed(!isCut) };
}

/** Whether a stream knows that nothing more comes, read or not. */
function hasEnded(stream: Duplex): boolean {
  return (stream as unknown as { _readableState: { ended: boolean } })._readableState.ended;
}

/** A stream that passes everything on, to and from a socket; `ended` is called when the socket's bytes end. */
function passageTo(Stream: typeof Duplex, socket: Net.Socket, ended: () => void): Duplex {
  const passage = new Stream({
    read: () => void socket.resume(),
    write: (chunk, _, done) =>
      void socket.write(chunk, (error) => {
        // Told of a write that broke, TLS would read no more; the socket's own error comes behind what it still holds.
        if (!error || socket.errored === null) {
          done(error);
        }
      }),
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
