import assert from "node:assert/strict";
import { test } from "node:test";
import { SegOpsArgumentError } from "../src/index.js";
import { VERSION } from "../src/version.js";
import { KEY, rejection, withServer } from "./support/server.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("every request carries key, accepted type, version and accepted encoding", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().segments.list();
    await client().segments.create({ name: "x" });
    for (const { headers } of seen) {
      assert.equal(headers.authorization, `ApiKey ${KEY}`);
      assert.equal(headers.accept, "application/json");
      assert.equal(headers["user-agent"], `segops-admin-typescript/${VERSION}`);
      assert.equal(headers["accept-encoding"], "gzip");
    }
  });
});

test("a call that mutates carries a fresh UUIDv4, others carry no key", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const c = client();
    await c.segments.create({ name: "x" });
    await c.segments.create({ name: "x" });
    await c.segments.recompute(1);
    await c.segments.list();
    await c.segments.preview({ conditions: [] });
    await c.http.request("POST", "/x/", { body: {} });
    await c.http.request("POST", "/x/", { body: {}, idempotent: true });
    const keys = seen.map(({ headers }) => headers["idempotency-key"]);
    for (const index of [0, 1, 2, 6]) {
      assert.match(String(keys[index]), UUID4);
    }
    assert.equal(new Set([keys[0], keys[1], keys[2]]).size, 3);
    assert.deepEqual([keys[3], keys[4], keys[5]], [undefined, undefined, undefined]);
  });
});

test("a given idempotency key is sent as it is, and an unusable one is refused", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().segments.create({ name: "x" }, { idempotencyKey: "order-7/a b" });
    assert.equal(seen[0]?.headers["idempotency-key"], "order-7/a b");
    for (const idempotencyKey of ["", "é", "a\nb", "x".repeat(256)]) {
      assert.ok(
        (await rejection(client().segments.create({ name: "x" }, { idempotencyKey }))) instanceof SegOpsArgumentError,
      );
    }
    await client().segments.delete(1, { idempotencyKey: "x".repeat(255) });
    assert.equal(seen.length, 2);
  });
});

test("an id stays one segment, whatever it holds", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    for (const id of [7, "a/b@c", "ü", "a b", "..a", "%2e", "!'()*", 9007199254740993n]) {
      await client().segments.get(id);
    }
    assert.deepEqual(
      seen.map(({ target }) => target),
      ["7", "a%2Fb%40c", "%C3%BC", "a%20b", "..a", "%252e", "%21%27%28%29%2A", "9007199254740993"].map(
        (id) => `/api/segments/${id}/`,
      ),
    );
  });
});

test("what is no id is refused, and nothing is sent", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    for (const id of ["", ".", "..", null, undefined, true, 1.5, Number.NaN, 2 ** 60, {}, "\ud800"]) {
      const error = await rejection(client().segments.get(id as string));
      assert.ok(error instanceof SegOpsArgumentError, String(id));
    }
    assert.ok((await rejection(client().segments.membership(""))) instanceof SegOpsArgumentError);
    assert.equal(seen.length, 0);
  });
});

test("a query leaves out null, writes booleans and dates, and repeats the key of a list", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().products.list({
      a: null,
      b: undefined,
      yes: true,
      no: false,
      n: 0,
      list: ["x", null, 2],
      day: "2026-04-25",
      at: new Date("2026-04-25T14:00:00+02:00"),
      exact: new Date("2026-04-25T12:00:00.120Z"),
      text: "a b&c=d+é~*",
    });
    assert.equal(
      seen[0]?.target,
      "/api/pim/products/?yes=true&no=false&n=0&list=x&list=2&day=2026-04-25&at=2026-04-25T12%3A00%3A00Z" +
        "&exact=2026-04-25T12%3A00%3A00.120000Z&text=a+b%26c%3Dd%2B%C3%A9~%2A",
    );
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, {}, new Date(Number.NaN), "\udc00", () => 1]) {
      assert.ok((await rejection(client().products.list({ wrong: wrong as string }))) instanceof SegOpsArgumentError);
    }
    assert.equal(seen.length, 1);
  });
});

