/**
 * The reader of one HTTP/1.1 reply: takes bytes as they come, and gives its head and body. No I/O, no clock.
 *
 * What is in doubt is an error at once: a reply that two readers could end in two places would give one caller the reply
 * to another.
 */

import { checkStart, type Head, headerOf, LARGEST_HEAD, readHead, WireError } from "./heads.js";

/** Interim replies (1xx) that are skipped before a reply; more of them are a server's mistake. */
const MOST_INTERIM = 8;

/** Bytes of one line between chunks. */
const LONGEST_CHUNK_LINE = 16 * 1024;

const CHUNK_LINE = /^[0-9A-Fa-f]{1,16}[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const CHUNK_LINE_BEGUN = /^[0-9A-Fa-f]{0,16}[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r?$/;
const EMPTY = Buffer.alloc(0);

type State = "head" | "body" | "until close" | "chunk size" | "chunk" | "chunk end" | "trailers" | "done";

/** Reads one reply. */
export class ReplyReader {
  /** The head, as soon as it is whole. */
  head: Head | undefined;
  /** The parts of the body that have come and have not been taken. */
  readonly parts: Buffer[] = [];
  /** The bytes in `parts`. */
  waiting = 0;
  /** All bytes of the body that have come. */
  received = 0;
  /** Whether bytes came that belong to no reply. */
  hasExcess = false;
  readonly #method: string;
  #state: State = "head";
  /** Bytes that are no whole head or line yet. */
  #held: Buffer = EMPTY;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #interim = 0;
  #trailers = 0;

  /** @param method the request's method: the reply to HEAD has no body */
  constructor(method: string) {
    this.#method = method;
  }

  /** Whether anything has come. */
  get hasBegun(): boolean {
    return this.#state !== "head" || this.#held.length > 0 || this.#interim > 0;
  }

  /** Whether the reply is whole. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /** Whether only the end of the connection ends the reply. */
  get isUntilClose(): boolean {
    return this.#state === "until close";
  }

  /** Whether the connection can carry another request. */
  get isKept(): boolean {
    return this.isDone && !this.hasExcess && this.head?.isKept === true;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {WireError} they are not HTTP/1.1, or not sure to be
   */
  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && this.#state !== "done") {
      rest = this.#step(rest);
    }
    this.hasExcess ||= rest.length > 0;
  }

  /** The connection has ended: true if that makes the reply whole, false if it was cut short. */
  end(): boolean {
    if (this.#state === "until close") {
      this.#state = "done";
    }
    return this.#state === "done";
  }

  /** The next part of the body. */
  take(): Buffer | undefined {
    const part = this.parts.shift();
    this.waiting -= part?.length ?? 0;
    return part;
  }

  /** Takes what it can of some bytes, and returns the others. */
  #step(bytes: Buffer): Buffer {
    switch (this.#state) {
      case "head":
        return this.#readHead(bytes);
      case "until close":
        this.#give(bytes);
        return EMPTY;
      case "body":
        return this.#fill(bytes, "done");
      case "chunk":
        return this.#fill(bytes, "chunk end");
      case "chunk end":
        return this.#endChunk(bytes);
      default:
        return this.#line(bytes);
    }
  }

  #give(part: Buffer): void {
    this.parts.push(part);
    this.waiting += part.length;
    this.received += part.length;
  }

  #fill(bytes: Buffer, next: State): Buffer {
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#give(part);
    this.#left -= part.length;
    if (this.#left === 0) {
      this.#state = next;
    }
    return bytes.subarray(part.length);
  }

  #readHead(bytes: Buffer): Buffer {
    const known = this.#held.length;
    const held = known === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const end = held.indexOf("\r\n\r\n", Math.max(0, known - 3));
    if (end === -1 || end > LARGEST_HEAD) {
      checkStart(held);
      if (held.length > LARGEST_HEAD) {
        throw new WireError(`its head is larger than ${LARGEST_HEAD / 1024} KiB`);
      }
      this.#held = held;
      return EMPTY;
    }
    this.#held = EMPTY;
    checkStart(held.subarray(0, end));
    this.#begin(readHead(held.toString("latin1", 0, end), this.#method));
    return held.subarray(end + 4);
  }

  #begin(head: Head): void {
    if (head.status === 101) {
      throw new WireError("it switches protocols");
    }
    if (head.status < 200) {
      this.#interim += 1;
      if (this.#interim > MOST_INTERIM) {
        throw new WireError("its interim replies do not end");
      }
      return;
    }
    this.head = head;
    const { framing } = head;
    if (framing.kind === "length") {
      this.#left = framing.length;
    }
    const states = {
      none: "done",
      length: this.#left === 0 ? "done" : "body",
      chunked: "chunk size",
      close: "until close",
    };
    this.#state = states[framing.kind] as State;
  }

  /** Reads a line between chunks: a size, or a trailer. */
  #line(bytes: Buffer): Buffer {
    const isTrailer = this.#state === "trailers";
    const longest = isTrailer ? LARGEST_HEAD : LONGEST_CHUNK_LINE;
    const known = this.#held.length;
    const held = known === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const end = held.indexOf(0x0a, known);
    if (end > longest || (end === -1 && held.length > longest)) {
      throw new WireError(isTrailer ? "its trailers do not end" : "a chunk's size is none");
    }
    if (end === -1) {
      if (!isTrailer && !CHUNK_LINE_BEGUN.test(held.toString("latin1"))) {
        throw new WireError("a chunk's size is none");
      }
      this.#held = held;
      return EMPTY;
    }
    if (held[end - 1] !== 0x0d) {
      throw new WireError("a line ends in LF alone");
    }
    this.#held = EMPTY;
    const line = held.toString("latin1", 0, end - 1);
    if (isTrailer) {
      this.#trailer(line);
    } else {
      this.#size(line);
    }
    return held.subarray(end + 1);
  }

  #size(line: string): void {
    if (!CHUNK_LINE.test(line)) {
      throw new WireError("a chunk's size is none");
    }
    this.#left = Number.parseInt(line, 16);
    this.#state = this.#left === 0 ? "trailers" : "chunk";
  }

  #trailer(line: string): void {
    if (line === "") {
      this.#state = "done";
      return;
    }
    headerOf(line);
    this.#trailers += line.length + 2;
    if (this.#trailers > LARGEST_HEAD) {
      throw new WireError("its trailers do not end");
    }
  }

  #endChunk(bytes: Buffer): Buffer {
    const held = Buffer.concat([this.#held, bytes]);
    if (held[0] !== 0x0d || (held.length > 1 && held[1] !== 0x0a)) {
      throw new WireError("a chunk is longer than its size");
    }
    if (held.length === 1) {
      this.#held = held;
      return EMPTY;
    }
    this.#held = EMPTY;
    this.#state = "chunk size";
    return held.subarray(2);
  }
}
