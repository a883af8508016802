/**
 * Products in JSON Lines, sent in batches; their progress is kept beside the file, so that it resumes after a crash.
 *
 * Both command lines write the same state file, and resume each other's uploads.
 */

import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import { SegOpsApiError, SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";
import { parseExactly } from "../wire/numerals.js";
import { NotSent } from "./dry-run.js";
import { systemReason, UsageError } from "./failures.js";
import { writeWhole } from "./files.js";
import { goingOn } from "./jobs.js";
import type { JsonLines } from "./json-lines.js";
import { jsonText } from "./output.js";
import type { Progress } from "./progress.js";

const ROWS = 1000;
const MOST_ROWS = 100_000;
const FORMAT = "segops-upsert/1";
const SUFFIX = ".segops-upsert.json";
const KEYS = "run file server account rows attempt sent created updated errors".split(" ");

interface Upserted {
  created: number;
  updated: number;
  errors: unknown[];
}

/** What was sent of a file, and its results. */
interface Counts extends Upserted {
  sent: number;
}

/** The content of a state file: which file, which server, how the file is cut, and what was sent. */
interface Told extends Counts {
  format: string;
  run: string;
  file: { name: string; size: number; sha256: string };
  server: string;
  account: string;
  rows: number;
  attempt: number;
}

type Send = (batch: unknown[], idempotencyKey?: string) => Promise<unknown>;

/** Whose workspace an upload goes to. */
export interface Account {
  apiKey: string;
  baseUrl: string;
}

/**
 * Sends all batches that have not been sent and adds up their results.
 *
 * @param options.rows how many products a batch has at most
 * @param options.source the file
 * @throws {UsageError} `rows` is out of range, or another upload of this file was begun and not finished
 */
export async function upsert(
  send: Send,
  lines: JsonLines,
  options: { rows: number | undefined; source: string; account: Account; progress: Progress },
): Promise<Upserted> {
  const { rows = ROWS, source, account, progress } = options;
  if (rows < 1 || rows > MOST_ROWS) {
    throw new UsageError(`--rows must be from 1 to ${MOST_ROWS}.`);
  }
  if (!lines.isFile) {
    const told: Counts = { sent: 0, created: 0, updated: 0, errors: [] };
    await sendAll(
      told,
      lines,
      rows,
      progress,
      (batch) => send(batch),
      () => undefined,
    );
    return resultOf(told);
  }
  const state = new State(source, lines, rows, account);
  const sendOnce: Send = (batch) =>
    send(batch, state.key()).catch((error) => {
      if (isRefused(error)) {
        state.told.attempt += 1; // the server repeats what it answered to a key
      }
      throw error;
    });
  try {
    await sendAll(state.told, lines, rows, progress, sendOnce, () => state.save());
  } catch (error) {
    state.end(error);
    throw error;
  }
  unlinkSync(state.path);
  return resultOf(state.told);
}

async function sendAll(
  told: Counts,
  lines: JsonLines,
  rows: number,
  progress: Progress,
  send: Send,
  save: () => void,
): Promise<void> {
  try {
    save();
    for await (const batch of lines.batches(rows, told.sent)) {
      const answer = (await send(batch)) as Partial<Upserted>;
      told.created += answer.created || 0;
      told.updated += answer.updated || 0;
      const errors = (answer.errors ?? []) as { index: number }[];
      told.errors.push(...errors.map((error) => ({ ...error, index: error.index + told.sent })));
      told.sent += batch.length;
      save();
      progress.count(told.sent, "rows");
    }
  } catch (error) {
    if (told.sent > 0) {
      goingOn(error, `The first ${told.sent} rows were sent.`);
    }
    throw error;
  }
}

function resultOf({ created, updated, errors }: Counts): Upserted {
  return { created, updated, errors };
}

function isRefused(error: unknown): boolean {
  return error instanceof SegOpsApiError && error.status < 500;
}

/** The progress of an upload. */
class State {
  /** The state file. */
  readonly path: string;
  /** Its content. */
  readonly told: Told;
  readonly #name: string;
  readonly #isNew: boolean;

  constructor(source: string, { size, sha256 }: JsonLines, rows: number, { apiKey, baseUrl }: Account) {
    this.path = source + SUFFIX;
    this.#name = basename(source);
    // Tells keys apart, and gives none away.
    const account = createHash("sha256").update(`segops-upsert ${sha256} ${apiKey}`).digest("hex").slice(0, 16);
    const wanted = { file: { name: this.#name, size, sha256 }, server: baseUrl, account, rows };
    const counts = { attempt: 1, sent: 0, created: 0, updated: 0, errors: [] };
    const begun = this.#read();
    const isBegun = begun !== undefined && this.#fits(begun, wanted);
    this.told = isBegun ? begun : { format: FORMAT, run: randomUUID().slice(0, 8), ...wanted, ...counts };
    this.#isNew = !isBegun;
  }

  #read(): Told | undefined {
    if (!existsSync(this.path)) {
      return undefined;
    }
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      throw new UsageError(`the state file ${quote(this.path)} cannot be read: ${systemReason(error)}.`);
    }
    let told: unknown;
    try {
      told = parseExactly(text);
    } catch {
      told = null;
    }
    const found = told as Record<string, unknown> | null;
    if (typeof found !== "object" || found?.format !== FORMAT || KEYS.some((key) => !(key in found))) {
      throw new UsageError(`${quote(this.path)} is not the state file of an upload: move it away to start over.`);
    }
    return told as Told;
  }

  /** Whether an upload that was begun is this one; false if it is another of which nothing was sent. */
  #fits(begun: Told, wanted: Pick<Told, "file" | "server" | "account" | "rows">): boolean {
    const sent = `the first ${describe(begun.sent)} rows of it were sent`;
    const anew = `delete ${quote(this.path)} to start over.`;
    let problem = "";
    if (begun.file.size !== wanted.file.size || begun.file.sha256 !== wanted.file.sha256) {
      const how = "Restore it to resume";
      problem = `${this.#name} has changed since its upload was begun; ${sent}. ${how}, or ${anew}`;
    }
    const begunWith = {
      server: `with the server ${begun.server}`,
      account: "with another API key",
      rows: `with ${describe(begun.rows)} rows a request`,
    };
    for (const [key, what] of Object.entries(begunWith) as [keyof typeof begunWith, string][]) {
      if (problem === "" && begun[key] !== wanted[key]) {
        problem = `the upload of ${this.#name} was begun ${what}; ${sent}. Resume with that, or ${anew}`;
      }
    }
    if (problem !== "" && begun.sent) {
      throw new UsageError(problem);
    }
    return problem === "";
  }

  /** The idempotency key of the next batch, the same whenever it is sent again. */
  key(): string {
    const { file, run, sent, attempt } = this.told;
    return `upsert-${file.sha256.slice(0, 32)}-${run}-${sent + 1}${attempt > 1 ? `.${attempt}` : ""}`;
  }

  /** Saves the state, whole or not at all. */
  save(): void {
    writeWhole(this.path, `${jsonText(this.told, 2)}\n`);
  }

  /** Keeps or removes the state when an error ends the upload, and notes on the error how to resume. */
  end(error: unknown): void {
    if (error instanceof NotSent) {
      if (this.#isNew) {
        unlinkSync(this.path);
      }
      return;
    }
    if (this.told.sent === 0 && (isRefused(error) || error instanceof SegOpsArgumentError)) {
      unlinkSync(this.path); // nothing of it is at the server
      return;
    }
    if (!existsSync(this.path)) {
      return; // it could not be written
    }
    if (isRefused(error)) {
      this.save();
    }
    const done = this.told.sent > 0 ? `The first ${this.told.sent} rows were sent. ` : "";
    goingOn(error, `${done}Run the same command again to resume.`);
  }
}
