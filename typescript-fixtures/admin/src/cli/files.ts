/**
 * The files that a command line names; `-` is standard input or output.
 *
 * Everything is read and checked before the first request: a bad file leaves nothing half done.
 */

import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { firstBadByte } from "../call/reply.js";
import { quote } from "../errors/text.js";
import type { FileData } from "../wire/files.js";
import { Numeral, parseExactly } from "../wire/numerals.js";
import { systemReason, UsageError } from "./failures.js";
import { mistakeIn } from "./json-place.js";
import type { Progress } from "./progress.js";
import type { Kind } from "./shapes.js";

/**
 * The JSON in a file, on standard input, or in `source` itself if that begins with `{` or `[`.
 *
 * @param kind `object` or `array`, if it must be one of them
 * @throws {UsageError} it cannot be read, is not valid JSON, or of another kind
 */
export async function readJson(source: string, kind?: Kind, name = nameOf(source)): Promise<unknown> {
  const isInline = /^\s*[{[]/.test(source);
  return checked(parsed(isInline ? source : textOf(await bytesOf(source), name), name), name, kind);
}

/**
 * A line of JSON that is an object.
 *
 * @throws {UsageError} it is none
 */
export function jsonObject(content: Uint8Array, name: string): object {
  return checked(parsed(textOf(content, name), name), name, "object") as object;
}

function nameOf(source: string): string {
  if (/^\s*[{[]/.test(source)) {
    return "the argument";
  }
  return source === "-" ? "standard input" : quote(source);
}

function checked(value: unknown, name: string, kind: Kind | undefined): unknown {
  const isObject = (item: unknown): boolean =>
    typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Numeral);
  if (kind === "object" && !isObject(value)) {
    throw new UsageError(`${name} must hold a JSON object, not ${described(value)}.`);
  }
  if (kind === "array" && !(Array.isArray(value) && value.every(isObject))) {
    const what = Array.isArray(value) ? "an array of other things" : described(value);
    throw new UsageError(`${name} must hold a JSON array of objects, not ${what}.`);
  }
  return value;
}

async function bytesOf(source: string): Promise<Uint8Array> {
  if (source !== "-") {
    checkReadable(source);
    return reading(source, () => readFileSync(source));
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

function textOf(content: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    const problem = new UsageError(`${name} is not UTF-8 (byte ${firstBadByte(content)}).`, "Save it as UTF-8.");
    throw Object.assign(problem, { cause: error });
  }
}

function parsed(text: string, name: string): unknown {
  if (text.trim() === "") {
    throw new UsageError(`${name} is empty; JSON is expected.`);
  }
  try {
    return parseExactly(text);
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : placed(text);
    throw Object.assign(new UsageError(`${name} is not valid JSON: ${reason}.`), { cause: error });
  }
}

function placed(text: string): string {
  const { position, reason } = mistakeIn(text);
  return `${lineAndColumn(text, position)}: ${reason}`;
}

function lineAndColumn(text: string, position: number): string {
  const lines = text.slice(0, position).split("\n");
  return `line ${lines.length}, column ${(lines[lines.length - 1] as string).length + 1}`;
}

function described(value: unknown): string {
  if (value === null) {
    return "null";
  }
  if (value instanceof Numeral) {
    return "a number";
  }
  const names: Record<string, string> = { string: "text", boolean: "true or false", number: "a number" };
  return names[typeof value] ?? (Array.isArray(value) ? "an array" : "an object");
}

/** Refuses a file that cannot be read. It is not opened: a pipe with a name could be read only once. */
export function checkReadable(source: string): void {
  reading(source, () => {
    accessSync(source, constants.R_OK);
    if (statSync(source).isDirectory()) {
      throw Object.assign(new Error("EISDIR: is a directory, read"), { code: "EISDIR" });
    }
  });
}

/**
 * Says of a file that cannot be opened or read which one it is, and why.
 *
 * @throws {UsageError} it cannot
 */
export function reading<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = systemReason(error) ?? (error as Error).message;
    throw new UsageError(`cannot read ${quote(source)}: ${reason}.`, "Give a file, or - for standard input.");
  }
}

/**
 * A file to upload, or standard input; a plain file tells how much of it has been read, on a terminal.
 *
 * @throws {UsageError} it cannot be read
 */
export function fileToSend(source: string, progress: Progress): FileData {
  if (source === "-") {
    return process.stdin;
  }
  checkReadable(source);
  return progress.isTerminal && statSync(source).isFile() ? counted(source, progress) : source;
}

/** A file that tells how much of it has been read. */
function counted(path: string, progress: Progress): FileData {
  const { size } = statSync(path);
  async function* blocks(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const block of createReadStream(path, { end: size - 1, highWaterMark: 256 * 1024 })) {
      done += (block as Uint8Array).byteLength;
      progress.bar("sent", done, size);
      yield block as Uint8Array;
    }
  }
  const blob = { name: basename(path), size, stream: () => (size === 0 ? [] : blocks()) };
  return blob as unknown as Blob;
}

/**
 * Makes sure that a file can be written later on, before anything is asked of the server.
 *
 * @throws {UsageError} it is a folder, or there is no folder to write it in
 */
export function checkSink(path: string): void {
  if (path === "-" || isSpecial(path)) {
    return; // standard output, a device, a named pipe
  }
  if (path === "" || (existsSync(path) && statSync(path).isDirectory()) || !isWritable(dirname(path))) {
    const reason = "its folder is missing or read-only, or it is a folder itself";
    throw new UsageError(`cannot write ${quote(path)}: ${reason}.`);
  }
}

function isSpecial(path: string): boolean {
  if (!existsSync(path)) {
    return false;
  }
  const status = statSync(path);
  return !status.isFile() && !status.isDirectory();
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes a file, whole or not at all, and the folders above it.
 *
 * @param options.isPrivate whether nobody but its owner may read it
 * @throws {UsageError} it cannot be written
 */
export function writeWhole(path: string, text: string, { isPrivate = false } = {}): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: isPrivate ? 0o700 : 0o777 });
    const descriptor = openSync(draft, "wx", isPrivate ? 0o600 : 0o666);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(draft, path);
  } catch (error) {
    if (existsSync(draft)) {
      unlinkSync(draft);
    }
    throw new UsageError(`cannot write ${quote(path)}: ${systemReason(error)}.`);
  }
}
