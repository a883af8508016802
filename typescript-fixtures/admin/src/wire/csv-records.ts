/**
 * The records of a CSV file by their place in it, found block by block.
 *
 * As in RFC 4180 and Python's `csv`: a quote begins a quoted field only where a field begins, `""` inside of one is a
 * quote, and a record ends with CRLF, LF or CR outside of quotes.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const CR = 0x0d;
const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf];

/** Is told where a record begins and ends, and whether it is blank. */
export type Take = (start: number, end: number, isBlank: boolean) => void;

/** Finds where records end. Feed it the file from its beginning; a byte order mark comes whole in the first block. */
export class Records {
  /** What separates fields, as a byte; may be changed between two records. */
  delimiter = COMMA;
  #quoted = false;
  #offset = 0;
  #start = 0;
  /** Whether the next byte begins a field. */
  #atField = true;
  /** The byte before was a quote inside of quotes. */
  #afterQuote = false;
  /** The byte before was CR outside of quotes. */
  #afterReturn = false;

  /** Whether the file, so far, ends inside of quotes. */
  get quoted(): boolean {
    return this.#quoted && !this.#afterQuote;
  }

  /** The records that end in the next block. */
  feed(block: Uint8Array, take: Take): void {
    const base = this.#offset;
    this.#offset += block.byteLength;
    if (base === 0 && BOM.every((byte, place) => block[place] === byte)) {
      this.#start = BOM.length;
    }
    for (let here = base === 0 ? this.#start : 0; here < block.byteLength; here += 1) {
      const byte = block[here] as number;
      if (this.#afterReturn) {
        this.#afterReturn = false;
        const isPair = byte === LF;
        this.#end(base + here + (isPair ? 1 : 0), base + here - 1, take);
        if (isPair) {
          continue;
        }
      }
      if (!this.#quoted) {
        this.#outside(byte, base + here, take);
      } else if (!this.#afterQuote) {
        const closing = block.indexOf(QUOTE, here);
        here = closing < 0 ? block.byteLength : closing;
        this.#afterQuote = closing >= 0;
      } else {
        this.#afterQuote = false;
        if (byte !== QUOTE) {
          this.#quoted = false;
          this.#outside(byte, base + here, take);
        }
      }
    }
  }

  #outside(byte: number, place: number, take: Take): void {
    if (byte === LF) {
      this.#end(place + 1, place, take);
    } else if (byte === CR) {
      this.#afterReturn = true;
    } else if (byte === QUOTE && this.#atField) {
      this.#quoted = true;
    } else {
      this.#atField = byte === this.delimiter;
    }
  }

  #end(end: number, lineEnd: number, take: Take): void {
    const start = this.#start;
    this.#start = end;
    this.#atField = true;
    take(start, end, start === lineEnd);
  }

  /** The last record, if no line end closes it. */
  close(take: Take): void {
    if (this.#afterReturn) {
      this.#end(this.#offset, this.#offset - 1, take);
    }
    if (this.#start < this.#offset) {
      this.#end(this.#offset, this.#offset, take);
    }
  }
}
