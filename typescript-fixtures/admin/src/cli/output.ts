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

/** Lines of CSV as they are; on a terminal without what would steer it. */
export async function writeCsv(text: string): Promise<void> {
  await writeText(process.stdout.isTTY ? text.split("\r\n").map(harmless).join("\r\n") : text);
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

let isMessageJson = false;
const secrets = new Set<string>();

/** Settles how messages are written in this run: with `--json-errors`, each as a line of JSON. */
export function begin(words: readonly string[]): void {
  const end = words.indexOf("--");
  isMessageJson = (end === -1 ? words : words.slice(0, end)).includes("--json-errors");
  secrets.clear();
}

/** Whether messages are written as JSON. */
export function isJson(): boolean {
  return isMessageJson;
}

/** Hides a key in all that is said from now on. */
export function keepSecret(key: string): void {
  secrets.add(key);
}

/** A text without the keys that this run works with. */
export function withoutSecrets(text: string): string {
  const known = [...secrets, (process.env.SEGOPS_API_KEY ?? "").trim()].filter((key) => key.length > 3);
  return known.reduce((found, key) => found.replaceAll(key, "sk_***"), text);
}

/** Text without what would steer a terminal, but for the ends of lines: what a server says is not trusted. */
export function harmless(text: string): string {
  return text.replace(/(?![\n\t])[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16);
  if (code === 0x0d) {
    return "\\r";
  }
  if (code < 0x100) {
    return `\\x${hex.padStart(2, "0")}`;
  }
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A message on standard error; with `--json-errors`, an object of kind `message`. */
export function say(text: string): void {
  process.stderr.write(`${isMessageJson ? jsonText({ kind: "message", message: text }) : harmless(text)}\n`);
}

/** A line of JSON on standard error. A message that nobody can read is no reason to stop. */
export function sayObject(value: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${jsonText(value)}\n`);
}
