/**
 * Numbers that JavaScript's cannot hold as they are written: 12345678901234567890, 1.0. The command line carries them
 * through, in the form in which Python writes them.
 */

import { parseJson } from "./json-text.js";

/** Marks a number's text within JSON, where a string must not look the same by chance. */
const MARK = `numeral:${Math.random()}${Math.random()}:`;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number with its text. */
export class Numeral {
  /** The number as it is written. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest of JavaScript's own numbers. */
  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  /** What `withNumerals` finds in JSON. */
  toJSON(): string {
    return MARK + this.text;
  }
}

/**
 * Parses JSON; a number that would be written differently afterwards becomes a {@link Numeral}.
 *
 * @throws {SyntaxError} it is not JSON
 * @throws {RangeError} it is nested too deeply, or has a number that is too large
 */
export function parseExactly(text: string): unknown {
  const value = parseJson(text); // what is wrong is told of the text as it came
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : exact(token)));
  return marked === text ? value : JSON.parse(marked, revived);
}

function revived(_: string, value: unknown): unknown {
  return typeof value === "string" && value.startsWith(MARK) ? new Numeral(value.slice(MARK.length)) : value;
}

/** A number's token, or the marked text of one that JavaScript would write in another way. */
function exact(token: string): string {
  const value = Number(token);
  const written = /^-?\d+$/.test(token) ? token.replace(/^-0$/, "0") : pythonFloat(value);
  return written === String(value) ? token : `"${MARK}${written}"`;
}

/** A fraction as Python writes it: always with a point or an exponent. */
export function pythonFloat(value: number): string {
  const [, sign = "", first = "", rest = "", exponent = "0"] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(
    value.toExponential(),
  ) as RegExpExecArray;
  const minus = Object.is(value, -0) ? "-" : sign;
  const [digits, power] = [first + rest, Number(exponent)];
  if (power < -4 || power >= 16) {
    const places = String(Math.abs(power)).padStart(2, "0");
    return `${minus}${first}${rest === "" ? "" : `.${rest}`}e${power < 0 ? "-" : "+"}${places}`;
  }
  if (power < 0) {
    return `${minus}0.${"0".repeat(-power - 1)}${digits}`;
  }
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  return `${minus}${whole}.${digits.slice(power + 1) || "0"}`;
}

/** JSON text whose {@link Numeral}s are written as the numbers that they are. */
export function withNumerals(json: string): string {
  return json.includes(MARK) ? json.replaceAll(new RegExp(`"${MARK.replaceAll(".", "\\.")}([^"]*)"`, "g"), "$1") : json;
}
