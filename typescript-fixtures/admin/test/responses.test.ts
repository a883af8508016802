import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { firstBadByte } from "../src/call/reply.js";
import { quote } from "../src/errors/text.js";
import {
  SegOpsApiError,
  SegOpsAuthenticationError,
  SegOpsBadRequestError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsError,
  SegOpsNotFoundError,
  SegOpsPermissionError,
  SegOpsRateLimitError,
  SegOpsServerError,
} from "../src/index.js";
import { KEY, rejection, withRawServer, withServer } from "./support/server.js";

const JSON_TYPE = { "content-type": "application/json" };

async function decodeError(answer: Parameters<typeof withServer>[0]): Promise<SegOpsDecodeError> {
  return withServer(answer, async ({ client, seen, time }) => {
    const error = await rejection(client().segments.list());
    assert.ok(error instanceof SegOpsDecodeError, inspect(error));
    assert.deepEqual([seen.length, time.sleeps], [1, []]);
    assert.match(error.message, /^GET \/segments\/ (answered 200|was answered), and the reply cannot be read: /);
    return error;
  });
}

test("a 204 and an empty reply are null", async () => {
  for (const answer of [
    { status: 204 },
    { status: 200, headers: JSON_TYPE },
    { status: 200, bytes: new Uint8Array() },
  ]) {
    await withServer(answer, async ({ client }) => {
      assert.equal(await client().http.request("GET", "/x/"), null);
      assert.equal(await client().segments.delete(1), null);
    });
  }
});

test("JSON is decoded with every key that the server sent, plain or gzipped, with or without a byte order mark", async () => {
  const value = { id: 1, new_key: { deep: [1.5, null, "é"] } };
  const text = JSON.stringify(value);
  const answers = [
    { bytes: Buffer.from(text), headers: { "content-type": "application/json; charset=utf-8" } },
    { bytes: Buffer.from(text), headers: { "content-type": "application/problem+json" } },
    { bytes: Buffer.from(text), headers: {} },
    { bytes: Buffer.from(`\ufeff${text}`), headers: JSON_TYPE },
    { bytes: gzipSync(text), headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
    { bytes: gzipSync(text), headers: { ...JSON_TYPE, "content-encoding": "x-gzip" } },
  ];
  for (const answer of answers) {
    await withServer(answer, async ({ client }) => assert.deepEqual(await client().segments.get(1), value));
  }
});

test("text is returned by http.request, and is a decode error where a record is expected", async () => {
  await withServer({ text: "<html>Welcome</html>" }, async ({ client }) => {
    assert.equal(await client().http.request("GET", "/x/"), "<html>Welcome</html>");
  });
  const error = await decodeError({ text: "<html>Welcome</html>" });
  assert.match(error.reason, /text where JSON was expected: '<html>Welcome<\/html>'\. Check the base URL/);
  await decodeError({ bytes: Buffer.from("not typed"), headers: {} });
});

test("what says it is JSON and is not is a decode error that shows its start", async () => {
  for (const text of ["{", "NaN", '{"a":NaN}', "[Infinity]", "{'a':1}", "<html>", '{"a":1}{', "\u00a0"]) {
    const error = await decodeError({ bytes: Buffer.from(text), headers: JSON_TYPE });
    assert.ok(error.message.includes(`it starts with ${quote(text)}`), error.message);
    assert.equal(error.status, 200);
    assert.ok(error.cause instanceof SyntaxError);
  }
});

test("what is not UTF-8 is a decode error", async () => {
  for (const bytes of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xc3]), Buffer.from('"é"', "latin1")]) {
    assert.match((await decodeError({ bytes, headers: JSON_TYPE })).message, /it is not UTF-8 \(byte 1\)/);
  }
});

test("what is not UTF-8 is found where a strict decoder finds it", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const isText = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const some = [0x41, 0xc3, 0xa9, 0xef, 0xbf, 0xbd, 0xe2, 0xf0, 0x9f, 0x98, 0xed, 0xff];
  for (let number = 0; number < some.length ** 4; number += 3) {
    const digits = number.toString(some.length).padStart(4, "0");
    const bytes = Uint8Array.from(digits, (digit) => some[Number.parseInt(digit, some.length)] as number);
    const bad = firstBadByte(bytes);
    assert.equal(bad === -1, isText(bytes), digits);
    assert.ok(isText(bytes.subarray(0, bad === -1 ? 0 : bad)), digits);
  }
});

