/** The CSV file of an import in parts: it is read once to plan the parts, and again as each is sent. */

import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { SegOpsArgumentError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import { throwIfAborted } from "../transport/signals.js";
import { blocks, Cutter, type Part, section } from "../wire/csv-parts.js";
import type { FileData } from "../wire/files.js";

/** How a file is cut, and what tells it from others. */
export interface Plan {
  /** The header line, which every part begins with. */
  head: Uint8Array;
  parts: Part[];
  /** The file's size in bytes. */
  size: number;
  sha256: string;
}

/** An open CSV file. */
export class CsvFile {
  readonly #name: string;
  readonly #file: FileHandle;
  /** Size and time of change when it was planned. */
  #identity!: string;

  private constructor(name: string, file: FileHandle) {
    this.#name = name;
    this.#file = file;
  }

  /**
   * Opens a file.
   *
   * @throws {SegOpsArgumentError} it cannot be read, or is no regular file
   */
  static async open(path: string): Promise<CsvFile> {
    const fail = (error: Error): never => {
      throw new SegOpsArgumentError(`The file ${quote(path)} cannot be read: ${error.message}`, { cause: error });
    };
    const { open } = await import("node:fs/promises"); // when it is first needed, as all that follows
    const file = await open(path).catch(fail);
    const status = await file.stat();
    if (!status.isFile()) {
      await file.close();
      if (status.isDirectory()) {
        fail(new Error("it is a directory"));
      }
      throw new SegOpsArgumentError(`${quote(path)} is no regular file: it cannot be sent in parts.`);
    }
    return new CsvFile(basename(path), file);
  }

  /**
   * Reads the file to its end, and says where it is cut.
   *
   * @param rows the rows of a part
   */
  async plan(rows: number, signal: AbortSignal | undefined): Promise<Plan> {
    this.#identity = await this.#identify();
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256");
    const cutter = new Cutter(this.#name, rows);
    let size = 0;
    for await (const block of blocks(this.#file, 0, Number.POSITIVE_INFINITY)) {
      throwIfAborted(signal);
      digest.update(block);
      size += block.byteLength;
      cutter.feed(block);
    }
    return { ...cutter.finish(), size, sha256: digest.digest("hex") };
  }

  /** What is sent of a part. */
  section(head: Uint8Array, part: Part): FileData {
    return section(this.#file, head, part);
  }

  /** Whether the file is another than the one that was planned. */
  async hasChanged(): Promise<boolean> {
    return (await this.#identify()) !== this.#identity;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #identify(): Promise<string> {
    const { size, mtimeNs } = await this.#file.stat({ bigint: true });
    return `${size} ${mtimeNs}`;
  }
}
