/** What a case's `{"$sink": …}` stands for: the path of a file to write to, or a stream, and what became of it. */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { clock } from "./waiting.mjs";

/** The sink that a case names: `given` is what the SDK is called with, `told()` what has been written. */
export function sinkOf(value) {
  return typeof value === "string" ? new StreamSink(value) : new PathSink(value === true ? {} : value);
}

/** The path `download` in a folder of its own, or another one in it, or a device. */
class PathSink {
  #folder = mkdtempSync(join(tmpdir(), "parity-sink-"));
  #file = join(this.#folder, "download");

  constructor({ device, name, folders = [], linked, holds, mode = "600" }) {
    this.given = device ?? (name === undefined ? this.#file : `${this.#folder}/${name}`);
    for (const each of folders) {
      mkdirSync(join(this.#folder, each));
    }
    if (linked !== undefined) {
      symlinkSync(linked, this.#file);
    }
    if (holds !== undefined) {
      writeFileSync(this.#file, Buffer.from(holds, "base64"));
      chmodSync(this.#file, Number.parseInt(mode, 8));
    }
  }

  told() {
    const told = { left: readdirSync(this.#folder).sort() };
    const status = statSync(this.#file, { throwIfNoEntry: false });
    if (status?.isFile()) {
      told.sink = readFileSync(this.#file).toString("base64");
      told.mode = (status.mode & 0o777).toString(8);
    }
    if (lstatSync(this.#file, { throwIfNoEntry: false })?.isSymbolicLink()) {
      told.linked = readlinkSync(this.#file);
    }
    rmSync(this.#folder, { recursive: true });
    return told;
  }
}

/** A stream: Node's own, one of the web (`bare`), one that holds something already, one that takes nothing. */
class StreamSink {
  #parts = [];

  constructor(kind) {
    if (kind === "begun") {
      this.#parts.push(Buffer.from("old"));
    }
    this.given = kind === "bare" ? this.#web() : this.#node(kind === "broken", kind === "slow");
  }

  #web() {
    return new WritableStream({ write: (part) => void this.#parts.push(Buffer.from(part)) });
  }

  #node(isBroken, isSlow) {
    const broken = Object.assign(new Error("EIO: i/o error, write"), { code: "EIO", errno: -5 });
    const stream = new Writable({
      write: (part, _encoding, done) => {
        if (!isBroken && !isSlow) {
          this.#parts.push(Buffer.from(part));
        }
        if (isSlow) {
          clock.pass(40).then(() => done()); // forty seconds by the clock
        } else {
          setImmediate(done, isBroken ? broken : undefined);
        }
      },
    });
    return stream.on("error", () => undefined); // whoever writes is told, too
  }

  told() {
    return { sink: Buffer.concat(this.#parts).toString("base64"), ...this.#locked() };
  }

  /** Whether a stream of the web is still held by the SDK. */
  #locked() {
    return this.given.locked === true ? { locked: true } : {};
  }
}