test("500 levels are read, 100,000 are refused", async () => {
  const nested = (levels: number): Buffer => Buffer.from(`${"[".repeat(levels)}${"]".repeat(levels)}`);
  await withServer({ bytes: nested(500), headers: JSON_TYPE }, async ({ client }) => {
    assert.ok(Array.isArray(await client().http.request("GET", "/x/")));
  });
  assert.match((await decodeError({ bytes: nested(100_000), headers: JSON_TYPE })).message, /nested too deeply/);
  const flat = Buffer.from(JSON.stringify(Array.from({ length: 5000 }, (_, n) => ({ n, text: '[[[[{{{{"\\' }))));
  await withServer({ bytes: flat, headers: JSON_TYPE }, async ({ client }) => {
    assert.equal((await client().http.request<unknown[]>("GET", "/x/")).length, 5000);
  });
});

test("a reply that is larger than a page can be once unzipped is a decode error", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1, "1"), { level: 1 });
  const error = await decodeError({ bytes: bomb, headers: { ...JSON_TYPE, "content-encoding": "gzip" } });
  assert.match(error.message, /larger than 64 MiB/);
  await withRawServer(
    (socket) =>
      socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * 1024 * 1024 + 1}\r\n\r\n`)),
    async ({ client }) => assert.match((await rejection(client().segments.list())).message, /larger than 64 MiB/),
  );
});

test("a broken gzip is a decode error", async () => {
  const whole = gzipSync(JSON.stringify({ results: Array.from({ length: 99 }, (_, id) => ({ id })), next: null }));
  const broken = {
    "no gzip": Buffer.from("{}"),
    "cut short": whole.subarray(0, whole.length - 40),
    "followed by something else": Buffer.concat([whole, Buffer.from("more")]),
    "wrong checksum": Buffer.concat([whole.subarray(0, -8), Buffer.alloc(8)]),
  };
  for (const bytes of Object.values(broken)) {
    await decodeError({ bytes, headers: { ...JSON_TYPE, "content-encoding": "gzip" } });
  }
});

test("an encoding that was not asked for is a decode error", async () => {
  for (const encoding of ["br", "deflate", "zstd", "gzip, gzip"]) {
    const error = await decodeError({
      bytes: Buffer.from("{}"),
      headers: { ...JSON_TYPE, "content-encoding": encoding },
    });
    assert.match(error.message, new RegExp(`encoding '${encoding}' was not asked for`));
  }
});

test("a reply cut short is a connection error, retried where that is safe", async () => {
  const heads = ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"];
  for (const head of heads) {
    const cut = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}`;
    await withRawServer(
      (socket) => socket.once("data", () => socket.end(cut)),
      async ({ client, connections, time }) => {
        const error = await rejection(client().segments.list());
        assert.ok(error instanceof SegOpsConnectionError, inspect(error));
        assert.match(error.message, /the reply was cut short after 1( of 100)? bytes.* \(tried 4 times\)/);
        assert.deepEqual([connections(), time.sleeps], [4, [1, 2, 4]]);
        assert.ok((await rejection(client().segments.create({ name: "x" }))) instanceof SegOpsConnectionError);
        assert.equal(connections(), 5);
      },
    );
  }
});

test("each status has its class", async () => {
  const classes = [
    [400, SegOpsBadRequestError],
    [401, SegOpsAuthenticationError],
    [403, SegOpsPermissionError],
    [404, SegOpsNotFoundError],
    [409, SegOpsApiError],
    [422, SegOpsBadRequestError],
    [429, SegOpsRateLimitError],
    [500, SegOpsServerError],
    [599, SegOpsServerError],
  ] as const;
  for (const [status, expected] of classes) {
    await withServer({ status, json: { detail: "x" } }, async ({ client }) => {
      const error = await rejection(client({ maxRetries: 0 }).segments.list());
      assert.equal(error.constructor, expected);
      assert.equal(error.name, expected.name);
      assert.ok(error instanceof SegOpsApiError && error instanceof SegOpsError);
    });
  }
});

