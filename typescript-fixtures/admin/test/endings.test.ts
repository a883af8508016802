/** Calls that are ended, and connections that end, at the moments when it is least expected. */

import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { SegOpsAdmin, SegOpsArgumentError, SegOpsTimeoutError } from "../src/index.js";
import { Pool } from "../src/transport/pool.js";
import type { TransportRequest } from "../src/transport/protocol.js";
import { turn } from "../src/transport/timers.js";
import { KEY, patiently, rejection, withRawServer, withServer } from "./support/server.js";

/** Elsewhere a worker of a text is something else. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

/** Long enough that a call which waits for it has failed the test. */
const FOR_EVER = 3600;

const reply = (body: string, type = "application/json"): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("a signal ends a call at once, whatever the call is about to do", async () => {
  // The first request of a connection is answered, what follows is not.
  const serve = (socket: net.Socket): void => void socket.once("data", () => socket.write(reply("{}")));
  await withRawServer(serve, async ({ client }) => {
    const moments = [...Array(40).keys()];
    for (const [microtasks, turns] of [...moments.map((n) => [n, 0]), ...moments.slice(0, 8).map((n) => [0, n])]) {
      const c = client({ timeout: FOR_EVER });
      await c.segments.get(1);
      const controller = new AbortController();
      const ended = rejection(c.segments.create({ name: "x" }, { signal: controller.signal }));
      for (let n = 0; n < (microtasks as number); n++) await null;
      for (let n = 0; n < (turns as number); n++) await new Promise((resolve) => setImmediate(resolve));
      const reason = new Error(`after ${microtasks} microtasks and ${turns} turns`);
      controller.abort(reason);
      assert.equal(await ended, reason);
      c.close();
    }
  });
});

test("a call that was ended before anything was sent gives its connection back", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const c = client();
    await c.segments.get(1);
    const controller = new AbortController();
    const ended = rejection(c.segments.create({ name: "x" }, { signal: controller.signal }));
    await new Promise((resolve) => setImmediate(resolve)); // within the turn that a write waits for
    controller.abort(new Error("enough"));
    assert.equal((await ended).message, "enough");
    await c.segments.get(1);
    assert.deepEqual([seen.length, new Set(seen.map(({ port }) => port)).size], [2, 1]);
  });
});

test("a connection that was reset behind a whole reply is not used again", async () => {
  const served: net.Socket[] = [];
  const serve = (socket: net.Socket): void => {
    served.push(socket);
    socket.once("data", () => socket.write(reply("x".repeat(200_000), "text/csv")));
  };
  await withRawServer(serve, async ({ client }) => {
    const c = client({ timeout: FOR_EVER });
    let got = 0;
    const slow = new Writable({
      async write(chunk: Uint8Array, _encoding, done) {
        got += chunk.byteLength;
        if (got === 200_000) {
          served[0]?.resetAndDestroy();
          for (let n = 0; n < 5; n++) await turn(); // until the client has heard of it
        }
        done();
      },
    });
    assert.equal(await c.segments.downloadExport(1, slow), 200_000);
    assert.equal(await c.http.request("GET", "/x/"), "x".repeat(200_000));
    assert.equal(served.length, 2);
  });
});

test("a deadline counts the wait for a connection, and nothing is sent when it is over", () => patiently(queued, 0.3));

async function queued(deadline: number): Promise<void> {
  const asked: string[] = [];
  const silent = (socket: net.Socket): void => void socket.on("data", (bytes) => asked.push(String(bytes)));
  await withRawServer(silent, async ({ url }) => {
    const pool = new Pool(1);
    const request = (address: string, limits: Partial<TransportRequest>): TransportRequest => ({
      method: "POST",
      url: new URL(address),
      headers: {},
      body: undefined,
      timeout: FOR_EVER,
      deadline: undefined,
      signal: undefined,
      ...limits,
    });
    const first = rejection(pool.send(request(`${url}/first/`, { timeout: deadline * 0.8 })));
    const started = performance.now();
    // Its turn comes when 0.2 of the deadline are left, and TLS is never set up.
    const second = rejection(pool.send(request(`${url.replace("http:", "https:")}/second/`, { deadline })));
    assert.ok((await first) instanceof SegOpsTimeoutError);
    const error = await second;
    assert.ok(error instanceof SegOpsTimeoutError && !error.sent);
    assert.match(error.message, /before the deadline/);
    assert.ok(performance.now() - started < deadline * 1500);
    assert.equal(asked.filter((text) => text.includes("/second/")).length, 0);
    pool.close();
  });
}

