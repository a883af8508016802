/** The undoing of gzip: all members, to the last byte, and not one byte more than may be. */

import type { Gunzip } from "node:zlib";

/** Thrown when what should be gzip is broken, cut short, or followed by something else. */
export class GzipError extends Error {}

/** Thrown when it holds more than it may. */
export class GzipTooLarge extends GzipError {}

/** Bytes up to which unzipping takes no longer than handing the work to another thread. */
const SMALL = 64 * 1024;

interface Unzipped {
  buffer: Uint8Array;
  engine: { bytesWritten: number };
}

/**
 * Unzips what has come whole.
 *
 * @param most bytes that it may hold
 * @throws {GzipError} it is broken
 */
export async function unzipped(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const options = { maxOutputLength: most, info: true };
  const { gunzip, gunzipSync } = await import("node:zlib"); // when it is first needed
  try {
    const isSmall = bytes.byteLength <= SMALL;
    const { buffer, engine } = isSmall
      ? (gunzipSync(bytes, options) as unknown as Unzipped)
      : await new Promise<Unzipped>((resolve, reject) => {
          gunzip(bytes, options, (error, result) => (error ? reject(error) : resolve(result as unknown as Unzipped)));
        });
    checkEnd(engine.bytesWritten, bytes.byteLength);
    return buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new GzipTooLarge("it is too large");
    }
    throw asGzipError(error);
  }
}

/** Unzips what comes in parts. */
export async function* unzippedParts(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { createGunzip } = await import("node:zlib");
  const engine = createGunzip();
  let given = 0;
  let failure: unknown;
  const feed = async (): Promise<void> => {
    for await (const part of parts) {
      given += part.byteLength;
      if (!engine.write(part)) {
        await drained(engine);
      }
      if (engine.destroyed) {
        return;
      }
    }
    engine.end();
  };
  const fed = feed().catch((error) => {
    failure = error;
    engine.destroy();
  });
  try {
    yield* engine;
  } catch (error) {
    if (failure !== undefined || given > 0) {
      throw failure ?? asGzipError(error);
    }
    return; // of nothing there is nothing to unzip
  } finally {
    engine.destroy(); // what is fed ends with the next part, which may be long in coming: it is not waited for
  }
  await fed;
  if (failure !== undefined) {
    throw failure;
  }
  checkEnd(engine.bytesWritten, given);
}

/** Resolves when an engine takes more, or has ended. */
function drained(engine: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      engine.off("drain", settle).off("close", settle);
      resolve();
    };
    engine.on("drain", settle).on("close", settle);
  });
}

function checkEnd(read: number, given: number): void {
  if (read !== given) {
    throw new GzipError("something else follows it");
  }
}

function asGzipError(error: unknown): GzipError {
  return error instanceof GzipError ? error : new GzipError((error as Error).message);
}
