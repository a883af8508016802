/** What goes to which standard stream? Results to standard output, as JSON; everything else to standard error. */

import { withNumerals } from "../wire/numerals.js";
import { OutputError, systemReason } from "./failures.js";

/** Keeps a stream that fails from ending the program: each write tells by itself. */
export function prepare(): void {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
}

/** A result: indented by two, or on one line. Nothing at all is `{"ok": true}`. */
export async function writeJson(value: unknown, isCompact = false): Promise<void> {
  const shown = value ?? { ok: true };
  await (isCompact ? writeLine(shown) : writeText(`${withNumerals(JSON.stringify(shown, null, 2))}\n`));
}

/** A result on one line. */
export async function writeLine(value: unknown): Promise<void> {
  await writeText(`${withNumerals(JSON.stringify(value))}\n`);
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
