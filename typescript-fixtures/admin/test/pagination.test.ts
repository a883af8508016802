import assert from "node:assert/strict";
import { test } from "node:test";
import { SegOpsArgumentError, SegOpsDecodeError, SegOpsServerError } from "../src/index.js";
import { collect, rejection, type Seen, withServer } from "./support/server.js";
import { countedSignal } from "./support/signals.js";

/** Answers as a listing of `count` records, `size` to a page. */
function listing(count: number, size: number, withCount = true) {
  return (seen: Seen) => {
    const page = Number(Object.fromEntries(seen.query).page ?? 1);
    const results = Array.from({ length: count }, (_, id) => ({ id })).slice((page - 1) * size, page * size);
    const next = page * size < count ? "http://elsewhere.test/ignored/?page=99" : null;
    return results.length === 0 && page > 1
      ? { status: 404, json: { detail: "Invalid page." } }
      : { json: { ...(withCount ? { count } : {}), next, previous: null, results } };
  };
}

const ids = (items: { id?: number }[]): (number | undefined)[] => items.map(({ id }) => id);
const pagesOf = (seen: Seen[]): (string | undefined)[] => seen.map(({ query }) => Object.fromEntries(query).page);

test("list makes one request and returns what the server sent", async () => {
  for (const json of [{ count: 1, next: null, previous: null, results: [{ id: 1 }], extra: 1 }, [{ id: 1 }]]) {
    await withServer({ json }, async ({ client, seen }) => {
      assert.deepEqual(await client().queries.list({ page: 2, page_size: 5 }), json);
      assert.equal(seen[0]?.target, "/api/ai-reach/queries/?page=2&page_size=5");
      assert.equal(seen.length, 1);
    });
  }
});

