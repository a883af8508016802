import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ExportJob,
  type ImportJob,
  SegOpsArgumentError,
  SegOpsJobError,
  SegOpsWaitTimeout,
} from "../src/index.js";
import { rejection, withServer } from "./support/server.js";

test("an export is polled once at first, then after a moment, until it has finished", async () => {
  for (const status of ["complete", "completed", "ready"]) {
    const answers = ["queued", "running", status].map((status) => ({ json: { export_id: 9, status } }));
    await withServer(answers, async ({ client, seen, time }) => {
      const polls: ExportJob[] = [];
      const done = await client().segments.waitForExport(3, 9, { onProgress: (job) => polls.push(job) });
      assert.deepEqual(done, { export_id: 9, status });
      assert.deepEqual(time.sleeps, [0.1, 0.2]);
      assert.deepEqual(
        polls.map((job) => job.status),
        ["queued", "running", status],
      );
      assert.ok(seen.every(({ target }) => target === "/api/segments/3/export/?export_id=9"));
    });
  }
});

test("a job that failed is a job error that says why and carries the last answer", async () => {
  const job = { status: "failed", error_message: "No disk." };
  await withServer([{ json: { status: "running" } }, { json: job }], async ({ client }) => {
    const polls: ImportJob[] = [];
    const error = await rejection(client().products.waitForImport(4, { onProgress: (seen) => polls.push(seen) }));
    assert.ok(error instanceof SegOpsJobError);
    assert.equal(error.message, "Import 4 has failed: No disk.");
    assert.deepEqual(error.job, job);
    assert.equal(polls.length, 2);
  });
  await withServer({ json: { status: "error" } }, async ({ client }) => {
    assert.match((await rejection(client().segments.waitForExport(1, 2))).message, /the server gave no reason/);
  });
});

test("a job that is not over in time is a wait timeout, after a last look when the time is up", async () => {
  await withServer({ json: { status: "running" } }, async ({ client, seen, time }) => {
    const error = await rejection(client().products.waitForImport(4, { timeout: 5, interval: 2 }));
    assert.ok(error instanceof SegOpsWaitTimeout);
    assert.deepEqual(error.job, { status: "running" });
    assert.match(error.message, /Import 4 did not finish within 5 s; it is still running/);
    const rounded = time.sleeps.map((seconds) => Number(seconds.toFixed(6)));
    assert.deepEqual([rounded, seen.length], [[0.1, 0.2, 0.4, 0.8, 1.6, 1.9], 7]);
    await rejection(client().products.waitForImport(4, { timeout: 0 }));
    assert.equal(seen.length, 8);
  });
});

test("unless told otherwise, a wait takes 600 seconds, and polls more and more rarely, up to every 2 s", async () => {
  await withServer({ json: { status: "running" } }, async ({ client, time }) => {
    await rejection(client().products.waitForImport(4));
    assert.deepEqual(time.sleeps.slice(0, 7), [0.1, 0.2, 0.4, 0.8, 1.6, 2, 2]);
    assert.ok(Math.abs(time.sleeps.reduce((all, each) => all + each) - 600) < 1e-6);
  });
});

test("timeout and interval are checked", async () => {
  await withServer({ json: { status: "done" } }, async ({ client, seen }) => {
    const { products, segments } = client();
    for (const options of [
      { timeout: -1 },
      { timeout: Number.NaN },
      { timeout: "5" },
      { interval: 0 },
      { interval: Number.NaN },
      { interval: true },
    ]) {
      const wrong = options as { timeout?: number; interval?: number };
      assert.ok((await rejection(products.waitForImport(1, wrong))) instanceof SegOpsArgumentError);
      assert.ok((await rejection(segments.waitForExport(1, 1, wrong))) instanceof SegOpsArgumentError);
      assert.ok(
        (await rejection(segments.waitForRecompute(1, { since: null, ...wrong }))) instanceof SegOpsArgumentError,
      );
    }
    assert.equal(seen.length, 0);
    await products.waitForImport(1, { timeout: Number.POSITIVE_INFINITY });
  });
});

test("a recompute has finished when the segment is not computing and its time has changed", async () => {
  const polls = [
    { status: "ready", last_computed_at: "old" },
    { status: "computing", last_computed_at: "old" },
    { status: "ready", last_computed_at: "new" },
  ];
  await withServer(
    polls.map((json) => ({ json })),
    async ({ client, seen }) => {
      assert.deepEqual(await client().segments.waitForRecompute(5, { since: "old" }), polls[2]);
      assert.deepEqual([seen.length, seen[0]?.path], [3, "/segments/5/"]);
    },
  );
  await withServer(
    polls.map((json) => ({ json })),
    async ({ client, seen }) => {
      await client().segments.waitForRecompute(5, { since: null });
      assert.equal(seen.length, 1);
    },
  );
});

