/** A reply to a value: read whole, unzipped, decoded and parsed, and never half of it. */

import { SegOpsDecodeError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { TransportReply } from "../transport/protocol.js";
import { GzipError, GzipTooLarge, unzipped, unzippedParts } from "../wire/gzip.js";
import type { HttpHeaders } from "../wire/headers.js";
import { parseJson } from "../wire/json-text.js";

/** Bytes, after unzipping. A page is far smaller; a zip bomb or a runaway reply is not. */
export const LARGEST_REPLY = 64 * 1024 * 1024;

/**
 * The whole body of a reply, unzipped; the connection is free for the next call afterwards.
 *
 * @param method the request's method: the reply to HEAD tells the length of a body that it has not
 * @throws {SegOpsDecodeError} it is larger than {@link LARGEST_REPLY}, broken, or in an encoding that was not asked for
 * @throws {SegOpsConnectionError} it was cut short
 */
export async function readReply(reply: TransportReply, method?: string): Promise<Uint8Array> {
  if (method !== "HEAD" && Number(reply.headers.get("content-length")) > LARGEST_REPLY) {
    throw tooLarge(reply);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reply.read(); part !== undefined; part = await reply.read()) {
    parts.push(part);
    size += part.byteLength;
    if (size > LARGEST_REPLY) {
      throw tooLarge(reply);
    }
  }
  const body = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  return size > 0 && isZipped(reply) ? unzip(body, reply) : body;
}

async function unzip(body: Uint8Array, reply: TransportReply): Promise<Uint8Array> {
  try {
    return await unzipped(body, LARGEST_REPLY);
  } catch (error) {
    throw error instanceof GzipTooLarge ? tooLarge(reply) : brokenGzip(error, reply);
  }
}

/** The parts of a reply's body as they come, unzipped. */
export async function* partsOf(reply: TransportReply): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isZipped(reply)) {
    yield* rawParts(reply);
    return;
  }
  try {
    yield* unzippedParts(rawParts(reply));
  } catch (error) {
    throw error instanceof GzipError ? brokenGzip(error, reply) : error;
  }
}

async function* rawParts(reply: TransportReply): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = await reply.read(); part !== undefined; part = await reply.read()) {
    yield part;
  }
}

/** The body of a failure; one that cannot be read (bad gzip, too large) must not hide the failure. */
export async function readFailure(reply: TransportReply): Promise<Uint8Array> {
  try {
    return await readReply(reply);
  } catch (error) {
    if (error instanceof SegOpsDecodeError) {
      return new Uint8Array();
    }
    throw error;
  }
}

/**
 * Whether a body is to be unzipped.
 *
 * @throws {SegOpsDecodeError} it is in an encoding that was not asked for
 */
function isZipped(reply: TransportReply): boolean {
  const encoding = (reply.headers.get("content-encoding") ?? "").toLowerCase();
  if (!["", "identity", "gzip", "x-gzip"].includes(encoding)) {
    reply.discard();
    throw new SegOpsDecodeError(`its encoding ${quote(encoding.slice(0, 60))} was not asked for`, {
      status: reply.status,
    });
  }
  return !reply.isDecoded && encoding.endsWith("gzip");
}

function brokenGzip(error: unknown, reply: TransportReply): SegOpsDecodeError {
  reply.discard();
  const { message } = error as Error;
  return new SegOpsDecodeError(`its gzip is broken (${message})`, { status: reply.status, cause: error });
}

function tooLarge(reply: TransportReply): SegOpsDecodeError {
  reply.discard();
  return new SegOpsDecodeError(`it is larger than ${LARGEST_REPLY / 1024 ** 2} MiB`, { status: reply.status });
}

/** Media types under which JSON is read if it is JSON, and text stays text: servers and proxies put them on everything. */
const UNSURE = ["", "text/plain", "application/octet-stream", "binary/octet-stream"];

/**
 * A successful reply as a value: null if it is empty, parsed if it is JSON, else its text.
 *
 * Numbers become JavaScript's: integers beyond 2^53 lose digits, and `1.0` reads as `1`.
 *
 * @param parse reads JSON
 * @throws {SegOpsDecodeError} it is not UTF-8, or says that it is JSON and is not
 */
export function decode(status: number, headers: HttpHeaders, body: Uint8Array, parse = parseJson): unknown {
  if (status === 205 || body.byteLength === 0) {
    return null;
  }
  const text = utf8(body, status);
  const mediaType = (headers.get("content-type") ?? "")
    .replace(/[;,].*/, "")
    .trim()
    .toLowerCase();
  const saysJson = mediaType === "application/json" || mediaType === "text/json" || mediaType.endsWith("+json");
  // A lone number or word may be anything, but only without a type is it taken for JSON.
  const looksLikeJson = UNSURE.includes(mediaType) && (mediaType === "" || /^\s*[{[]/.test(text));
  if (!saysJson && !looksLikeJson) {
    return text;
  }
  try {
    return parse(text);
  } catch (error) {
    if (!saysJson && error instanceof SyntaxError) {
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
  const text = lenient(body);
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A reply as text, whatever it is; null if there is none. */
export function textOf(status: number, body: Uint8Array): string | null {
  return status === 204 || status === 205 ? null : utf8(body, status);
}

function utf8(body: Uint8Array, status: number): string {
  const text = lenient(body);
  if (text.includes("\ufffd")) {
    const bad = firstBadByte(body); // none, if the mark was in the reply
    if (bad !== -1) {
      throw new SegOpsDecodeError(`it is not UTF-8 (byte ${bad})`, { status });
    }
  }
  return text;
}

const BYTE_ORDER_MARK = 0xfeff;

/** The text of some bytes, with marks where UTF-8 does not allow one. A page (jsdom) has no TextDecoder. */
function lenient(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

const MARK = Buffer.from("\ufffd");

/** The place of the first byte that UTF-8 does not allow; -1 if there is none. */
export function firstBadByte(bytes: Uint8Array): number {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = Buffer.from(given.toString("utf8"));
  // Up to the first mark that was not in the bytes, both are the same.
  for (let place = marked.indexOf(MARK); place !== -1; place = marked.indexOf(MARK, place + MARK.length)) {
    if (!given.subarray(place, place + MARK.length).equals(MARK)) {
      return place;
    }
  }
  return -1;
}
