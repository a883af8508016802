/** What TLS of this package's own takes from its socket. */

import assert from "node:assert/strict";
import type net from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { turn } from "../src/transport/timers.js";
import { type SecureModules, secured } from "../src/transport/tls.js";

/** Elsewhere the runtime's own TLS reads the socket. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

const CHUNK = 64 * 1024;

test("nothing more is taken from a socket over TLS while nobody reads on", { skip: !IS_NODE }, async () => {
  const socket = new Duplex({ read: () => undefined });
  // In place of TLS itself the encrypted bytes, as they pass by.
  const tls = { connect: (options: { socket: Duplex }) => options.socket };
  const modules = { tls, Stream: Duplex } as unknown as SecureModules;
  const { stream } = secured(modules, socket as unknown as net.Socket, "segops.test", "segops.test");
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
