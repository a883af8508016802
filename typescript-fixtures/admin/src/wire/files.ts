/** Files to upload: bytes, Blobs, paths and streams, opened so that they can be read from the beginning again and again. */

import { Blob as NodeBlob } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";
import { throwIfAborted, unlessAborted } from "../transport/signals.js";

const BLOCK = 128 * 1024;

/** A file: bytes, a Blob, a path, a `file:` URL, an open file, or a stream of bytes (a Node `Readable`, a web `ReadableStream`). */
export type FileData = Uint8Array | ArrayBuffer | Blob | string | URL | OpenHandle | AsyncIterable<Uint8Array | string>;

/** What a `FileHandle` of `node:fs/promises` has. It is left open. */
export interface OpenHandle {
  /** The file's descriptor. */
  readonly fd: number;
  /** Opens a stream of the file's bytes. */
  createReadStream(options: { start: number; autoClose: false }): AsyncIterable<Uint8Array | string>;
}

/** A file as it is opened: its bytes can be read from the beginning as often as needed. */
export interface OpenFile {
  /** The file's own name, where it has one. */
  name: string | undefined;
  size: number;
  /** The bytes; the memory of a block may be used again once the next one is asked for. */
  read(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens anything that a file can be given as. A stream cannot be rewound, so it is copied to a temporary file first:
 * its length must be known, and a retry must be able to send it again.
 *
 * @param signal ends the copying
 * @throws {SegOpsArgumentError} the file cannot be read
 */
export async function openFile(data: FileData, signal?: AbortSignal): Promise<OpenFile> {
  throwIfAborted(signal);
  if (typeof data === "string" || isUrl(data)) {
    return openPath(data, signal);
  }
  if (isUint8Array(data) || isAnyArrayBuffer(data)) {
    const bytes = isUint8Array(data) ? data : new Uint8Array(data);
    return { name: undefined, size: bytes.byteLength, read: () => slices(bytes), close: async () => undefined };
  }
  if (isHandle(data)) {
    return spool(data.createReadStream({ start: 0, autoClose: false }), signal);
  }
  if (isBlob(data)) {
    return openBlob(data);
  }
  if (typeof data === "object" && data !== null && Symbol.asyncIterator in data) {
    return spool(data, signal);
  }
  throw new SegOpsArgumentError(`Give bytes, a Blob, a path or a stream, not ${describe(data)}.`);
}

function isUrl(data: unknown): data is URL {
  const { href, protocol } = (data ?? {}) as Partial<URL>;
  return typeof href === "string" && typeof protocol === "string";
}

function isHandle(data: unknown): data is OpenHandle {
  const { fd, createReadStream } = (data ?? {}) as Partial<OpenHandle>;
  return typeof fd === "number" && typeof createReadStream === "function";
}

/** By its members: a Blob of another realm or library is one, too. */
function isBlob(data: unknown): data is Blob {
  const { size, stream, slice } = (data ?? {}) as Partial<Blob>;
  return typeof size === "number" && (typeof stream === "function" || typeof slice === "function");
}

function openBlob(blob: Blob): OpenFile {
  const { name } = blob as { name?: unknown };
  return {
    name: typeof name === "string" ? name : undefined,
    size: blob.size,
    read: () => {
      if (isStreamedByNode(blob)) {
        return streamOf(blob);
      }
      return typeof blob.slice === "function" ? slicesOf(blob) : (blob.stream() as AsyncIterable<Uint8Array>);
    },
    close: async () => undefined,
  };
}

/** Whether it is a Blob of Node itself, whose stream reads it bit by bit; that of Node 18 reads it into memory as a whole. */
function isStreamedByNode(blob: Blob): boolean {
  const { node = "", bun } = process.versions;
  const isNew = Number.parseInt(node, 10) >= 20 && bun === undefined && !("Deno" in globalThis);
  return isNew && blob instanceof NodeBlob && blob.stream === NodeBlob.prototype.stream;
}

/** Each block is a copy of Node's for us alone: its memory is given back at once, not with the next garbage collection. */
async function* streamOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for await (const block of blob.stream() as AsyncIterable<Uint8Array>) {
    yield block;
    (block.buffer as { transfer?: (length: number) => void }).transfer?.(0);
  }
}

/** Part by part. */
async function* slicesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < blob.size; start += BLOCK) {
    yield new Uint8Array(await bufferOf(blob.slice(start, start + BLOCK)));
  }
}

