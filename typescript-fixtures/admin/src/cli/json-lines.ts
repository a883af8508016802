/** Rows in JSON Lines: one JSON object a line, sent in batches, never all in memory. */

import { closeSync, createReadStream, createWriteStream, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";
import { checkReadable, jsonObject, readJson } from "./files.js";
import { goingOn, shellWord } from "./jobs.js";
import { PROGRAM } from "./parsing.js";
import type { Progress } from "./progress.js";

const ROWS = 1000;
const MOST_BYTES = 32 * 1024 * 1024;
const BLOCK = 1024 * 1024;
const LF = 0x0a;

type Row = [number: number, size: number, row: unknown];

/** A file of JSON objects, one a line. */
export class JsonLines {
  readonly #path: string;
  readonly #name: string;

  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
  }

  /**
   * Looks at every line.
   *
   * @throws {UsageError} a line is no JSON object; the message says which
   */
  async check(): Promise<this> {
    for await (const _ of this.#rows()) {
      // it is one
    }
    return this;
  }

  /** Each object, the number of its line, and its size in bytes. */
  async *#rows(): AsyncGenerator<Row> {
    let number = 0;
    for await (const line of linesOf(this.#path)) {
      number += 1;
      const isMarked = number === 1 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
      const text = isMarked ? line.subarray(3) : line;
      if (text.some((byte) => byte > 0x20)) {
        const where = `line ${number} of ${this.#name}`;
        const row = jsonObject(text, where);
        if (!("sku" in row)) {
          throw new UsageError(`${where} has no sku.`, "Give JSON Lines, or a JSON array of objects.");
        }
        yield [number, text.byteLength, row];
      }
    }
  }

  /** Batches of so many objects, each with the number of the line that follows it. */
  async *batches(rows: number): AsyncGenerator<[following: number, batch: unknown[]]> {
    let batch: unknown[] = [];
    let size = 0;
    let last = 0;
    for await (const [number, length, row] of this.#rows()) {
      if (batch.length > 0 && (batch.length >= rows || size + length > MOST_BYTES)) {
        yield [number, batch];
        batch = [];
        size = 0;
      }
      batch.push(row);
      size += length;
      last = number;
    }
    if (batch.length > 0) {
      yield [last + 1, batch];
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
  const path = source === "-" ? await copied() : source;
  checkReadable(path);
  const start = Buffer.alloc(BLOCK);
  const file = openSync(path, "r");
  const size = readSync(file, start, 0, BLOCK, 0);
  closeSync(file);
  const isLines = /^(\u00ef\u00bb\u00bf)?\s*\{/.test(start.toString("latin1", 0, size));
  return isLines ? new JsonLines(path, name).check() : readJson(path, "array", name);
}

/** Standard input in a temporary file, which goes with the program. */
async function copied(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "segops-admin-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "rows");
  await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }));
  return path;
}

interface Upserted {
  created: number;
  updated: number;
  errors: unknown[];
}

/** Sends all batches and adds up their results; an error that ends it early says how to resume. */
export async function upsert(
  send: (batch: unknown[]) => Promise<unknown>,
  lines: JsonLines,
  { rows = ROWS, source, progress }: { rows: number | undefined; source: string; progress: Progress },
): Promise<Upserted> {
  if (rows < 1 || rows > 100_000) {
    throw new UsageError("--rows must be from 1 to 100000.");
  }
  const found: Upserted = { created: 0, updated: 0, errors: [] };
  let done = 0;
  let following = 1;
  try {
    for await (const [after, batch] of lines.batches(rows)) {
      const answer = (await send(batch)) as { created?: number; updated?: number; errors?: { index: number }[] };
      found.created += answer.created || 0;
      found.updated += answer.updated || 0;
      const before = done;
      found.errors.push(...(answer.errors ?? []).map((error) => ({ ...error, index: error.index + before })));
      done += batch.length;
      following = after;
      progress.count(done, "rows");
    }
  } catch (error) {
    if (done > 0) {
      const rest = `tail -n +${following} ${shellWord(source)} | ${PROGRAM} products bulk-upsert -`;
      const how = source === "-" ? "" : ` To go on with the others: ${rest}`;
      goingOn(error, `The first ${done} rows were sent.${how}`);
    }
    throw error;
  }
  return found;
}
