/**
 * The words of a command line, as command, arguments and flags.
 *
 * `--k=v`, `--k v` and a bare `--k` are flags, anywhere on the line; `--` ends them. A flag that is known to take
 * nothing never takes the word after it. On a listing, a flag that is not known is a query parameter, unless it is so
 * close to a known one that it is a slip of the keyboard.
 */

import { quote } from "../errors/text.js";
import { find, GLOBAL, OWN_WORDS, optionOf, RESOURCES, SHORT, TOOLS, verbs } from "./commands.js";
import { UsageError } from "./failures.js";
import type { Command, Option } from "./shapes.js";
import { PROGRAM, refuseSlip, unknown, unknownFlag, usage, wrongChoice } from "./usage.js";

/** A query parameter's value: text, true for a bare flag, or several of these. */
export type QueryText = string | true | (string | true)[];

/** A command line, understood. */
export class Invocation {
  /** The words of the command, or what help is asked for. */
  path: string[] = [];
  /** The command to carry out; undefined if it is help that is asked for. */
  command: Command | undefined;
  /** Whether a verb is missing. */
  isIncomplete = false;
  /** The command's arguments. */
  arguments: string[] = [];
  /** The flags given that take a value, by name. */
  readonly texts = new Map<string, string>();
  /** The flags given that may be repeated, by name. */
  readonly lists = new Map<string, string[]>();
  /** The flags given that take nothing. */
  readonly switches = new Set<string>();
  /** The query parameters given. */
  readonly query = new Map<string, QueryText>();
  /** Those among them that came as flags and that no page documents, as they were typed. */
  readonly undocumented: string[] = [];

  /** Whether a flag was given. */
  has(name: string): boolean {
    return this.texts.has(name) || this.lists.has(name) || this.switches.has(name);
  }
}

/**
 * Understands a command line.
 *
 * @throws {UsageError} it cannot be understood
 */
export function parse(words: readonly string[]): Invocation {
  const reader = new Reader(words);
  const end = words.indexOf("--");
  const beforeEnd = end === -1 ? words : words.slice(0, end);
  const isHelpAsked = beforeEnd.includes("-h") || beforeEnd.includes("--help");
  try {
    reader.read();
  } catch (error) {
    // Who asks for help gets help, whatever else is wrong with the line.
    if (!isHelpAsked) {
      throw error;
    }
  }
  const { line } = reader;
  if (isHelpAsked || line.path[0] === "help") {
    line.command = undefined;
    line.path = line.path.filter((word) => word !== "help");
  } else if (line.command !== undefined) {
    checkArguments(line.command, line, reader.spaced);
  } else {
    line.isIncomplete = line.path.length > 0;
  }
  return line;
}

