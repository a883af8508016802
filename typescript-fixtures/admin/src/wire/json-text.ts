/** The reading of JSON text: strictly, and no deeper than code can go. */

/** Levels of nesting. A page has a handful, and code that visits a value by recursion fails beyond a few thousand. */
const DEEPEST = 500;

/**
 * JSON, unless it is nested too deeply: `JSON.parse` takes any depth, and passes the trouble on.
 *
 * @throws {SyntaxError} it is not JSON
 * @throws {RangeError} it is nested too deeply, or has a number that is too large for JavaScript
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) {
    throw new RangeError("it is nested too deeply");
  }
  const value: unknown = JSON.parse(text);
  if (holdsInfinity(value)) {
    throw new RangeError("it has a number that is too large");
  }
  return value;
}

/** Whether a number was too large for JavaScript: a look at each value takes less time than a search of the text. */
function holdsInfinity(value: unknown): boolean {
  if (typeof value !== "object") {
    return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      if (holdsInfinity(item)) {
        return true;
      }
    }
    return false;
  }
  for (const key in value) {
    if (holdsInfinity((value as Record<string, unknown>)[key])) {
      return true;
    }
  }
  return false;
}

/** Whether a JSON text has more levels than it may. */
export function isTooDeep(text: string): boolean {
  // Every level takes two characters, so that nearly all texts are cleared by their length.
  if (text.length <= 2 * DEEPEST || opensAtMost(DEEPEST, text)) {
    return false;
  }
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) {
      index = endOfString(text, index);
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth++;
      if (depth > DEEPEST) {
        return true;
      }
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      depth--;
    }
  }
  return false;
}

/** Whether brackets and braces are opened so many times at most, those in strings included: found by far faster. */
function opensAtMost(most: number, text: string): boolean {
  let count = 0;
  for (const opening of ["[", "{"]) {
    for (let place = text.indexOf(opening); place !== -1; place = text.indexOf(opening, place + 1)) {
      count++;
      if (count > most) {
        return false;
      }
    }
  }
  return true;
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
