/**
 * How much memory a call has held at most, beside what the process had before.
 *
 * What is garbage does not count: it is collected after each so many bytes that are read or sent, since the runtime itself
 * may wait for longer than a whole upload takes.
 */

import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What makes Linux forget the highest mark so far. */
const FORGET_PEAK = "5";
const BETWEEN_COLLECTIONS = 4 * 1024 * 1024;
let collect;
let since = 0;

/** Made before a call, asked after it. */
export class Memory {
  #before;

  constructor() {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc");
    collect();
    const { write } = Socket.prototype;
    Socket.prototype.write = function (chunk, ...rest) {
      passed(chunk.length);
      return write.call(this, chunk, ...rest);
    };
    try {
      writeFileSync("/proc/self/clear_refs", FORGET_PEAK);
    } catch {
      // the highest mark is that of the whole process: a body larger than all before it still shows
    }
    this.#before = kibibytes("VmRSS");
  }

  /** Bytes. */
  held() {
    delete Socket.prototype.write;
    collect = undefined;
    return Math.max(0, kibibytes("VmHWM") - this.#before) * 1024;
  }
}

/** A file read block by block, as a stream. */
export async function* blocksOf(path) {
  for await (const block of createReadStream(path)) {
    passed(block.length);
    yield block;
  }
}

function passed(bytes) {
  since += bytes;
  if (collect !== undefined && since > BETWEEN_COLLECTIONS) {
    since = 0;
    collect();
  }
}

function kibibytes(name) {
  let status = "";
  try {
    status = readFileSync("/proc/self/status", "latin1");
  } catch {
    return process.resourceUsage().maxRSS;
  }
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  return found === null ? process.resourceUsage().maxRSS : Number(found[1]);
}
