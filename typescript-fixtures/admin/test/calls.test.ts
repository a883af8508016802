import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import {
  type Attempt,
  type SegOpsApiError,
  SegOpsBadRequestError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsServerError,
  SegOpsTimeoutError,
} from "../src/index.js";
import { reply, Script } from "../src/testing.js";
import "./support/own-temporary-folder.js";
import { collect, KEY, rejection, withRawServer, withServer } from "./support/server.js";
import { countedSignal } from "./support/signals.js";
import { leftOver } from "./support/spooling.js";

const JSON_TYPE = { "content-type": "application/json" };

test("a deadline ends a call that drips, and costs no waiting for what does not fit", async () => {
  await withRawServer(
    (socket) => {
      socket.once("data", () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}');
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n");
          const drip = setInterval(() => socket.write(" "), 20);
          socket.on("close", () => clearInterval(drip));
        });
      });
    },
    async ({ client }) => {
      const c = client({ runtime: undefined, maxRetries: 0 });
      // The connection is there already: on a busy machine making it may take longer than so short a deadline.
      assert.deepEqual(await c.segments.get(1), { id: 1 });
      const error = await rejection(c.withOptions({ deadline: 0.3 }).segments.get(1));
      assert.ok(error instanceof SegOpsTimeoutError, String(error));
      assert.match(error.message, /^GET \/segments\/1\/ got no reply: the deadline has passed$/);
    },
  );
  await withServer({ status: 503, headers: { "Retry-After": "5" }, json: {} }, async ({ client, seen, time }) => {
    const error = await rejection(client({ deadline: 4 }).segments.get(1));
    assert.ok(error instanceof SegOpsServerError);
    assert.deepEqual([error.retryAfter, seen.length, time.sleeps], [5, 1, []]);
  });
  await withServer({ status: 500, json: {} }, async ({ client, seen, time }) => {
    await rejection(client().withOptions({ deadline: 4 }).segments.get(1));
    assert.deepEqual([seen.length, time.sleeps], [3, [1, 2]]);
  });
});

test("onReply is called with each attempt, and what it throws is the caller's", async () => {
  const answers = [
    { status: 503, json: {}, headers: { "X-Request-Id": `id-${KEY}` } },
    { fault: "close" as const },
    { json: { id: 1 }, headers: { "X-Own": "1" } },
  ];
  await withServer(answers, async ({ client }) => {
    const told: Attempt[] = [];
    const c = client({ onReply: (attempt) => told.push(attempt) });
    await c.segments.get("a/b");
    assert.deepEqual(
      told.map(({ operation, method, path, status, requestId, attempt, delay, error }) => ({
        operation,
        method,
        path,
        status,
        requestId,
        attempt,
        delay,
        error,
      })),
      [
        {
          operation: "segments.get",
          method: "GET",
          path: "/segments/a%2Fb/",
          status: 503,
          requestId: "id-sk_***",
          attempt: 1,
          delay: 1,
          error: undefined,
        },
        {
          operation: "segments.get",
          method: "GET",
          path: "/segments/a%2Fb/",
          status: undefined,
          requestId: undefined,
          attempt: 2,
          delay: told[1]?.delay,
          error: "SegOpsConnectionError",
        },
        {
          operation: "segments.get",
          method: "GET",
          path: "/segments/a%2Fb/",
          status: 200,
          requestId: undefined,
          attempt: told[2]?.attempt as number,
          delay: undefined,
          error: undefined,
        },
      ],
    );
    assert.equal(told[2]?.headers.get("x-own"), "1");
    assert.ok(told.every(({ seconds }) => seconds >= 0));
    const mine = new Error("mine");
    const thrower = c.withOptions({
      onReply: () => {
        throw mine;
      },
    });
    assert.equal(await rejection(thrower.http.request("GET", "/x/")), mine);
  });
});

