/**
 * The contract's figures, each at it, one below and one above, as far as there is a below and an above.
 *
 * They are read from spec/behaviours.yaml, so that a figure that changes there turns these tests red until the code has it
 * too. `segops-parity hygiene` fails on a number in the contract that this file does not read.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { exitCode, Interrupted, UsageError } from "../src/cli/failures.js";
import { type JsonLines, readRows } from "../src/cli/json-lines.js";
import { jsonText } from "../src/cli/output.js";
import { Progress } from "../src/cli/progress.js";
import { Retries } from "../src/cli/retries.js";
import { upsert } from "../src/cli/upserting.js";
import * as sdk from "../src/index.js";
import {
  SegOpsAdmin,
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsDecodeError,
  SegOpsWaitTimeout,
} from "../src/index.js";
import { type Reply, reply, Script } from "../src/testing.js";
import { IDLE_SECONDS } from "../src/transport/pool.js";
import { checkImport } from "../src/wire/csv-parts.js";
import { readYaml } from "./support/contract.js";
import { rejection } from "./support/server.js";

interface Behaviours {
  behaviours: { id: string; figures?: Record<string, unknown> }[];
}

const FIGURES = Object.fromEntries(
  readYaml<Behaviours>("behaviours.yaml").behaviours.map(({ id, figures }) => [id, figures ?? {}]),
);
const OK = { id: 1 };
const ROOM_OF_A_FORM = 4096;

function figure(behaviour: string, name: string): number {
  return FIGURES[behaviour]?.[name] as number;
}

/** The waits of a call that is answered by these. */
async function sleepsOf(replies: Reply[], maxRetries = 3): Promise<number[]> {
  const script = new Script(...replies);
  await script.client({ maxRetries }).segments.get(1);
  script.assertDone();
  return script.time.sleeps;
}

function of(status: number, headers: Record<string, string> = {}): Reply {
  return reply(OK, { status, headers });
}

test("defaults", () => {
  const { http } = new SegOpsAdmin({ apiKey: "sk_test_figures", baseUrl: "http://127.0.0.1:9/api" });
  assert.equal(http.maxRetries, figure("config.defaults", "max_retries"));
  assert.equal(http.timeout, figure("config.defaults", "timeout"));
});

test("the longest idempotency key", async () => {
  const longest = figure("request.idempotency-key-given", "longest");
  for (const length of [longest - 1, longest]) {
    await new Script(of(200)).client().segments.recompute(1, { idempotencyKey: "k".repeat(length) });
  }
  const refused = new Script().client().segments.recompute(1, { idempotencyKey: "k".repeat(longest + 1) });
  assert.ok((await rejection(refused)) instanceof SegOpsArgumentError);
});

test("the largest whole numbers", async () => {
  const largest = figure("request.query-numbers", "largest");
  assert.equal(figure("limit.large-integers", "largest"), largest);
  for (const number of [largest - 1, largest]) {
    const script = new Script(of(200));
    await script.client().http.request("GET", "/x/", { query: { n: number } });
    assert.equal(script.requests[0]?.query.get("n"), String(number));
  }
  const client = new Script().client();
  assert.ok(
    (await rejection(client.http.request("GET", "/x/", { query: { n: largest + 1 } }))) instanceof SegOpsArgumentError,
  );
  assert.ok((await rejection(client.segments.get(largest + 1))) instanceof SegOpsArgumentError);
});

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

test("the deepest body", async () => {
  const deepest = figure("request.json-unsendable", "deepest");
  for (const levels of [deepest - 1, deepest]) {
    const script = new Script(of(200));
    await script.client().http.request("POST", "/x/", { body: JSON.parse(nested(levels)) });
    assert.equal(script.requests[0]?.text, nested(levels));
  }
  const refused = new Script().client().http.request("POST", "/x/", { body: JSON.parse(nested(deepest + 1)) });
  assert.ok((await rejection(refused)) instanceof SegOpsArgumentError);
});

function read(text: string): Promise<unknown> {
  return new Script(reply(undefined, { text, headers: { "content-type": "application/json" } }))
    .client()
    .http.request("GET", "/x/");
}

test("the deepest and the largest reply", async () => {
  const deepest = figure("response.too-deep", "deepest");
  assert.ok(await read(nested(deepest - 1)));
  assert.ok(await read(nested(deepest)));
  assert.ok((await rejection(read(nested(deepest + 1)))) instanceof SegOpsDecodeError);
  const largest = figure("response.too-large", "largest");
  assert.deepEqual(await read('{"id":1}'.padEnd(largest)), OK);
  assert.ok((await rejection(read('{"id":1}'.padEnd(largest + 1)))) instanceof SegOpsDecodeError);
});

