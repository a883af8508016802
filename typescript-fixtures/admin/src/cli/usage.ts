/** What is said of a command line that cannot be understood: what is wrong, what may be meant, the grammar. */

import { quote } from "../errors/text.js";
import { GLOBAL, OWN_WORDS } from "./commands.js";
import { UsageError } from "./failures.js";
import type { Command, Option } from "./shapes.js";
import { closest, nearest } from "./suggestions.js";

export const PROGRAM = "segops-admin";

/** The error for a word that is none of those known, with a suggestion. */
export function unknown(word: string, known: Iterable<string>, what: string, program: string): UsageError {
  const meant = closest(word, known);
  const advice = meant === "" ? "" : `Did you mean ${program} ${meant}? `;
  return new UsageError(`unknown ${what} ${quote(word)}.`, `${advice}${PROGRAM} help lists all.`);
}

/** The error for a flag that the command does not have, with a suggestion. */
export function unknownFlag(name: string, command: Command | undefined): UsageError {
  const known = [...(command?.options ?? []).map(({ name }) => name), ...GLOBAL.keys()];
  const where = command?.name ?? PROGRAM;
  const meant = closest(name, known);
  let advice = meant === "" ? "" : `Did you mean --${meant}? `;
  if (command === undefined) {
    advice += `Flags of a command come after it. ${PROGRAM} --help lists those that may come before.`;
  } else if (command.query !== undefined && OWN_WORDS.includes(name.replaceAll("_", "-"))) {
    advice = `It belongs to other commands. As a query parameter all the same: --query ${name}=VALUE`;
  } else {
    advice += `${PROGRAM} ${command.name} --help lists its flags.`;
  }
  return new UsageError(`${where}: unknown flag --${name}.`, advice);
}

/** A command's grammar, on one line. */
export function usage(command: Command): string {
  const query = command.query === undefined ? [] : [...(command.known ?? []).map(([name]) => name), "KEY"];
  const words = [
    PROGRAM,
    ...command.words,
    ...command.arguments.map(({ shown, isOptional }) => (isOptional ? `[<${shown}>]` : `<${shown}>`)),
    ...command.options.map(({ name, value }) => (value === "" ? `[--${name}]` : `[--${name}=${value}]`)),
    ...query.map((name) => `[--${name}=VALUE]`),
  ];
  return `usage: ${words.join(" ")}`;
}

/** Refuses a flag that is close to a known one: sent on, it would be ignored, and the listing be another one. */
export function refuseSlip(name: string, { name: shown, options, known = [] }: Command): void {
  const own = options.map((option) => option.name);
  const meant = nearest(name, [...own, ...known.map(([each]) => each.replaceAll("_", "-")), ...GLOBAL.keys()]);
  if (meant !== "") {
    const advice = `Did you mean --${meant}? As a query parameter all the same: --query ${name}=VALUE`;
    throw new UsageError(`${shown}: unknown flag --${name}.`, advice);
  }
}

/** The error for a value that is none of a flag's choices; `--output` alone has some that the method does not check. */
export function wrongChoice({ name, choices = [] }: Option, value: string, command: Command | undefined): UsageError {
  const listed = `${choices.slice(0, -1).join(", ")} or ${choices[choices.length - 1]}`;
  const isFile = command?.options.some((option) => option.name === "to");
  const advice = isFile ? `To write the export to a file: --to=${value}` : "";
  return new UsageError(`--${name} must be ${listed}, not ${quote(value)}.`, advice);
}
