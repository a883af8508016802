import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import {
  type FileData,
  SegOpsAdmin,
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsConnectionError,
} from "../src/index.js";
import "./support/own-temporary-folder.js";
import { KEY, rejection, type Seen, withServer } from "./support/server.js";
import { leftOver } from "./support/spooling.js";

const CSV = "sku,name\r\nA-1,Käse\r\n";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "segops-test-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The one part of a form. */
function part(seen: Seen | undefined): { name: string; filename: string; type: string; content: string } {
  const { headers, body } = seen as Seen;
  const boundary = /^multipart\/form-data; boundary=(\w+)$/.exec(headers["content-type"] ?? "")?.[1];
  assert.ok(boundary, headers["content-type"]);
  assert.equal(headers["content-length"], String(Buffer.byteLength(body)));
  const whole = new RegExp(
    `^--${boundary}\r\nContent-Disposition: form-data; name="([^"]*)"; filename="([^"]*)"\r\nContent-Type: ([^\r]*)\r\n\r\n([\\s\\S]*)\r\n--${boundary}--\r\n$`,
  ).exec(body);
  assert.ok(whole, body);
  const [, name = "", filename = "", type = "", content = ""] = whole;
  return { name, filename, type, content };
}

test("a CSV file is one part, whatever it is given as", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "my products.csv");
    writeFileSync(path, CSV);
    const file = Object.assign(new Blob([CSV]), { name: "blob.csv" });
    const given: [FileData, string][] = [
      [new TextEncoder().encode(CSV), "products.csv"],
      [Buffer.from(CSV), "products.csv"],
      [new TextEncoder().encode(CSV).buffer as ArrayBuffer, "products.csv"],
      [new Blob([CSV]), "products.csv"],
      [file, "blob.csv"],
      [path, "my products.csv"],
      [createReadStream(path), "my products.csv"],
      [Readable.from([CSV.slice(0, 5), CSV.slice(5)]), "products.csv"],
      [new Blob([CSV]).stream() as unknown as AsyncIterable<Uint8Array>, "products.csv"],
    ];
    await withServer({ json: { job_id: 1 } }, async ({ client, seen }) => {
      for (const [data, filename] of given) {
        assert.deepEqual(await client().products.importCsv(data), { job_id: 1 });
        assert.deepEqual(part(seen.at(-1)), { name: "file", filename, type: "text/csv", content: CSV });
        assert.equal(seen.at(-1)?.target, "/api/pim/import/csv/");
        assert.ok(seen.at(-1)?.headers["idempotency-key"]);
      }
      await client().products.importCsv(path, "named.csv");
      assert.equal(part(seen.at(-1)).filename, "named.csv");
    });
    assert.deepEqual(leftOver(), []);
  });
});

test("a file name cannot break out of its header", async () => {
  await withServer({ json: {} }, async ({ client, seen }) => {
    await client().products.importCsv(new Uint8Array(1), 'a"b\r\nX-Evil: 1\\ü.csv');
    assert.equal(part(seen[0]).filename, "a%22b%0D%0AX-Evil: 1\\ü.csv");
    for (const name of ["a\u0000b", "a\tb", "\ud800"]) {
      assert.ok((await rejection(client().products.importCsv(new Uint8Array(1), name))) instanceof SegOpsArgumentError);
    }
    assert.equal(seen.length, 1);
  });
});

test("a retry sends the whole file again, under the same key", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "p.csv");
    writeFileSync(path, CSV);
    for (const data of [path, new Blob([CSV]), Readable.from([CSV])]) {
      await withServer([{ status: 503 }, { status: 429 }, { json: { ok: 1 } }], async ({ client, seen }) => {
        await client().products.importCsv(data);
        assert.deepEqual(
          seen.map((each) => part(each).content),
          [CSV, CSV, CSV],
        );
        assert.equal(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size, 1);
      });
    }
  });
});

test("a lost reply to an upload is final", async () => {
  await withServer({ fault: "reset" }, async ({ client, seen }) => {
    const error = await rejection(client().products.importCsv(new Blob([CSV])));
    assert.ok(error instanceof SegOpsConnectionError);
    assert.match(error.message, /may have executed it/);
    assert.equal(seen.length, 1);
  });
});

test("a Blob and what it was made of are as they were after an upload, and on each attempt", async () => {
  const bytes = new Uint8Array(300_000).fill(65);
  const blob = new Blob([bytes, "end"]);
  await withServer([{ status: 503 }, { json: {} }, { json: {} }], async ({ client, seen }) => {
    await client().products.importCsv(blob, "a.csv", { idempotencyKey: "test-blob" });
    await client().products.importCsv(blob);
    for (const each of seen) {
      assert.equal(part(each).content, `${"A".repeat(300_000)}end`);
    }
    assert.equal(seen.length, 3);
  });
  assert.deepEqual([bytes.byteLength, blob.size, await blob.slice(-4).text()], [300_000, 300_003, "Aend"]);
});

test("what cannot be read is refused, and nothing is sent", async () => {
  await inFolder(async (folder) => {
    const failing = Readable.from(
      (async function* () {
        yield "a";
        throw new Error("the disk is gone");
      })(),
    );
    const wrong: unknown[] = [join(folder, "missing.csv"), folder, 5, null, {}, failing, Readable.from([{ a: 1 }])];
    await withServer({ json: {} }, async ({ client, seen }) => {
      for (const data of wrong) {
        const error = await rejection(client().products.importCsv(data as string));
        assert.ok(error instanceof SegOpsArgumentError, String(error));
      }
      assert.equal(seen.length, 0);
    });
    assert.deepEqual(leftOver(), []);
  });
});

