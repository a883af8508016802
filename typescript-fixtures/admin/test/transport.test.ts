import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type net from "node:net";
import { test } from "node:test";
import { whyReadingFailed, whySendingFailed } from "../src/failures.js";
import { SegOpsAdmin, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError } from "../src/index.js";
import { KEY, rejection, withRawServer, withServer } from "./support/server.js";

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

test("silence for longer than the timeout is a timeout error, per attempt", async () => {
  await withServer([{ fault: "silence" }, { fault: "silence" }, { json: { ok: 1 } }], async ({ client, time }) => {
    assert.deepEqual(await client({ timeout: 0.15 }).segments.get(1), { ok: 1 });
    assert.deepEqual(time.sleeps, [1, 2]);
  });
  await withServer({ fault: "silence" }, async ({ client, seen }) => {
    const error = await rejection(client({ timeout: 0.1, maxRetries: 1 }).segments.list());
    assert.ok(error instanceof SegOpsTimeoutError && error instanceof SegOpsConnectionError);
    assert.match(
      error.message,
      /^GET \/segments\/ got no reply: 127\.0\.0\.1:\d+ was silent for too long \(tried 2 times\)$/,
    );
    assert.equal(seen.length, 2);
    const write = await rejection(client({ timeout: 0.1 }).segments.create({ name: "x" }));
    assert.ok(write instanceof SegOpsTimeoutError);
    assert.match(write.message, /may have carried it out/);
    assert.equal(seen.length, 3);
  });
});

test("a reply that comes slowly but steadily is no timeout; one that stalls is", async () => {
  const drip = (socket: net.Socket, stall: boolean): void => {
    const [head = "", body = ""] = OK.split("\r\n\r\n");
    socket.write(`${head}\r\n\r\n`);
    [...body].forEach((letter, index) => {
      if (!stall || index < 3) {
        setTimeout(() => socket.write(letter), 60 * (index + 1)).unref();
      }
    });
  };
  await withRawServer(
    (socket) => socket.once("data", () => drip(socket, false)),
    async ({ client }) => {
      const started = performance.now();
      assert.deepEqual(await client({ timeout: 0.3 }).segments.get(1), { ok: 1 });
      assert.ok(performance.now() - started > 350);
    },
  );
  await withRawServer(
    (socket) => socket.once("data", () => drip(socket, true)),
    async ({ client }) => {
      const error = await rejection(client({ timeout: 0.25, maxRetries: 0 }).segments.get(1));
      assert.ok(error instanceof SegOpsTimeoutError);
      assert.match(error.message, /the reply stalled after 3 bytes/);
    },
  );
});

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
      assert.match(error.message, /closed the connection.*may have carried it out/);
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

test("any function with the signature of fetch can be used, with the same keys, retries and decoding", async () => {
  const requests: [string, RequestInit][] = [];
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    requests.push([String(url), init ?? {}]);
    return requests.length === 1
      ? new Response("busy", { status: 503 })
      : new Response('{"id":1}', { headers: { "content-type": "application/json" } });
  };
  await withServer({}, async ({ client, time }) => {
    const c = client({ baseUrl: "https://host.test/api", fetch: fetch as typeof globalThis.fetch });
    assert.deepEqual(await c.segments.create({ name: "é" }), { id: 1 });
    assert.deepEqual(time.sleeps, [1]);
    const [url, init] = requests[1] ?? ["", {}];
    assert.equal(url, "https://host.test/api/segments/");
    assert.deepEqual([init.method, init.redirect], ["POST", "manual"]);
    assert.equal(new Headers(init.headers).get("authorization"), `ApiKey ${KEY}`);
    assert.equal(Buffer.from(init.body as Uint8Array).toString(), '{"name":"é"}');
  });
});

test("the global fetch of the moment is used, so that it can be replaced", async () => {
  const { fetch } = globalThis;
  const client = new SegOpsAdmin({ apiKey: KEY });
  try {
    Object.assign(globalThis, {
      fetch: async () => new Response("[]", { headers: { "content-type": "application/json" } }),
    });
    assert.deepEqual(await client.analytics.segments(), []);
  } finally {
    Object.assign(globalThis, { fetch });
  }
});