test("headers of the caller's own are sent, replaced by withOptions, and stay within the origin", async () => {
  await withServer({ text: "stored" }, async (storage) => {
    await withServer(
      [{ json: {} }, { json: {} }, { json: {} }, { status: 302, headers: { location: `${storage.url}/x` } }],
      async ({ client, seen }) => {
        const c = client({ headers: { "X-Team": "growth" } });
        await c.segments.get(1);
        await c.withOptions({ headers: { "X-Other": "1" } }).segments.get(1);
        await c.withOptions({ headers: null }).segments.get(1);
        await c.segments.downloadExport(1, new WritableStream());
        assert.deepEqual(
          seen.map(({ headers }) => [headers["x-team"], headers["x-other"]]),
          [
            ["growth", undefined],
            [undefined, "1"],
            [undefined, undefined],
            ["growth", undefined],
          ],
        );
        assert.equal(storage.seen[0]?.headers["x-team"], undefined);
      },
    );
  });
});

test("after a 5xx or a lost reply, whatever ends a write says that it may have been executed", async () => {
  const cases: [object[], new (...values: never[]) => Error, RegExp][] = [
    [
      [
        { status: 502, json: {} },
        { status: 400, json: { name: ["already exists"] } },
      ],
      SegOpsBadRequestError,
      /An earlier attempt may have been executed: look before you repeat it, and repeat it with idempotencyKey: 'test-k'\. \(tried 2 times\)$/,
    ],
    [
      [{ status: 502, json: {} }],
      SegOpsServerError,
      /The server may have executed it: look before you repeat it, and repeat it with idempotencyKey: 'test-k'\. \(tried 4 times\)$/,
    ],
    [[{ status: 502, json: {} }, { text: "<html>" }], SegOpsDecodeError, /The server may have executed it/],
    [[{ text: "<html>" }], SegOpsDecodeError, /The server may have executed it/],
    [[{ fault: "close" }], SegOpsConnectionError, /The server may have executed it/],
    [[{ status: 502, json: {} }, { fault: "close" }], SegOpsConnectionError, /The server may have executed it/],
  ];
  for (const [answers, Class, message] of cases) {
    await withServer(answers, async ({ client }) => {
      const error = (await rejection(
        client().segments.create({ name: "n" }, { idempotencyKey: "test-k" }),
      )) as SegOpsApiError;
      assert.ok(error instanceof Class, error.message);
      assert.match(error.message, message);
      assert.equal(error.mayHaveExecuted, true);
    });
  }
  for (const answers of [
    [{ status: 400, json: {} }],
    [
      { status: 429, json: {} },
      { status: 400, json: {} },
    ],
  ]) {
    await withServer(answers, async ({ client }) => {
      const error = (await rejection(client().segments.create({ name: "n" }))) as SegOpsApiError;
      assert.deepEqual([error.mayHaveExecuted, error.message.includes("may have")], [false, false]);
    });
  }
  await withServer({ status: 500, json: {} }, async ({ client }) => {
    const error = (await rejection(client().segments.get(1))) as SegOpsApiError;
    assert.deepEqual([error.mayHaveExecuted, error.message.includes("may have")], [false, false]);
    const bare = await rejection(client({ maxRetries: 0 }).http.request("POST", "/x/"));
    assert.match(bare.message, /The server may have executed it: look before you repeat it\.$/);
  });
});

