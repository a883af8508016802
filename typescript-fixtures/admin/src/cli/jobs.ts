/** Jobs that run on the server: what is shown while one is followed, and the command that resumes waiting. */

import { existsSync, unlinkSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { statePath } from "../call/parts-state.js";
import { SegOpsArgumentError, SegOpsDecodeError, SegOpsJobError } from "../errors/index.js";
import { describe } from "../errors/text.js";
import type { ImportConfirmation } from "../types/inputs.js";
import type { ImportInParts, ImportPart } from "../types/records.js";
import { NotSent } from "./dry-run.js";
import { UsageError } from "./failures.js";
import type { Invocation } from "./parsing.js";
import type { Progress } from "./progress.js";
import { numberOf } from "./settings.js";
import { PROGRAM } from "./usage.js";

/** Thrown out of a wait when what was followed has finished. */
export class Over extends Error {
  /** Its last answer. */
  readonly answer: unknown;

  constructor(answer: unknown) {
    super();
    this.answer = answer;
  }
}

/**
 * Receives each answer of a job: shows the progress, or prints the answer when it has changed.
 *
 * @param progress shows its progress
 * @param write prints an answer, in place of that
 * @param record what it is called if it is a record that is computed at times, and not a job
 * @param since the key of the record that a computation changes
 */
export function followed(
  progress: Progress,
  write: ((answer: unknown) => Promise<void>) | undefined,
  record: string,
  since: string | undefined,
): (answer: unknown) => Promise<void> {
  let last: unknown;
  let before: { value: unknown } | undefined;
  const look = (answer: Record<string, unknown>): void => {
    if (answer.status === "computing") {
      before ??= { value: answer[since as string] };
      return;
    }
    if (before !== undefined && before.value === answer[since as string]) {
      const why = `it ended with status ${describe(answer.status)} and left the members as they were`;
      throw new SegOpsJobError(`${record} has failed: ${why}`, answer);
    }
    throw new Over(answer);
  };
  return async (answer) => {
    if (write === undefined) {
      progress.job(answer);
    } else if (!isDeepStrictEqual(answer, last)) {
      await write(answer);
    }
    last = answer;
    if (record !== "" && typeof answer === "object" && answer !== null && !Array.isArray(answer)) {
      look(answer as Record<string, unknown>);
    }
  };
}

/** The advice after a wait that timed out: the command that resumes it. */
export function resumed(words: string, ids: readonly unknown[], { texts }: Invocation): string {
  const ahead = ["profile", "api-url"].filter((name) => texts.has(name)).map((name) => `--${name}=${texts.get(name)}`);
  const command = [PROGRAM, ...ahead, ...words.split(" "), ...ids.map(String), "--wait"].map(shellWord).join(" ");
  return `To keep waiting: ${command}`;
}

/** A word as a shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** Leaves on an error what to say when it ends the program. */
export function goingOn(error: unknown, resume: string): void {
  if (typeof error === "object" && error !== null) {
    Object.assign(error, { resume });
  }
}

/** `timeout` and `interval` of a wait, as far as `--wait-timeout` and `--interval` give them. */
export function waitLimits({ texts }: Invocation): { timeout?: number; interval?: number } {
  const flags = { "wait-timeout": "timeout", interval: "interval" };
  const given = Object.entries(flags).filter(([flag]) => texts.has(flag));
  return Object.fromEntries(given.map(([flag, name]) => [name, numberOf(texts.get(flag) as string, `--${flag}`)]));
}

/** The method that imports a file in parts. */
export type InParts = (path: string, rows: number | undefined, options: object) => Promise<ImportInParts>;

/** Imports a file in parts; an error that ends it early says that the same command resumes it. */
export async function importInParts(
  method: InParts,
  path: string,
  confirmation: unknown,
  line: Invocation,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportInParts> {
  for (const flag of ["filename", "idempotency-key"]) {
    if (line.has(flag)) {
      throw new UsageError(`--${flag} does not go with --split: parts have names and keys of their own.`);
    }
  }
  if (path === "-") {
    throw new UsageError("--split needs a file: standard input cannot be gone on with.", "Save it to a file first.");
  }
  const isEmpty = confirmation === undefined || Object.keys(confirmation as object).length === 0;
  const options = {
    body: isEmpty ? undefined : (confirmation as ImportConfirmation),
    ...waitLimits(line),
    onProgress: (part: ImportPart) => progress.part(part),
    signal,
  };
  const most = line.texts.get("rows");
  const rows = most === undefined ? undefined : numberOf(most, "--rows", true);
  const state = statePath(path);
  const isBegun = existsSync(state);
  try {
    return await method(path, rows, options);
  } catch (error) {
    if (error instanceof NotSent && !isBegun) {
      unlinkSync(state);
    } else if (!(error instanceof SegOpsArgumentError) && !(error instanceof NotSent)) {
      goingOn(error, "Run the same command again to resume.");
    }
    throw error;
  }
}

/** The id of a job that was started; some answers call it just `id`. */
export function jobId(answer: unknown, name: string): unknown {
  const job = Object(answer) as Record<string, unknown>;
  const found = job[name] || job.id;
  if (!found) {
    const text = JSON.stringify(answer).slice(0, 200);
    throw new SegOpsDecodeError(`the job was started, but the answer has no ${name}: ${text}`);
  }
  return found;
}
