import assert from "node:assert/strict";
import { openSync } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SegOpsAdmin, SegOpsArgumentError, SegOpsConfigError } from "../src/index.js";
import { collect, KEY, rejection, withServer } from "./support/server.js";

type Any = ReturnType<typeof JSON.parse>;

async function refused(make: (client: SegOpsAdmin) => Promise<unknown>): Promise<string> {
  return withServer({ json: { results: [], next: null } }, async ({ client, seen }) => {
    const error = await rejection(make(client()));
    assert.ok(error instanceof SegOpsArgumentError, `${error.name}: ${error.message}`);
    assert.equal(seen.length, 0);
    assert.ok(error.message.length < 200);
    return error.message;
  });
}

test("maps and search params are queries, in iterates too", async () => {
  const page = { json: { results: [], next: null } };
  await withServer(page, async ({ client, seen }) => {
    const { segments, http, pages } = client();
    await segments.list(new URLSearchParams("tag=a&tag=b&q=x+y") as Any);
    await segments.list(
      new Map<string, unknown>([
        ["page_size", 5],
        ["active", true],
      ]) as Any,
    );
    await http.request("GET", "/x/", { query: new URLSearchParams("a=1&a=2") });
    await collect(segments.iterate(new URLSearchParams("page=3&q=z") as Any));
    await pages.query("what?", new Map([["lang", "de"]]) as Any);
    assert.deepEqual(
      seen.map(({ query }) => query),
      [
        [
          ["tag", "a"],
          ["tag", "b"],
          ["q", "x y"],
        ],
        [
          ["page_size", "5"],
          ["active", "true"],
        ],
        [
          ["a", "1"],
          ["a", "2"],
        ],
        [
          ["q", "z"],
          ["page", "3"],
        ],
        [
          ["q", "what?"],
          ["lang", "de"],
        ],
      ],
    );
  });
});

test("what is no query is refused", async () => {
  const wrong = [
    5,
    "page=2",
    ["page", 2],
    new Set(["a"]),
    new Date(),
    Buffer.from("a"),
    new Map([[1, 2]]),
    new FormData(),
  ];
  for (const query of wrong) {
    await refused(({ segments }) => segments.list(query as Any));
    await refused(({ users }) => users.search(query as Any));
    await refused(async ({ segments }) => collect(segments.iterate(query as Any)));
    await refused(async ({ segments }) => collect(segments.iterateMembers(1, query as Any)));
  }
});

test("what has no JSON form is refused wherever it is in a body", async () => {
  function* rows(): Generator<number> {
    yield 1;
  }
  const form = new FormData();
  const wrong: unknown[] = [
    Buffer.from("a"),
    new Uint8Array(2),
    new Blob(["a"]),
    form,
    new URLSearchParams("a=1"),
    new Error("x"),
    /x/,
    rows(),
    new Map(),
    new Set(),
    new WeakMap(),
    Promise.resolve(1),
    Readable.from([]),
    new Number(Number.NaN),
    Number.NaN,
    10n,
    Symbol("x"),
    () => 1,
    "\ud800",
  ];
  for (const value of wrong) {
    assert.match(
      await refused(({ segments }) => segments.create({ name: "n", value } as Any)),
      /^The body cannot be sent as JSON: it holds /,
    );
    await refused(({ segments }) => segments.create({ deep: [{ value }] } as Any));
    await refused(({ http }) => http.request("POST", "/x/", { body: [value] }));
  }
});

test("a message names the kind of what it refuses", async () => {
  function* rows(): Generator<number> {
    yield 1;
  }
  for (const [value, named] of [
    [new Map(), "a Map"],
    [new Error("x"), "an Error"],
    [rows(), "a Generator"],
  ]) {
    const said = await refused(({ segments }) => segments.create({ name: "n", value } as Any));
    assert.equal(said, `The body cannot be sent as JSON: it holds ${named}.`);
  }
});

test("what says itself how it is sent is sent so, and so are boxed values and objects of one's own", async () => {
  class Condition {
    readonly type = "event_count";
    #hidden = 1;
    get hidden(): number {
      return this.#hidden;
    }
  }
  interface Body {
    name: string;
    count?: number;
  }
  const typed: Body = { name: "typed" };
  await withServer({ json: {} }, async ({ client, seen }) => {
    const { http } = client();
    await http.request("POST", "/x/", {
      body: {
        own: new Condition(),
        says: { toJSON: () => ({ a: 1 }) },
        address: new URL("https://a.test/"),
        boxed: [new Number(1), new String("s"), new Boolean(false)],
        bare: Object.assign(Object.create(null), { b: 2 }),
        when: new Date("2026-04-25T12:00:00Z"),
        left: undefined,
      },
    });
    await http.request("POST", "/x/", { body: typed });
    assert.equal(
      seen[0]?.body,
      '{"own":{"type":"event_count"},"says":{"a":1},"address":"https://a.test/","boxed":[1,"s",false],"bare":{"b":2},"when":"2026-04-25T12:00:00Z"}',
    );
    assert.equal(seen[1]?.body, '{"name":"typed"}');
  });
});