test("an iteration yields every page in order and keeps the caller's parameters", async () => {
  await withServer(listing(7, 3), async ({ client, seen }) => {
    assert.deepEqual(ids(await collect(client().segments.iterate({ page_size: 3, page: 1 }))), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(pagesOf(seen), ["1", "2", "3"]);
    assert.ok(seen.every(({ query, path }) => Object.fromEntries(query).page_size === "3" && path === "/segments/"));
  });
});

test("an iteration begins at the caller's page", async () => {
  await withServer(listing(7, 3), async ({ client, seen }) => {
    assert.deepEqual(ids(await collect(client().segments.iterate({ page: "2" }))), [3, 4, 5, 6]);
    assert.deepEqual(pagesOf(seen), ["2", "3"]);
  });
});

test("a bare array is the only page", async () => {
  await withServer({ json: [{ id: 1 }, { id: 2 }] }, async ({ client, seen }) => {
    assert.deepEqual(ids(await collect(client().queries.iterate())), [1, 2]);
    assert.equal(seen.length, 1);
  });
});

test("nothing is asked for before the first item, and no page before it is needed", async () => {
  await withServer(listing(6, 2), async ({ client, seen }) => {
    const iteration = client().segments.iterate();
    assert.equal(seen.length, 0);
    await iteration.next();
    await iteration.next();
    assert.equal(seen.length, 1);
    await iteration.next();
    assert.equal(seen.length, 2);
    await iteration.return();
    assert.deepEqual(await iteration.next(), { done: true, value: undefined });
    assert.equal(seen.length, 2);
  });
});

test("an iteration is a generator to the last detail", async () => {
  await withServer(listing(7, 2), async ({ client, seen }) => {
    const iteration = client().segments.iterate();
    // Asked for before the first page is here: in order, and no page twice.
    const begun = await Promise.all(Array.from({ length: 5 }, () => iteration.next()));
    assert.deepEqual(ids(begun.map(({ value }) => value as { id: number })), [0, 1, 2, 3, 4]);
    const [last, ended, after] = await Promise.all([iteration.next(), iteration.return(), iteration.next()]);
    assert.deepEqual([last.done, (last.value as { id: number }).id], [false, 5]);
    assert.deepEqual([ended, after], Array(2).fill({ done: true, value: undefined }));
    assert.deepEqual(pagesOf(seen), ["1", "2", "3"]);
    assert.equal(String(iteration), "[object AsyncGenerator]");
    assert.equal(iteration[Symbol.asyncIterator](), iteration);
  });
  await withServer(listing(7, 2), async ({ client }) => {
    const iteration = client().segments.iterate({}, { prefetch: 2 });
    await iteration.next();
    const thrown = new Error("thrown into it");
    assert.equal(await rejection(iteration.throw(thrown)), thrown);
    assert.deepEqual(await iteration.next(), { done: true, value: undefined });
  });
  await withServer([{ json: { results: [{}], next: "x" } }, { status: 404 }], async ({ client }) => {
    const iteration = client().segments.iterate();
    const [first, failed, after] = await Promise.allSettled([iteration.next(), iteration.next(), iteration.next()]);
    assert.deepEqual([first?.status, failed?.status], ["fulfilled", "rejected"]);
    assert.deepEqual(after, { status: "fulfilled", value: { done: true, value: undefined } });
  });
});

test("a page or a prefetch that is no count is refused at once", () =>
  withServer({ json: {} }, async ({ client, seen }) => {
    for (const page of [0, -1, 1.5, "x", "", true, Number.NaN]) {
      assert.throws(() => client().segments.iterate({ page: page as number }), SegOpsArgumentError, String(page));
    }
    for (const prefetch of [-1, 0.5, Number.NaN]) {
      assert.throws(() => client().segments.iterate({}, { prefetch }), SegOpsArgumentError);
    }
    assert.equal(seen.length, 0);
  }));

test("an answer that is no page stops the iteration with a decode error", async () => {
  for (const json of [{}, { results: null }, { results: {} }, "text", 5, { detail: "x" }]) {
    await withServer({ json }, async ({ client }) => {
      assert.ok((await rejection(collect(client().segments.iterate()))) instanceof SegOpsDecodeError);
      assert.ok((await rejection(collect(client().segments.iterateMembers(1)))) instanceof SegOpsDecodeError);
    });
  }
  await withServer({ status: 204 }, async ({ client }) => {
    assert.match((await rejection(collect(client().segments.iterate()))).message, /it is not a page but nothing/);
  });
  await withServer([{ json: { results: [{ id: 1 }], next: "x" } }, { json: { oops: 1 } }], async ({ client }) => {
    const got: unknown[] = [];
    const error = await rejection(
      (async () => {
        for await (const item of client().segments.iterate()) got.push(item);
      })(),
    );
    assert.match(error.message, /GET \/segments\/ \(page 2\) was answered/);
    assert.equal(got.length, 1);
  });
});

test("an iteration that would never end is a decode error", async () => {
  await withServer({ json: { results: [], next: "x" } }, async ({ client, seen }) => {
    assert.match((await rejection(collect(client().segments.iterate()))).message, /empty page that names a next one/);
    assert.equal(seen.length, 1);
  });
  await withServer({ json: { results: [{}], next_cursor: "c" } }, async ({ client, seen }) => {
    assert.match(
      (await rejection(collect(client().segments.iterateMembers(1)))).message,
      /is the cursor that was sent/,
    );
    assert.equal(seen.length, 2);
  });
});

test("members are iterated by their cursor, from the caller's on", async () => {
  const ranges = [
    { results: [{ user_id: "a" }], next_cursor: "c/2" },
    { results: [], next_cursor: "c3" },
    { results: [{ user_id: "b" }], next_cursor: null },
  ];
  await withServer(
    ranges.map((json) => ({ json })),
    async ({ client, seen }) => {
      const members = await collect(client().segments.iterateMembers("s/1", { limit: 2, cursor: "begin" }));
      assert.deepEqual(members, [{ user_id: "a" }, { user_id: "b" }]);
      assert.deepEqual(
        seen.map(({ target }) => target),
        ["begin", "c%2F2", "c3"].map((cursor) => `/api/segments/s%2F1/members/?limit=2&cursor=${cursor}`),
      );
    },
  );
});

test("prefetching yields the pages in order and asks for none beyond the last", async () => {
  const answer = listing(20, 2);
  await withServer(
    async (seen, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 3 === 1 ? 15 : 1));
      return answer(seen);
    },
    async ({ client, seen }) => {
      const items = await collect(client().segments.iterate({ page_size: 2 }, { prefetch: 4 }));
      assert.deepEqual(
        ids(items),
        Array.from({ length: 20 }, (_, id) => id),
      );
      assert.deepEqual(
        pagesOf(seen)
          .map(Number)
          .sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
    },
  );
});

