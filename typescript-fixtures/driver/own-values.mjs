/** Values that only JavaScript has, as arguments of cases: `{"$own": NAME}` stands for one. */

import { Readable } from "node:stream";

class Point {
  x = 1;
}

function circle() {
  const found = [];
  found.push(found);
  return found;
}

function* rows() {
  yield { sku: "a" };
}

const VALUES = {
  "a-class": () => Point,
  "a-function": () => Math.max,
  "a-point": () => new Point(),
  "a-regexp": () => /a/,
  "a-symbol": () => Symbol("a"),
  bigint: () => 2n ** 60n,
  "boxed-number": () => new Number(5),
  "boxed-text": () => new String("a"),
  buffer: () => Buffer.from("a"),
  circle,
  "invalid-date": () => new Date(Number.NaN),
  iterable: rows,
  headers: () => new Headers({ "x-team": "growth" }),
  "headers-in-a-map": () => new Map([["x-team", "growth"]]),
  lost: () => 2 ** 60,
  map: () => new Map([["a", 1]]),
  "no-prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "object-stream": () => Readable.from([{ a: 1 }]),
  "search-params": () => new URLSearchParams("a=1&b=2&b=3"),
  "stream-that-breaks": () =>
    new Readable({
      read() {
        this.destroy(new Error("broken"));
      },
    }),
  "text-stream": () => Readable.from(["a", "é"]),
  "to-json": () => ({ toJSON: () => ({ a: 1 }) }),
  undefined: () => undefined,
  url: () => new URL("https://segops.ai/a"),
  words: () => new Uint16Array([97]),
  view: () => new DataView(new ArrayBuffer(1)),
};

/** The value of that name, made anew. */
export function ownValue(name) {
  return VALUES[name]();
}
