/** How do values travel: as a path, a query, a JSON body? */

import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";
import { percentEncode } from "./paths.js";

/**
 * A path below the base URL, for calls that no method wraps.
 *
 * @throws {SegOpsArgumentError} it is an address, holds `.` or `..` segments, a fragment or control characters
 */
export function encodePath(path: string): string {
  const text = path.startsWith("/") ? path : `/${path}`;
  const beforeQuery = text.split("?", 1)[0] ?? "";
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
  return text.replace(/[^A-Za-z0-9/?%:@!$&'()*+,;=~._-]+/g, (part) => percentEncode(part, `The path ${quote(path)}`));
}

/**
 * A query string without its `?`: null and undefined left out, booleans `true`/`false`, lists as repeated keys.
 *
 * @throws {SegOpsArgumentError} a value that has no place in a query (an object, `NaN`)
 */
export function encodeQuery(query: Readonly<Record<string, unknown>> | undefined): string {
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

function parameters(query: unknown): Record<string, unknown> {
  if (query === undefined || query === null) {
    return {};
  }
  if (query instanceof URLSearchParams) {
    return Object.fromEntries([...query.keys()].map((key) => [key, query.getAll(key)]));
  }
  if (typeof query !== "object" || Array.isArray(query) || query instanceof Date || ArrayBuffer.isView(query)) {
    throw new SegOpsArgumentError(`Query parameters must be an object, not ${describe(query)}.`);
  }
  return (query instanceof Map ? Object.fromEntries(query) : query) as Record<string, unknown>;
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
  if (value instanceof Date) {
    return iso8601(value);
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
    return new TextEncoder().encode(text);
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
  if (original instanceof Date) {
    return iso8601(original);
  }
  if (LONE_SURROGATE.test(key) || (typeof value === "string" && LONE_SURROGATE.test(value))) {
    throw new Unsendable("it holds a character that UTF-8 cannot hold");
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new Unsendable(`it holds ${value}`);
  }
  const isSilent = value === undefined && Array.isArray(this);
  if (isSilent || ["function", "symbol", "bigint"].includes(typeof value) || isContainerWithoutJson(value)) {
    throw new Unsendable(`it holds ${describe(value)}`);
  }
  return value;
}

const LONE_SURROGATE = /\p{Cs}/u;

function isContainerWithoutJson(value: unknown): boolean {
  return (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Promise ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  );
}
