/** Values as they travel: as a path, a query, a JSON body. */

import { isMap } from "node:util/types";
import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";
import { isTooDeep } from "./json-text.js";
import { withNumerals } from "./numerals.js";
import { percentEncode } from "./paths.js";

/**
 * A path below the base URL, for calls that no method wraps.
 *
 * @throws {SegOpsArgumentError} it is an address, holds `.` or `..` segments, a fragment or control characters
 */
export function encodePath(path: string): string {
  if (typeof path !== "string") {
    throw new SegOpsArgumentError(`A path must be text, not ${describe(path)}.`);
  }
  const text = path.startsWith("/") ? path : `/${path}`;
  const beforeQuery = text.replace(/\?.*/s, "");
  if (beforeQuery.includes("://") || path.startsWith("//")) {
    throw new SegOpsArgumentError(
      `${quote(path)} is an address; give the path below the base URL, such as /segments/.`,
    );
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[#\u0000-\u001f\u007f]/.test(text)) {
    throw new SegOpsArgumentError(`The path ${quote(path)} has a fragment or a control character.`);
  }
  const segments = beforeQuery.toLowerCase().replaceAll("%2e", ".").split("/");
  if (segments.includes(".") || segments.includes("..")) {
    throw new SegOpsArgumentError(`The path ${quote(path)} has a dot segment: it would reach another path.`);
  }
  return text
    .replace(/\?$/, "")
    .replace(/[^A-Za-z0-9/?%:@!$&'()*+,;=~._-]+/g, (part) => percentEncode(part, `The path ${quote(path)}`));
}

/**
 * A query string without its `?`: null and undefined left out, booleans `true`/`false`, lists as repeated keys.
 *
 * @throws {SegOpsArgumentError} a value that has no place in a query (an object, `NaN`)
 */
export function encodeQuery(query: unknown): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(parameters(query))) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined) {
        pairs.push(`${formEncode(key)}=${formEncode(queryValue(key, item))}`);
      }
    }
  }
  return pairs.join("&");
}

/**
 * Query parameters as an object, of whatever they were given as.
 *
 * @throws {SegOpsArgumentError} they are none
 */
export function parameters(query: unknown): Record<string, unknown> {
  if (query === undefined || query === null) {
    return {};
  }
  if (isSearchParams(query)) {
    const all = [...new Set(query.keys())].map((key): [string, unknown] => [key, query.getAll(key)]);
    return Object.fromEntries(
      all.map(([key, values]) => [key, (values as string[]).length === 1 ? (values as string[])[0] : values]),
    );
  }
  if (isMap(query)) {
    const odd = [...query.keys()].find((key) => typeof key !== "string");
    if (odd !== undefined) {
      throw new SegOpsArgumentError(`The name of a query parameter must be text, not ${describe(odd)}.`);
    }
    return Object.fromEntries(query);
  }
  if (tagOf(query) !== "Object" || isIterable(query)) {
    throw new SegOpsArgumentError(`Query parameters must be an object, not ${describe(query)}.`);
  }
  return query as Record<string, unknown>;
}

/** By what they say: those of another realm (jsdom) are ones, too. */
function isSearchParams(query: unknown): query is URLSearchParams {
  return tagOf(query) === "URLSearchParams";
}

/** What an object says it is: `Object`, `Map`, `Date`, … */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function formEncode(text: string): string {
  return percentEncode(text, "A query parameter").replaceAll("%20", "+");
}

function queryValue(key: string, value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new SegOpsArgumentError(`The query parameter ${quote(key)} is ${value}, which no server can read.`);
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new SegOpsArgumentError(
      `The query parameter ${quote(key)} is ${value}, which has lost digits: give numbers beyond 2^53 as text.`,
    );
  }
  if (tagOf(value) === "Date") {
    return iso8601(value as Date);
  }
  if (!["string", "number", "bigint", "boolean"].includes(typeof value)) {
    throw new SegOpsArgumentError(`The query parameter ${quote(key)} cannot be ${describe(value)}.`);
  }
  return String(value);
}