test("which statuses are retried", async () => {
  const [first, last] = [figure("retry.server-errors", "from"), figure("retry.server-errors", "to")];
  const tooMany = figure("retry.too-many-requests", "status");
  for (const status of [tooMany, first, first + 1, last - 1, last]) {
    assert.deepEqual(await sleepsOf([of(status), of(200)]), [1], String(status));
  }
  for (const status of [tooMany - 1, first - 1]) {
    assert.ok((await rejection(sleepsOf([of(status)]))) instanceof SegOpsApiError);
  }
});

test("delays", async () => {
  const [base, longest] = [figure("retry.delay", "base"), figure("retry.delay", "longest")];
  const wanted = [0, 1, 2, 3, 4, 5, 6].map((retry) => Math.min(longest, base ** retry));
  assert.ok(wanted.includes(longest) && wanted.some((each) => each < longest));
  assert.deepEqual(await sleepsOf([...wanted.map(() => of(500)), of(200)], 7), wanted);
  const script = new Script(of(500), of(200));
  script.time.random = () => 0.5;
  await script.client().segments.get(1);
  assert.deepEqual(script.time.sleeps, [1 - figure("retry.delay", "jitter") / 2]);
});

test("the longest Retry-After", async () => {
  const longest = figure("retry.retry-after-seconds", "longest");
  assert.equal(figure("retry.retry-after-date", "longest"), longest);
  assert.equal(figure("retry.retry-after-too-long", "longest"), longest);
  const { time } = new Script().time;
  for (const form of [String, (seconds: number) => new Date((time + seconds) * 1000).toUTCString()]) {
    const waits = (seconds: number): Promise<number[]> =>
      sleepsOf([of(429, { "retry-after": form(seconds) }), of(200)]);
    assert.deepEqual(await waits(longest - 1), [longest - 1]);
    assert.deepEqual(await waits(longest), [longest]);
    assert.equal(((await rejection(waits(longest + 1))) as SegOpsApiError).retryAfter, longest + 1);
  }
});

test("redirects", async () => {
  const statuses = FIGURES["redirect.same-origin-get"]?.statuses as number[];
  const followed = (status: number, hops: number): Promise<unknown> => {
    const hop = of(status, { location: "/api/y/" });
    return new Script(...Array.from({ length: hops }, () => hop), of(200))
      .client({ maxRetries: 0 })
      .http.request("GET", "/x/");
  };
  for (const status of new Set(statuses.flatMap((each) => [each - 1, each, each + 1]))) {
    if (statuses.includes(status)) {
      assert.deepEqual(await followed(status, 1), OK);
    } else if (status >= 300) {
      assert.ok((await rejection(followed(status, 1))) instanceof SegOpsApiError);
    }
  }
  const most = figure("redirect.limit", "most");
  assert.deepEqual(await followed(302, most - 1), OK);
  assert.deepEqual(await followed(302, most), OK);
  assert.ok((await rejection(followed(302, most + 1))) instanceof SegOpsDecodeError);
});

test("the classes of statuses", async () => {
  for (const [status, name] of Object.entries(FIGURES["error.by-status"] ?? {})) {
    const client = new Script(of(Number(status.replace("xx", "00")))).client({ maxRetries: 0 });
    const error = await rejection(client.segments.get(1));
    assert.ok(error instanceof (Reflect.get(sdk, name as string) as typeof SegOpsApiError));
    assert.equal(error.name, name);
  }
});

test("pages are not prefetched", async () => {
  assert.equal(figure("pagination.one-page-at-a-time", "prefetch"), 0);
  const script = new Script(reply({ results: [OK], next: "more", count: 9 }));
  const { value } = await script.client().segments.iterate().next();
  assert.deepEqual([value, script.requests.length], [OK, 1]);
});

test("waits", async () => {
  const [first, factor, interval] = ["first", "factor", "interval"].map((name) => figure("wait.until-done", name)) as [
    number,
    number,
    number,
  ];
  const wanted = [0, 1, 2, 3, 4, 5, 6].map((look) => Math.min(first * factor ** look, interval));
  assert.ok(wanted.includes(interval));
  const script = new Script(...wanted.map(() => reply({ status: "running" })), reply({ status: "done" }));
  await script.client().products.waitForImport(1);
  assert.deepEqual(
    script.time.sleeps.map((seconds) => seconds.toFixed(6)),
    wanted.map((seconds) => seconds.toFixed(6)),
  );
  const endless = new Script(...Array.from({ length: 400 }, () => reply({ status: "running" })));
  assert.ok((await rejection(endless.client().products.waitForImport(1))) instanceof SegOpsWaitTimeout);
  const waited = endless.time.sleeps.reduce((sum, seconds) => sum + seconds, 0);
  assert.equal(waited.toFixed(3), figure("wait.timeout", "timeout").toFixed(3));
});

