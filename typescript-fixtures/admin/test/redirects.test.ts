import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve } from "../src/call/redirects.js";
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

test("a redirect to an invalid URL is not followed", async () => {
  for (const location of [
    "http://[",
    "http:x",
    "https:",
    "///x",
    "http://ada@127.0.0.1/x",
    "ftp://127.0.0.1/",
    "http://h:99999/",
  ]) {
    await withServer({ status: 302, headers: { location } }, async ({ client, seen }) => {
      const error = await rejection(client().segments.list());
      assert.ok(error instanceof SegOpsApiError, location);
      assert.deepEqual([error.status, seen.length], [302, 1]);
    });
  }
});

test("a Location is resolved by RFC 3986, and what no address may hold is encoded", () => {
  const base = new URL("http://h/a/b/?page=1");
  const resolved = ["../c", "/x/./y/../z", "?p=2", "/..%2f/%2E%2e/x", "\\x", "/a b", "#here", "//h/", "HTTP://H:80/x"];
  const targets = resolved.map((location) => resolve(location, base)).map((url) => `${url?.pathname}${url?.search}`);
  assert.deepEqual(targets, ["/a/c", "/x/z", "/a/b/?p=2", "/x", "/a/b/%5Cx", "/a%20b", "/a/b/?page=1", "/", "/x"]);
});
