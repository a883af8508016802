/** How does a reply become a value: decoded, parsed, and never half of it? */

import { SegOpsDecodeError } from "./errors.js";
import { quote } from "./quote.js";
import type { Reply } from "./transport.js";

/** Bytes, after unzipping. A page is far smaller; a zip bomb or a runaway reply is not. */
export const LARGEST_REPLY = 64 * 1024 * 1024;

/** Levels of nesting. A page has a handful, and code that walks a value by recursion fails beyond a few thousand. */
const DEEPEST_REPLY = 1000;

/**
 * The whole body of a reply, unzipped; the connection is free for the next call afterwards.
 *
 * @throws {SegOpsDecodeError} it is larger than {@link LARGEST_REPLY}, or in an encoding that was not asked for
 * @throws {SegOpsConnectionError} it was cut short
 */
export async function readReply(reply: Reply): Promise<Uint8Array> {
  await refuseEncoding(reply);
  const announced = reply.headers.get("content-length") ?? "";
  if (/^\d+$/.test(announced) && Number(announced) > LARGEST_REPLY) {
    await tooLarge(reply);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await reply.read(); chunk !== undefined; chunk = await reply.read()) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > LARGEST_REPLY) {
      await tooLarge(reply);
    }
  }
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, size);
}

/** Fetch unzips what it knows by itself, but nothing other than gzip was asked for. */
export async function refuseEncoding(reply: Reply): Promise<void> {
  const encoding = (reply.headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (!["", "identity", "gzip", "x-gzip"].includes(encoding)) {
    await reply.discard();
    throw new SegOpsDecodeError(`its encoding ${quote(encoding)} was not asked for`, { status: reply.status });
  }
}

async function tooLarge(reply: Reply): Promise<never> {
  await reply.discard();
  throw new SegOpsDecodeError(`it is larger than ${LARGEST_REPLY / 1024 ** 2} MiB`, { status: reply.status });
}

/**
 * A successful reply as a value: null if it is empty, parsed if it is JSON, else its text.
 *
 * A reply without a content type is parsed if it can be. Numbers become JavaScript's: integers beyond 2^53 lose
 * digits, and `1.0` reads as `1`.
 *
 * @throws {SegOpsDecodeError} it is not UTF-8, or says that it is JSON and is not
 */
export function decode(status: number, headers: Headers, body: Uint8Array): unknown {
  if (status === 204 || status === 205 || body.byteLength === 0) {
    return null;
  }
  const text = utf8(body, status);
  const mediaType = (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const saysJson = mediaType === "application/json" || mediaType.endsWith("+json");
  if (mediaType !== "" && !saysJson) {
    return text;
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!saysJson) {
      return text;
    }
    const reason = error instanceof RangeError ? error.message : "it is not JSON";
    const start = quote(text.slice(0, 60)) + (text.length > 60 ? "..." : "");
    throw new SegOpsDecodeError(`${reason}; it starts with ${start}`, { status, cause: error });
  }
}

/** The body of a failure, as well as it can be read: a broken one must not hide the failure. */
export function decodeErrorBody(body: Uint8Array): unknown {
  if (body.byteLength === 0) {
    return null;
  }
  const text = new TextDecoder().decode(body);
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function utf8(body: Uint8Array, status: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    throw new SegOpsDecodeError(`it is not UTF-8 (byte ${firstBadByte(body)})`, { status, cause: error });
  }
}

/** The place of the first byte that UTF-8 does not allow; lenient decoding puts a mark there. */
export function firstBadByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  return bytes.findIndex((byte, index) => byte !== lenient[index]);
}

/**
 * JSON, unless it is nested too deeply: `JSON.parse` takes any depth, and passes the trouble on.
 *
 * @throws {SyntaxError} it is not JSON
 * @throws {RangeError} it is nested too deeply
 */
export function parseJson(text: string): unknown {
  // Every level takes two characters, so that nearly all replies are cleared by their length.
  if (text.length > 2 * DEEPEST_REPLY && isTooDeep(text)) {
    throw new RangeError("it is nested too deeply");
  }
  return JSON.parse(text);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) {
      index = endOfString(text, index);
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth++;
      if (depth > DEEPEST_REPLY) {
        return true;
      }
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      depth--;
    }
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return end;
    }
  }
  return text.length;
}
