/** A file as one part of a form: streamed, and again on a retry. */

import { SegOpsArgumentError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { OpenFile } from "./files.js";

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
    if (!/^[ -~]*$/.test(contentType)) {
      throw new SegOpsArgumentError(`The content type ${quote(contentType)} has a character that no header may hold.`);
    }
    const disposition = `form-data; name="${escapeName(field)}"; filename="${escapeName(filename)}"`;
    const head = `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${contentType}\r\n\r\n`;
    this.#head = Buffer.from(head);
    this.#tail = Buffer.from(`\r\n--${boundary}--\r\n`);
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
  const escaped = text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(escaped)) {
    throw new SegOpsArgumentError(`The name ${quote(text)} has a control character.`);
  }
  if (/\p{Cs}/u.test(text)) {
    throw new SegOpsArgumentError(`The file name ${quote(text)} cannot be sent as UTF-8.`);
  }
  return escaped;
}