test("a file that shrinks while it is sent is an argument error", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "big.csv");
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024, "x"));
    const fetch: typeof globalThis.fetch = async (url, init) => {
      truncateSync(path, 10);
      return globalThis.fetch(url, init);
    };
    await withServer({ json: {} }, async ({ client }) => {
      const error = await rejection(client({ fetch }).products.importCsv(path));
      assert.ok(error instanceof SegOpsArgumentError, String(error));
      assert.match(error.message, /became shorter while it was being sent/);
    });
  });
});

test("a file that grows while it is sent is sent as it was", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "big.csv");
    writeFileSync(path, Buffer.alloc(300_000, "x"));
    const fetch: typeof globalThis.fetch = async (url, init) => {
      appendFileSync(path, "y");
      return globalThis.fetch(url, init);
    };
    await withServer({ json: { job_id: 1 } }, async ({ client }) => {
      assert.deepEqual(await client({ fetch }).products.importCsv(path), { job_id: 1 });
    });
  });
});

test("a stream that is given up is destroyed", async () => {
  await withServer({ json: {} }, async ({ client }) => {
    const controller = new AbortController();
    const stream = new Readable({ read: () => controller.abort() });
    const error = await rejection(client({}).products.importCsv(stream, "a.csv", { signal: controller.signal }));
    assert.equal(error, controller.signal.reason);
    assert.ok(stream.destroyed);
  });
});

test("a generator that is given up is ended", async () => {
  await withServer({ json: {} }, async ({ client }) => {
    const controller = new AbortController();
    let isEnded = false;
    async function* rows(): AsyncGenerator<string> {
      try {
        yield "sku\n";
        controller.abort();
        yield "A\n";
      } finally {
        isEnded = true;
      }
    }
    const error = await rejection(client({}).products.importCsv(rows(), "a.csv", { signal: controller.signal }));
    assert.equal(error, controller.signal.reason);
    assert.ok(isEnded);
  });
});

test("a named pipe that nobody writes to is given up at once", { skip: process.platform === "win32" }, async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "pipe.csv");
    execFileSync("mkfifo", [path]);
    for (const isRead of [false, true]) {
      const held = isRead ? openSync(path, "r+") : undefined;
      const controller = new AbortController();
      const { products } = new SegOpsAdmin({ apiKey: KEY, baseUrl: "http://127.0.0.1:1" });
      const upload = products.importCsv(path, undefined, { signal: controller.signal });
      while (isRead && leftOver().length === 0) {
        await new Promise(setImmediate);
      }
      controller.abort();
      assert.equal(await rejection(upload), controller.signal.reason);
      closeSync(held ?? openSync(path, "r+")); // lets go of who waits for a writer
    }
    assert.deepEqual(leftOver(), []);
  });
});

/** Counts what it receives. In a process of its own: its memory is not the client's. */
const COUNTING_SERVER = `
import http from "node:http";
const server = http.createServer((request, response) => {
  let received = 0;
  request.on("data", (chunk) => { received += chunk.length; });
  request.on("end", () => response.end(JSON.stringify({ received })));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

test("a large file is streamed: memory does not grow with it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "big.csv");
    writeFileSync(path, "");
    truncateSync(path, 96 * 1024 * 1024);
    writeFileSync(join(folder, "server.mjs"), COUNTING_SERVER);
    const server = spawn(process.execPath, [join(folder, "server.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    const c = new SegOpsAdmin({ apiKey: KEY, baseUrl: `http://127.0.0.1:${String(port).trim()}/api` });
    await c.products.importCsv(Buffer.from("sku\nA\n")); // what a first call loads counts as idle
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const before = process.memoryUsage().rss;
    const { received } = (await c.products.importCsv(path)) as unknown as { received: number };
    clearInterval(watch);
    c.close();
    server.kill();
    await once(server, "close");
    assert.ok(received > 96 * 1024 * 1024);
    assert.ok(peak - before < 48 * 1024 * 1024, `${Math.round((peak - before) / 1024 ** 2)} MiB`);
  });
});

test("a redirect of an upload is raised, small or large", async () => {
  await withServer(
    { status: 307, headers: { location: "/api/there/", "x-request-id": "r-1" } },
    async ({ client, seen }) => {
      for (const size of [10, 3 * 1024 * 1024]) {
        const error = await rejection(client().products.importCsv(new Blob([Buffer.alloc(size)])));
        assert.ok(error instanceof SegOpsApiError, String(error));
        assert.deepEqual([error.status, error.requestId, error.headers.get("location")], [307, "r-1", "/api/there/"]);
      }
      assert.equal(seen.length, 2);
    },
  );
});

test("an answer that comes before the whole file was sent counts", async () => {
  for (const status of [401, 413]) {
    const server = http.createServer((request, response) => {
      request.on("error", () => undefined);
      response.writeHead(status, { "content-type": "application/json" });
      response.end('{"detail":"Too much."}');
      request.resume();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const error = await rejection(
      new SegOpsAdmin({ apiKey: KEY, baseUrl }).products.importCsv(new Blob([Buffer.alloc(8 * 1024 * 1024)])),
    );
    server.close();
    server.closeAllConnections();
    assert.ok(error instanceof SegOpsApiError, String(error));
    assert.equal(error.status, status);
  }
});
