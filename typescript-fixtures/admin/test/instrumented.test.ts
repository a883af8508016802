import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import type net from "node:net";
import { Writable } from "node:stream";
import { test } from "node:test";
import {
  SegOpsApiError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsNotFoundError,
  SegOpsTimeoutError,
} from "../src/index.js";
import { withVariables } from "./support/environment.js";
import { collect, deadAddress, patiently, rejection, withRawServer, withServer } from "./support/server.js";

const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

/** Runs while http.request is somebody else's; resolves to how often it was called. */
async function instrumented(run: () => Promise<void>): Promise<number> {
  const before = [http.request, https.request] as const;
  let calls = 0;
  for (const [module, request] of [
    [http, before[0]],
    [https, before[1]],
  ] as const) {
    module.request = ((...words: Parameters<typeof http.request>) => {
      calls += 1;
      return request(...words);
    }) as typeof http.request;
  }
  try {
    await run();
  } finally {
    [http.request, https.request] = before;
  }
  return calls;
}

test("calls go through an http.request that somebody has replaced, over kept connections", {
  skip: !IS_NODE,
}, async () => {
  await withServer({ json: { results: [{ id: 1 }], next: null } }, async ({ client, seen }) => {
    const segops = client();
    await segops.segments.get(1);
    const calls = await instrumented(async () => {
      await segops.segments.get(1);
      await segops.segments.create({ name: "x" });
      assert.deepEqual(await collect(segops.segments.iterate()), [{ id: 1 }]);
      await segops.products.importCsv(new Blob(["sku\n", "x".repeat(300_000)]));
      segops.close();
    });
    assert.equal(calls, 4);
    const ports = seen.map(({ port }) => port);
    assert.notEqual(ports[0], ports[1]); // the kept connection is not one that they know of
    assert.equal(new Set(ports.slice(1)).size, 1);
    assert.deepEqual(
      seen.slice(1).map(({ headers }) => [headers.authorization, headers["content-length"]]),
      [
        [seen[0]?.headers.authorization, undefined],
        [seen[0]?.headers.authorization, "12"],
        [seen[0]?.headers.authorization, undefined],
        [seen[0]?.headers.authorization, String(Buffer.byteLength(seen[4]?.body ?? ""))],
      ],
    );
  });
});

test("a client has connections of its own there, no more than it may", { skip: !IS_NODE }, async () => {
  await withServer({ json: { id: 1 } }, async ({ client, seen }) => {
    await instrumented(async () => {
      const [one, other] = [client({ maxConnections: 2 }), client()];
      await Promise.all([1, 2, 3, 4, 5].map((id) => one.segments.get(id)));
      await other.segments.get(6);
      one.close();
      other.close();
    });
    const ports = seen.map(({ port }) => port);
    assert.equal(new Set(ports.slice(0, 5)).size, 2);
    assert.equal(new Set(ports).size, 3);
  });
});

test("they go to the proxy of the environment there, too", { skip: !IS_NODE }, async () => {
  await withServer({ json: [1] }, async ({ client, seen, url }) => {
    const calls = await instrumented(() =>
      withVariables({ HTTP_PROXY: url.replace("/api", "") }, async () => {
        const segops = client({ baseUrl: "http://api.example/api" });
        assert.deepEqual(await segops.segments.list(), [1]);
        segops.close();
      }),
    );
    assert.equal(calls, 1);
    assert.deepEqual(
      seen.map(({ target }) => target),
      ["http://api.example/api/segments/"],
    );
  });
});

test("errors, retries, timeouts and signals are the same there", { skip: !IS_NODE }, () => patiently(alike));

async function alike(timeout: number): Promise<void> {
  await instrumented(async () => {
    const answers = [
      { status: 404, json: {} },
      { status: 503 },
      { json: [1] },
      { fault: "reset" },
      { fault: "silence" },
    ];
    await withServer(answers as never, async ({ client, time }) => {
      assert.ok((await rejection(client().segments.get(1))) instanceof SegOpsNotFoundError);
      assert.deepEqual(await client().analytics.segments(), [1]);
      assert.deepEqual(time.sleeps, [1]);
      const lost = await rejection(client().segments.create({ name: "x" }));
      assert.ok(lost instanceof SegOpsConnectionError && lost.sent && lost.mayHaveExecuted, String(lost));
      const silent = client({ timeout, maxRetries: 0 });
      assert.match((await rejection(silent.segments.get(1))).message, /was silent for too long/);
      assert.ok((await rejection(client({ deadline: timeout }).segments.get(1))) instanceof SegOpsTimeoutError);
      const reason = new Error("enough");
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 20);
      assert.equal(await rejection(client().segments.get(1, { signal: controller.signal })), reason);
    });
    await withServer([], async ({ client }) => {
      const refused = await rejection(
        client({ baseUrl: await deadAddress(), maxRetries: 0 }).segments.create({ name: "" }),
      );
      assert.ok(refused instanceof SegOpsConnectionError && !refused.sent, String(refused));
    });
  });
}

test("a reply that is cut short, or is not HTTP, is an error there as well", { skip: !IS_NODE }, async () => {
  const replies: [string, new (...words: never[]) => Error][] = [
    ["HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n[1,2", SegOpsConnectionError],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\n[1,2\r\n", SegOpsConnectionError],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[1,2\r\n", SegOpsDecodeError],
    ["SSH-2.0-OpenSSH\r\n\r\n", SegOpsDecodeError],
    ["HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", SegOpsDecodeError],
    ["", SegOpsConnectionError],
  ];
  await instrumented(async () => {
    for (const [reply, Class] of replies) {
      const serve = (socket: net.Socket): void => void socket.once("data", () => socket.end(reply));
      await withRawServer(serve, async ({ client }) => {
        const sink = new Writable({ write: (_, __, done) => done() });
        const segops = client({ maxRetries: 0 });
        for (const call of [() => segops.segments.list(), () => segops.segments.downloadExport(1, sink)]) {
          const error = await rejection(call());
          assert.ok(error instanceof Class && !(error instanceof SegOpsApiError), `${reply}: ${error}`);
        }
      });
    }
  });
});

test("a reply that falls silent behind its head is given up there as well", { skip: !IS_NODE }, () =>
  patiently(async (timeout) => {
    const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n[1,2";
    const serve = (socket: net.Socket): void => void socket.once("data", () => socket.write(head));
    await instrumented(() =>
      withRawServer(serve, async ({ client }) => {
        const silent = client({ timeout, deadline: 3 * timeout, maxRetries: 0 });
        assert.match((await rejection(silent.segments.list())).message, /the reply stalled after 4 bytes/);
      }),
    );
  }),
);
