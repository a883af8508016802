/** Values that JSON has no form for, as they travel in JSON lines: bytes, dates, files, callbacks, errors. */

import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { blocksOf } from "./memory.mjs";
import { ownValue } from "./own-values.mjs";
import { sinkOf } from "./sinks.mjs";

/** When the files of a case were changed last, in seconds since 1970: every system keeps a whole second as it is. */
const CHANGED = 1_777_636_800;
const NUMBERS = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, "-Infinity": Number.NEGATIVE_INFINITY };

/** The arguments of one call, and what was written to its sink and told to its callback. */
export class Given {
  sink;
  #folder;
  #held;
  #kept;
  #path;
  #shared;
  #progress;
  /** What is to change of the file once a request is answered. */
  #due;
  /** Whether what the process holds in memory meanwhile is to be told. */
  isLarge = false;

  /** `shared` makes the folder that the calls of a case have in common. */
  constructor(shared) {
    this.#shared = shared;
  }

  /** The JavaScript value of what was sent. */
  value(sent) {
    if (Array.isArray(sent)) {
      return sent.map((item) => this.value(item));
    }
    if (sent === null || typeof sent !== "object") {
      return sent;
    }
    const [first, ...more] = Object.entries(sent);
    if (first !== undefined && more.length === 0 && first[0].startsWith("$")) {
      return this.#special(...first);
    }
    return Object.fromEntries(Object.entries(sent).map(([key, item]) => [key, this.value(item)]));
  }

  #special(tag, value) {
    switch (tag) {
      case "$bytes":
        return new Uint8Array(Buffer.from(value, "base64"));
      case "$date":
        return value; // JavaScript has no dates without a time: a caller writes the day as text
      case "$time":
        return new Date(value);
      case "$number":
        return NUMBERS[value];
      case "$own":
        return ownValue(value);
      case "$container":
        return value === "Map" ? new Map([["a", 1]]) : new Set([1]);
      case "$memory": {
        const bytes = contentOf(typeof value === "string" ? { bytes: value } : value);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      }
      case "$blob": {
        const blob = new Blob([filled(value.filled)]);
        return value.name === undefined ? blob : Object.assign(blob, { name: value.name });
      }
      case "$aborted":
        return AbortSignal.abort();
      case "$sink":
        this.sink = sinkOf(value);
        return this.sink.given;
      case "$path":
      case "$pipe":
      case "$file": {
        if ("kept" in value) {
          return this.#inCommon(value);
        }
        this.#folder = mkdtempSync(join(tmpdir(), "parity-upload-"));
        const path = join(this.#folder, value.name);
        this.#path = path;
        if (value.stalls) {
          execFileSync("mkfifo", [path]);
          this.#held = openSync(path, "r+");
          return path;
        }
        if ("hole" in value) {
          this.isLarge = true;
          const before = Buffer.from(value.before ?? "", "base64");
          writeFileSync(path, before);
          truncateSync(path, before.length + value.hole);
          appendFileSync(path, Buffer.from(value.behind ?? "", "base64"));
          return tag === "$path" ? path : Readable.from(blocksOf(path));
        }
        const bytes = contentOf(value);
        writeFileSync(path, bytes);
        if (value.isUrl) {
          return pathToFileURL(path);
        }
        return tag === "$path" ? path : Readable.from([bytes.subarray(value.at ?? 0)]);
      }
      case "$callback": {
        const progress = [];
        this.#progress = progress;
        const isLater = value.when === "answered";
        this.#due = isLater ? value.changes : undefined;
        return (told) => {
          if (progress.length === 0 && value !== true && !isLater) {
            this.#change(value.changes);
          }
          progress.push(told);
        };
      }
      default:
        throw new RangeError(`expected a known tag, found ${tag}`);
    }
  }

  /** Changes the file that is uploaded, if it is to change once its first request is answered. */
  answered() {
    const what = this.#due;
    this.#due = undefined;
    if (what !== undefined) {
      this.#change(what);
    }
  }