test("a JSON body is compact UTF-8, with dates as in a query", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const at = new Date(Date.UTC(2026, 3, 25, 12));
    await client().pages.bulkGenerate({
      name: "Käufer ≥ 🎁",
      n: [1, 2.5, null, true],
      at,
      gone: undefined,
      nested: { at },
    });
    assert.equal(seen[0]?.headers["content-type"], "application/json");
    assert.equal(
      seen[0]?.body,
      '{"name":"Käufer ≥ 🎁","n":[1,2.5,null,true],"at":"2026-04-25T12:00:00Z","nested":{"at":"2026-04-25T12:00:00Z"}}',
    );
  });
});

test("what has no JSON form is refused, and nothing is sent", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const wrong: unknown[] = [
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      1n,
      new Map([[1, 2]]),
      new Set([1]),
      new Uint8Array(3),
      () => 1,
      Symbol("x"),
      [undefined],
      new Date(Number.NaN),
      "half \ud83c",
      { "\udc00": 1 },
      circular,
    ];
    for (const value of wrong) {
      const error = await rejection(client().pages.bulkGenerate({ deep: [{ value }] }));
      assert.ok(error instanceof SegOpsArgumentError, String(error));
      assert.match(error.message, /^The body cannot be sent as JSON: /);
    }
    assert.equal(seen.length, 0);
  });
});

test("actions and reads have no body and no content type", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().segments.recompute(1);
    await client().products.scoreAll();
    await client().segments.list();
    await client().segments.delete(1);
    for (const { headers, body } of seen) {
      assert.equal(headers["content-type"], undefined);
      assert.equal(headers["transfer-encoding"], undefined);
      assert.ok(["0", undefined].includes(headers["content-length"]));
      assert.equal(body, "");
    }
  });
});

test("an argument with fixed values lists them when it is wrong", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const c = client();
    const calls: [Promise<unknown>, RegExp][] = [
      [c.segments.export(1, { format: "xlsx" as "csv" }), /csv or parquet, not 'xlsx'/],
      [c.pages.export(1, { format: "pdf" as "html" }), /tsx, html or json, not 'pdf'/],
      [c.segments.update(1, {}, { method: "POST" as "PUT" }), /PATCH or PUT, not 'POST'/],
    ];
    for (const [call, message] of calls) {
      const error = await rejection(call);
      assert.ok(error instanceof SegOpsArgumentError);
      assert.match(error.message, message);
    }
    assert.equal(seen.length, 0);
  });
});

test("http.request reaches what is not wrapped", async () => {
  await withServer(
    (seen) => (seen.path === "/text/" ? { text: "plain" } : { json: { echoed: seen.body } }),
    async ({ client, seen }) => {
      const { http } = client();
      assert.deepEqual(await http.request("post", "/new/", { body: { a: 1 }, query: { q: ["x", "y"] } }), {
        echoed: '{"a":1}',
      });
      assert.equal(await http.request("GET", "text/"), "plain");
      await http.request("GET", "/a?b=1", { query: { c: 2 } });
      await http.request("GET", "/ä b/'(x)'/");
      await http.request("POST", "/up/", { form: { field: "f", data: new Uint8Array([65]), contentType: "x/y" } });
      assert.equal(seen[0]?.target, "/api/new/?q=x&q=y");
      assert.equal(seen[2]?.target, "/api/a?b=1&c=2");
      assert.equal(seen[3]?.target, "/api/%C3%A4%20b/'(x)'/");
      assert.match(String(seen[4]?.body), /name="f"; filename="file"\r\nContent-Type: x\/y\r\n\r\nA\r\n/);
    },
  );
});

test("http.request refuses what cannot be sent", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    const { http } = client();
    const wrong = [
      http.request("FETCH", "/x/"),
      http.request("GET", "/x/", { body: {} }),
      http.request("POST", "/x/", { body: {}, form: { field: "f", data: new Uint8Array() } }),
      http.request("GET", "https://elsewhere.test/"),
      http.request("GET", "//elsewhere.test/"),
      http.request("GET", "/a/../b/"),
      http.request("GET", "/a/%2E%2e/b/"),
      http.request("GET", "/a#b"),
      http.request("GET", "/a\nb"),
      http.request("POST", "/x/", { idempotencyKey: "" }),
    ];
    for (const call of wrong) {
      assert.ok((await rejection(call)) instanceof SegOpsArgumentError);
    }
    assert.equal(seen.length, 0);
  });
});
