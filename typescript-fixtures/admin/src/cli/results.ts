/** Results on standard output, in the form that `--output`, `--columns` and `--select` ask for. */

import { quote } from "../errors/text.js";
import { COLUMNS, OTHER_KEYS } from "./columns.js";
import { csvLine } from "./csv-text.js";
import { UsageError } from "./failures.js";
import { jsonText, say, writeCsv, writeJson, writeLine, writeText } from "./output.js";
import type { Invocation } from "./parsing.js";
import { isListing, isRow, own, type Row, rowsOf } from "./rows.js";
import { type Selector, selector } from "./selecting.js";
import type { Command } from "./shapes.js";
import { nearest } from "./suggestions.js";
import { recordTable, table } from "./tables.js";

/** Prints answers as a command line wants them. */
export class Results {
  /** `json`, `jsonl`, `table` or `csv`. */
  readonly wanted: string;
  readonly #command: Command;
  readonly #isCompact: boolean;
  readonly #isForSpreadsheet: boolean;
  readonly #columns: readonly string[];
  readonly #select: Selector | undefined;
  readonly #seen = new Set<string>();

  private constructor(command: Command, line: Invocation, select: Selector | undefined) {
    this.wanted = line.texts.get("output") ?? (line.has("all") ? "jsonl" : "json");
    this.#command = command;
    this.#isCompact = line.has("compact");
    this.#isForSpreadsheet = line.has("spreadsheet");
    if (this.#isForSpreadsheet && this.wanted !== "csv") {
      throw new UsageError("--spreadsheet needs --output=csv.");
    }
    const columns = line.texts.get("columns");
    this.#columns = columns === undefined ? [] : columnsOf(columns);
    this.#select = select;
    if (select === undefined) {
      this.#checkColumns();
    }
  }

  /**
   * What prints a command line's answers.
   *
   * @throws {UsageError} a column is a slip of the keyboard, or `--select` is no expression
   */
  static async of(command: Command, line: Invocation): Promise<Results> {
    const expression = line.texts.get("select");
    return new Results(command, line, expression === undefined ? undefined : await selector(expression));
  }

  #checkColumns(): void {
    const known = knownKeys(this.#command);
    for (const column of this.#columns) {
      const [first] = column.split(".") as [string];
      const meant = known.includes(first) ? "" : nearest(first, known, "_");
      if (meant !== "") {
        const problem = `${this.#command.name}: there is no column ${quote(first)}.`;
        throw new UsageError(problem, `Did you mean ${meant}?`);
      }
    }
  }

