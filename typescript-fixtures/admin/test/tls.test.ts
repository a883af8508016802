/** What TLS of this package's own takes from its socket. */

import assert from "node:assert/strict";
import { once } from "node:events";
import type net from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { turn } from "../src/transport/timers.js";
import { type SecureModules, secured } from "../src/transport/tls.js";

/** Elsewhere the runtime's own TLS reads the socket. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

const CHUNK = 64 * 1024;

/** What carries the encrypted bytes of a socket, in place of TLS itself. */
function passage(socket: Duplex): Duplex {
  const tls = { connect: (options: { socket: Duplex }) => options.socket };
  const modules = { tls, Stream: Duplex } as unknown as SecureModules;
  return secured(modules, socket as unknown as net.Socket, "segops.test", "segops.test").stream;
}

test("nothing more is taken from a socket over TLS while nobody reads on", { skip: !IS_NODE }, async () => {
  const socket = new Duplex({ read: () => undefined });
  const stream = passage(socket);
  for (let n = 0; n < 4; n++) {
    socket.push(Buffer.alloc(CHUNK, n));
  }
  for (let n = 0; n < 10; n++) await turn();
  assert.deepEqual([socket.isPaused(), socket.readableLength], [true, 3 * CHUNK]);

  let got = 0;
  await new Promise<void>((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      got += chunk.byteLength;
      if (got === 4 * CHUNK) {
        resolve();
      }
    });
  });
  assert.equal(socket.readableLength, 0);
});

test("what a socket still holds when it breaks is heard before that", { skip: !IS_NODE }, async () => {
  const heard: string[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(new Error("broken")),
    destroy: (error, done) => {
      socket.emit("data", Buffer.from("the reply"));
      done(error);
    },
  });
  const stream = passage(socket);
  stream.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
  stream.on("error", (error) => heard.push(error.message));
  stream.write("what is sent");
  await new Promise((resolve) => stream.once("close", resolve));
  assert.deepEqual(heard, ["the reply", "broken"]);
});

test("a write to a socket that was closed without an error is told of", { skip: !IS_NODE }, async () => {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const stream = passage(socket);
  socket.destroy();
  stream.write("what is sent");
  const [error] = (await once(stream, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ERR_STREAM_DESTROYED");
});
