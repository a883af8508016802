import assert from "node:assert/strict";
import { test } from "node:test";
import { SegOpsApiError, SegOpsDecodeError } from "../src/index.js";
import { KEY, rejection, withServer } from "./support/server.js";

test("a redirect of a GET within its origin is followed, with the key", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of ["/api/there/?x=1", "there/?x=1", "//host/api/there/?x=1"]) {
      await withServer(
        (seen) =>
          seen.path === "/there/"
            ? { json: { there: seen.query } }
            : { status, headers: { location: location.replace("//host", `//${seen.headers.host}`) } },
        async ({ client, seen }) => {
          const path = location.startsWith("there") ? "/here" : "/here/";
          assert.deepEqual(await client().http.request("GET", path), { there: [["x", "1"]] });
          assert.equal(seen[1]?.headers.authorization, `ApiKey ${KEY}`);
        },
      );
    }
  }
});

test("after five redirects, one more is an error", async () => {
  const hop = (index: number): { status: number; headers: { location: string } } => ({
    status: 302,
    headers: { location: `/api/${index}/` },
  });
  await withServer(
    (_, index) => (index === 5 ? { json: { ok: 1 } } : hop(index)),
    async ({ client, seen }) => {
      assert.deepEqual(await client().segments.get(1), { ok: 1 });
      assert.equal(seen.length, 6);
    },
  );
  await withServer(
    (_, index) => hop(index),
    async ({ client, seen }) => {
      const error = await rejection(client().segments.get(1));
      assert.ok(error instanceof SegOpsDecodeError);
      assert.match(error.message, /redirects more than 5 times/);
      assert.equal(seen.length, 6);
    },
  );
});

test("a redirect to another origin is raised, and the key never leaves", async () => {
  await withServer({ json: { stolen: 1 } }, async (other) => {
    const elsewhere = [other.url, other.url.replace("127.0.0.1", "localhost"), "https://127.0.0.1:1/x"];
    for (const location of elsewhere) {
      await withServer({ status: 302, headers: { location } }, async ({ client }) => {
        const error = await rejection(client().segments.list());
        assert.ok(error instanceof SegOpsApiError);
        assert.equal(error.status, 302);
      });
    }
    assert.equal(other.seen.length, 0);
  });
});

test("a redirect of anything but a GET is raised", async () => {
  await withServer({ status: 307, headers: { location: "/api/there/" } }, async ({ client, seen }) => {
    const { segments, products } = client();
    const calls = [
      () => segments.create({ name: "x" }),
      () => segments.update(1, {}),
      () => products.replaceSchema({ fields: [] }),
      () => segments.delete(1),
      () => segments.preview({ conditions: [] }),
    ];
    for (const call of calls) {
      assert.equal(((await rejection(call())) as SegOpsApiError).status, 307);
    }
    assert.equal(seen.length, 5);
  });
});

test("a redirect to what is no address is a decode error", async () => {
  await withServer({ status: 302, headers: { location: "http://[" } }, async ({ client }) => {
    assert.ok((await rejection(client().segments.list())) instanceof SegOpsDecodeError);
  });
});
