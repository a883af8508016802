/** Values as error messages show them. */

import { isAnyArrayBuffer, isDate } from "node:util/types";

/** Text in quotes on one line, as an error message shows it. */
export function quote(text: string): string {
  const inner = text.replace(UNPRINTABLE, escaped);
  return inner.includes("'") && !inner.includes('"') ? `"${inner}"` : `'${inner.replaceAll("'", "\\'")}'`;
}

// Backslashes, and what a terminal would not show, or would obey: controls, marks of direction, blanks but the plain one.
const UNPRINTABLE = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const SHORT: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As Python escapes it. */
function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  const [letter, digits] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return SHORT[character] ?? `\\${letter}${code.toString(16).padStart(digits as number, "0")}`;
}

/** A value as an error message shows it, in the words of JSON; never a whole object. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return quote(value);
  }
  if (typeof value === "object" && value !== null) {
    return container(value);
  }
  return typeof value === "function" ? "a function" : String(value);
}

function container(value: object): string {
  if (Array.isArray(value)) {
    return "an array";
  }
  if (isDate(value)) {
    return "a date";
  }
  if (isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) {
    return "bytes";
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1); // a generator's constructor has no name
  const name = value.constructor === undefined ? "Object" : value.constructor.name || tag;
  return name === "Object" ? "an object" : `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}
