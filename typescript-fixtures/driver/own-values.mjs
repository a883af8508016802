/** Values that only JavaScript has, as arguments of cases: `{"$own": NAME}` stands for one. */

import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { opened, watchedSignal } from "./watched.mjs";

const PATIENCE = 2000;

/** A signal that is aborted as soon as two more files are open: what is read, and what it is copied to. */
function abortedOnceCopying() {
  const controller = new AbortController();
  const before = opened().file;
  const end = performance.now() + PATIENCE;
  const look = () => {
    if (opened().file >= before + 2 || performance.now() > end) {
      controller.abort();
    } else {
      setImmediate(look);
    }
  };
  setImmediate(look);
  return watchedSignal(controller.signal);
}

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

/** What calls itself a file, and has so many bytes more or less than it says. */
const fileOf = (text, size) => ({
  name: "own.csv",
  size,
  async *stream() {
    yield Buffer.from(text);
  },
});

/** A Blob of another library: its parts tell their bytes, or a FileReader has to. */
function sliced(text, tells) {
  globalThis.FileReader ??= FileReaderOfAPage;
  const bytes = Buffer.from(text);
  const slice = (start, end) => {
    const part = bytes.subarray(start, end);
    const copy = part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength);
    return tells ? { arrayBuffer: async () => copy } : { copy };
  };
  return { name: "own.csv", size: bytes.byteLength, slice };
}

class FileReaderOfAPage {
  readAsArrayBuffer({ copy }) {
    setImmediate(() => {
      if (copy.byteLength === 3) {
        this.error = new Error("it cannot be read");
        this.onerror();
      } else {
        this.result = copy;
        this.onload();
      }
    });
  }
}

/** How much of a Blob is read at a time: what is to be there when its last three bytes cannot be read. */
const BLOCK = 128 * 1024;
const probe = await open(fileURLToPath(import.meta.url));
const files = Object.getPrototypeOf(probe);
await probe.close();

/** The path of a file whose next read fails. */
function pathThatFails() {
  const { read } = files;
  files.read = async () => {
    files.read = read;
    throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
  };
  return fileURLToPath(import.meta.url);
}

const LONG = `sku\n${"0123456\n".repeat(20000)}`;

/** How some runtimes have forms and headers say what they are in JSON. */
const TELLS = { toJSON: () => ({ a: 1 }) };

let shared = new AbortController();

const VALUES = {
  "blob-of-a-page": () => sliced(LONG, false),
  "blob-of-a-page-that-breaks": () => sliced(`${"a".repeat(BLOCK)}abc`, false),
  "blob-of-another-kind": () => sliced(LONG, true),
  "error-that-tells": () => Object.assign(new Error("a"), TELLS),
  "failing-observer": () => () => {
    throw Object.assign(new Error("ENOENT: no such file, open"), { code: "ENOENT", errno: -2, path: "/nowhere/log" });
  },
  "file-handle": () => ({
    fd: 99,
    createReadStream: ({ start, autoClose }) => Readable.from([start === 0 && autoClose === false ? "sku\n1\n" : "?"]),
  }),
  "file-handle-that-stalls": () => ({ fd: 99, createReadStream: () => new Readable({ read: () => undefined }) }),
  "file-that-is-longer": () => fileOf("sku\n1\n", 3),
  "file-that-is-shorter": () => fileOf("sku\n1\n", 7),
  "a-class": () => Point,
  "a-function": () => Math.max,
  "a-point": () => new Point(),
  "a-regexp": () => /a/,
  "a-symbol": () => Symbol("a"),
  bigint: () => 2n ** 60n,
  "boxed-half": () => new String("\ud800"),
  "boxed-nan": () => new Number(Number.NaN),
  "boxed-number": () => new Number(5),
  "boxed-true": () => new Boolean(true),
  "boxed-text": () => new String("a"),
  buffer: () => Buffer.from("a"),
  circle,
  "form-that-tells": () => Object.assign(new FormData(), TELLS),
  "half-a-character": () => "a\ud800.csv",
  "invalid-date": () => new Date(Number.NaN),
  iterable: rows,
  "iterable-object": () => ({ *[Symbol.iterator]() {} }),
  headers: () => new Headers({ "x-team": "growth" }),
  "headers-that-tell": () => Object.assign(new Headers(), TELLS),
  "headers-by-number": () => new Map([[1, "growth"]]),
  "headers-in-a-map": () => new Map([["x-team", "growth"]]),
  "large-buffer": () => Buffer.from(LONG),
  lost: () => 2 ** 60,
  map: () => new Map([["a", 1]]),
  "map-of-numbers": () => new Map([[1, "a"]]),
  "no-prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "object-stream": () => Readable.from([{ a: 1 }]),
  "path-that-fails": pathThatFails,
  "reader-alone": () => ({ createReadStream: () => Readable.from(["a"]) }),
  "search-params-of-a-page": () => new URLSearchParams("page=2&page_size=1"),
  "search-params-that-tell": () => Object.assign(new URLSearchParams(), TELLS),
  "search-params": () => new URLSearchParams("a=1&b=2&b=3"),
  signal: () => watchedSignal(new AbortController().signal),
  "signal-aborted-once-copying": abortedOnceCopying,
  "signal-of-several-calls": () => {
    shared = shared.signal.aborted ? new AbortController() : shared;
    return watchedSignal(shared.signal);
  },
  "signal-of-several-calls-aborted": () => {
    shared.abort();
    return watchedSignal(shared.signal);
  },
  "stream-of-a-path": () => Object.assign(Readable.from(["a"]), { path: "/x/own.csv" }),
  "stream-of-another-path": () => Object.assign(Readable.from(["a"]), { path: 5 }),
  "stream-that-stalls": () => new Readable({ read: () => undefined }),
  "stream-that-breaks": () =>
    new Readable({
      read() {
        this.destroy(new Error("broken"));
      },
    }),
  "text-stream": () => Readable.from(["a", "é"]),
  "to-json-nothing": () => ({ toJSON: () => undefined }),
  "to-json": () => ({ toJSON: () => ({ a: 1 }) }),
  undefined: () => undefined,
  url: () => new URL("https://segops.ai/a"),
  words: () => new Uint16Array([97]),
  view: () => new DataView(new ArrayBuffer(1)),
};

/** The value of that name, made again. */
export function ownValue(name) {
  return VALUES[name]();
}
