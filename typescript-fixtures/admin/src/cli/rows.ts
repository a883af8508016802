/** What of an answer is a row, and what a row has. */

/** A JSON object. */
export type Row = Record<string, unknown>;

/** Whether a value is a JSON object; a number with its text is none. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** What a row has under a name of its own; null if it has none. */
export function own(row: unknown, name: string): unknown {
  return isRow(row) && Object.hasOwn(row, name) ? row[name] : null;
}

/** Whether an answer is a page of a listing. */
export function isListing(value: Row): boolean {
  return Array.isArray(own(value, "results"));
}

/** What is one row each: the items of a list or of a page, or the answer itself. */
export function rowsOf(value: unknown): readonly unknown[] {
  if (isRow(value) && isListing(value)) {
    return value.results as unknown[];
  }
  return Array.isArray(value) ? value : [value];
}
