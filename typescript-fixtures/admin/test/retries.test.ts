import assert from "node:assert/strict";
import { test } from "node:test";
import { delay, retryAfter } from "../src/call/retry.js";
import {
  SegOpsApiError,
  SegOpsBadRequestError,
  SegOpsConnectionError,
  SegOpsNotFoundError,
  SegOpsRateLimitError,
  SegOpsServerError,
} from "../src/index.js";
import { FakeTime } from "../src/testing.js";
import { deadAddress, KEY, rejection, withServer } from "./support/server.js";

test("429 and every 5xx are retried with exact delays", async () => {
  for (const status of [429, 500, 501, 502, 503, 504, 520, 599]) {
    await withServer([{ status }, { status }, { status }, { json: { ok: 1 } }], async ({ client, seen, time }) => {
      assert.deepEqual(await client().http.request("POST", "/x/", { body: {}, idempotent: true }), { ok: 1 });
      assert.deepEqual(time.sleeps, [1, 2, 4]);
      assert.equal(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size, 1);
      assert.equal(seen.length, 4);
    });
  }
});

test("other failures are raised at once", async () => {
  for (const status of [400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 451]) {
    await withServer({ status, json: { detail: "no" } }, async ({ client, seen, time }) => {
      const error = await rejection(client().segments.list());
      assert.ok(error instanceof SegOpsApiError);
      assert.deepEqual([error.status, error.attempts, seen.length, time.sleeps], [status, 1, 1, []]);
    });
  }
});

test("after the last retry the last failure is raised, and with no retries there is one attempt", async () => {
  await withServer({ status: 503 }, async ({ client, seen, time }) => {
    const error = await rejection(client().segments.list());
    assert.ok(error instanceof SegOpsServerError);
    assert.deepEqual([error.attempts, seen.length, time.sleeps], [4, 4, [1, 2, 4]]);
    assert.match(error.message, /tried 4 times/);
    await rejection(client({ maxRetries: 0 }).segments.list());
    assert.equal(seen.length, 5);
  });
});

test("the delay grows to 30 seconds and is up to a quarter shorter at random", async () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 5000].map((n) => delay(n, 0)),
    [1, 2, 4, 8, 16, 30, 30, 30],
  );
  assert.deepEqual(
    [0, 1, 2].map((n) => delay(n, 0.5)),
    [0.875, 1.75, 3.5],
  );
  await withServer([{ status: 500 }, { status: 500 }, { json: {} }], async ({ client }) => {
    const time = new FakeTime(1_700_000_000, 0.5);
    await client({ runtime: time }).segments.list();
    assert.deepEqual(time.sleeps, [0.875, 1.75]);
  });
});

test("a Retry-After of up to 60 seconds replaces the delay", async () => {
  for (const [value, waited] of [
    ["7", 7],
    ["0", 0],
    ["60", 60],
    [" 5 ", 5],
  ] as const) {
    await withServer([{ status: 429, headers: { "Retry-After": value } }, { json: {} }], async ({ client, time }) => {
      await client().segments.create({ name: "x" });
      assert.deepEqual(time.sleeps, [waited]);
    });
  }
});

test("a Retry-After that is a date is measured from the client's clock", async () => {
  const start = Date.UTC(2026, 0, 1) / 1000;
  for (const [value, waited] of [
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9],
    ["Thursday, 01-Jan-26 00:00:09 GMT", 9],
    ["Thu Jan  1 00:00:09 2026", 9],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ] as const) {
    await withServer([{ status: 503, headers: { "Retry-After": value } }, { json: {} }], async ({ client }) => {
      const time = new FakeTime(start);
      await client({ runtime: time }).segments.list();
      assert.deepEqual(time.sleeps, [waited]);
    });
  }
});

test("a longer Retry-After is not waited for, and is on the error", async () => {
  for (const [value, seconds] of [
    ["61", 61],
    ["999999999999999", 999_999_999_999_999],
  ] as const) {
    await withServer({ status: 429, headers: { "Retry-After": value } }, async ({ client, seen, time }) => {
      const error = await rejection(client().segments.list());
      assert.ok(error instanceof SegOpsRateLimitError);
      assert.deepEqual([error.retryAfter, error.attempts, seen.length, time.sleeps], [seconds, 1, 1, []]);
    });
  }
});

test("a Retry-After that is neither is ignored", () => {
  const now = Date.UTC(2026, 0, 1) / 1000;
  for (const value of [
    null,
    "",
    "soon",
    "5.5",
    "-1",
    "1e3",
    "Mon, 99 Foo 2026 00:00:00 GMT",
    "Thu, 31 Feb 2026 00:00:00 GMT",
    "2026-01-01T00:00:05Z",
    "Thu, 01 Jan 2026 24:00:00 GMT",
    "Thu, 01 Jan 2026 00:00:30",
    "Thu, 01 Jan 2026 00:00:30 EST",
    "Thu, 01 Jan 2026 00:00:30 +0000",
    "Thu, 01 Jan 2026 00:00:30 gmt",
    "thu, 01 jan 2026 00:00:30 GMT",
    "01 Jan 2026 00:00:30 GMT",
    "Sat, 01 Jan 0000 00:00:30 GMT",
  ]) {
    assert.equal(retryAfter(value, now), undefined, String(value));
  }
});

