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
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { clock } from "./waiting.mjs";

/** The sink that a case names: `given` is what the SDK is called with, `told()` what has been written. */
export function sinkOf(value) {
  return typeof value === "string" ? new StreamSink(value) : new PathSink(value === true ? {} : value);
}

const systemRename = promises.rename;

/** As the system does it, but for devices: a mutant that takes one for a file would put a file in its place. */
async function rename(path, dest) {
  if (String(dest).startsWith("/dev/")) {
    throw refusal("EPERM", path, dest);
  }
  await systemRename(path, dest);
}

function refusal(code, path, dest) {
  const errno = -constants.errno[code];
  return Object.assign(new Error(`${code}, rename`), { code, errno, syscall: "rename", path, dest });
}

function replaceRename(by) {
  promises.rename = by;
  syncBuiltinESMExports();
}

replaceRename(rename);

/**
 * The path `download` in a folder of its own, or another one in it, or a device. `moves` is what the system answers where
 * a whole file is to take its place; with `swept`, that file is gone by then.
 */
class PathSink {
  #folder = mkdtempSync(join(tmpdir(), "parity-sink-"));
  #file = join(this.#folder, "download");

  constructor({ device, name, folders = [], linked, holds, mode = "600", moves, swept }) {
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
    if (moves !== undefined) {
      replaceRename(async (path, dest) => {
        if (swept) {
          rmSync(path);
        }
        throw refusal(moves, path, dest);
      });
    }
  }

  told() {
    replaceRename(rename);
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

/** A stream that is closed when it is first written to, as by a browser that went away, and never calls back. */
class Closed extends Writable {
  _write() {
    this.destroy();
  }
}

/** A stream that fails and does not tell whoever writes. */
class Failing extends Writable {
  _write() {
    this.destroy(brokenPipe());
  }
}

const brokenPipe = () => Object.assign(new Error("EPIPE: broken pipe, write"), { code: "EPIPE", errno: -32 });

/** A stream: Node's own, one of the web (`bare`), one that holds something already, one that takes nothing. */
class StreamSink {
  #parts = [];

  constructor(kind) {
    if (kind === "begun") {
      this.#parts.push(Buffer.from("old"));
    }
    this.given = this.#made(kind);
  }

  #made(kind) {
    switch (kind) {
      case "bare":
        return this.#web();
      case "closed":
        return new Closed();
      case "failing":
        return new Failing();
      case "plain":
      case "half": {
        const write = (part, done) => {
          this.#parts.push(Buffer.from(part));
          done();
          return true;
        };
        return kind === "plain" ? { write } : { write, on: () => undefined };
      }
      default:
        return this.#node(kind === "broken", kind === "slow");
    }
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

  /** Whether a stream is still held by the SDK, or listened to. */
  #locked() {
    const { given } = this;
    // One that has failed may say so again: somebody has to listen.
    const heard = given.destroyed === false && given.listenerCount("close") + given.listenerCount("error") > 1;
    return given.locked === true || heard ? { locked: true } : {};
  }
}
