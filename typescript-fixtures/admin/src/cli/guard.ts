/** What stands between a command that changes something and the server: SEGOPS_READONLY, and protected profiles. */

import { createInterface } from "node:readline";
import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";
import type { Invocation } from "./parsing.js";
import type { Profile } from "./profiles.js";
import { isOn } from "./settings.js";
import type { Command } from "./shapes.js";

/**
 * Refuses, or asks about, a command that would change something.
 *
 * @throws {UsageError} it must not be carried out
 */
export async function checkWrite(command: Command, line: Invocation, profile: Profile): Promise<void> {
  if (line.has("dry-run") || !changes(command, line)) {
    return;
  }
  if (isOn("SEGOPS_READONLY")) {
    throw new UsageError(`SEGOPS_READONLY is set, and ${command.name} changes something.`, "Nothing was sent.");
  }
  if (!profile.isProtected || line.has("yes")) {
    return;
  }
  const url = line.texts.get("api-url") || process.env.SEGOPS_API_URL || profile.text("url");
  const where = `profile ${quote(profile.name)}${url === undefined ? "" : ` (${url})`}`;
  const problem = `${where} is protected, and ${command.name} changes something.`;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError(problem, "With --yes it is carried out.");
  }
  if (!["y", "yes"].includes((await answerTo(`${problem} Carry it out? [y/N] `)).trim().toLowerCase())) {
    throw new UsageError("not confirmed.", "Nothing was sent.");
  }
}

function answerTo(question: string): Promise<string> {
  return new Promise((resolve) => {
    // The terminal edits the line itself: Ctrl-C stays a signal.
    const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    terminal.once("close", () => resolve(""));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}

function changes(command: Command, line: Invocation): boolean {
  if (command.name === "api") {
    return !["GET", "HEAD", "OPTIONS"].includes((line.arguments[0] as string).toUpperCase());
  }
  return command.mutates === true;
}
