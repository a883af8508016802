/** How do values travel in JSON lines that JSON has no form for: bytes, dates, files, callbacks? And errors? */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

const NUMBERS = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, "-Infinity": Number.NEGATIVE_INFINITY };

/** The arguments of one call, and what was written to its sink and told to its callback. */
export class Given {
  #sink;
  #folder;
  #progress;

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
      case "$container":
        return value === "Map" ? new Map([["a", 1]]) : new Set([1]);
      case "$sink": {
        this.#sink = mkdtempSync(join(tmpdir(), "parity-sink-"));
        if (value !== true) {
          writeFileSync(join(this.#sink, "download"), Buffer.from(value.holds, "base64"));
        }
        return join(this.#sink, "download");
      }
      case "$path":
      case "$file": {
        this.#folder = mkdtempSync(join(tmpdir(), "parity-upload-"));
        const path = join(this.#folder, value.name);
        writeFileSync(path, Buffer.from(value.bytes, "base64"));
        return tag === "$path" ? path : Readable.from([Buffer.from(value.bytes, "base64").subarray(value.at)]);
      }
      case "$callback": {
        const progress = [];
        this.#progress = progress;
        return (told) => {
          progress.push(told);
        };
      }
      default:
        throw new RangeError(`expected a known tag, found ${tag}`);
    }
  }

  /** What the call left behind, for the reply. */
  told() {
    const left = this.#progress === undefined ? {} : { progress: this.#progress };
    if (this.#sink !== undefined) {
      const file = join(this.#sink, "download");
      if (existsSync(file)) {
        left.sink = readFileSync(file).toString("base64");
      }
      left.left = readdirSync(this.#sink).sort();
      rmSync(this.#sink, { recursive: true });
    }
    if (this.#folder !== undefined) {
      rmSync(this.#folder, { recursive: true });
    }
    return left;
  }
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
};

/** An error as the protocol has it: its class, its text, and whatever it carries under the contract's names. */
export function errorValue(error, SegOpsError) {
  const told = { kind: error?.name ?? typeof error, message: String(error?.message ?? error) };
  if (!(error instanceof SegOpsError)) {
    return told;
  }
  for (const [own, name] of Object.entries(CARRIED)) {
    if (own in error) {
      told[name] = error[own] ?? null;
    }
  }
  told.classes = ancestry(error);
  if (error.headers?.entries !== undefined) {
    told.headers = Object.fromEntries(error.headers.entries());
  }
  return told;
}

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