test("since is required: without it, the members from before would do", async () => {
  await withServer({ json: { status: "ready", last_computed_at: "old" } }, async ({ client, seen }) => {
    for (const options of [undefined, {}, { since: 5 }, { since: undefined }]) {
      const wrong = options as unknown as { since: string };
      assert.ok((await rejection(client().segments.waitForRecompute(1, wrong))) instanceof SegOpsArgumentError);
    }
    assert.equal(seen.length, 0);
  });
});

test("recomputeAndWait waits for members newer than those it found, however many old answers come", async () => {
  const answers = [
    { status: "ready", last_computed_at: "yesterday" },
    { queued: true },
    { status: "ready", last_computed_at: "yesterday" },
    { status: "computing", last_computed_at: "yesterday" },
    { status: "ready", last_computed_at: "now", member_count: 3 },
  ];
  await withServer(
    answers.map((json) => ({ json })),
    async ({ client, seen, time }) => {
      const segment = await client().segments.recomputeAndWait(5, { idempotencyKey: "test-1" });
      assert.deepEqual(segment, answers[4]);
      assert.deepEqual(
        seen.map(({ method, path }) => `${method} ${path}`),
        ["GET /segments/5/", "POST /segments/5/compute/", "GET /segments/5/", "GET /segments/5/", "GET /segments/5/"],
      );
      assert.equal(seen[1]?.headers["idempotency-key"], "test-1");
      assert.deepEqual(time.sleeps, [0.1, 0.2]);
    },
  );
});

test("a wait keeps its timeout, whatever the polls meet", async () => {
  const down = { status: 503, headers: { "Retry-After": "30" }, json: {} };
  await withServer([{ json: { status: "running" } }, down], async ({ client, seen, time }) => {
    const error = await rejection(client().products.waitForImport(4, { timeout: 5 }));
    assert.ok(error instanceof SegOpsWaitTimeout, String(error));
    assert.deepEqual(error.job, { status: "running" });
    assert.ok((error.cause as Error).message.includes("answered 503"));
    assert.deepEqual([seen.length, time.sleeps], [2, [0.1]]);
  });
  await withServer({ status: 500, json: {} }, async ({ client, time }) => {
    const error = await rejection(client({ maxRetries: 9 }).products.waitForImport(4, { timeout: 2 }));
    assert.ok(error instanceof SegOpsWaitTimeout);
    assert.deepEqual(time.sleeps, [1]);
  });
  await withServer({ fault: "silence" }, async ({ client }) => {
    const started = performance.now();
    const error = await rejection(client({ runtime: undefined }).products.waitForImport(4, { timeout: 0.05 }));
    assert.ok(error instanceof SegOpsWaitTimeout, String(error));
    assert.ok(performance.now() - started < 30_000, "the client's own timeout is 60 s");
  });
});

test("recomputeAndWait reads and queues within its timeout, and reports its progress", async () => {
  const busy = { status: 503, headers: { "Retry-After": "30" }, json: {} };
  const segment = { json: { status: "ready", last_computed_at: "old" } };
  for (const [answers, said] of [
    [[busy], "The recompute of segment 7 was not asked for after 2 s."],
    [[segment, busy], "The recompute of segment 7 may have been asked for, but that was not confirmed after 2 s."],
  ] as const) {
    await withServer([...answers], async ({ client, seen, time }) => {
      const error = await rejection(client().segments.recomputeAndWait(7, { timeout: 2 }));
      assert.ok(error instanceof SegOpsWaitTimeout, String(error));
      assert.deepEqual([error.message, error.job, time.sleeps, seen.length], [said, null, [], answers.length]);
      assert.match((error.cause as Error).message, /answered 503/);
    });
  }
  await withServer([], async ({ client, seen }) => {
    const { segments } = client();
    assert.ok((await rejection(segments.recomputeAndWait(7, { timeout: -1 }))) instanceof SegOpsArgumentError);
    assert.ok((await rejection(segments.recomputeAndWait(7, { interval: 0 }))) instanceof SegOpsArgumentError);
    assert.equal(seen.length, 0);
  });
});

test("a recompute that ended and left the segment as it was has failed", async () => {
  const polls = [
    { status: "computing", last_computed_at: "old" },
    { status: "ready", last_computed_at: "old" },
  ];
  await withServer(
    polls.map((json) => ({ json })),
    async ({ client }) => {
      const error = await rejection(client().segments.waitForRecompute(5, { since: "old" }));
      assert.ok(error instanceof SegOpsJobError);
      assert.match(error.message, /ended with status 'ready' and left the members as they were/);
    },
  );
});

test("the caller's signal ends a wait with its reason", async () => {
  await withServer({ json: { status: "running" } }, async ({ client, seen }) => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("enough"));
    const error = await rejection(client().products.waitForImport(4, { signal: controller.signal, onProgress }));
    assert.equal(error.message, "enough");
    assert.equal(seen.length, 1);
  });
});

test("an answer that is no object is a failure", async () => {
  await withServer({ json: [1] }, async ({ client }) => {
    assert.ok((await rejection(client().products.waitForImport(1))) instanceof SegOpsJobError);
    assert.ok((await rejection(client().segments.waitForRecompute(1, { since: null }))) instanceof SegOpsJobError);
  });
});
