import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import timers from "node:timers";

type Timers = typeof import("../src/transport/timers.js");

const LONGEST = 2 ** 31 - 1;

/** The SDK's timers over a clock that runs on demand; `fire` ends the timer that is set, at its time. */
async function withClock(
  run: (after: Timers["after"], clock: { set: number[]; fire(late?: number): void }) => void,
): Promise<void> {
  const before = { setTimeout: timers.setTimeout, clearTimeout: timers.clearTimeout };
  let time = 0;
  let due: (() => void) | undefined;
  const set: number[] = [];
  const { uptime } = process;
  process.uptime = () => time / 1000;
  Object.assign(timers, {
    setTimeout: (callback: () => void, milliseconds: number) => {
      set.push(Math.round(milliseconds));
      due = callback;
      return {};
    },
    clearTimeout: () => {
      due = undefined;
    },
  });
  syncBuiltinESMExports();
  try {
    // A module of its own: it takes clock and timers when it is loaded.
    const { after } = (await import(`../src/transport/timers.js?${set.length}${Math.random()}`)) as Timers;
    run(after, {
      set,
      fire(late = 0) {
        time += (set[set.length - 1] ?? 0) + late;
        const callback = due;
        due = undefined;
        callback?.();
      },
    });
  } finally {
    process.uptime = uptime;
    Object.assign(timers, before);
    syncBuiltinESMExports();
  }
}

const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

test("a wait longer than a timer can be set to is made of several", { skip: !IS_NODE }, async () => {
  await withClock((after, { set, fire }) => {
    let calls = 0;
    after(2_592_000, () => {
      calls += 1;
    });
    fire();
    assert.deepEqual([set, calls], [[LONGEST, 2_592_000_000 - LONGEST], 0]);
    fire();
    assert.deepEqual([set.length, calls], [2, 1]);
  });
});

test("a wait can be ended in any of its parts", { skip: !IS_NODE }, async () => {
  await withClock((after, { set, fire }) => {
    const stop = after(2_592_000, () => assert.fail("it was ended"));
    fire();
    stop();
    fire();
    assert.equal(set.length, 2);
  });
});

test("a timer that fires early is set again for what is left", { skip: !IS_NODE }, async () => {
  await withClock((after, { set, fire }) => {
    let calls = 0;
    after(1, () => {
      calls += 1;
    });
    fire(-10);
    assert.deepEqual([set, calls], [[1000, 10], 0]);
    fire();
    assert.equal(calls, 1);
  });
});

test("a wait that is over before it begins is none, and no warning either", { skip: !IS_NODE }, async () => {
  await withClock((after, { set }) => {
    after(-0.01, () => undefined);
    assert.deepEqual(set, [0]);
  });
});
