/** Rows in JSON Lines: one JSON object a line, read in batches, never all in memory. */

import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";
import { checkReadable, jsonObject, reading, readJson } from "./files.js";

const MOST_BYTES = 32 * 1024 * 1024;
const BLOCK = 1024 * 1024;
const LF = 0x0a;
const MARK = Buffer.from("\ufeff");

type Row = [size: number, row: unknown];

/** A file of JSON objects, one a line. */
export class JsonLines {
  /** Whether it is a file that is there the next time, too; standard input and pipes are not. */
  readonly isFile: boolean;
  /** Its size in bytes. */
  size = 0;
  /** Its hash. */
  sha256 = "";
  readonly #path: string;
  readonly #name: string;

  constructor(path: string, name: string, isFile: boolean) {
    this.#path = path;
    this.#name = name;
    this.isFile = isFile;
  }

  /**
   * Looks at every line.
   *
   * @throws {UsageError} a line is no JSON object; the message says which
   */
  async check(): Promise<this> {
    const digest = createHash("sha256");
    const look = (line: Uint8Array): void => {
      digest.update(line);
      this.size += line.byteLength;
    };
    for await (const _ of this.#rows(look)) {
      // it is one
    }
    this.sha256 = digest.digest("hex");
    return this;
  }

  /** Each object, and its size in bytes; `look` is given every line. */
  async *#rows(look?: (line: Uint8Array) => void): AsyncGenerator<Row> {
    let number = 0;
    for await (const line of linesOf(this.#path)) {
      look?.(line);
      number += 1;
      const text = MARK.equals(line.subarray(0, 3)) ? line.subarray(3) : line;
      if (text.some((byte) => byte > 0x20)) {
        const where = `line ${number} of ${this.#name}`;
        const row = jsonObject(text, where);
        if (!("sku" in row)) {
          throw new UsageError(`${where} has no sku.`, "Give JSON Lines, or a JSON array of objects.");
        }
        yield [text.byteLength, row];
      }
    }
  }

  /** Batches of at most so many objects, without those that are done. */
  async *batches(rows: number, done: number): AsyncGenerator<unknown[]> {
    let batch: unknown[] = [];
    let size = 0;
    let left = done;
    for await (const [length, row] of this.#rows()) {
      if (left > 0) {
        left -= 1;
        continue;
      }
      if (batch.length > 0 && (batch.length >= rows || size + length > MOST_BYTES)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(row);
      size += length;
    }
    if (batch.length > 0) {
      yield batch;
    }
  }
}

async function* linesOf(path: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: BLOCK })) {
    const block = chunk as Buffer;
    let start = 0;
    for (let end = block.indexOf(LF); end >= 0; end = block.indexOf(LF, start)) {
      yield Buffer.concat([...rest, block.subarray(start, end + 1)]);
      rest = [];
      start = end + 1;
    }
    rest.push(block.subarray(start));
  }
  const last = Buffer.concat(rest);
  if (last.byteLength > 0) {
    yield last;
  }
}

/** The rows in a file, on standard input or in `source` itself: a JSON array, or, from a file, JSON Lines. */
export async function readRows(source: string): Promise<unknown> {
  if (/^\s*[{[]/.test(source)) {
    return readJson(source, "array");
  }
  const name = source === "-" ? "standard input" : quote(source);
  if (source !== "-") {
    checkReadable(source);
  }
  const isFile = source !== "-" && statSync(source).isFile();
  const path = isFile ? source : await copied(source);
  const start = Buffer.alloc(BLOCK);
  const file = openSync(path, "r");
  const size = reading(source, () => readSync(file, start, 0, BLOCK, 0));
  closeSync(file);
  const isLines = /^(\u00ef\u00bb\u00bf)?\s*\{/.test(start.toString("latin1", 0, size));
  return isLines ? new JsonLines(path, name, isFile).check() : readJson(path, "array", name);
}

const copies: string[] = [];

function removeCopies(): void {
  for (const folder of copies) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Standard input, or a pipe, in a temporary file, which goes with the program. */
async function copied(source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "segops-admin-"));
  if (copies.push(folder) === 1) {
    process.once("exit", removeCopies); // once for all of a program that runs several commands
  }
  const path = join(folder, "rows");
  await pipeline(source === "-" ? process.stdin : createReadStream(source), createWriteStream(path, { mode: 0o600 }));
  return path;
}
