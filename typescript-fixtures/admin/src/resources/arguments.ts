/** The checks of arguments that the namespaces share. */

import { isDate, isMap } from "node:util/types";
import { SegOpsArgumentError } from "../errors/index.js";
import { describe } from "../errors/text.js";

/**
 * An argument that has a fixed set of values.
 *
 * @throws {SegOpsArgumentError} it is none of them
 */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) {
    const listed = `${choices.slice(0, -1).join(", ")} or ${choices[choices.length - 1]}`;
    throw new SegOpsArgumentError(`${name} must be ${listed}, not ${describe(value)}.`);
  }
}

/**
 * An argument that becomes a JSON object.
 *
 * @throws {SegOpsArgumentError} it is none
 */
export function checkedObject<T>(name: string, value: T): T {
  if (!isObject(value)) {
    throw new SegOpsArgumentError(`${name} must be an object, not ${describe(value)}.`);
  }
  return value;
}

/**
 * An argument that becomes a JSON array of objects: an array, or anything else that can be iterated once.
 *
 * @throws {SegOpsArgumentError} it is none
 */
export function checkedRows<T>(name: string, rows: Iterable<T>): T[] {
  if (!isThing(rows) || isMap(rows) || !(Symbol.iterator in rows)) {
    throw new SegOpsArgumentError(`${name} must be a list of objects, not ${describe(rows)}.`);
  }
  const all = [...rows];
  const odd = all.findIndex((row) => !isObject(row));
  if (odd !== -1) {
    throw new SegOpsArgumentError(`${name} must hold objects, not ${describe(all[odd])}.`);
  }
  return all;
}

/** Arrays aside. Bytes and dates have a form in JSON too, but none that anybody means. */
function isObject(value: unknown): boolean {
  return isThing(value) && !Array.isArray(value);
}

function isThing(value: unknown): boolean {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !isDate(value);
}