/** The warnings that are printed while something is done. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const told: string[] = [];
  const listen = (warning: Error): void => void told.push(warning.name);
  process.on("warning", listen);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", listen);
  }
  return told;
}

test("one signal can end many calls: it has one listener, and none afterwards", async () => {
  await withServer({ json: { results: [{ id: 1 }], next: null } }, async ({ client, seen }) => {
    const { signal, listeners } = countedSignal();
    const c = client();
    const warnings = await warningsOf(async () => {
      await Promise.all(Array.from({ length: 40 }, () => c.segments.list({}, { signal })));
      await Promise.all(Array.from({ length: 3 }, () => collect(c.segments.iterate({}, { signal, prefetch: 16 }))));
    });
    assert.deepEqual([warnings, listeners()], [[], { present: 0, most: 1 }]);
    assert.equal(seen.length, 43);
  });
});

test("prefetching many pages without a signal prints no warning", async () => {
  const pages = Array.from({ length: 40 }, (_, index) => ({
    json: { count: 40, results: [{ id: index }], next: index < 39 ? "x" : null },
  }));
  await withServer(
    ({ query }) => pages[Number(Object.fromEntries(query).page) - 1] ?? { status: 404 },
    async ({ client }) => {
      const warnings = await warningsOf(async () => {
        assert.equal((await collect(client().segments.iterate({}, { prefetch: 16 }))).length, 40);
      });
      assert.deepEqual(warnings, []);
    },
  );
});

test("an aborted signal ends an upload while its stream is copied, at once, and leaves no file", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const controller = new AbortController();
    let isEnded = false;
    const slow = new Readable({
      read() {
        this.push("a,b\n");
        setTimeout(() => controller.abort(new Error("enough")), 20);
        this.read = (): null => null; // and nothing more, ever
      },
      destroy(error, done) {
        isEnded = true;
        done(error);
      },
    });
    const error = await rejection(client().products.importCsv(slow, "x.csv", { signal: controller.signal }));
    assert.equal(error.message, "enough");
    assert.ok(isEnded);
    let isRead = false;
    const unread = new Readable({
      read() {
        isRead = true;
        this.push(null);
      },
    });
    assert.equal(
      (await rejection(client().products.importCsv(unread, "x", { signal: AbortSignal.abort("no") }))) as unknown,
      "no",
    );
    assert.deepEqual([isRead, seen.length], [false, 0]);
  });
  assert.deepEqual(leftOver(), []);
});

test("deprecation is reported once an operation", async () => {
  await withServer(
    { json: {}, headers: { Deprecation: "@1688169599", Sunset: "Sun, 01 Nov 2026 00:00:00 GMT" } },
    async ({ client }) => {
      const warnings = await warningsOf(async () => {
        await client().analytics.overview();
        await client().analytics.overview();
        await client().analytics.usage();
      });
      assert.deepEqual(warnings, ["SegOpsDeprecationWarning", "SegOpsDeprecationWarning"]);
    },
  );
});

test("a log gets each attempt, and the waits that the server asks for", async () => {
  await withServer([{ status: 429, headers: { "Retry-After": "7" }, json: {} }, { json: {} }], async ({ client }) => {
    const lines: string[] = [];
    const log = (line: string, level: string): unknown => lines.push(`${level} ${line.replace(/ \d+ ms/, " N ms")}`);
    await client({ log }).segments.list({ q: "secret" } as never);
    assert.deepEqual(lines, [
      "debug GET /segments/ 429 N ms attempt 1",
      "info GET /segments/ waits 7 s, as the server asks (Retry-After)",
      "debug GET /segments/ 200 N ms attempt 2",
    ]);
  });
});

test("raw text keeps every digit", async () => {
  const text = '{"gtin": 12345678901234567890, "rate": 0.0}';
  await withServer({ bytes: Buffer.from(text), headers: JSON_TYPE }, async ({ client }) => {
    assert.equal(await client().http.request("GET", "/x/", { raw: true }), text);
  });
  await withServer({ status: 204 }, async ({ client }) => {
    assert.equal(await client().http.request("GET", "/x/", { raw: true }), null);
  });
});

test("calls wait for a connection when as many are open as may be", async () => {
  await withServer(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { json: {} };
    },
    async ({ client, seen }) => {
      const c = client({ maxConnections: 3 });
      await Promise.all(Array.from({ length: 30 }, (_, id) => c.segments.get(id)));
      assert.equal(seen.length, 30);
      assert.ok(new Set(seen.map(({ port }) => port)).size <= 3);
    },
  );
  await withServer({ fault: "silence" }, async ({ client }) => {
    const c = client({ maxConnections: 1, maxRetries: 0, runtime: undefined });
    const held = new AbortController();
    const first = rejection(c.segments.get(1, { signal: held.signal }));
    const error = (await rejection(
      c.withOptions({ timeout: 0.05 }).segments.create({ name: "n" }),
    )) as SegOpsTimeoutError;
    assert.match(error.message, /all 1 connections are in use \(maxConnections\)/);
    assert.equal(error.sent, false);
    held.abort(new Error("done"));
    assert.equal((await first).message, "done");
  });
});

test("a hundred connections are open at once, unless another number is given", async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = 0;
  await withServer(
    async () => {
      arrived += 1;
      if (arrived === 100) {
        release(); // all others are waiting for a connection by now, or have opened one too many
      }
      await released;
      return { json: {} };
    },
    async ({ client, seen }) => {
      const c = client();
      await Promise.all(Array.from({ length: 105 }, (_, id) => c.segments.get(id)));
      assert.equal(new Set(seen.map(({ port }) => port)).size, 100);
    },
  );
});

test("a server that closes after each reply without saying so costs few writes, and the error says why", async () => {
  await withRawServer(
    (socket) =>
      socket.once("data", () =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}'),
      ),
    async ({ client }) => {
      const c = client();
      const failures: SegOpsConnectionError[] = [];
      for (let count = 0; count < 300; count++) {
        await c.segments.create({ name: "n" }).catch((error) => failures.push(error));
      }
      assert.ok(failures.length <= 3, `${failures.length} of 300 failed`);
      assert.ok(failures.every(({ stale, message }) => stale && message.includes("closed the connection")));
    },
  );
});

test("many calls leave no listener, socket or timer behind", async () => {
  const resources = (): string[] =>
    (process as unknown as { getActiveResourcesInfo(): string[] })
      .getActiveResourcesInfo()
      .filter((name) => /TCPSocket|TLS|Timeout/.test(name));
  await withServer({ json: { id: 1 } }, async ({ client }) => {
    await new Promise((resolve) => setImmediate(resolve));
    const before = resources().length;
    const c = client({ maxConnections: 4, runtime: undefined });
    const { signal } = new AbortController();
    for (let round = 0; round < 50; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, id) => c.segments.get(id, { signal })));
    }
    c.close();
    for (let turns = 0; turns < 1000 && resources().length > before; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(resources().length <= before, resources().join());
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  });
});

test("a call that is aborted while it waits leaves no timer behind", async () => {
  const timers = (): number =>
    (process as unknown as { getActiveResourcesInfo(): string[] })
      .getActiveResourcesInfo()
      .filter((name) => name === "Timeout").length;
  await withServer({ status: 429, headers: { "Retry-After": "50" } }, async ({ client }) => {
    await new Promise((resolve) => setImmediate(resolve));
    const before = timers();
    const controller = new AbortController();
    let within = 0;
    const onReply = (): void => {
      setImmediate(() => {
        within = timers();
        controller.abort();
      });
    };
    const c = client({ runtime: undefined, onReply });
    await rejection(c.segments.get(1, { signal: controller.signal }));
    c.close();
    assert.ok(within > before, "it did not wait");
    assert.equal(timers(), before);
    assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  });
});

test("a client's namespaces hold what makes their calls out of sight", async () => {
  const { segments } = new Script(reply({})).client();
  assert.ok(!Object.keys(segments).includes("calls") && !Object.keys(segments).includes("http"));
  assert.ok(!JSON.stringify(segments).includes("sk_test"));
});

test("a client is closed at the end of its block", async () => {
  await withServer({ json: { id: 1 } }, async ({ client }) => {
    const used = client();
    await used.segments.get(1);
    const name: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
    await used[name]();
    assert.equal(used.closed, true);
    await rejection(used.segments.get(1));
  });
});
