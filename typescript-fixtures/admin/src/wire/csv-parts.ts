/** The parts of a CSV file that imports of it can have, and whether a file fits into one import. */

import type { FileHandle } from "node:fs/promises";
import { SegOpsArgumentError } from "../errors/index.js";
import { Records, type Take } from "./csv-records.js";
import type { FileData, OpenFile } from "./files.js";

/** Rows that the platform takes in one import. */
export const MOST_ROWS = 100_000;
/** Bytes of a file that it takes in one import: 100 MiB with the form around the file. */
export const MOST_BYTES = 100 * 1024 * 1024 - 4096;

const BLOCK = 256 * 1024;
const COMMA = 0x2c;
const CR = 0x0d;
const LF = 0x0a;
const LONGEST_HEAD = 1024 * 1024;
const SEP = /^\s*"?sep=([\t!#-~])"?\s*$/i;

/** Rows that go into one import: `start` to `end` in bytes, rows counted from 1, blank lines left out. */
export interface Part {
  start: number;
  end: number;
  firstRow: number;
  lastRow: number;
}

/** Puts the records of a file into parts of so many rows, and of no more bytes than an import may have. */
export class Cutter {
  readonly parts: Part[] = [];
  readonly #name: string;
  readonly #rows: number;
  readonly #records = new Records();
  /** What the header may be in. */
  #begin = Buffer.alloc(0);
  #head: Uint8Array | undefined;
  #row = 0;

  constructor(name: string, rows: number) {
    this.#name = name;
    this.#rows = rows;
  }

  /** Takes the next block of the file. */
  feed(block: Uint8Array): void {
    if (this.#head === undefined) {
      this.#begin = Buffer.concat([this.#begin, block]).subarray(0, LONGEST_HEAD);
    }
    this.#records.feed(block, this.#take);
  }

  /**
   * The parts, and what stands before the first row, to be repeated before each part.
   *
   * @throws {SegOpsArgumentError} the file has no header row, or a quote that is never closed
   */
  finish(): { head: Uint8Array; parts: Part[] } {
    this.#records.close(this.#take);
    if (this.#records.quoted) {
      throw new SegOpsArgumentError(
        `${this.#name} ends inside of quotes: a quote in or after row ${this.#row} is not closed.`,
      );
    }
    const head = this.#head;
    if (head === undefined) {
      throw new SegOpsArgumentError(`${this.#name} has no header row: it is empty.`);
    }
    if (this.parts.length === 0) {
      this.parts.push({ start: head.byteLength, end: head.byteLength, firstRow: 1, lastRow: 0 });
    }
    const last = head[head.byteLength - 1];
    return { head: last === LF || last === CR ? head : Buffer.concat([head, Buffer.of(LF)]), parts: this.parts };
  }

  readonly #take: Take = (start, end, isBlank) => {
    if (isBlank) {
      return;
    }
    if (this.#head === undefined) {
      this.#header(start, end);
      return;
    }
    this.#row += 1;
    const room = MOST_BYTES - this.#head.byteLength;
    const part = this.parts[this.parts.length - 1];
    if (part === undefined || this.#row - part.firstRow >= this.#rows || end - part.start > room) {
      if (end - start > room) {
        const size = (end - start).toLocaleString("en-US");
        throw new SegOpsArgumentError(`Row ${this.#row} of ${this.#name} has ${size} bytes; an import takes 100 MiB.`);
      }
      this.parts.push({ start, end, firstRow: this.#row, lastRow: this.#row });
    } else {
      part.end = end;
      part.lastRow = this.#row;
    }
  };

  /** The header: the first record that is not blank, behind Excel's `sep=;` if there is one. */
  #header(start: number, end: number): void {
    if (end > LONGEST_HEAD) {
      const size = (end - start).toLocaleString("en-US");
      throw new SegOpsArgumentError(`${this.#name} has no header row: its first row has ${size} bytes.`);
    }
    const found = this.#records.delimiter === COMMA ? SEP.exec(this.#begin.toString("latin1", start, end)) : null;
    if (found === null) {
      this.#head = this.#begin.subarray(0, end);
    } else {
      this.#records.delimiter = (found[1] as string).charCodeAt(0);
    }
  }
}

/** A part as a file of its own: the header, and the part's bytes of the CSV file, read as they are sent. */
export function section(file: FileHandle, head: Uint8Array, part: Part): FileData {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* blocks(file, part.start, part.end);
  }
  return { size: head.byteLength + part.end - part.start, stream } as unknown as Blob;
}

/** The bytes of an open file from one place to another; the memory of a block is used again for the next one. */
export async function* blocks(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  for (let place = start; ; ) {
    const { bytesRead } = await file.read(block, 0, Math.min(BLOCK, end - place), place);
    if (bytesRead === 0) {
      return;
    }
    place += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

/**
 * Refuses a file that is too large for one import.
 *
 * @throws {SegOpsArgumentError} it has more bytes or rows than the platform takes
 */
export async function checkImport(file: OpenFile): Promise<void> {
  if (file.size > MOST_BYTES) {
    throw new SegOpsArgumentError(tooLarge(`${file.size.toLocaleString("en-US")} bytes`, "100 MiB"));
  }
  if (file.size <= 2 * MOST_ROWS) {
    return; // a row has a character and a line end at least
  }
  const rows = await rowsOf(file);
  if (rows > MOST_ROWS) {
    throw new SegOpsArgumentError(tooLarge(`${rows.toLocaleString("en-US")} rows`, "100,000 rows"));
  }
}

/** How many records below the header are not blank; Excel's `sep=;` before it is none. */
async function rowsOf(file: OpenFile): Promise<number> {
  const records = new Records();
  let rows = -1;
  let head = Buffer.alloc(0);
  const take: Take = (start, end, isBlank) => {
    rows += isBlank ? 0 : 1;
    if (rows === 0 && records.delimiter === COMMA) {
      const found = SEP.exec(head.toString("latin1", start, end));
      if (found !== null) {
        records.delimiter = (found[1] as string).charCodeAt(0);
        rows = -1;
      }
    }
  };
  for await (const block of file.read()) {
    head = head.byteLength === 0 ? Buffer.from(block) : head;
    records.feed(block, take);
  }
  records.close(take);
  return rows;
}

function tooLarge(what: string, most: string): string {
  return (
    `The file has ${what}; an import takes ${most} at most. ` +
    "importCsvInParts sends it in parts (on the command line: products import --split)."
  );
}