  /** Prints an answer. */
  async one(answer: unknown): Promise<void> {
    const value = this.#select === undefined ? answer : this.#select(answer);
    if (this.wanted === "json") {
      await writeJson(this.#columns.length > 0 ? this.#picked(value) : value, this.#isCompact);
    } else if (this.wanted === "jsonl") {
      for (const row of rowsOf(value)) {
        await writeLine(this.#pickedRow(row));
      }
    } else if (isRow(value) && !isListing(value)) {
      await this.#record(value);
    } else {
      await this.#table(rowsOf(value));
    }
    this.#tellUnseen();
  }

  /** Prints an answer on a line of JSON. */
  async line(answer: unknown): Promise<void> {
    const value = this.#select === undefined ? answer : this.#select(answer);
    await writeLine(this.#columns.length > 0 ? this.#picked(value) : value);
  }

  /** Prints items that come without an end: `--select` picks from each of them. */
  async each(items: AsyncIterable<unknown>): Promise<void> {
    if (this.#select === undefined || this.wanted !== "jsonl") {
      await this.many(items);
      return;
    }
    for await (const item of items) {
      await this.line(item);
    }
  }

  /** Prints the items of a listing, each as it comes where the form allows that. */
  async many(items: AsyncIterable<unknown>): Promise<void> {
    const hasHeader = this.wanted === "csv" && this.#columns.length > 0;
    if (this.#select !== undefined || this.wanted === "table" || (this.wanted === "csv" && !hasHeader)) {
      await this.one(await gathered(items));
      return;
    }
    if (this.wanted === "json") {
      await (this.#isCompact ? this.one(await gathered(items)) : this.#array(items));
    } else if (hasHeader) {
      await this.#header();
      for await (const item of items) {
        await this.#csvRow(this.#columns.map((column) => this.#at(item, column)));
      }
    } else {
      for await (const item of items) {
        await writeLine(this.#pickedRow(item));
      }
    }
    this.#tellUnseen();
  }

  /** One JSON array, written as its items come. */
  async #array(items: AsyncIterable<unknown>): Promise<void> {
    let isFirst = true;
    for await (const item of items) {
      const text = jsonText(this.#pickedRow(item), 2).replaceAll("\n", "\n  ");
      await writeText(`${isFirst ? "[" : ","}\n  ${text}`);
      isFirst = false;
    }
    await writeText(isFirst ? "[]\n" : "\n]\n");
  }

  #picked(value: unknown): unknown {
    return isRow(value) && !isListing(value)
      ? this.#pickedRow(value)
      : rowsOf(value).map((row) => this.#pickedRow(row));
  }

  #pickedRow(row: unknown): unknown {
    if (this.#columns.length === 0) {
      return row;
    }
    return Object.fromEntries(this.#columns.map((column) => [column, this.#at(row, column)]));
  }

  /** What a row has in a column: a key of its own, or a path into what it holds. */
  #at(row: unknown, column: string): unknown {
    let value: unknown = row;
    const isOwn = isRow(row) && Object.hasOwn(row, column);
    for (const part of isOwn ? [column] : column.split(".")) {
      if (isRow(value) && Object.hasOwn(value, part)) {
        value = value[part];
      } else if (Array.isArray(value) && /^[0-9]+$/.test(part) && Number(part) < value.length) {
        value = value[Number(part)];
      } else {
        return null;
      }
    }
    this.#seen.add(column);
    return value;
  }

  /** One record: a table of its keys, or a CSV file of one row. */
  async #record(record: Row): Promise<void> {
    if (this.wanted === "csv") {
      await this.#table([record]);
      return;
    }
    const names = this.#columns.length > 0 ? this.#columns : Object.keys(record);
    await writeText(recordTable(names.map((name) => [name, this.#at(record, name)] as const)));
  }

  async #table(rows: readonly unknown[]): Promise<void> {
    const isCsv = this.wanted === "csv";
    const held = this.#columns.length > 0 ? rows : rows.map((row) => (isRow(row) ? row : { value: row }));
    const names = this.#columns.length > 0 ? this.#columns : this.#names(held as readonly Row[], isCsv);
    const cells = held.map((row) =>
      names.map((name) => (this.#columns.length > 0 ? this.#at(row, name) : own(row, name))),
    );
    if (!isCsv) {
      await writeText(table(names.length > 0 ? [names, ...cells] : [], this.#columns.length === 0));
      return;
    }
    if (names.length > 0) {
      await this.#header(names);
    }
    for (const row of cells) {
      await this.#csvRow(row);
    }
  }

  #header(names = this.#columns): Promise<void> {
    // Spreadsheets read UTF-8 where a byte order mark says so.
    return writeCsv((this.#isForSpreadsheet ? "\ufeff" : "") + csvLine(names, this.#isForSpreadsheet));
  }

  #csvRow(row: readonly unknown[]): Promise<void> {
    return writeCsv(csvLine(row, this.#isForSpreadsheet));
  }

  /** The columns of rows where none are asked for: all keys, or those that the contract puts first. */
  #names(rows: readonly Row[], isEvery: boolean): readonly string[] {
    const found = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const isSelected = this.#select !== undefined;
    if (isEvery) {
      return found.length > 0 || isSelected ? found : knownKeys(this.#command);
    }
    const first = isSelected ? [] : words(COLUMNS[this.#command.name]);
    const plain = found.filter((name) => !rows.some((row) => isRow(own(row, name)) || Array.isArray(own(row, name))));
    const told = first.filter((name) => plain.includes(name));
    return [told, plain, found, first].find((names) => names.length > 0) ?? [];
  }

  #tellUnseen(): void {
    for (const column of this.#columns) {
      if (!this.#seen.has(column)) {
        say(`note: no record has the column ${quote(column)}.`);
      }
    }
  }
}

async function gathered(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

/** The keys of the command's records, as the contract has them. */
function knownKeys({ name }: Command): string[] {
  return [...words(COLUMNS[name]), ...words(OTHER_KEYS[name])];
}

function words(text = ""): string[] {
  return text === "" ? [] : text.split(" ");
}

function columnsOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) {
    throw new UsageError(`--columns ${quote(text)} must be names with commas between them, such as id,name.`);
  }
  return [...new Set(names)];
}