test("a fetch that says nothing of what failed counts as perhaps sent", async () => {
  const fetch = async (): Promise<Response> => {
    throw new TypeError("Failed to fetch");
  };
  await withServer({}, async ({ client, time }) => {
    const c = client({ fetch });
    const write = await rejection(c.segments.create({ name: "x" }));
    assert.ok(write instanceof SegOpsConnectionError);
    assert.deepEqual([write.sent, time.sleeps], [true, []]);
    const read = await rejection(c.segments.list());
    assert.deepEqual([(read as SegOpsConnectionError).attempts, time.sleeps], [4, [1, 2, 4]]);
  });
});

/** A failure in the shape of Node's fetch. */
function fetchFailed(details: object): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("as it is"), details) });
}

test("failures are told apart: unsent, perhaps sent, pointless to repeat", () => {
  const cases: [object, Partial<SegOpsConnectionError>][] = [
    [{ code: "ECONNREFUSED" }, { sent: false, transient: true }],
    [{ code: "ENOTFOUND" }, { sent: false, transient: true }],
    [
      { code: "EAI_AGAIN", syscall: "getaddrinfo" },
      { sent: false, transient: true },
    ],
    [{ code: "UND_ERR_CONNECT_TIMEOUT" }, { sent: false, name: "SegOpsTimeoutError" }],
    [
      { code: "ETIMEDOUT", syscall: "connect" },
      { sent: false, name: "SegOpsTimeoutError" },
    ],
    [
      { code: "ETIMEDOUT", syscall: "read" },
      { sent: true, name: "SegOpsTimeoutError" },
    ],
    [{ code: "UND_ERR_HEADERS_TIMEOUT" }, { sent: true, name: "SegOpsTimeoutError" }],
    [{ code: "CERT_HAS_EXPIRED" }, { sent: false, transient: false }],
    [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, { sent: false, transient: false }],
    [{ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, { sent: false, transient: false }],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, { sent: false, transient: false }],
    [{ code: "ERR_SSL_WRONG_VERSION_NUMBER" }, { sent: false, transient: true }],
    [{ code: "ECONNRESET" }, { sent: true, transient: true, stale: true }],
    [{ code: "EPIPE" }, { sent: true, transient: true, stale: true }],
    [
      { code: "UND_ERR_SOCKET", socket: { bytesRead: 0 } },
      { sent: true, stale: false },
    ],
    [
      { code: "UND_ERR_SOCKET", socket: { bytesRead: 40 } },
      { sent: true, stale: true },
    ],
    [{ code: "SOMETHING_ELSE" }, { sent: true, transient: true, stale: false }],
  ];
  for (const [details, expected] of cases) {
    const error = whySendingFailed(fetchFailed(details), "host:443", "host", true) as SegOpsConnectionError;
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(error[name as keyof SegOpsConnectionError], value, `${name} of ${JSON.stringify(details)}`);
    }
    assert.ok(error.cause instanceof TypeError);
  }
  const both = new TypeError("fetch failed", {
    cause: new AggregateError([Object.assign(new Error(), { code: "ECONNREFUSED" })]),
  });
  assert.equal((whySendingFailed(both, "h:1", "h", false) as SegOpsConnectionError).sent, false);
  assert.ok(whyReadingFailed(fetchFailed({ code: "Z_DATA_ERROR" }), 200, 5) instanceof SegOpsDecodeError);
  assert.ok(whyReadingFailed(fetchFailed({ code: "UND_ERR_BODY_TIMEOUT" }), 200, 5) instanceof SegOpsTimeoutError);
});

test("nothing is printed, retries and errors included", async () => {
  const program = `
    import { SegOpsAdmin } from ${JSON.stringify(new URL("../src/index.js", import.meta.url).href)};
    import { FakeTime } from ${JSON.stringify(new URL("../src/testing.js", import.meta.url).href)};
    const client = new SegOpsAdmin({ apiKey: "sk_test", baseUrl: process.argv[1], runtime: new FakeTime() });
    await client.segments.list();
    await client.segments.list().then(() => process.exit(9), () => undefined);
  `;
  await withServer([{ status: 500 }, { json: {} }, { status: 400 }], async ({ url, seen }) => {
    // Node 18 itself announces that its fetch is experimental; --no-warnings is what that is about.
    const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", program, url]);
    const printed: string[] = [];
    child.stdout.on("data", (chunk) => printed.push(String(chunk)));
    child.stderr.on("data", (chunk) => printed.push(String(chunk)));
    const [code] = await once(child, "close");
    assert.deepEqual([code, printed, seen.length], [0, [], 3]);
  });
});
