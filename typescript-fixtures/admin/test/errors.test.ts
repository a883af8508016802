import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { inspect } from "node:util";
import * as admin from "../src/index.js";
import {
  type SegOpsApiError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsError,
  SegOpsNotFoundError,
} from "../src/index.js";
import { ran } from "./support/commands.js";
import { rejection, withServer } from "./support/server.js";

type Class = new (message: string) => Error;

const missing = { status: 404, json: { detail: "Not found." }, headers: { "X-Request-Id": "r-7" } };

test("an error is an Error with message, name and stack, and shows itself as one", async () => {
  await withServer(missing, async ({ client }) => {
    const error = await rejection(client().segments.get(9));
    assert.ok(error instanceof Error && error instanceof SegOpsError && error instanceof SegOpsNotFoundError);
    assert.ok(!(error instanceof SegOpsConnectionError));
    assert.equal(String(error), `SegOpsNotFoundError: ${error.message}`);
    assert.match(error.stack ?? "", /SegOpsNotFoundError|GET \/segments\/9\/ answered 404/);
    assert.match(inspect(error), /GET \/segments\/9\/ answered 404 Not Found/);
    assert.equal(Object.prototype.toString.call(error), "[object Error]");
  });
});

test("JSON and structured cloning keep name, message, status, body and request id", async () => {
  await withServer(missing, async ({ client }) => {
    const error = (await rejection(client().segments.get(9))) as SegOpsApiError;
    for (const copy of [JSON.parse(JSON.stringify(error)), structuredClone(error)]) {
      const { name, message, status, body, requestId, attempts } = copy as SegOpsApiError;
      assert.deepEqual(
        { name, message, status, body, requestId, attempts },
        {
          name: "SegOpsNotFoundError",
          message: error.message,
          status: 404,
          body: { detail: "Not found." },
          requestId: "r-7",
          attempts: 1,
        },
      );
    }
  });
  const cause = Object.assign(new Error("x"), { socket: () => undefined });
  const error = new SegOpsConnectionError("out", { cause });
  assert.equal(structuredClone(error).reason, "out");
  assert.equal(error.cause, cause);
});

test("errors of the CommonJS build are instances of the classes of the ES build, and the other way round", () => {
  const other = createRequire(import.meta.url)("../../dist/cjs/index.js") as typeof admin;
  const classes = new Map(
    Object.entries(admin).filter(([name]) => /^SegOps.*(Error|Timeout)$/.test(name)) as [string, Class][],
  );
  assert.ok(classes.size >= 15);
  for (const [name, Own] of classes) {
    const Theirs = Object.entries(other).find(([each]) => each === name)?.[1] as Class;
    assert.notEqual(Own, Theirs);
    const [own, theirs] = [new Own("x"), new Theirs("x")];
    assert.ok(own instanceof Theirs && theirs instanceof Own);
    assert.ok(theirs instanceof SegOpsError && own instanceof other.SegOpsError);
    for (const [wrong, Wrong] of classes) {
      const isRelated = Wrong === Own || Own.prototype instanceof Wrong;
      assert.equal(theirs instanceof Wrong, isRelated, `${name} as ${wrong}`);
    }
  }
  assert.ok(!(new Error("x") instanceof SegOpsError) && !((null as unknown) instanceof SegOpsError));
});

test("a class of the caller's own that extends ours is a class of its own", () => {
  class Own extends SegOpsDecodeError {}
  const own = new Own("x");
  assert.ok(own instanceof Own && own instanceof SegOpsDecodeError && own instanceof SegOpsError);
  assert.ok(!(new SegOpsDecodeError("x") instanceof Own));
});

test("an error that nobody catches ends the program with its message", async () => {
  const path = JSON.stringify(new URL("../src/index.js", import.meta.url).href);
  for (const fails of [
    "throw new SegOpsConfigError('left to itself')",
    "Promise.reject(new SegOpsConfigError('left to itself'))",
  ]) {
    const { code, err } = await ran(`import { SegOpsConfigError } from ${path}; ${fails};`);
    assert.equal(code, 1);
    assert.match(err, /left to itself/);
    assert.ok(!err.includes("#<Object>"), err);
  }
});
