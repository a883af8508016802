/** An id as one segment of a path. */

import { SegOpsArgumentError } from "../errors/index.js";
import { describe, quote } from "../errors/text.js";

/**
 * Fills the `{}` of a path template with ids, each as exactly one segment.
 *
 * @throws {SegOpsArgumentError} an id is empty, `.`, `..`, or no id at all
 */
export function fillPath(template: string, ...ids: unknown[]): string {
  let next = 0;
  return template.replace(/\{\}/g, () => segment(ids[next++]));
}

/**
 * An id as text.
 *
 * @throws {SegOpsArgumentError} it is empty, or of a type that no id has
 */
export function checkedId(id: unknown): string {
  if (Number.isInteger(id) && !Number.isSafeInteger(id)) {
    throw new SegOpsArgumentError(`The id ${id} has lost digits: give ids beyond 2^53 as text.`);
  }
  if (typeof id !== "string" && typeof id !== "bigint" && !Number.isInteger(id)) {
    throw new SegOpsArgumentError(`An id must be text or a whole number, not ${describe(id)}.`);
  }
  const text = String(id);
  if (text === "") {
    throw new SegOpsArgumentError("An id must not be empty.");
  }
  return text;
}

/** An id as one percent-encoded path segment, so that no id can reach another path. */
export function segment(id: unknown): string {
  const text = checkedId(id);
  // Servers and proxies resolve dot segments, encoded or not: quoting alone would let ".." climb.
  if (text === "." || text === "..") {
    throw new SegOpsArgumentError(`${quote(text)} is not an id: it would reach another path.`);
  }
  return percentEncode(text, "The id");
}

/**
 * Text with everything but letters, digits and `-._~` percent-encoded as UTF-8.
 *
 * @throws {SegOpsArgumentError} it holds half of a character, which UTF-8 cannot
 */
export function percentEncode(text: string, what: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, escapeByte);
  } catch {
    throw new SegOpsArgumentError(`${what} has a character that UTF-8 cannot hold.`);
  }
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
