import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsNotFoundError,
} from "../src/index.js";
import { rejection, withRawServer, withServer } from "./support/server.js";

/** Elsewhere a function of a built-in module stays what it was, whoever replaces it. */
const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

const CSV = Buffer.from(`user_id,computed_at\r\n${"u-1,2026-04-25T12:00:00Z\r\n".repeat(50_000)}`);

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "segops-test-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a download goes to a path, and the number of bytes is returned", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "members.csv");
    const answers = [
      { bytes: CSV, headers: { "content-type": "text/csv" } },
      { bytes: gzipSync(CSV), headers: { "content-type": "text/csv", "content-encoding": "gzip" } },
    ];
    for (const answer of answers) {
      await withServer(answer, async ({ client, seen }) => {
        assert.equal(await client().segments.downloadExport("e/1", path), CSV.byteLength);
        assert.ok(readFileSync(path).equals(CSV));
        assert.equal(seen[0]?.target, "/api/segments/exports/e%2F1/download/");
      });
    }
    assert.deepEqual(readdirSync(folder), ["members.csv"]);
  });
});

test("a download of nothing is an empty file", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "empty.csv");
    await withServer({ bytes: new Uint8Array(), headers: { "content-type": "text/csv" } }, async ({ client }) => {
      assert.equal(await client().segments.downloadExport(1, path), 0);
      assert.equal(statSync(path).size, 0);
    });
  });
});

test("a download goes to a Node stream and to a web stream, which are left open", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "members.csv");
    await withServer({ bytes: CSV, headers: { "content-type": "text/csv" } }, async ({ client }) => {
      const stream = createWriteStream(path);
      assert.equal(await client().segments.downloadExport(1, stream), CSV.byteLength);
      await new Promise<void>((resolve) => stream.end("more", () => resolve()));
      assert.ok(readFileSync(path).equals(Buffer.concat([CSV, Buffer.from("more")])));

      const chunks: Uint8Array[] = [];
      const web = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });
      assert.equal(await client().segments.downloadExport(1, web), CSV.byteLength);
      assert.ok(Buffer.concat(chunks).equals(CSV));
      await web.close();
    });
  });
});

test("what a web stream fails with is passed on, be it the last write", async () => {
  await withServer({ bytes: Buffer.from("id\n"), headers: { "content-type": "text/csv" } }, async ({ client }) => {
    const full = new Error("the disk is full");
    const late = (): Promise<never> => new Promise((_, reject) => setImmediate(() => reject(full)));
    const web = new WritableStream<Uint8Array>({ write: late });
    assert.equal(await rejection(client().segments.downloadExport(1, web)), full);
  });
});

test("a path changes only when everything has been written", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "members.csv");
    writeFileSync(path, "before");
    chmodSync(path, 0o640);
    const failures = [
      { answer: { status: 404, json: { detail: "Not ready." } }, expected: SegOpsNotFoundError },
      { answer: { status: 410, json: {} }, expected: SegOpsApiError },
      { answer: { bytes: Buffer.from("xx"), headers: { "content-encoding": "gzip" } }, expected: SegOpsDecodeError },
      { answer: { bytes: Buffer.from("xx"), headers: { "content-encoding": "br" } }, expected: SegOpsDecodeError },
      { answer: { fault: "reset" as const }, expected: SegOpsConnectionError },
    ];
    for (const { answer, expected } of failures) {
      await withServer(answer, async ({ client }) => {
        assert.ok((await rejection(client().segments.downloadExport(1, path))) instanceof expected);
        assert.equal(readFileSync(path, "utf8"), "before");
        assert.deepEqual(readdirSync(folder), ["members.csv"]);
      });
    }
    await withServer({ text: "after" }, async ({ client }) => {
      await client().segments.downloadExport(1, path);
      assert.equal(readFileSync(path, "utf8"), "after");
      assert.equal(statSync(path).mode & 0o777, 0o640);
    });
  });
});

test("a download cut short begins again, and leaves no half of a file", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "members.csv");
    const cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    const whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nthe whole!";
    await withRawServer(
      (socket, connection) => socket.once("data", () => socket.end(connection === 0 ? cut : whole)),
      async ({ client, time }) => {
        assert.equal(await client().segments.downloadExport(1, path), 10);
        assert.equal(readFileSync(path, "utf8"), "the whole!");
        assert.deepEqual(time.sleeps, [1]);
      },
    );
    rmSync(path);
    await withRawServer(
      (socket) => socket.once("data", () => socket.end(cut)),
      async ({ client, connections }) => {
        assert.ok((await rejection(client().segments.downloadExport(1, path))) instanceof SegOpsConnectionError);
        assert.equal(connections(), 4);
        assert.ok(!existsSync(path));

        const chunks: Uint8Array[] = [];
        const web = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });
        const error = await rejection(client().segments.downloadExport(1, web));
        assert.ok(error instanceof SegOpsConnectionError);
        assert.equal(connections(), 5, "what is in a stream cannot be taken back, so there is no second attempt");
        assert.equal(Buffer.concat(chunks).toString(), "half");
      },
    );
    assert.deepEqual(readdirSync(folder), []);
  });
});

