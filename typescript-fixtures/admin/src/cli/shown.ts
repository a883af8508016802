/** A file of a server, shown on a terminal in place of being written to it. */

import type { NodeWritable } from "../call/sinks.js";
import { writeCsv } from "./output.js";

/** Takes UTF-8 a block at a time; closing it writes what a last, incomplete character has left. */
export class Shown implements NodeWritable {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #held = "";

  write(chunk: Uint8Array, callback: (error?: Error | null) => void): boolean {
    this.#show(this.#decoder.decode(chunk, { stream: true })).then(() => callback(), callback);
    return true;
  }

  async close(): Promise<void> {
    const rest = this.#held + this.#decoder.decode();
    this.#held = "";
    await writeCsv(rest);
  }

  #show(decoded: string): Promise<void> {
    const text = this.#held + decoded;
    // Whether a carriage return ends a line, the next block tells.
    this.#held = text.endsWith("\r") ? "\r" : "";
    return writeCsv(text.slice(0, text.length - this.#held.length));
  }
}