test("the largest import", async () => {
  const folder = await mkdtemp(join(tmpdir(), "figures-"));
  const path = join(folder, "catalogue.csv");
  const most = figure("import.too-large", "rows");
  const imported = async (rows: number, head = "sku\n"): Promise<unknown> => {
    await writeFile(path, `${head}${"1\n".repeat(rows)}`);
    return new Script(of(200)).client().products.importCsv(path);
  };
  try {
    assert.deepEqual([await imported(most - 1), await imported(most)], [OK, OK]);
    assert.deepEqual(await imported(most, "\ufeffsep=;\r\n\r\nsku;n\r\n"), OK); // Excel's line is no row
    for (const head of ["sku\n", "sep=;\nsku\n"]) {
      const refused = await rejection(imported(most + 1, head));
      const [found, limit] = [most + 1, most].map((rows) => `${rows.toLocaleString("en-US")} rows`);
      assert.ok(
        refused instanceof SegOpsArgumentError && refused.message.includes(`${found}; an import takes ${limit}`),
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const fits = figure("import.too-large", "bytes") - ROOM_OF_A_FORM;
  const empty = { name: undefined, read: () => [], close: async () => undefined };
  await checkImport({ ...empty, size: fits });
  assert.ok((await rejection(checkImport({ ...empty, size: fits + 1 }))) instanceof SegOpsArgumentError);
});

test("the rows of a request from JSON Lines", async () => {
  const most = figure("cli.json-lines", "rows");
  const batches = async (rows: number): Promise<number[]> => {
    const folder = await mkdtemp(join(tmpdir(), "figures-"));
    const path = join(folder, "rows.jsonl");
    await writeFile(path, '{"sku": "A"}\n'.repeat(rows));
    const sizes: number[] = [];
    const send = async (batch: unknown[]): Promise<unknown> => {
      sizes.push(batch.length);
      return {};
    };
    const lines = (await readRows(path)) as JsonLines;
    const account = { apiKey: "sk_test_figures", baseUrl: "http://127.0.0.1:9/api" };
    await upsert(send, lines, { rows: undefined, source: path, account, progress: new Progress() });
    await rm(folder, { recursive: true });
    return sizes;
  };
  assert.deepEqual(await batches(most - 1), [most - 1]);
  assert.deepEqual(await batches(most), [most]);
  assert.deepEqual(await batches(most + 1), [most, 1]);
});

test("the bytes of a request from JSON Lines", async () => {
  const most = figure("cli.json-lines-size", "bytes");
  const folder = await mkdtemp(join(tmpdir(), "figures-"));
  const batches = async (...sizes: number[]): Promise<number[]> => {
    const path = join(folder, "rows.jsonl");
    await writeFile(path, sizes.map((size) => `${'{"sku": "A"}'.padEnd(size - 1)}\n`).join(""));
    const counts: number[] = [];
    for await (const batch of ((await readRows(path)) as JsonLines).batches(1000, 0)) {
      counts.push(batch.length);
    }
    return counts;
  };
  const half = most / 2;
  assert.deepEqual(await batches(half, half - 1, 20), [2, 1]);
  assert.deepEqual(await batches(half, half - 20, 20), [3]);
  assert.deepEqual(await batches(half, half - 20, 21), [2, 1]);
  assert.deepEqual(await batches(20, most + 1, 20), [1, 1, 1]);
  await rm(folder, { recursive: true });
});

test("the shortest wait that is reported", async () => {
  const least = figure("cli.retries-told", "least");
  const { write } = process.stderr;
  for (const seconds of [least - 1, least, least + 1]) {
    const told: unknown[] = [];
    process.stderr.write = (text: unknown) => told.push(text) > 0;
    try {
      const script = new Script(of(429, { "retry-after": String(seconds) }), of(200));
      await script.client({ onReply: new Retries(false).onReply }).segments.get(1);
    } finally {
      process.stderr.write = write;
    }
    assert.equal(told.join("").includes("retrying in"), seconds >= least, String(seconds));
  }
});

test("exit codes and indents of the command line", () => {
  assert.equal(exitCode(Object.assign(new Error("closed"), { code: "EPIPE" })), figure("cli.exit-success", "code"));
  assert.equal(exitCode(new SegOpsDecodeError("unreadable")), figure("cli.exit-failure", "code"));
  assert.equal(exitCode(new UsageError("unknown")), figure("cli.exit-usage", "code"));
  assert.equal(exitCode(new Interrupted()), figure("cli.exit-interrupt", "code"));
  const indent = " ".repeat(figure("cli.compact", "indent"));
  assert.equal(jsonText(OK, 2), `{\n${indent}"id": 1\n}`);
});

test("seconds that an idle connection is kept", () => {
  assert.equal(IDLE_SECONDS, figure("transport.idle-reaped", "seconds"));
});