/** Reads words from left to right. */
class Reader {
  /** What has been understood so far. */
  readonly line = new Invocation();
  /** The query parameters that took the word after them, for the message if one is missing then. */
  readonly spaced: string[] = [];
  readonly #words: string[];

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read(): void {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === "--") {
        for (const rest of this.#words) {
          this.#plain(rest);
        }
        return;
      }
      if (word.slice(0, 2) in SHORT) {
        this.#short(word);
      } else if (word.startsWith("--")) {
        this.#flag(word);
      } else {
        this.#plain(word);
      }
    }
  }

  #plain(word: string): void {
    const { line } = this;
    const [resource] = line.path;
    if (line.command !== undefined) {
      if (line.arguments.length === line.command.arguments.length) {
        const what = word.startsWith("-") && word.length > 1 ? "unknown flag" : "unexpected argument";
        throw new UsageError(`${line.command.name}: ${what} ${quote(word)}.`, usage(line.command));
      }
      line.arguments.push(word);
    } else if (resource === "help") {
      line.path.push(word);
    } else if (word === "help") {
      line.path.unshift(word); // `segments help` is `help segments`
    } else if (resource === undefined) {
      const known = [...RESOURCES.keys(), ...TOOLS.keys()];
      if (!known.includes(word)) {
        throw unknown(word, [...known, "help"], "command", PROGRAM);
      }
      line.path.push(word);
      line.command = find(word);
    } else {
      line.command = find(resource, word);
      if (line.command === undefined) {
        const known = verbs(resource).keys();
        throw unknown(word, known, `${resource} command`, `${PROGRAM} ${resource}`);
      }
      line.path.push(word);
    }
  }

  /** `-v`, `-o csv`, `-o=csv`, `-ocsv`. */
  #short(word: string): void {
    const option = GLOBAL.get(SHORT[word.slice(0, 2)] as string) as Option;
    if (option.value !== "") {
      this.#option(option, word.length > 2 ? word.slice(word[2] === "=" ? 3 : 2) : undefined);
    } else if (word.length === 2) {
      this.line.switches.add(option.name);
    } else {
      this.#plain(word);
    }
  }

  #flag(word: string): void {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals === -1 ? undefined : equals);
    const value = equals === -1 ? undefined : word.slice(equals + 1);
    const { command, undocumented } = this.line;
    const option = optionOf(command, name.replaceAll("_", "-"));
    if (option !== undefined) {
      this.#option(option, value);
    } else if (command !== undefined && isQueryParameter(name, command)) {
      this.#queryParameter(name.replaceAll("-", "_"), value);
      if (!isDocumented(name.replaceAll("-", "_"), command)) {
        refuseSlip(name, command);
        if (!command.silent?.includes("*")) {
          undocumented.push(name);
        }
      }
    } else {
      throw unknownFlag(name, command);
    }
  }

  #option(option: Option, value: string | undefined): void {
    const { switches, texts, lists } = this.line;
    if (option.value === "") {
      if (value !== undefined) {
        throw new UsageError(`--${option.name} takes no value: ${quote(value)} was given.`);
      }
      switches.add(option.name);
      return;
    }
    const given = value ?? (this.#words[0]?.startsWith("--") ? undefined : this.#words.shift());
    if (given === undefined) {
      throw new UsageError(`--${option.name} needs a value: --${option.name}=${option.value}`);
    }
    const { command } = this.line;
    if (option.choices !== undefined && option.parameter === undefined && !option.choices.includes(given)) {
      throw wrongChoice(option, given, command);
    }
    if (option.name === "query" && command?.query !== undefined) {
      const equals = given.indexOf("=");
      // Before it was a flag, `--query=TEXT` was a query parameter like any other.
      this.#add(
        ...((equals > 0 ? [given.slice(0, equals), given.slice(equals + 1)] : ["query", given]) as [string, string]),
      );
    } else if (option.isMany) {
      lists.set(option.name, [...(lists.get(option.name) ?? []), given]);
    } else {
      texts.set(option.name, given);
    }
  }

  #queryParameter(key: string, value: string | undefined): void {
    const [next] = this.#words;
    let given: string | true = value ?? true;
    if (value === undefined && next !== undefined && !next.startsWith("--") && !(next in SHORT)) {
      given = next;
      this.#words.shift();
      this.spaced.push(`--${key}=${given}`);
    }
    this.#add(key, given);
  }

  #add(key: string, given: string | true): void {
    const { query } = this.line;
    const before = query.get(key);
    query.set(key, before === undefined ? given : Array.isArray(before) ? [...before, given] : [before, given]);
  }
}

/** Whether a flag that is not known goes to the server: on a listing, unless it is one of this program's own. */
function isQueryParameter(name: string, command: Command): boolean {
  const isListing = command.query !== undefined;
  return isListing && !OWN_WORDS.includes(name.replaceAll("_", "-")) && /^_*[\p{L}\p{N}]/u.test(name);
}

function isDocumented(key: string, { known = [], silent = [] }: Command): boolean {
  return known.some(([name]) => name === key) || silent.includes(key);
}

function checkArguments(command: Command, line: Invocation, spaced: string[]): void {
  const missing = command.arguments.slice(line.arguments.length).filter(({ isOptional }) => !isOptional);
  if (missing.length > 0) {
    const names = missing.map((argument) => `<${argument.shown}>`).join(" and ");
    const hint = spaced.length > 0 ? ` (${spaced.join(", ")} was read as a query parameter.)` : "";
    throw new UsageError(`${command.name} needs ${names}.${hint}`, usage(command));
  }
}