test("a connection that fails before anything was sent is retried, whatever the call", async () => {
  const baseUrl = await deadAddress();
  await withServer({ json: {} }, async ({ client, time }) => {
    const error = await rejection(client({ baseUrl }).segments.create({ name: "x" }));
    assert.ok(error instanceof SegOpsConnectionError);
    assert.deepEqual([error.sent, error.attempts, error.name], [false, 4, "SegOpsConnectionError"]);
    assert.match(
      error.message,
      /^POST \/segments\/ got no reply: no connection to 127\.0\.0\.1:\d+: .*ECONNREFUSED.* \(tried 4 times\)$/,
    );
    assert.deepEqual(time.sleeps, [1, 2, 4]);
    assert.ok(error.cause instanceof Error);
  });
});

test("a lost reply to a read, PUT or DELETE is retried", async () => {
  for (const fault of ["close", "reset"] as const) {
    for (const [method, idempotent] of [
      ["GET", false],
      ["PUT", true],
      ["DELETE", true],
    ] as const) {
      await withServer([{ fault }, { json: { ok: 1 } }], async ({ client, seen, time }) => {
        assert.deepEqual(await client().http.request(method, "/x/", { idempotent }), { ok: 1 });
        assert.deepEqual([seen.length, time.sleeps], [2, [1]]);
      });
    }
    await withServer([{ fault }, { json: { ok: 1 } }], async ({ client, seen }) => {
      assert.deepEqual(await client().segments.preview({ conditions: [] }), { ok: 1 });
      assert.equal(seen.length, 2);
    });
  }
});

test("a lost reply to a POST or PATCH that mutates is final and names its key", async () => {
  for (const fault of ["close", "reset"] as const) {
    await withServer({ fault }, async ({ client, seen, time }) => {
      const calls = [
        () => client().segments.create({ name: "x" }),
        () => client().segments.update(1, {}),
        () => client().segments.recompute(1),
        () => client().http.request("POST", "/x/", { idempotent: true }),
      ];
      for (const call of calls) {
        const error = await rejection(call());
        assert.ok(error instanceof SegOpsConnectionError);
        const sent = seen.at(-1)?.headers["idempotency-key"];
        assert.equal(error.idempotencyKey, sent);
        assert.ok(error.message.includes(`idempotencyKey: '${sent}'`), error.message);
        assert.match(error.message, /may have executed it/);
        assert.equal(error.sent, true);
      }
      assert.deepEqual([seen.length, time.sleeps], [4, []]);
    });
  }
});

test("a repeated DELETE that meets 404 has succeeded if the first may have been executed", async () => {
  for (const first of [{ status: 500 }, { fault: "reset" as const }]) {
    await withServer([first, { status: 404 }], async ({ client, seen }) => {
      assert.equal(await client().segments.delete(1), null);
      assert.equal(seen.length, 2);
    });
  }
  for (const answers of [[{ status: 404 }], [{ status: 429 }, { status: 404 }]]) {
    await withServer(answers, async ({ client }) => {
      assert.ok((await rejection(client().segments.delete(1))) instanceof SegOpsNotFoundError);
    });
  }
  await withServer([{ status: 500 }, { status: 404 }], async ({ client }) => {
    assert.ok((await rejection(client().segments.get(1))) instanceof SegOpsNotFoundError);
  });
});

test("the caller's signal ends a call, the wait before a retry included, with its reason", async () => {
  await withServer({ status: 503 }, async ({ url, seen }) => {
    const { SegOpsAdmin } = await import("../src/index.js");
    const client = new SegOpsAdmin({ apiKey: KEY, baseUrl: url }); // on the real clock: the wait would be a second
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const started = performance.now();
    const call = rejection(client.segments.list({}, { signal: controller.signal }));
    while (seen.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(reason);
    assert.equal(await call, reason);
    assert.ok(performance.now() - started < 900);
    assert.equal(seen.length, 1);
    assert.equal(await rejection(client.segments.get(1, { signal: controller.signal })), reason);
    assert.equal(seen.length, 1);
  });
});

test("the caller's signal ends a request under way", async () => {
  await withServer({ fault: "silence" }, async ({ client, seen }) => {
    const controller = new AbortController();
    const call = rejection(client().segments.create({ name: "x" }, { signal: controller.signal }));
    while (seen.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    controller.abort();
    assert.equal((await call).name, "AbortError");
  });
});

test("a 400 after a 500 is a 400", async () => {
  await withServer([{ status: 500 }, { status: 400, json: { name: ["required"] } }], async ({ client }) => {
    const error = await rejection(client().segments.create({ name: "x" }));
    assert.ok(error instanceof SegOpsBadRequestError);
    assert.equal(error.attempts, 2);
  });
});
