/** How does a file travel: as one part of a form, streamed, and again on a retry? */

import type { FileHandle } from "node:fs/promises";
import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";

const BLOCK = 256 * 1024;

/** A file: bytes, a Blob, a path, or a stream of bytes (a Node `Readable`, a web `ReadableStream`). */
export type FileData = Uint8Array | ArrayBuffer | Blob | string | AsyncIterable<Uint8Array | string>;

/** A file as it is opened: its bytes can be read from the beginning as often as needed. */
export interface OpenFile {
  /** The file's own name, where it has one. */
  name: string | undefined;
  size: number;
  read(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** A `multipart/form-data` body with one file part, sent block by block: the file is never held in memory. */
export class Multipart {
  /** The Content-Type header, boundary included. */
  readonly contentType: string;
  /** The body's length in bytes. */
  readonly length: number;
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #file: OpenFile;

  constructor(field: string, filename: string, file: OpenFile, contentType: string, boundary: string) {
    const disposition = `form-data; name="${escapeName(field)}"; filename="${escapeName(filename)}"`;
    const head = `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${contentType}\r\n\r\n`;
    this.#head = new TextEncoder().encode(head);
    this.#tail = new TextEncoder().encode(`\r\n--${boundary}--\r\n`);
    this.#file = file;
    this.contentType = `multipart/form-data; boundary=${boundary}`;
    this.length = this.#head.byteLength + file.size + this.#tail.byteLength;
  }

  /** The body from its beginning, every time: a retry sends the same bytes again. */
  async *blocks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield this.#head;
    let left = this.#file.size;
    for await (const block of this.#file.read()) {
      left -= block.byteLength;
      yield block;
    }
    if (left !== 0) {
      throw new SegOpsArgumentError(`The file became ${left > 0 ? "shorter" : "longer"} while it was being sent.`);
    }
    yield this.#tail;
  }
}

/** A name inside a quoted header value, as browsers write it: it cannot end the value or the line. */
function escapeName(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    throw new SegOpsArgumentError(`The name ${quote(text)} has a control character.`);
  }
  if (/\p{Cs}/u.test(text)) {
    throw new SegOpsArgumentError(`The file name ${quote(text)} cannot be sent as UTF-8.`);
  }
  return text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/**
 * Opens anything that a file can be given as. A stream cannot be rewound, so it is copied to a temporary file first:
 * its length must be known, and a retry must be able to send it again.
 *
 * @throws {SegOpsArgumentError} the file cannot be read
 */
export async function openFile(data: FileData): Promise<OpenFile> {
  if (typeof data === "string") {
    return openPath(data);
  }
  if (data instanceof Uint8Array || data instanceof ArrayBuffer) {
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
    return { name: undefined, size: bytes.byteLength, read: () => slices(bytes), close: async () => undefined };
  }
  if (isBlob(data)) {
    const { name } = data as { name?: unknown };
    return {
      name: typeof name === "string" && name !== "" ? name : undefined,
      size: data.size,
      read: () => data.stream() as unknown as AsyncIterable<Uint8Array>,
      close: async () => undefined,
    };
  }
  if (typeof data === "object" && data !== null && Symbol.asyncIterator in data) {
    return spool(data);
  }
  throw new SegOpsArgumentError(`Give bytes, a Blob, a path or a stream, not ${describe(data)}.`);
}

/** By its members: a Blob of another realm or library is one, too. */
function isBlob(data: unknown): data is Blob {
  const { size, stream } = (data ?? {}) as Partial<Blob>;
  return typeof size === "number" && typeof stream === "function";
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += BLOCK) {
    yield bytes.subarray(start, start + BLOCK);
  }
}

async function openPath(path: string): Promise<OpenFile> {
  const [{ open }, { basename }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const status = await handle.stat();
    if (status.isDirectory()) {
      throw new Error("it is a directory");
    }
    if (!status.isFile()) {
      // A pipe or a device has no size: what it holds is known when it has been read.
      return { ...(await spool(handle.createReadStream())), name: basename(path) };
    }
    return fileOf(handle, status.size, basename(path));
  } catch (error) {
    await handle?.close();
    throw new SegOpsArgumentError(`The file ${quote(path)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function fileOf(handle: FileHandle, size: number, name: string | undefined): OpenFile {
  return { name, size, read: () => blocksOf(handle, size), close: () => handle.close() };
}

async function* blocksOf(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size; ) {
    const block = new Uint8Array(Math.min(BLOCK, size - position));
    const { bytesRead } = await handle.read(block, 0, block.byteLength, position).catch((error: Error) => {
      throw new SegOpsArgumentError(`The file cannot be read to its end: ${error.message}`, { cause: error });
    });
    if (bytesRead === 0) {
      return;
    }
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

async function spool(stream: AsyncIterable<Uint8Array | string>): Promise<OpenFile> {
  const [{ mkdtemp, open, rm }, { tmpdir }, { basename, join }] = await Promise.all([
    import("node:fs/promises"),
    import("node:os"),
    import("node:path"),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "segops-admin-"));
  let handle: FileHandle | undefined;
  const close = async (): Promise<void> => {
    await handle?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    handle = await open(join(folder, "upload"), "wx+", 0o600);
    for await (const chunk of stream) {
      await handle.writeFile(bytesOf(chunk));
    }
    const { size } = await handle.stat();
    const { path } = stream as { path?: unknown };
    return { ...fileOf(handle, size, typeof path === "string" ? basename(path) : undefined), close };
  } catch (error) {
    await close();
    if (error instanceof SegOpsArgumentError) {
      throw error;
    }
    throw new SegOpsArgumentError(`The stream cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") {
    return new TextEncoder().encode(chunk);
  }
  if (!(chunk instanceof Uint8Array)) {
    throw new SegOpsArgumentError(`A stream must give bytes or text, not ${describe(chunk)}.`);
  }
  return chunk;
}
