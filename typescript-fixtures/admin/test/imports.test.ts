import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SegOpsArgumentError, SegOpsConnectionError, SegOpsPermissionError } from "../src/index.js";
import { noConnection, type Reply, reply, Script } from "../src/testing.js";
import { rejection } from "./support/server.js";

const ROWS = 100_000;

/** A file in a folder of its own, and the state file beside it. */
async function withFile(content: string, run: (path: string, state: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "segops-test-"));
  const path = join(folder, "products.csv");
  writeFileSync(path, content);
  try {
    await run(path, `${path}.segops-import.json`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const imported = (id: number): Reply[] => [
  reply({ job_id: id, status: "mapping", suggested_mapping: { sku: "sku" } }, { status: 201 }),
  reply({ job_id: id, status: "importing" }, { status: 202 }),
  reply({ id, status: "done", row_count: 1, imported_count: 1 }),
];

test("a file with too many rows or bytes is refused before it is sent", async () => {
  const script = new Script();
  const { products } = script.client();
  for (const row of ["1,2\r\n", '"a\nb"\n', "12\r"]) {
    const error = await rejection(products.importCsv(Buffer.from(`sku\n${row.repeat(ROWS + 1)}`)));
    assert.ok(error instanceof SegOpsArgumentError);
    assert.match(error.message, /has 100,001 rows; an import takes 100,000 rows at most\. importCsvInParts .*--split/);
  }
  await withFile("", async (path) => {
    truncateSync(path, 100 * 1024 * 1024);
    const error = await rejection(products.importCsv(path));
    assert.match(error.message, /has 104,857,600 bytes; an import takes 100 MiB at most/);
  });
  assert.equal(script.requests.length, 0);
});

test("a file of as many rows as the platform takes is sent, whatever line ends its cells hold", async () => {
  for (const content of [`\ufeffsku\n${"1,2\n".repeat(ROWS)}`, `sku\n${'"a\n\n\r\nb"\n'.repeat(ROWS / 2)}`]) {
    const script = new Script(reply({ job_id: 1 }));
    await script.client().products.importCsv(new Blob([content]));
    assert.equal(script.requests.length, 1);
  }
});

test("an import resumes only with the file, the server, the key, the parts and the mapping that it was begun with", async () => {
  await withFile("sku\n1\n2\n", async (path, state) => {
    const client = new Script(...imported(1), noConnection()).client({ maxRetries: 0 });
    assert.ok((await rejection(client.products.importCsvInParts(path, 1))) instanceof SegOpsConnectionError);
    assert.ok(!readFileSync(state, "utf8").includes("sk_test"));
    const script = new Script();
    const refused = async (said: RegExp, rows = 1, options = {}, given = {}): Promise<void> => {
      const error = await rejection(script.client(given).products.importCsvInParts(path, rows, options));
      assert.ok(error instanceof SegOpsArgumentError, String(error));
      assert.match(error.message, said);
    };
    await refused(/begun with 1 rows a part; rows 1 to 1 of it were imported/, 2);
    await refused(/begun with another mapping/, 1, { body: { mapping: {} } });
    await refused(/begun with another API key/, 1, {}, { apiKey: "sk_test_another" });
    await refused(
      /begun with the server https:\/\/api\.segops\.test\/api/,
      1,
      {},
      { baseUrl: "https://other.test/api" },
    );
    writeFileSync(path, "sku\n1\n3\n");
    await refused(/products\.csv has changed since its import was begun; rows 1 to 1 .* delete '/);
    writeFileSync(path, "sku\n1\n2\n");
    assert.equal(script.requests.length, 0);
    const again = new Script(...imported(2));
    assert.equal((await again.client().products.importCsvInParts(path, 1)).row_count, 2);
    assert.ok(!existsSync(state));
    writeFileSync(state, "[]");
    await refused(/is not the state file of an import/);
  });
});

test("a part that was refused is asked for under another key", async () => {
  await withFile("sku\n1\n", async (path) => {
    const keys: (string | null)[] = [];
    for (let time = 0; time < 2; time += 1) {
      const script = new Script(reply({ detail: "No." }, { status: 403 }));
      const error = await rejection(script.client().products.importCsvInParts(path));
      assert.ok(error instanceof SegOpsPermissionError);
      assert.match(error.message, /^Part 1 of 1 \(rows 1 to 1 of products\.csv\): POST/);
      keys.push(script.requests[0]?.headers.get("Idempotency-Key") ?? null);
    }
    assert.notEqual(keys[0], keys[1]);
  });
});

test("a file that changes while it is sent is not imported", async () => {
  await withFile("sku\n1\n", async (path) => {
    const script = new Script(...imported(1).slice(0, 1));
    const onProgress = (): void => writeFileSync(path, "sku\n1\n2\n");
    const error = await rejection(script.client().products.importCsvInParts(path, 1, { onProgress }));
    assert.match(error.message, /products\.csv has changed while part 1 was sent/);
    assert.equal(script.requests.length, 1);
  });
});

test("progress is waited for, and what it fails with ends the import", async () => {
  await withFile("sku\n1\n", async (path) => {
    const script = new Script(...imported(1));
    const enough = new Error("enough");
    const onProgress = (): Promise<never> => new Promise((_, reject) => setImmediate(() => reject(enough)));
    assert.equal(await rejection(script.client().products.importCsvInParts(path, 1, { onProgress })), enough);
    assert.equal(script.requests.length, 0);
  });
});
