// What a program of a user does with @segops/admin, on any runtime: against a sandbox (SEGOPS_API_URL, SEGOPS_API_KEY),
// and against servers of its own where connections are counted or cut. Prints a line for each thing that works.

import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Writable } from "node:stream";
import {
  SegOpsAdmin,
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsBadRequestError,
  SegOpsConfigError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsNotFoundError,
  SegOpsTimeoutError,
} from "@segops/admin";
import { reply, Script } from "@segops/admin/testing";
import { parseWebhook, signWebhook, verifyWebhook } from "@segops/admin/webhook";

const KEY = "sk_test_runtimes";
const folder = await mkdtemp(join(tmpdir(), "segops-runtimes-"));
const segops = new SegOpsAdmin();

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was expected to fail, and did not");
}

/** Runs with a server that says literally what it is told to. */
async function withServer(server, run) {
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}/api`;
  const options = { apiKey: KEY, baseUrl, maxRetries: 0 };
  try {
    await run((more) => new SegOpsAdmin({ ...options, ...more }), sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const STEPS = {
  async "records are created, read, changed, listed and deleted"() {
    const definition = { logic: "AND", conditions: [] };
    const made = await segops.segments.create({ name: "Runtime Käse 🎁", definition });
    assert.equal((await segops.segments.get(made.id)).name, "Runtime Käse 🎁");
    assert.equal((await segops.segments.update(made.id, { name: "Other" })).name, "Other");
    assert.ok((await segops.segments.list({ page_size: 100 })).results.some(({ id }) => id === made.id));
    assert.equal(await segops.segments.delete(made.id), null);
    assert.ok((await rejection(segops.segments.get(made.id))) instanceof SegOpsNotFoundError);
  },
  async "listings are iterated, one page at a time and ahead"() {
    const rows = Array.from({ length: 57 }, (_, index) => ({ sku: `R-${index}`, name: `Product ${index}` }));
    await segops.products.bulkUpsert(rows);
    for (const prefetch of [0, 4]) {
      const skus = new Set();
      for await (const product of segops.products.iterate({ page_size: 10 }, { prefetch })) skus.add(product.sku);
      assert.ok(rows.every(({ sku }) => skus.has(sku)), `prefetch: ${prefetch}`);
    }
  },
  async "files are uploaded from bytes, a Blob, a path and a stream"() {
    const csv = `sku,name\n${Array.from({ length: 20_000 }, (_, index) => `U-${index},Käse ${index}`).join("\n")}\n`;
    const path = join(folder, "products.csv");
    await writeFile(path, csv);
    for (const data of [Buffer.from(csv), new Blob([csv]), path, createReadStream(path), new Blob([csv]).stream()]) {
      const job = await segops.products.importCsv(data, "products.csv");
      assert.equal(job.row_count, 20_000, String(data).slice(0, 40));
    }
    assert.ok((await rejection(segops.products.importCsv(join(folder, "none.csv")))) instanceof SegOpsArgumentError);
  },
  async "an export is waited for and downloaded, to a path and to a stream"() {
    const condition = { type: "monetary", event_type: "order_placed", property: "total", metric: "sum" };
    const definition = { logic: "AND", conditions: [{ ...condition, operator: "gte", value: 1 }] };
    const segment = await segops.segments.create({ name: "Buyers", definition });
    await segops.segments.recomputeAndWait(segment.id, { interval: 0.05 });
    const { export_id: id } = await segops.segments.export(segment.id);
    await segops.segments.waitForExport(segment.id, id, { interval: 0.05 });
    const target = join(folder, "members.csv");
    const written = await segops.segments.downloadExport(id, target);
    const text = await readFile(target);
    assert.equal(text.byteLength, written);
    assert.match(text.toString(), /^user_id,computed_at/);
    const parts = [];
    const sink = new Writable({ write: (part, _, done) => (parts.push(Buffer.from(part)), done()) });
    assert.equal(await segops.segments.downloadExport(id, sink), written);
    assert.deepEqual(Buffer.concat(parts), text);
    const missing = await rejection(segops.segments.downloadExport(987654, join(folder, "missing.csv")));
    assert.ok(missing instanceof SegOpsNotFoundError);
    assert.deepEqual(await readdir(folder), ["members.csv", "products.csv"]);
  },
  async "errors are typed, and survive JSON and structuredClone"() {
    const error = await rejection(segops.segments.create({}));
    assert.ok(error instanceof SegOpsBadRequestError && error instanceof SegOpsApiError);
    assert.deepEqual([error.status, typeof error.body, error.method], [400, "object", "POST"]);
    const copy = JSON.parse(JSON.stringify(error));
    assert.deepEqual([copy.name, copy.status, copy.message], ["SegOpsBadRequestError", 400, error.message]);
    assert.equal(structuredClone(error).message, error.message);
    assert.throws(() => new SegOpsAdmin({ apiKey: "pk_test" }), SegOpsConfigError);
  },
  async "calls one after the other use one connection, and parallel ones as many as they may"() {
    const server = createServer((_, response) => response.end('{"ok":1}'));
    await withServer(server, async (client, sockets) => {
      const segops = client();
      for (let n = 0; n < 20; n++) await segops.segments.get(n);
      assert.equal(sockets.size, 1);
      segops.close();
      sockets.clear();
      const bounded = client({ maxConnections: 3 });
      await Promise.all(Array.from({ length: 30 }, (_, n) => bounded.segments.get(n)));
      assert.ok(sockets.size <= 3, `${sockets.size} connections`);
      bounded.close();
    });
  },
  async "silence is a timeout, a deadline ends a drip, a signal ends a call"() {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}';
    const server = net.createServer((socket) => {
      socket.on("data", (request) => {
        if (String(request).includes("/segments/0/")) socket.write(whole);
      });
    });
    await withServer(server, async (client) => {
      assert.ok((await rejection(client({ timeout: 0.1 }).segments.get(1))) instanceof SegOpsTimeoutError);
      const connected = client();
      await connected.segments.get(0); // a busy machine may take longer for it than so short a deadline
      const hurried = connected.withOptions({ deadline: 0.1 });
      assert.match((await rejection(hurried.segments.get(1))).message, /the deadline has passed/);
      connected.close();
      const controller = new AbortController();
      const reason = new Error("enough");
      setTimeout(() => controller.abort(reason), 50);
      assert.equal(await rejection(client().segments.get(1, { signal: controller.signal })), reason);
      assert.equal(await rejection(client().segments.get(1, { signal: AbortSignal.abort(reason) })), reason);
    });
  },
  async "a reply that is cut short is an error, whatever its framing"() {
    const heads = ["Content-Length: 9", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nConnection: close"];
    for (const head of heads) {
      const body = head.startsWith("C") ? '{"a":1}' : '7\r\n{"a":1}\r\n';
      const server = net.createServer((socket) => {
        socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}\r\n\r\n${body}`));
      });
      await withServer(server, async (client) => {
        const error = await rejection(client().segments.get(1));
        assert.ok(error instanceof SegOpsConnectionError, `${head}: ${error}`);
        const target = join(folder, "cut.csv");
        assert.ok((await rejection(client().segments.downloadExport(1, target))) instanceof SegOpsConnectionError, head);
      });
    }
    assert.ok(!(await readdir(folder)).includes("cut.csv"));
  },
  async "what is not HTTP is a decode error, and a refused connection was not sent"() {
    let url = "";
    await withServer(net.createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n\r\n")), async (client) => {
      const segops = client();
      url = segops.http.baseUrl;
      assert.ok((await rejection(segops.segments.get(1))) instanceof SegOpsDecodeError);
    });
    const refused = await rejection(new SegOpsAdmin({ apiKey: KEY, baseUrl: url, maxRetries: 0 }).segments.create({}));
    assert.ok(refused instanceof SegOpsConnectionError, String(refused));
    assert.equal(refused.sent, false);
  },
  async "a busy server is asked again"() {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 200, { "Retry-After": "0", "Content-Type": "application/json" });
      response.end('{"ok":1}');
    });
    await withServer(server, async (client) => {
      assert.deepEqual(await client({ maxRetries: 1 }).segments.get(1), { ok: 1 });
      assert.equal(asked, 2);
    });
  },
  async "webhooks are verified, and scripts replay without a socket"() {
    const body = JSON.stringify({ event: "segment.recomputed", segment_id: 1 });
    const signature = signWebhook(body, "whsec_test");
    assert.equal(verifyWebhook(body, signature, "whsec_test"), true);
    assert.equal(verifyWebhook(`${body} `, signature, "whsec_test"), false);
    assert.equal(parseWebhook(body, signature, "whsec_test").segment_id, 1);
    const script = new Script(reply(undefined, { status: 503 }), reply({ id: 3 }));
    assert.equal((await script.client().segments.get(3)).id, 3);
    assert.deepEqual(script.time.sleeps, [1]);
  },
};

try {
  for (const [name, step] of Object.entries(STEPS)) {
    await step();
    console.log(name);
  }
  segops.close();
  assert.deepEqual((await readdir(tmpdir())).filter((name) => name.startsWith("segops-admin-")), []);
  console.log("done");
} finally {
  await rm(folder, { recursive: true, force: true });
}
