import assert from "node:assert/strict";
import { test } from "node:test";
import { type SegOpsAdmin, SegOpsConnectionError, SegOpsDecodeError, type SegOpsRateLimitError } from "../src/index.js";
import { FakeTime, memberPages, noConnection, pages, reply, Script } from "../src/testing.js";
import { collect, rejection } from "./support/server.js";

async function largestSegment(client: SegOpsAdmin): Promise<number | undefined> {
  const all = await collect(client.segments.iterate());
  return all.sort((a, b) => (b.member_count ?? 0) - (a.member_count ?? 0))[0]?.id;
}

test("a script answers in order and keeps what was sent", async () => {
  const script = new Script(reply({ results: [{ id: 7, member_count: 3 }], next: null }), reply({ id: 8 }));
  assert.equal(await largestSegment(script.client()), 7);
  await script.client().segments.update("a/b", { name: "é" }, { method: "PUT" });
  const [first, second] = script.requests;
  assert.deepEqual([first?.method, first?.path, first?.query.get("page")], ["GET", "/segments/", "1"]);
  assert.deepEqual([second?.method, second?.path, second?.json], ["PUT", "/segments/a%2Fb/", { name: "é" }]);
  assert.equal(second?.headers.get("authorization"), null);
  assert.ok(second?.headers.get("idempotency-key"));
  script.assertDone();
});

test("waits take no time and are kept", async () => {
  const script = new Script(reply(null, { status: 503 }), noConnection(), reply({ id: 1 }));
  assert.deepEqual(await script.client().segments.create({ name: "x" }), { id: 1 });
  assert.deepEqual(script.time.sleeps, [1, 2]);
  assert.equal(script.time.now(), new FakeTime().now() + 3);
});

test("replies can be errors, text and bytes", async () => {
  const script = new Script(
    reply({ detail: "Slow down." }, { status: 429, headers: { "Retry-After": "3600" } }),
    reply(undefined, { text: "plain" }),
    reply(undefined, { content: new Uint8Array([1, 2]) }),
    new SegOpsConnectionError("the cable is out"),
  );
  const client = script.client({ maxRetries: 0 });
  assert.equal(((await rejection(client.segments.list())) as SegOpsRateLimitError).retryAfter, 3600);
  assert.ok((await rejection(client.segments.list())) instanceof SegOpsDecodeError);
  assert.equal(await client.http.request("GET", "/x/"), "\u0001\u0002");
  assert.match((await rejection(client.segments.list())).message, /the cable is out/);
});

test("a request beyond the script fails with a message that names it, and is not retried", async () => {
  const script = new Script();
  const error = await rejection(script.client().segments.get(9));
  assert.equal(error.name, "AssertionError");
  assert.match(
    error.message,
    /GET https:\/\/api\.segops\.test\/api\/segments\/9\/ was asked for, but the script is at its end/,
  );
  assert.deepEqual(script.time.sleeps, []);
});

test("replies that were never asked for fail", () => {
  assert.throws(() => new Script(reply(), reply()).assertDone(), /2 scripted replies were never asked for/);
});

test("canned pages are what iterates get", async () => {
  const items = Array.from({ length: 7 }, (_, id) => ({ id }));
  for (const [size, count] of [
    [3, 3],
    [7, 1],
    [50, 1],
  ] as const) {
    const script = new Script(...pages(items, size));
    assert.deepEqual(await collect(script.client().segments.iterate()), items);
    assert.equal(script.requests.length, count);
    script.assertDone();
  }
  assert.deepEqual(await collect(new Script(...pages([])).client().segments.iterate()), []);
  const script = new Script(...memberPages(["a", "b", "c"], 2));
  const members = await collect(script.client().segments.iterateMembers(1));
  assert.deepEqual(
    members.map(({ user_id }) => user_id),
    ["a", "b", "c"],
  );
  script.assertDone();
  assert.deepEqual(await collect(new Script(...memberPages([])).client().segments.iterateMembers(1)), []);
});

test("an upload is kept with its bytes", async () => {
  const script = new Script(reply({ job_id: 1 }));
  await script.client().products.importCsv(new Blob(["sku\r\nA"]));
  assert.match(
    script.requests[0]?.text ?? "",
    /filename="products\.csv"\r\nContent-Type: text\/csv\r\n\r\nsku\r\nA\r\n/,
  );
});