/** A page has what reads a Blob. */
interface FileReaderLike {
  result: ArrayBuffer;
  error: Error;
  onload: () => void;
  onerror: () => void;
  readAsArrayBuffer(blob: Blob): void;
}

/** A Blob's bytes. That of a page (jsdom) does not tell them by itself. */
function bufferOf(blob: Blob): Promise<ArrayBuffer> {
  if (typeof blob.arrayBuffer === "function") {
    return blob.arrayBuffer();
  }
  const { FileReader } = globalThis as unknown as { FileReader: new () => FileReaderLike };
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += BLOCK) {
    yield bytes.subarray(start, start + BLOCK);
  }
}

async function openPath(path: string | URL, signal: AbortSignal | undefined): Promise<OpenFile> {
  const [{ open }, { basename }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  const name = typeof path === "string" ? basename(path) : decodeURIComponent(basename(path.pathname));
  const opening = open(path);
  try {
    const handle = await unlessAborted(opening, signal);
    const status = await handle.stat();
    if (status.isDirectory()) {
      throw new Error("it is a directory");
    }
    if (!status.isFile()) {
      // A pipe or a device has no size: what it holds is known when it has been read.
      return { ...(await spool(handle.createReadStream(), signal)), name };
    }
    return fileOf(handle, status.size, name);
  } catch (error) {
    // Not waited for: a pipe is opened, and closed, when somebody writes to it.
    opening.then((handle) => handle.close()).catch(() => undefined);
    throwIfAborted(signal);
    throw new SegOpsArgumentError(`The file ${quote(String(path))} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function fileOf(handle: FileHandle, size: number, name: string | undefined): OpenFile {
  return { name, size, read: () => blocksOf(handle, size), close: () => handle.close() };
}

async function* blocksOf(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(Math.min(BLOCK, size));
  for (let position = 0; position < size; ) {
    const wanted = Math.min(block.byteLength, size - position);
    const { bytesRead } = await handle.read(block, 0, wanted, position).catch((error: Error) => {
      throw new SegOpsArgumentError(`The file cannot be read to its end: ${error.message}`, { cause: error });
    });
    if (bytesRead === 0) {
      return;
    }
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

async function spool(stream: AsyncIterable<Uint8Array | string>, signal: AbortSignal | undefined): Promise<OpenFile> {
  const [{ mkdtemp, open, rm }, { tmpdir }, { basename, join }] = await Promise.all([
    import("node:fs/promises"),
    import("node:os"),
    import("node:path"),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "segops-admin-"));
  let handle: FileHandle | undefined;
  const close = async (): Promise<void> => {
    await handle?.close();
    await rm(folder, { recursive: true });
  };
  try {
    handle = await open(join(folder, "upload"), "wx+");
    await copied(stream, handle, signal);
    const { size } = await handle.stat();
    const { path } = stream as { path?: unknown };
    return { ...fileOf(handle, size, typeof path === "string" ? basename(path) : undefined), close };
  } catch (error) {
    await close();
    throwIfAborted(signal);
    throw new SegOpsArgumentError(`The stream cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Writes a stream into a file; an aborted signal ends that at once, however slow the stream is. */
async function copied(
  stream: AsyncIterable<Uint8Array | string>,
  handle: FileHandle,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts = stream[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await unlessAborted(Promise.resolve(parts.next()), signal);
      if (done) {
        isDone = true;
        return;
      }
      await handle.writeFile(bytesOf(value));
    }
  } finally {
    if (!isDone) {
      const { destroy } = stream as { destroy?: () => void };
      destroy?.call(stream);
      Promise.resolve(parts.return?.()).catch(() => undefined); // one that waits for its next part may never end
    }
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") {
    return Buffer.from(chunk);
  }
  if (!isUint8Array(chunk)) {
    throw new TypeError(`it must give bytes or text, not ${describe(chunk)}`);
  }
  return chunk;
}
