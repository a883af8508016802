/** The standard streams: results go to standard output, everything else to standard error. */

import { withNumerals } from "../wire/numerals.js";
import { OutputError, systemReason } from "./failures.js";

/** Keeps a stream that fails from ending the program: each write tells by itself. */
export function prepare(): void {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
}

/** DEL, the C1 control characters, and marks that turn the direction of writing. C0 is never raw in JSON. */
const STEERING = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A value as JSON, compact unless it is indented; what would steer a terminal is written as an escape. */
export function jsonText(value: unknown, indent?: number): string {
  const text = withNumerals(JSON.stringify(value ?? null, null, indent));
  return text.replace(STEERING, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A result: indented by two, or on one line. */
export async function writeJson(value: unknown, isCompact = false): Promise<void> {
  await writeText(`${jsonText(value, isCompact ? undefined : 2)}\n`);
}

/** A result on one line. */
export async function writeLine(value: unknown): Promise<void> {
  await writeText(`${jsonText(value)}\n`);
}

/**
 * Writes to standard output, and waits until that is done: the next item is not asked for sooner than it can be read.
 *
 * @throws {Error} with the code EPIPE: the reader is gone
 * @throws {OutputError} it cannot be written to
 */
export async function writeText(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") {
      throw error;
    }
    const reason = systemReason(error) ?? error.message;
    throw new OutputError(`standard output cannot be written to: ${reason}`, { cause: error });
  });
}

/** A message on standard error. A message that nobody can read is no reason to stop. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
