/** Where a download goes: a path, which appears whole or not at all, or a stream. */

import type { FileHandle } from "node:fs/promises";
import type { Writable } from "node:stream";
import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";

/** What Node's own writable streams have. */
export interface NodeWritable {
  /** Takes some bytes, and says when it has written them. */
  write(chunk: Uint8Array, callback: (error?: Error | null) => void): boolean;
}

/** Where a download goes: a path, a web `WritableStream`, or a Node `Writable`; a stream is left open. */
export type Sink = string | WritableStream<Uint8Array> | NodeWritable;

/** A sink as it is opened. */
export interface OpenSink {
  write(chunk: Uint8Array): Promise<void>;
  /** Takes back what has been written, and tells whether it could. */
  rewind(): Promise<boolean>;
  /** Everything has been written. */
  commit(): Promise<void>;
  /** Nothing of it shall stay. */
  abandon(): Promise<void>;
}

/**
 * Opens what a download can go to. A path appears only when everything has been written; until then it is as it was.
 *
 * @throws {SegOpsArgumentError} the path cannot be written, or `to` is neither a path nor a writable stream
 */
export async function openSink(to: Sink): Promise<OpenSink> {
  if (typeof to === "string") {
    return openPath(to);
  }
  if (typeof (to as Partial<WritableStream>)?.getWriter === "function") {
    const writer = (to as WritableStream<Uint8Array>).getWriter();
    return streamSink(
      (chunk) => writer.write(chunk),
      () => writer.releaseLock(),
    );
  }
  if (typeof (to as Partial<NodeWritable>)?.write === "function") {
    return nodeSink(to as NodeWritable);
  }
  throw new SegOpsArgumentError(`Give a path or a writable stream, not ${describe(to)}.`);
}

/** What Node's own writable streams tell, beyond what is asked of one. */
type Telling = Pick<Writable, "on" | "off">;

/**
 * A Node stream. One that fails, or is closed before everything has been written (a browser that went away), may never
 * call back: it is listened to.
 */
function nodeSink(to: NodeWritable): OpenSink {
  let failure: Error | undefined;
  let tell: ((error: Error) => void) | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    tell?.(failure);
  };
  const closed = (): void => fail(new SegOpsArgumentError("The stream was closed before everything had been written."));
  const { on, off } = to as Partial<Telling>;
  const told = on === undefined || off === undefined ? undefined : (to as NodeWritable & Telling);
  told?.on("error", fail).on("close", closed);
  const write = (chunk: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      tell = reject;
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      to.write(chunk, (error) => (error ? fail(error) : resolve()));
    });
  return streamSink(write, () => {
    if (failure === undefined) {
      told?.off("error", fail).off("close", closed); // one that failed may say so again, and would end the program
    }
  });
}

/** What has gone into a stream cannot be taken back. */
function streamSink(write: (chunk: Uint8Array) => Promise<void>, release?: () => void): OpenSink {
  let isTouched = false;
  return {
    async write(chunk) {
      isTouched = true;
      await write(chunk);
    },
    rewind: async () => !isTouched,
    commit: async () => release?.(),
    abandon: async () => release?.(),
  };
}

async function openPath(path: string): Promise<OpenSink> {
  const fs = await import("node:fs/promises");
  try {
    const status = await fs.stat(path).catch(() => undefined);
    if (status !== undefined && !status.isFile()) {
      // A device or a named pipe; a folder fails here, which it should.
      const handle = await fs.open(path, "w");
      const close = (): Promise<void> => handle.close();
      return named({ ...streamSink((chunk) => handle.writeFile(chunk)), commit: close, abandon: close }, path);
    }
    return named(await openBeside(fs, path, status === undefined ? undefined : status.mode & 0o777), path);
  } catch (error) {
    throw new SegOpsArgumentError(`Cannot write to ${quote(path)}: ${(error as Error).message}`, { cause: error });
  }
}

/** The same sink, whose errors say which file it was: the system's own words do not. */
function named(sink: OpenSink, path: string): OpenSink {
  const fail = (error: Error): never => {
    throw Object.assign(error, { path });
  };
  return {
    ...sink,
    write: (chunk) => sink.write(chunk).catch(fail),
    commit: () => sink.commit().catch(fail),
  };
}

type FileSystem = typeof import("node:fs/promises");

/** A file beside the one that is meant, which takes its place when everything has been written. */
async function openBeside(fs: FileSystem, path: string, mode: number | undefined): Promise<OpenSink> {
  const [{ dirname, join, resolve }, { randomUUID }] = await Promise.all([import("node:path"), import("node:crypto")]);
  if (path === "" || path.endsWith("/")) {
    throw new Error("it does not name a file");
  }
  // Beside what a link names: the link stays, and a file can only be moved in one step within its file system.
  const target = await linked(fs, path, (at, link) => resolve(dirname(at), link));
  const partial = join(dirname(target), `.segops-${randomUUID()}.part`);
  let handle: FileHandle = await fs.open(partial, "wx");
  return {
    write: (chunk) => handle.writeFile(chunk),
    async rewind() {
      await handle.close();
      handle = await fs.open(partial, "w");
      return true;
    },
    async commit() {
      if (mode !== undefined) {
        await handle.chmod(mode);
      }
      await handle.close();
      await moved(fs, partial, target);
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      await fs.rm(partial, { force: true });
    },
  };
}

/** What a path leads to, which need not be there. */
async function linked(fs: FileSystem, path: string, from: (at: string, link: string) => string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
    const link = await fs.readlink(path).catch(() => undefined);
    return link === undefined ? path : linked(fs, from(path, link), from);
  }
}

/** Moves a file to where it belongs. One that is mounted by itself, as in a container, cannot be replaced: it is written. */
async function moved(fs: FileSystem, partial: string, target: string): Promise<void> {
  try {
    await fs.rename(partial, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EBUSY" && code !== "EXDEV") {
      throw error;
    }
    await fs.copyFile(partial, target);
    await fs.rm(partial);
  }
}