  /** Changes the size of the file that is uploaded, or the time of its last change, or leaves one byte of it. */
  #change(what) {
    if (what === "size") {
      appendFileSync(this.#path, "x");
    }
    if (what === "end") {
      truncateSync(this.#path, 1);
    }
    utimesSync(this.#path, CHANGED, CHANGED + (what === "time" ? 1 : 0));
  }

  /** The path of a file whose neighbours outlast the call: those that are given, those that earlier calls left. */
  #inCommon({ name, kept, ...content }) {
    const folder = this.#shared();
    for (const [beside, text] of Object.entries(kept)) {
      if (text === null) {
        mkdirSync(join(folder, beside));
      } else {
        writeFileSync(join(folder, beside), typeof text === "string" ? text : Buffer.from(text.bytes, "base64"));
      }
    }
    this.#path = join(folder, name);
    writeFileSync(this.#path, contentOf(content));
    utimesSync(this.#path, CHANGED, CHANGED);
    this.#kept = { folder, name };
    return this.#path;
  }

  /** What the call left behind, for the reply. */
  told() {
    const left = this.#progress === undefined ? {} : { progress: this.#progress };
    if (this.sink !== undefined) {
      Object.assign(left, this.sink.told());
    }
    if (this.#kept !== undefined) {
      const { folder, name } = this.#kept;
      const held = (each) =>
        statSync(join(folder, each)).isDirectory() ? null : readFileSync(join(folder, each), "utf8");
      const beside = readdirSync(folder).filter((each) => each !== name);
      left.beside = Object.fromEntries(beside.map((each) => [each, held(each)]));
    }
    if (this.#held !== undefined) {
      closeSync(this.#held);
    }
    if (this.#folder !== undefined) {
      rmSync(this.#folder, { recursive: true });
    }
    return left;
  }
}

function contentOf(value) {
  return "filled" in value ? Buffer.from(filled(value.filled)) : Buffer.from(value.bytes, "base64");
}

/** So many characters, no two blocks of which are alike, in no more rows than an import takes. */
function filled(size) {
  const cell = (_, number) => `${String(number).padStart(7, "0")}${number % 16 === 15 ? "\n" : ","}`;
  const cells = Array.from({ length: Math.floor(size / 8) + 1 }, cell);
  return cells.join("").slice(0, size);
}

/** Headers as an object; one that says so where the ways to look at them do not agree. */
function headersOf(headers) {
  const told = Object.fromEntries(headers.entries());
  const each = {};
  headers.forEach((value, name) => {
    each[name] = value;
  });
  const values = [...headers.values()];
  const pairs = Object.fromEntries([...headers.keys()].map((name, index) => [name, values[index]]));
  const spelled = [...headers.keys()].map((name) => name.toUpperCase()).filter((name) => headers.has(name));
  const found = Object.fromEntries(spelled.map((name) => [name.toLowerCase(), headers.get(name)]));
  const isSame = [each, pairs, headers, found].every((other) => JSON.stringify(other) === JSON.stringify(told));
  return isSame ? told : { ...told, "x-views": "do not agree" };
}

/** An attempt as `onReply` is told of it. */
export function attemptValue({ operation, method, path, status, requestId, attempt, seconds, delay, error, headers }) {
  const told = { operation, method, path, status, request_id: requestId, attempt, seconds, delay, error };
  const named = Object.entries(told).map(([name, value]) => [name, value ?? null]);
  return { ...Object.fromEntries(named), headers: headersOf(headers) };
}

/** What a call resolved to. Nothing of the contract is undefined, which JSON would not tell from null. */
export function promised(value) {
  return value === undefined ? { $undefined: true } : value;
}

/** What a client tells of its options and of itself. */
export function optionsOf(client) {
  const { baseUrl, maxRetries, timeout, deadline } = client.http;
  const [, ...shown] = client[Symbol.for("nodejs.util.inspect.custom")]().split(" ");
  return {
    base_url: baseUrl,
    max_retries: maxRetries,
    timeout,
    deadline: deadline ?? null,
    closed: client.closed,
    shown: shown.join(" "),
  };
}

/** Objects and arrays copied, what is neither left out: to see whether a call has changed what it was given. */
export function plainCopy(value, depth = 9) {
  if (depth > 0 && Array.isArray(value)) {
    return value.map((item) => plainCopy(item, depth - 1));
  }
  if (depth > 0 && value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainCopy(item, depth - 1)]));
  }
  return Object(value) === value ? undefined : value;
}

/** A name as JavaScript spells it. */
export function camel(name) {
  return name.replace(/_(.)/g, (_match, letter) => letter.toUpperCase());
}

const CARRIED = {
  status: "status",
  body: "body",
  method: "method",
  path: "path",
  requestId: "request_id",
  retryAfter: "retry_after",
  attempts: "attempts",
  sent: "sent",
  idempotencyKey: "idempotency_key",
  job: "job",
  mayHaveExecuted: "may_have_executed",
  transient: "transient",
  stale: "stale",
};

/**
 * An error as the protocol has it: its class, its text, and whatever it carries under the contract's names, as its JSON
 * has them. One of the operating system is told by its symbol, and by whether it says that it was the sink's.
 */
export function errorValue(error, SegOpsError, sink) {
  if (!(error instanceof SegOpsError)) {
    return typeof error?.errno === "number" && /^E[A-Z0-9]+$/.test(error.code)
      ? { kind: "system", message: error.code, file: sink !== undefined && error.path === sink.given }
      : { kind: error?.name ?? typeof error, message: String(error?.message ?? error) };
  }
  const shown = JSON.parse(JSON.stringify(error));
  const told = { kind: shown.name, message: shown.message };
  for (const [own, name] of Object.entries(CARRIED)) {
    if (own in error) {
      told[name] = shown[own] ?? null;
    }
  }
  told.caused = error.cause !== undefined;
  told.classes = ancestry(error);
  if (error.headers?.entries !== undefined) {
    told.headers = headersOf(error.headers);
  }
  // What a log would show of it, though it is only there to be asked for; and what it does not say as text.
  const exposed = HIDDEN.filter((name) => name in shown);
  const isText = String(error) === `${shown.name}: ${shown.message}` && error.stack?.includes(String(error));
  return { ...told, ...(exposed.length > 0 || !isText ? { exposed, text: String(error) } : {}) };
}

const HIDDEN = ["cause", "headers", "stack"];

/** The SDK's classes that an error is an instance of, its own first. */
function ancestry(error) {
  const found = [];
  for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const { name } = at.constructor;
    if (name.startsWith("SegOps") && error instanceof at.constructor) {
      found.push(name);
    }
  }
  return found;
}
