/** Tables for people: columns side by side, fitted to the terminal. */

import { Numeral } from "../wire/numerals.js";
import { cellText } from "./csv-text.js";
import { printable } from "./failures.js";
import { NONE, WIDE } from "./widths.js";

const GAP = "  ";

/** A column is readable from this width on; where it needs less, from that. */
const READABLE = 20;

/** No column that was asked for is cut below this width. */
const LEAST = 6;

/**
 * Rows below a header, the first of them.
 *
 * @param isFitted whether columns that find no place on the line are left out; otherwise all are kept, and cut
 */
export function table(rows: readonly (readonly unknown[])[], isFitted: boolean): string {
  const cells = rows.map((row) => row.map(cell));
  const [header] = cells;
  if (header === undefined) {
    return "";
  }
  const natural = header.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[index] as string)), 0),
  );
  const room = lineWidth();
  const kept = isFitted && room !== undefined ? fitting(natural, room) : [...natural.keys()];
  const widths = shrunk(
    kept.map((index) => natural[index] as number),
    room,
  );
  const toRight = kept.map((index) => isNumeric(rows.slice(1).map((row) => row[index])));
  return cells
    .map((row) => kept.map((index, at) => padded(row[index] as string, widths[at] as number, toRight[at] === true)))
    .map((line) => `${line.join(GAP).trimEnd()}\n`)
    .join("");
}

/** One record: a line for each key. */
export function recordTable(pairs: readonly (readonly [string, unknown])[]): string {
  const names = pairs.map(([name]) => cell(name));
  const width = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  const room = lineWidth();
  return pairs
    .map(([, value], index) => {
      const text = cell(value);
      const shown = room === undefined ? text : cut(text, Math.max(LEAST, room - width - GAP.length));
      return `${`${padded(names[index] as string, width, false)}${GAP}${shown}`.trimEnd()}\n`;
    })
    .join("");
}

/** How many columns a line has: COLUMNS, or the terminal's; undefined where there is no limit, as in a file. */
export function lineWidth(): number | undefined {
  const told = process.env.COLUMNS ?? "";
  if (/^[0-9]+$/.test(told) && Number(told) > 0) {
    return Number(told);
  }
  return process.stdout.isTTY ? process.stdout.columns || 80 : undefined;
}

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
  }
  return width;
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) as number;
  if (code < 0x80) {
    return 1;
  }
  if (isInside(NONE_EDGES, code)) {
    return 0;
  }
  return isInside(WIDE_EDGES, code) ? 2 : 1;
}

/** Where ranges of code points begin and, next, where they end: what is inside follows an odd number. */
function edges(ranges: string): number[] {
  return ranges
    .trim()
    .split(/\s+/)
    .flatMap((range) => {
      const [first = "", last = ""] = range.split("-");
      return [Number.parseInt(first, 16), Number.parseInt(last, 16) + 1];
    });
}

const [WIDE_EDGES, NONE_EDGES] = [edges(WIDE), edges(NONE)];

function isInside(all: readonly number[], code: number): boolean {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    [low, high] = code < (all[middle] as number) ? [low, middle] : [middle + 1, high];
  }
  return low % 2 === 1;
}

function cell(value: unknown): string {
  return printable(cellText(value));
}

/** The columns that can be read on a line, the first one in any case. */
function fitting(natural: readonly number[], room: number): number[] {
  const kept: number[] = [];
  let taken = -GAP.length;
  for (const [index, width] of natural.entries()) {
    const more = GAP.length + Math.min(width, READABLE);
    if (index === 0 || taken + more <= room) {
      kept.push(index);
      taken += more;
    }
  }
  return kept;
}

/** Widths that fit, the widest cut first. */
function shrunk(widths: readonly number[], room: number | undefined): number[] {
  const found = [...widths];
  if (room === undefined) {
    return found;
  }
  let surplus = found.reduce((sum, width) => sum + width, GAP.length * (found.length - 1)) - room;
  for (; surplus > 0; surplus--) {
    const most = Math.max(...found);
    if (most <= LEAST) {
      break;
    }
    found[found.indexOf(most)] = most - 1;
  }
  return found;
}

function isNumeric(values: readonly unknown[]): boolean {
  const found = values.filter((value) => value !== null && value !== undefined);
  return found.every((value) => typeof value === "number" || value instanceof Numeral);
}

function padded(given: string, width: number, isToRight: boolean): string {
  const text = cut(given, width);
  const blanks = " ".repeat(width - textWidth(text));
  return isToRight ? blanks + text : text + blanks;
}

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) {
    return text;
  }
  let [kept, taken] = ["", 0];
  for (const character of text) {
    taken += widthOf(character);
    if (taken > width - 1) {
      break;
    }
    kept += character;
  }
  return `${kept}\u2026`;
}
