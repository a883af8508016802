/**
 * The reader of one HTTP/1.1 reply: takes bytes as they come, and gives its head and body. No I/O, no clock.
 *
 * What is in doubt is an error at once: a reply that two readers could end in two places would give one caller the reply
 * to another.
 */

import { checkStart, type Head, headerOf, LARGEST_HEAD, plain, readHead, WireError } from "./heads.js";

/** Interim replies (1xx) that are skipped before a reply; more of them are a server's mistake. */
const MOST_INTERIM = 8;

/** The line before a chunk, or as much of it as has come: size, extensions, and how it ends. */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,16})([\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?)(\r\n|\r?$)/;
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
  /** Bytes of lines that are neither head nor body. */
  #overhead = 0;

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
    const held = joined(this.#held, bytes);
    const end = held.indexOf("\r\n\r\n");
    const text = held.toString("latin1", 0, end === -1 ? held.length : end + 4);
    checkStart(text);
    if (end === -1) {
      this.#held = held;
      return EMPTY;
    }
    this.#held = EMPTY;
    this.#begin(readHead(text.slice(0, -4), this.#method));
    return held.subarray(text.length);
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
    const held = joined(this.#held, bytes);
    const end = held.indexOf("\n");
    const text = held.toString("latin1", 0, end === -1 ? held.length : end + 1);
    const isWhole = this.#state === "trailers" ? this.#trailer(text) : this.#size(text);
    this.#held = isWhole ? EMPTY : held;
    return isWhole ? held.subarray(text.length) : EMPTY;
  }

  /** Takes the line before a chunk, or as much of it as has come; whether that is all of it. */
  #size(text: string): boolean {
    const [, digits, extensions, lineEnd] = CHUNK_LINE.exec(text) ?? [];
    if (digits === undefined) {
      throw new WireError("a chunk's size is none");
    }
    if (!this.#counted((extensions as string).length, lineEnd === "\r\n")) {
      return false;
    }
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? "trailers" : "chunk";
    return true;
  }

  /** Takes a line after the last chunk, or as much of it as has come. */
  #trailer(text: string): boolean {
    if (/(?<!\r)\n/.test(text)) {
      throw new WireError("a line ends in LF alone");
    }
    if (!this.#counted(text.length, text.endsWith("\n"))) {
      return false;
    }
    if (text === "\r\n") {
      this.#state = "done";
    } else {
      headerOf(plain(text).slice(0, -2));
    }
    return true;
  }

  /** Counts bytes of a line that are neither head nor body, once it is whole: they must not continue forever. */
  #counted(size: number, isWhole: boolean): boolean {
    const overhead = this.#overhead + size;
    if (overhead > LARGEST_HEAD) {
      const most = `${LARGEST_HEAD / 1024} KiB`;
      throw new WireError(`its chunks carry more than ${most} of extensions and trailers`);
    }
    if (isWhole) {
      this.#overhead = overhead;
    }
    return isWhole;
  }

  #endChunk(bytes: Buffer): Buffer {
    const held = joined(this.#held, bytes);
    const end = held.toString("latin1", 0, 2);
    if (end !== "\r\n".slice(0, end.length)) {
      throw new WireError("a chunk is longer than its size");
    }
    if (end.length < 2) {
      this.#held = held;
      return EMPTY;
    }
    this.#held = EMPTY;
    this.#state = "chunk size";
    return held.subarray(2);
  }
}

function joined(held: Buffer, bytes: Buffer): Buffer {
  return held.length === 0 ? bytes : Buffer.concat([held, bytes]);
}
