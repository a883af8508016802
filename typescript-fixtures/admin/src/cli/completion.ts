/** The words that may come next on a command line, for the scripts of `shells`. */

import { find, GLOBAL, optionOf, RESOURCES, SHORT, TOOLS, verbs } from "./commands.js";
import { TOPICS } from "./help.js";
import type { Command, Option } from "./shapes.js";

/** A line that stands for the names of files: each shell completes those in its own way. */
export const FILES = ":files";

const QUERY_PARAMETER: Option = { name: "", value: "VALUE", about: "" };

/**
 * The words that may stand in place of the last one: `word<tab>what it is` each, or {@link FILES}.
 *
 * @param words the command line without the program, up to the cursor; the last one is what has been typed of a word
 */
export function candidates(words: readonly string[]): string[] {
  const current = words[words.length - 1];
  if (current === undefined) {
    return [];
  }
  const { plainWords, command, waiting } = read(words.slice(0, -1));
  return possible(current, plainWords, command, waiting).filter((line) => line === FILES || line.startsWith(current));
}

function possible(
  current: string,
  plainWords: string[],
  command: Command | undefined,
  waiting: Option | undefined,
): string[] {
  if (waiting !== undefined) {
    return values(waiting, "");
  }
  if (current.startsWith("--") && current.includes("=")) {
    const option = optionOf(command, current.slice(2, current.indexOf("=")));
    return option === undefined ? [] : values(option, current.slice(0, current.indexOf("=") + 1));
  }
  return current.startsWith("-") ? flags(command) : next(plainWords, command);
}

/** The words that are no flags, the command among them, and the flag that waits for its value. */
function read(words: readonly string[]): {
  plainWords: string[];
  command: Command | undefined;
  waiting: Option | undefined;
} {
  const plainWords: string[] = [];
  let command: Command | undefined;
  let waiting: Option | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      waiting = undefined;
    } else if (word.startsWith("--")) {
      const isQuery = command?.query !== undefined && !word.includes("=");
      const option = optionOf(command, word.slice(2)) ?? (isQuery ? QUERY_PARAMETER : undefined);
      waiting = option?.value ? option : undefined;
    } else if (!(word in SHORT)) {
      plainWords.push(word);
      if (command === undefined && plainWords.length <= 2) {
        command = find(...plainWords);
      }
    }
  }
  return { plainWords, command, waiting };
}

function values(option: Option, prefix: string): string[] {
  return option.isFile ? [FILES] : (option.choices ?? []).map((choice) => `${prefix}${choice}\t`);
}

function flags(command: Command | undefined): string[] {
  const options = [...(command?.options ?? []), ...GLOBAL.values()];
  const own = options.map(({ name, value, about }) => `--${name}${value ? "=" : ""}\t${about}`);
  const query = (command?.known ?? []).map(([name]) => `--${name.replaceAll("_", "-")}=\tquery parameter`);
  return [...own, ...query];
}

function next(words: string[], command: Command | undefined): string[] {
  if (words[0] === "help") {
    return names(
      words.slice(1),
      [...TOPICS.keys()].map((topic) => `${topic}\ttopic`),
    );
  }
  if (command === undefined) {
    return names(words, ["help\tHelp on a command or a topic."]);
  }
  const argument = command.arguments[words.length - command.words.length];
  if (argument === undefined) {
    return [];
  }
  if (["object", "array", "file", "out"].includes(argument.kind)) {
    return [FILES];
  }
  return (argument.choices ?? []).map((name) => `${name}\t`);
}

/** Resources and tools, or the verbs of a resource. */
function names(words: string[], more: string[]): string[] {
  const [first] = words;
  if (first === undefined) {
    const found = [...RESOURCES.values()].map(({ name, summary }) => `${name}\t${summary}`);
    return [...found, ...[...TOOLS].map(([name, { summary }]) => `${name}\t${summary}`), ...more];
  }
  return words.length > 1 ? [] : [...verbs(first)].map(([verb, { summary }]) => `${verb}\t${summary}`);
}
