import assert from "node:assert/strict";
import type net from "node:net";
import { test } from "node:test";
import { SegOpsAdmin, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError } from "../src/index.js";
import { ran } from "./support/commands.js";
import { KEY, patiently, rejection, withRawServer, withServer } from "./support/server.js";

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"ok":1}';

test("calls one after the other use one connection", async () => {
  await withServer({ json: { results: [], next: null } }, async ({ client, seen }) => {
    const c = client();
    for (let n = 0; n < 5; n++) {
      await c.segments.list();
      await c.segments.create({ name: "x" });
      await c.segments.delete(1);
    }
    assert.equal(new Set(seen.map(({ port }) => port)).size, 1);
  });
});

test("a connection is used again after an error, a retry and a redirect", async () => {
  const answers = [
    { status: 404, json: {} },
    { status: 503, text: "busy" },
    { json: {} },
    { status: 302, headers: { location: "/api/x/" } },
    { json: {} },
  ];
  await withServer(answers, async ({ client, seen }) => {
    const c = client();
    await rejection(c.segments.get(1));
    await c.segments.get(1);
    await c.segments.get(1);
    assert.equal(seen.length, 5);
    assert.equal(new Set(seen.map(({ port }) => port)).size, 1);
  });
});

test("silence for longer than the timeout is a timeout error, per attempt", () => patiently(silent));

async function silent(timeout: number): Promise<void> {
  await withServer([{ fault: "silence" }, { fault: "silence" }, { json: { ok: 1 } }], async ({ client, time }) => {
    assert.deepEqual(await client({ timeout }).segments.get(1), { ok: 1 });
    assert.deepEqual(time.sleeps, [1, 2]);
  });
  await withServer({ fault: "silence" }, async ({ client, seen }) => {
    const error = await rejection(client({ timeout, maxRetries: 1 }).segments.list());
    assert.ok(error instanceof SegOpsTimeoutError && error instanceof SegOpsConnectionError);
    assert.match(
      error.message,
      /^GET \/segments\/ got no reply: 127\.0\.0\.1:\d+ was silent for too long \(tried 2 times\)$/,
    );
    assert.equal(seen.length, 2);
    const write = await rejection(client({ timeout }).segments.create({ name: "x" }));
    assert.ok(write instanceof SegOpsTimeoutError);
    assert.match(write.message, /may have executed it/);
    assert.equal(seen.length, 3);
  });
}

test("a reply that comes slowly but steadily is no timeout; one that stalls is", () => patiently(slow, 0.3));

async function slow(timeout: number): Promise<void> {
  const pause = timeout * 200; // milliseconds between two bytes: the whole takes longer than the timeout
  const drip = (socket: net.Socket, stall: boolean): void => {
    const [head = "", body = ""] = OK.split("\r\n\r\n");
    socket.write(`${head}\r\n\r\n`);
    [...body].forEach((letter, index) => {
      if (!stall || index < 3) {
        setTimeout(() => socket.write(letter), pause * (index + 1)).unref();
      }
    });
  };
  await withRawServer(
    (socket) => socket.once("data", () => drip(socket, false)),
    async ({ client }) => {
      const started = performance.now();
      assert.deepEqual(await client({ timeout }).segments.get(1), { ok: 1 });
      assert.ok(performance.now() - started > timeout * 1100);
    },
  );
  await withRawServer(
    (socket) => socket.once("data", () => drip(socket, true)),
    async ({ client }) => {
      const error = await rejection(client({ timeout, maxRetries: 0 }).segments.get(1));
      assert.ok(error instanceof SegOpsTimeoutError);
      assert.match(error.message, /the reply stalled after 3 bytes/);
    },
  );
}

/** Answers the first request of the first connection, and ends it at the second one. */
function closesKept(end: (socket: net.Socket) => void) {
  return (socket: net.Socket, connection: number): void => {
    let requests = 0;
    socket.on("data", () => (connection > 0 || requests++ === 0 ? void socket.write(OK) : end(socket)));
  };
}

test("a kept connection that the server has closed is reopened at no cost, if the call may be repeated", async () => {
  const ends = [(socket: net.Socket) => void socket.end(), (socket: net.Socket) => void socket.resetAndDestroy()];
  for (const end of ends) {
    await withRawServer(closesKept(end), async ({ client, time, connections }) => {
      const c = client({ maxRetries: 0 });
      await c.segments.get(1);
      assert.deepEqual(await c.segments.get(1), { ok: 1 });
      assert.deepEqual([time.sleeps, connections()], [[], 2]);
    });
    await withRawServer(closesKept(end), async ({ client, connections }) => {
      const c = client();
      await c.segments.get(1);
      const error = await rejection(c.segments.create({ name: "x" }));
      assert.ok(error instanceof SegOpsConnectionError);
      assert.match(error.message, /closed the connection.*may have executed it/);
      assert.equal(connections(), 1);
    });
  }
});

test("a connection that the server has closed in the meantime is not used", async () => {
  await withRawServer(
    (socket) => socket.once("data", () => socket.end(OK)),
    async ({ client, time }) => {
      const c = client({ maxRetries: 0 });
      await c.segments.get(1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual(await c.segments.create({ name: "x" }), { ok: 1 });
      assert.deepEqual(time.sleeps, []);
    },
  );
});

test("what is not HTTP is a decode error", async () => {
  await withRawServer(
    (socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    async ({ client, connections }) => {
      const error = await rejection(client().segments.list());
      assert.ok(error instanceof SegOpsDecodeError, String(error));
      assert.match(error.message, /is not HTTP/);
      assert.equal(connections(), 1);
    },
  );
});

test("a host that does not exist is a connection error before anything was sent", async () => {
  const client = new SegOpsAdmin({ apiKey: KEY, baseUrl: "https://segops.invalid/api", maxRetries: 0 });
  const error = await rejection(client.segments.create({ name: "x" }));
  assert.ok(error instanceof SegOpsConnectionError);
  assert.equal(error.sent, false);
  assert.match(error.message, /no connection to segops\.invalid:443/);
});

test("a fetch of the program's own is not used unless it is given", async () => {
  const { fetch } = globalThis;
  try {
    Object.assign(globalThis, { fetch: async () => assert.fail("fetch was called") });
    await withServer({ json: [] }, async ({ client }) => assert.deepEqual(await client().analytics.segments(), []));
  } finally {
    Object.assign(globalThis, { fetch });
  }
});

test("nothing is printed, retries and errors included", async () => {
  const program = `
    import { SegOpsAdmin } from ${JSON.stringify(new URL("../src/index.js", import.meta.url).href)};
    import { FakeTime } from ${JSON.stringify(new URL("../src/testing.js", import.meta.url).href)};
    const client = new SegOpsAdmin({ apiKey: "sk_test", baseUrl: process.argv[2], runtime: new FakeTime() });
    await client.segments.list();
    await client.segments.list().then(() => process.exit(9), () => undefined);
  `;
  await withServer([{ status: 500 }, { json: {} }, { status: 400 }], async ({ url, seen }) => {
    assert.deepEqual(await ran(program, url), { code: 0, out: "", err: "" });
    assert.equal(seen.length, 3);
  });
});