test("prefetching has as many pages under way as were asked for, and one without a count", async () => {
  for (const [withCount, most] of [
    [true, 3],
    [false, 1],
  ] as const) {
    const answer = listing(16, 2, withCount);
    let [underWay, peak] = [0, 0];
    await withServer(
      async (seen) => {
        peak = Math.max(peak, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 25));
        underWay--;
        return answer(seen);
      },
      async ({ client, seen }) => {
        assert.equal((await collect(client().segments.iterate({}, { prefetch: 3 }))).length, 16);
        assert.equal(peak, most);
        assert.equal(seen.length, 8);
      },
    );
  }
});

test("prefetching begins with the first page, before its items have been taken", async () => {
  await withServer(listing(20, 2), async ({ client, seen }) => {
    const iteration = client().segments.iterate({}, { prefetch: 3 });
    await iteration.next();
    while (seen.length < 4) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.deepEqual(pagesOf(seen).sort(), ["1", "2", "3", "4"]);
    await iteration.return();
  });
});

test("without prefetching, one page is asked for at a time", async () => {
  const answer = listing(8, 2);
  let [underWay, peak] = [0, 0];
  await withServer(
    async (seen) => {
      peak = Math.max(peak, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      return answer(seen);
    },
    async ({ client }) => {
      assert.equal((await collect(client().segments.iterate())).length, 8);
      assert.equal(peak, 1);
    },
  );
});

test("a page that fails while it is fetched ahead fails the iteration where it would have come", async () => {
  const answer = listing(10, 2);
  await withServer(
    (seen) => (Object.fromEntries(seen.query).page === "3" ? { status: 500 } : answer(seen)),
    async ({ client }) => {
      const got: unknown[] = [];
      const error = await rejection(
        (async () => {
          for await (const item of client({ maxRetries: 0 }).segments.iterate({}, { prefetch: 4 })) got.push(item);
        })(),
      );
      assert.ok(error instanceof SegOpsServerError);
      assert.equal(got.length, 4);
    },
  );
});

test("an iteration that is left early ends what it had under way", async () => {
  const answer = listing(40, 2);
  await withServer(
    (seen) => (Number(pagesOf([seen])[0]) > 2 ? { fault: "silence" } : answer(seen)),
    async ({ client, seen }) => {
      for await (const item of client().segments.iterate({}, { prefetch: 5 })) {
        if (item.id === 2) break;
      }
      assert.ok(seen.length <= 7);
    },
  );
});

test("iterations that prefetch share one listener on their signal, and end with it", async () => {
  const answer = listing(40, 2);
  await withServer(
    (seen) =>
      seen.query.some(([name, value]) => name === "page" && value === "1") ? answer(seen) : { fault: "silence" },
    async ({ client }) => {
      const { signal, abort, listeners } = countedSignal();
      const c = client({ timeout: 3600 });
      const iterations = [...Array(12).keys()].map(() => c.segments.iterate({}, { prefetch: 1, signal }));
      for (const iteration of iterations) await iteration.next();
      assert.deepEqual(listeners(), { present: 1, most: 1 });
      const ended = iterations.map(async (iteration) => rejection(collect(iteration)));
      abort(new Error("enough"));
      assert.deepEqual(new Set((await Promise.all(ended)).map(({ message }) => message)), new Set(["enough"]));
      assert.equal(listeners().most, 1);
    },
  );
});

test("a signal that is aborted while the first page is read ends the pages after it", async () => {
  const answer = listing(40, 2);
  await withServer(
    (seen, index) => (index === 0 ? answer(seen) : { fault: "silence" }),
    async ({ client }) => {
      const controller = new AbortController();
      const onReply = (): void => controller.abort(new Error("enough"));
      const c = client({ timeout: 3600, onReply });
      const iteration = c.segments.iterate({}, { prefetch: 1, signal: controller.signal });
      assert.equal((await rejection(collect(iteration))).message, "enough");
    },
  );
});