test("an API error carries what came back and how it was asked", async () => {
  const answer = {
    status: 400,
    json: { name: ["This field is required."], x: "bad" },
    headers: { "X-Request-Id": "r-7" },
  };
  await withServer(answer, async ({ client, seen }) => {
    const error = await rejection(client().segments.create({ name: "x" }));
    assert.ok(error instanceof SegOpsApiError);
    assert.equal(error.status, 400);
    assert.deepEqual(error.body, answer.json);
    assert.equal(error.headers.get("x-request-ID"), "r-7");
    assert.deepEqual([error.method, error.path, error.requestId], ["POST", "/segments/", "r-7"]);
    assert.equal(error.idempotencyKey, seen[0]?.headers["idempotency-key"]);
    assert.equal(
      error.message,
      "POST /segments/ answered 400 Bad Request: name: This field is required.; x: bad. " +
        "Fix the fields named above and send it again. (request id r-7)",
    );
  });
});

test("a message says what to do", async () => {
  const cases = [
    [401, {}, /Check the API key/],
    [403, { detail: "Plan." }, /answered 403 Forbidden: Plan\. The key is valid, but/],
    [404, { detail: "Not found." }, /GET \/segments\/9\/\?a=1 answered 404 Not Found: Not found\. Check the id/],
    [429, {}, /Try again in 90 s\./],
    [500, {}, /The server failed; try again later\./],
    [302, {}, /Redirects are followed for GET within one origin only/],
  ] as const;
  for (const [status, json, message] of cases) {
    const headers = status === 429 ? { "Retry-After": "90" } : {};
    await withServer({ status, json, headers }, async ({ client }) => {
      const error = await rejection(client({ maxRetries: 0 }).http.request("GET", "/segments/9/", { query: { a: 1 } }));
      assert.match(error.message, message);
    });
  }
});

test("the body of a failure is decoded as well as it can be, and an unreadable one does not hide it", async () => {
  const cases: [Parameters<typeof withServer>[0], unknown][] = [
    [{ status: 404, text: "<h1>Gone</h1>" }, "<h1>Gone</h1>"],
    [{ status: 404, bytes: Buffer.from('{"a":1}'), headers: { "content-type": "text/html" } }, { a: 1 }],
    [{ status: 404, bytes: Buffer.from([0xff, 0x41]), headers: JSON_TYPE }, "\ufffdA"],
    [{ status: 404 }, null],
    [{ status: 404, bytes: Buffer.from("xx"), headers: { "content-encoding": "gzip" } }, null],
    [{ status: 404, bytes: Buffer.from("xx"), headers: { "content-encoding": "br" } }, null],
  ];
  for (const [answer, body] of cases) {
    await withServer(answer, async ({ client }) => {
      const error = await rejection(client().segments.get(1));
      assert.ok(error instanceof SegOpsNotFoundError, inspect(error));
      assert.deepEqual(error.body, body);
    });
  }
  const long = { status: 404, json: { detail: "x".repeat(5000) } };
  await withServer(long, async ({ client }) =>
    assert.ok((await rejection(client().segments.get(1))).message.length < 500),
  );
});

test("no error prints the key, even when the server repeats it", async () => {
  const answers = [
    { status: 401, json: { detail: `wrong key ${KEY}`, [KEY]: KEY }, headers: { "X-Echo": KEY } },
    { status: 500, text: `ApiKey ${KEY}` },
    { status: 200, text: `hello ${KEY}` },
    { status: 200, bytes: Buffer.from(`{ ${KEY}`), headers: JSON_TYPE },
    { status: 200, bytes: Buffer.from("{}"), headers: { "content-encoding": KEY } },
    { fault: "reset" as const },
  ];
  for (const answer of answers) {
    await withServer(answer, async ({ client }) => {
      const error = await rejection(client({ maxRetries: 0 }).segments.list());
      const headers = error instanceof SegOpsApiError ? JSON.stringify([...error.headers]) : "";
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + headers + error.stack;
      assert.ok(!shown.includes(KEY), shown);
    });
  }
});