/** A moment as `2026-04-25T12:00:00Z`, fractions of a second in microseconds as the platform writes them. */
export function iso8601(moment: Date): string {
  if (Number.isNaN(moment.getTime())) {
    throw new SegOpsArgumentError("An invalid Date has no ISO 8601 form.");
  }
  return moment
    .toISOString()
    .replace(/\.(\d{3})Z$/, (_, milliseconds) => (milliseconds === "000" ? "Z" : `.${milliseconds}000Z`));
}

/**
 * A JSON body: UTF-8, compact. Dates become text; undefined fields of an object are left out.
 *
 * `JSON.stringify` by itself would send `NaN` as null, a Map as `{}` and half of a character as an escape.
 *
 * Numbers are JavaScript's: `1.0` is sent as `1`, and integers beyond 2^53 have lost digits before they get here.
 *
 * @throws {SegOpsArgumentError} something in it has no JSON form (`NaN`, a Map, a bigint, a circular reference)
 */
export function encodeJson(body: unknown): Uint8Array {
  try {
    const text = JSON.stringify(body, strictly);
    if (text === undefined) {
      throw new Unsendable(`it holds ${describe(body)}`);
    }
    if (isTooDeep(text)) {
      throw new Unsendable("it is nested too deeply");
    }
    return Buffer.from(withNumerals(text));
  } catch (error) {
    const reason = error instanceof Unsendable ? error.message : obstacle(error);
    throw new SegOpsArgumentError(`The body cannot be sent as JSON: ${reason}.`, { cause: error });
  }
}

/** Something that has no JSON form; the message says what. */
class Unsendable extends TypeError {}

/** What `JSON.stringify` itself cannot do, in the words that Python has too. */
function obstacle(error: unknown): string {
  return error instanceof RangeError ? "it is nested too deeply" : "it holds itself";
}

/** A replacer for `JSON.stringify`; `this` is the object that holds `key`, and still has its Date. */
function strictly(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (LONE_SURROGATE.test(key)) {
    throw new Unsendable("it holds a character that UTF-8 cannot hold");
  }
  if (typeof original === "object" && original !== null) {
    return sendableObject(original, value);
  }
  if (value === undefined && Array.isArray(this)) {
    throw new Unsendable("it holds undefined");
  }
  return sendableScalar(value);
}

function sendableScalar(value: unknown): unknown {
  if (typeof value === "string" && LONE_SURROGATE.test(value)) {
    throw new Unsendable("it holds a character that UTF-8 cannot hold");
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new Unsendable(`it holds ${value}`);
  }
  if (["function", "symbol", "bigint"].includes(typeof value)) {
    throw new Unsendable(`it holds ${describe(value)}`);
  }
  return value;
}

/** What `JSON.stringify` takes as it is. Of anything else it would make `{}`, or what nobody meant. */
const SENDABLE = ["Object", "Array", "Number", "String", "Boolean"];

/**
 * An object, or what it says that it is sent as.
 *
 * @param value the same, after its own `toJSON` if it has one
 */
function sendableObject(original: object, value: unknown): unknown {
  const tag = tagOf(original);
  if (tag === "Date") {
    if (Number.isNaN((original as Date).getTime())) {
      throw new Unsendable("it holds an invalid Date");
    }
    return iso8601(original as Date);
  }
  const speaksForItself = value !== original && !NEVER.includes(tag);
  const isPlain = SENDABLE.includes(tag) && (tag === "Array" || tag === "String" || !isIterable(original));
  if (!speaksForItself && !isPlain) {
    throw new Unsendable(`it holds ${describe(original)}`);
  }
  return sendableScalar(["Number", "String"].includes(tag) ? (value as { valueOf(): unknown }).valueOf() : value);
}

/** Has a `toJSON`, and is no JSON: a Buffer becomes an object of numbers, an error its message; forms have one on Bun. */
const NEVER = ["Uint8Array", "Error", "FormData", "URLSearchParams", "Headers"];

export function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

const LONE_SURROGATE = /\p{Cs}/u;
