/** The head of an HTTP/1.1 reply: its status line and headers, and where they say that its body ends (RFC 9112). */

import { quote } from "../errors/text.js";
import { HttpHeaders } from "./headers.js";

/** Bytes of one head, and of all trailers together. */
export const LARGEST_HEAD = 64 * 1024;

/** Headers of one head. */
const MOST_HEADERS = 100;

/** Thrown when what a server sends is not HTTP/1.1, or leaves in doubt where its reply ends. */
export class WireError extends Error {}

/** How a body ends: there is none, after so many bytes, with its last chunk, or with its connection. */
export type Framing = { kind: "none" | "chunked" | "close" } | { kind: "length"; length: number };

/** The head of a reply. */
export interface Head {
  status: number;
  headers: HttpHeaders;
  framing: Framing;
  /** Whether the connection can carry another request afterwards. */
  isKept: boolean;
}

const STATUS_LINE = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: .*)?$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*(.*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;
const START = "HTTP/1.";
/** A length, or the same one several times; of more digits than these a number loses some. */
const LENGTH = /^(\d{1,15})(?:[\t ]*,[\t ]*\1)*$/;

/** Refuses what cannot become a head, however much is still to come. */
export function checkStart(text: string): void {
  if (text.slice(0, START.length) !== START.slice(0, text.length)) {
    throw new WireError("it does not begin with HTTP/1");
  }
  if (text.length > LARGEST_HEAD) {
    throw new WireError(`its head is larger than ${LARGEST_HEAD / 1024} KiB`);
  }
  if (/(?<!\r)\n/.test(text)) {
    throw new WireError("a line ends in LF alone");
  }
}

/**
 * Reads a head.
 *
 * @param text the head without the empty line that ends it; its characters are bytes
 * @param method the request's method, since the replies to HEAD and CONNECT have no body
 * @throws {WireError} it is malformed
 */
export function readHead(text: string, method: string): Head {
  const [line = "", ...lines] = plain(text).split("\r\n");
  if (lines.length > MOST_HEADERS) {
    throw new WireError(`it has more than ${MOST_HEADERS} headers`);
  }
  const { minor, status } = statusOf(line);
  const headers = new HttpHeaders(unfolded(lines).map(headerOf));
  const framing = framingOf(status, headers, method);
  const connection = listOf(headers.get("connection"));
  const isNew = minor > 0;
  // Chunks beside a length, or over HTTP/1.0: read as chunks, and nothing more is expected of such a connection.
  const isDubious = framing.kind === "chunked" && (headers.has("content-length") || !isNew);
  const isKept = !connection.includes("close") && (isNew || connection.includes("keep-alive"));
  return { status, headers, framing, isKept: isKept && !isDubious };
}

/** Text of a head or of trailers that holds no control character, nor a carriage return that ends no line. */
export function plain(text: string): string {
  if (CONTROL.test(text)) {
    throw new WireError("its head or a trailer holds a control character");
  }
  return text;
}

function statusOf(line: string): { minor: number; status: number } {
  const found = STATUS_LINE.exec(line);
  if (found === null) {
    throw new WireError("its status line is none");
  }
  return { minor: Number(found[1]), status: Number(found[2]) };
}

/** Header lines, those that begin with a blank joined to the one before them (RFC 9112, 5.2). */
function unfolded(lines: string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    if (/^[\t ]/.test(line) && found.length > 0 && !HEADER.test(line)) {
      found.push(`${(found.pop() as string).trimEnd()} ${line.trim()}`);
    } else {
      found.push(line);
    }
  }
  return found;
}

/** A header's name and value. */
export function headerOf(line: string): [string, string] {
  const found = HEADER.exec(line);
  if (found === null) {
    throw new WireError("a line of its head is no header");
  }
  return [found[1] as string, (found[2] as string).replace(/[\t ]+$/, "")];
}

function framingOf(status: number, headers: HttpHeaders, method: string): Framing {
  if (method === "HEAD" || method === "CONNECT" || status < 200 || status === 204 || status === 304) {
    return { kind: "none" };
  }
  const coding = headers.get("transfer-encoding");
  if (coding !== null) {
    if (coding.toLowerCase() !== "chunked") {
      throw new WireError(`its transfer coding is ${quote(coding.slice(0, 60))}`);
    }
    return { kind: "chunked" };
  }
  const length = headers.get("content-length");
  return length === null ? { kind: "close" } : { kind: "length", length: lengthOf(length) };
}

/** A length that may have been sent more than once, if it is the same each time. */
function lengthOf(value: string): number {
  const found = LENGTH.exec(value);
  if (found === null) {
    throw new WireError(`its length is ${quote(value.slice(0, 60))}`);
  }
  return Number(found[1]);
}

function listOf(value: string | null): string[] {
  return (value ?? "").split(",").map((text) => text.trim().toLowerCase());
}
