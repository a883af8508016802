/** How much memory a call has held at most, beside what the process had before. */

import { readFileSync, writeFileSync } from "node:fs";

/** What makes Linux forget the highest mark so far. */
const FORGET_PEAK = "5";

/** Made before a call, asked after it. */
export class Memory {
  #before;

  constructor() {
    globalThis.gc?.();
    try {
      writeFileSync("/proc/self/clear_refs", FORGET_PEAK);
    } catch {
      // the highest mark is that of the whole process: a body larger than all before it still shows
    }
    this.#before = kibibytes("VmRSS");
  }

  /** Bytes. */
  held() {
    return Math.max(0, kibibytes("VmHWM") - this.#before) * 1024;
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