/** A stream that never ends: whoever reads it before it looks at its arguments never comes back. */
async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(1);
  }
}

test("arguments of the wrong kind are argument errors that name them", async () => {
  const cases: [(client: SegOpsAdmin) => Promise<unknown>, RegExp][] = [
    [({ segments }) => segments.create(null as Any), /^body must be an object, not null/],
    [({ segments }) => segments.create([1] as Any), /^body must be an object, not an array/],
    [({ segments }) => segments.update(1, "x" as Any), /^body must be an object/],
    [({ segments }) => segments.preview(undefined as Any), /^definition must be an object/],
    [({ products }) => products.bulkUpsert(5 as Any), /^rows must be a list of objects, not 5/],
    [({ products }) => products.bulkUpsert("rows" as Any), /^rows must be a list of objects/],
    [({ products }) => products.bulkUpsert({ sku: 1 } as Any), /^rows must be a list of objects/],
    [({ products }) => products.bulkUpsert(new Map() as Any), /^rows must be a list of objects/],
    [({ products }) => products.bulkUpsert([1] as Any), /^rows must hold objects, not 1/],
    [({ products }) => products.bulkUpsert([undefined] as Any), /^rows must hold objects, not undefined/],
    [({ schemas }) => schemas.infer(undefined as Any), /^events must be a list of objects/],
    [({ schemas }) => schemas.validate("t", 1 as Any), /^payload must be an object/],
    [({ users }) => users.publishSandbox(null as Any), /^event must be an object/],
    [({ http }) => http.request("GET", 5 as Any), /^A path must be text, not 5/],
    [({ products }) => products.importCsv("x" as Any, 5 as Any), /file/],
    [({ products }) => products.importCsv(new Uint8Array(1), 5 as Any), /^A file name must be text, not 5/],
    [({ products }) => products.importCsv(endless(), { signal: undefined } as Any), /^A file name must be text, not/],
    [({ products }) => products.importCsv(5 as Any), /^Give bytes, a Blob, a path or a stream, not 5/],
    [({ segments }) => segments.create({ name: "n" }, { idempotencyKey: 5 as Any }), /An idempotency key is/],
  ];
  for (const [make, message] of cases) {
    assert.match(await refused(make), message);
  }
});

test("a file: URL and an open file are uploaded, and the file stays open", async () => {
  const path = fileURLToPath(import.meta.url);
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().products.importCsv(pathToFileURL(path));
    const handle = await open(path);
    await client().products.importCsv(handle, "own.csv");
    await handle.stat();
    await handle.close();
    assert.match(seen[0]?.body ?? "", /filename="arguments\.test\.js"/);
    assert.match(seen[1]?.body ?? "", /filename="own\.csv"/);
    for (const { body } of seen) {
      assert.ok(body.includes("a file: URL and an open file are uploaded"));
    }
  });
  assert.ok(openSync(path, "r") > 0);
});

test("options of the client that cannot be are config errors", () => {
  const wrong: [object, RegExp][] = [
    [{ deadline: 0 }, /^deadline must be more than 0 seconds, not 0/],
    [{ deadline: Number.NaN }, /^deadline must be more than 0/],
    [{ deadline: "5" }, /^deadline must be a number of seconds/],
    [{ maxConnections: 0 }, /^maxConnections must be a whole number from 1 up/],
    [{ headers: { Authorization: "x" } }, /^headers must not hold Authorization: the SDK sends its own/],
    [{ headers: { "content-LENGTH": "1" } }, /^headers must not hold content-LENGTH/],
    [{ headers: { "X Y": "1" } }, /^headers names 'X Y', which no header can be called/],
    [{ headers: { "X-A": "secret\r\nX: y" } }, /^The header X-A must be printable ASCII text\.$/],
    [{ headers: { "X-A": 5 } }, /^The header X-A must be printable ASCII text\.$/],
    [{ headers: ["x"] }, /^headers must be an object/],
    [{ onReply: 5 }, /^onReply must be a function/],
    [{ log: "x" }, /^log must be a function/],
  ];
  for (const [options, message] of wrong) {
    const make = (): unknown => new SegOpsAdmin({ apiKey: KEY, ...options } as Any);
    assert.throws(
      make,
      (error) => error instanceof SegOpsConfigError && message.test(error.message),
      JSON.stringify(options),
    );
    if (!("maxConnections" in options)) {
      assert.throws(() => new SegOpsAdmin({ apiKey: KEY }).withOptions(options as Any), SegOpsConfigError);
    }
  }
  for (const options of [null, 5, "x"]) {
    assert.throws(() => new SegOpsAdmin(options as Any), SegOpsConfigError);
  }
});