test("a Node stream that fails, or is closed, ends a download, and not the program", async () => {
  const large = Buffer.alloc(3 * 1024 * 1024);
  await withServer({ bytes: large, headers: { "content-type": "text/csv" } }, async ({ client }) => {
    const c = client({ timeout: FOR_EVER });
    const nowhere = createWriteStream("/nowhere/members.csv");
    assert.match((await rejection(c.segments.downloadExport(1, nowhere))).message, /ENOENT/);

    const full = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, new Error("no space left")) });
    assert.equal((await rejection(c.segments.downloadExport(1, full))).message, "no space left");

    const stuck = new Writable({ write: () => void setImmediate(() => stuck.destroy()) });
    const closed = await rejection(c.segments.downloadExport(1, stuck));
    assert.ok(closed instanceof SegOpsArgumentError, closed.message);
    assert.equal(closed.message, "The stream was closed before everything had been written.");

    assert.match((await rejection(c.segments.downloadExport(1, stuck))).message, /destroyed/);
  });
});

test("a download into the reply to a browser ends when the browser goes away", async () => {
  const large = Buffer.alloc(50 * 1024 * 1024);
  await withServer({ bytes: large, headers: { "content-type": "text/csv" } }, async ({ client }) => {
    const c = client({ timeout: FOR_EVER });
    let ended: Promise<Error> | undefined;
    const front = http.createServer((_, response) => {
      ended = rejection(c.segments.downloadExport(1, response));
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const browser = net.connect((front.address() as AddressInfo).port, "127.0.0.1");
    browser.on("error", () => undefined).write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((resolve) => browser.once("data", resolve));
    browser.destroy();
    assert.ok((await ended) instanceof Error);
    front.close();
  });
});

test("a sink that fails ends a zipped download, though the server sends no more of it", async () => {
  const zipped = gzipSync(Buffer.alloc(100_000, "x"));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.byteLength + 1}\r\n\r\n`;
  const serve = (socket: net.Socket): void =>
    void socket.once("data", () => socket.write(Buffer.concat([Buffer.from(head), zipped])));
  await withRawServer(serve, async ({ client }) => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error("no space left")) });
    const error = await rejection(client({ timeout: FOR_EVER }).segments.downloadExport(1, full));
    assert.equal(error.message, "no space left");
  });
});

/** Answers the first request twice: the second time when it is told to, and it says when that has been sent. */
const ANSWERS_TWICE = `
const { createServer } = require("node:net");
const { parentPort, workerData: state } = require("node:worker_threads");
const reply = (id) => "HTTP/1.1 200 OK\\r\\nContent-Length: 8\\r\\n\\r\\n" + JSON.stringify({ id });
let requests = 0;
createServer((socket) => {
  socket.setNoDelay(true).on("error", () => undefined);
  socket.on("data", () => {
    requests += 1;
    socket.write(reply(requests));
    if (requests > 1) return;
    const look = setInterval(() => {
      if (Atomics.load(state, 0) === 0) return;
      clearInterval(look);
      socket.write(reply(9), () => {
        Atomics.store(state, 0, 2);
        Atomics.notify(state, 0);
      });
    }, 1);
  });
}).listen(0, "127.0.0.1", function () { parentPort.postMessage(this.address().port); });
`;

test("a reply that nobody asked for is nobody's, however late it comes", { skip: !IS_NODE }, async () => {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const server = new Worker(ANSWERS_TWICE, { eval: true, workerData: state });
  try {
    const port = await new Promise((resolve) => server.once("message", resolve));
    const c = new SegOpsAdmin({ apiKey: KEY, baseUrl: `http://127.0.0.1:${port}/api` });
    assert.deepEqual(await c.segments.get(1), { id: 1 });
    Atomics.store(state, 0, 1);
    Atomics.wait(state, 0, 1); // nothing else happens in this process until the second reply has come
    assert.deepEqual(await c.segments.get(2), { id: 2 });
    c.close();
  } finally {
    await server.terminate();
  }
});
