/** The commands by their words: look-ups in the generated table. */

import type { Command, Option, Resource } from "./shapes.js";
import * as table from "./table.js";

export { OWN_WORDS, SHORT } from "./table.js";

export const GLOBAL: ReadonlyMap<string, Option> = new Map(table.GLOBAL.map((option) => [option.name, option]));
export const RESOURCES: ReadonlyMap<string, Resource> = new Map(table.RESOURCES.map((each) => [each.name, each]));
export const TOOLS: ReadonlyMap<string, Command> = new Map(table.TOOLS.map((tool) => [tool.name, tool]));

/** The commands of a resource, by their verbs; nothing for a word that is no resource. */
export function verbs(resource: string): ReadonlyMap<string, Command> {
  const { commands } = RESOURCES.get(resource) ?? { commands: [] };
  return new Map(commands.map((command) => [command.words[1] as string, command]));
}

/** The command of that name. */
export function find(...words: string[]): Command | undefined {
  const [first, second] = words as [string, string?];
  return second === undefined ? TOOLS.get(first) : verbs(first).get(second);
}

/** The flag of that name, a command's own or a global one. */
export function optionOf(command: Command | undefined, name: string): Option | undefined {
  return command?.options.find((option) => option.name === name) ?? GLOBAL.get(name);
}
