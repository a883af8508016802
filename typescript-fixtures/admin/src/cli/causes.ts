/** What an error can come from, by the command line that it ended; for messages and for the doctor. */

import { quote } from "../errors/text.js";
import { verbs } from "./commands.js";
import { kindOf } from "./failures.js";
import type { Invocation } from "./parsing.js";
import type { Argument, Command } from "./shapes.js";
import { CAUSES } from "./table.js";
import { PROGRAM } from "./usage.js";

/**
 * What it can be, in words.
 *
 * @param url the base URL of the calls
 */
export function causes(error: unknown, command: Command, line: Invocation, url: string): string[] {
  const kind = kindOf(error);
  const facts = factsOf(command, line, url);
  return CAUSES.filter(({ kinds, when }) => kinds.includes(kind) && (when === "always" || facts.has(when))).map(
    ({ says }) => says.replace(/\{(\w+)\}/g, (_, name: string) => facts.get(name.replaceAll("_", "-")) ?? url),
  );
}

/** Causes as one line of advice. */
export function causesTold(found: readonly string[]): string {
  return found.length === 0 ? "" : `Possible cause${found.length > 1 ? "s" : ""}: ${found.join("; or ")}.`;
}

/** What is so, of what causes depend on, each with the value that belongs to it. */
function factsOf(command: Command, line: Invocation, url: string): Map<string, string> {
  const facts = new Map<string, string>();
  if (!url.endsWith("/api")) {
    facts.set("bare-url", url);
  }
  const page = line.query.get("page");
  if (typeof page === "string" && /^[0-9]+$/.test(page) && Number(page) > 1) {
    facts.set("page", page);
  }
  for (const [index, text] of line.arguments.entries()) {
    const { name } = command.arguments[index] as Argument;
    if (name === "event_type") {
      facts.set("event-type", quote(text)).set("list", `${PROGRAM} schemas list`);
    } else if ((name === "id" || name.endsWith("_id")) && !facts.has("id")) {
      facts.set("id", quote(text)).set("list", listing(command));
    } else if (name === "path") {
      facts.set("path", text);
    }
  }
  return facts;
}

/** The command that shows which ids there are. */
function listing({ words }: Command): string {
  const resource = words[0] as string;
  const verb = ["list", "search"].find((each) => verbs(resource).has(each)) ?? "--help";
  return `${PROGRAM} ${resource} ${verb}`;
}
