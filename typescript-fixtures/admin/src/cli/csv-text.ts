/** CSV as RFC 4180 has it: a header, CRLF, quotes where a cell needs them. */

import { jsonText } from "./output.js";

const FORMULA = /^[=+\-@\t\r]/;

/**
 * A row as a line of CSV.
 *
 * @param isForSpreadsheet whether text that a spreadsheet would take for a formula gets an apostrophe
 */
export function csvLine(row: readonly unknown[], isForSpreadsheet: boolean): string {
  const cells = row.map((value) => quoted(isForSpreadsheet ? guarded(value) : cellText(value)));
  return `${cells.join(",")}\r\n`;
}

/** A value as text: what is no text, and holds something, as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  return typeof value === "string" ? value : jsonText(value);
}

function guarded(value: unknown): string {
  const text = cellText(value);
  return typeof value === "string" && FORMULA.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[,"\r\n]|^[ \t]|[ \t]$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