test("a long zipped download leaves no listeners behind", async () => {
  const warnings: Error[] = [];
  const heard = (warning: Error): void => void warnings.push(warning);
  process.on("warning", heard);
  const random = randomBytes(3_000_000); // so that it stays as long
  const answer = { bytes: gzipSync(random), headers: { "content-type": "text/csv", "content-encoding": "gzip" } };
  await withServer(answer, async ({ client }) => {
    const sink = new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) });
    assert.equal(await client().segments.downloadExport(1, sink), random.byteLength);
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", heard);
  assert.deepEqual(warnings, []);
});

test("a link stays a link, and a device is written to", async () => {
  await inFolder(async (folder) => {
    const [target, link] = [join(folder, "target.csv"), join(folder, "link.csv")];
    writeFileSync(target, "before");
    symlinkSync(target, link);
    await withServer({ text: "after" }, async ({ client }) => {
      await client().segments.downloadExport(1, link);
      assert.ok(lstatSync(link).isSymbolicLink());
      assert.equal(readFileSync(target, "utf8"), "after");
      assert.equal(await client().segments.downloadExport(1, "/dev/null"), 5);
      assert.ok(statSync("/dev/null").isCharacterDevice());
    });
    assert.deepEqual(readdirSync(folder).sort(), ["link.csv", "target.csv"]);
  });
});

test("what cannot be written to its end is reported with its path", async () => {
  await withServer({ bytes: CSV }, async ({ client, seen }) => {
    const error = (await rejection(client().segments.downloadExport(1, "/dev/full"))) as NodeJS.ErrnoException;
    assert.deepEqual([error.code, error.path], ["ENOSPC", "/dev/full"]);
    assert.equal(seen.length, 1);
  });
});

test("a path that cannot be written is refused, and nothing is sent", async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, "directory"));
    await withServer({ text: "x" }, async ({ client, seen }) => {
      for (const to of [
        join(folder, "missing", "x.csv"),
        join(folder, "directory"),
        join(folder, "new/"),
        "",
        5,
        null,
        {},
      ]) {
        assert.ok((await rejection(client().segments.downloadExport(1, to as string))) instanceof SegOpsArgumentError);
      }
      assert.equal(seen.length, 0);
    });
    assert.deepEqual(readdirSync(folder), ["directory"]);
  });
});

test("a download follows a redirect to a storage server without the key", async () => {
  await inFolder(async (folder) => {
    await withServer({ text: "stored" }, async (storage) => {
      const location = `${storage.url}/bucket/1?signature=abc`;
      await withServer({ status: 302, headers: { location } }, async ({ client }) => {
        assert.equal(await client().segments.downloadExport(1, join(folder, "x")), 6);
      });
      const [request] = storage.seen;
      assert.equal(request?.target, "/api/bucket/1?signature=abc");
      assert.equal(request?.headers.authorization, undefined);
      assert.equal(request?.headers["user-agent"], "segops-admin-typescript/1.0.0");
    });
    await withServer({ status: 302, headers: { location: "http://storage.test/x" } }, async ({ client }) => {
      const error = await rejection(client().segments.downloadExport(1, join(folder, "y")));
      assert.equal((error as SegOpsApiError).status, 302, "plain http to another machine is not followed");
    });
  });
});

test("a file that is mounted by itself cannot be replaced, and is written", { skip: !IS_NODE }, async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "mounted.csv");
    writeFileSync(path, "old");
    const { ino } = statSync(path);
    const { rename } = promises;
    for (const code of ["EBUSY", "EXDEV", "EPERM"]) {
      Object.assign(promises, { rename: async () => Promise.reject(Object.assign(new Error(code), { code })) });
      syncBuiltinESMExports();
      try {
        await withServer({ bytes: CSV }, async ({ client }) => {
          const call = client().segments.downloadExport(1, path);
          if (code === "EPERM") {
            assert.equal(((await rejection(call)) as NodeJS.ErrnoException).code, code);
          } else {
            assert.equal(await call, CSV.byteLength);
          }
        });
      } finally {
        Object.assign(promises, { rename });
        syncBuiltinESMExports();
      }
      assert.deepEqual(readFileSync(path), CSV);
      assert.deepEqual([statSync(path).ino, readdirSync(folder)], [ino, ["mounted.csv"]]);
    }
  });
});
