import assert from "node:assert/strict";
import { test } from "node:test";
import { SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError } from "../src/index.js";
import { whyReadingFailed, whySendingFailed } from "../src/transport/fetch-failures.js";
import { KEY, rejection, withServer } from "./support/server.js";

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

test("failures are distinguished: unsent, perhaps sent, pointless to repeat", () => {
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
    [{ code: "ECONNRESET" }, { sent: true, transient: true, stale: false }],
    [{ code: "EPIPE" }, { sent: true, transient: true, stale: false }],
    [{ code: "UND_ERR_SOCKET" }, { sent: true, transient: true, stale: false }],
    [{ code: "SOMETHING_ELSE" }, { sent: true, transient: true, stale: false }],
  ];
  for (const [details, expected] of cases) {
    const error = whySendingFailed(fetchFailed(details), "host:443", "host") as SegOpsConnectionError;
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(error[name as keyof SegOpsConnectionError], value, `${name} of ${JSON.stringify(details)}`);
    }
    assert.ok(error.cause instanceof TypeError);
  }
  const both = new TypeError("fetch failed", {
    cause: new AggregateError([Object.assign(new Error(), { code: "ECONNREFUSED" })]),
  });
  assert.equal((whySendingFailed(both, "h:1", "h") as SegOpsConnectionError).sent, false);
  assert.ok(whyReadingFailed(fetchFailed({ code: "Z_DATA_ERROR" }), 200, 5) instanceof SegOpsDecodeError);
  assert.ok(whyReadingFailed(fetchFailed({ code: "UND_ERR_BODY_TIMEOUT" }), 200, 5) instanceof SegOpsTimeoutError);
});
