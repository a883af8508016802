/**
 * Runs many command lines in one process.
 *
 * Reads a line of JSON per command from standard input: `{ words, variables }`. What the command prints goes to this
 * process's own streams; behind it, a line that begins with NUL ends it on both, on standard output with the exit code.
 * A command that reads standard input needs a process of its own: here that is taken.
 */

import { createInterface } from "node:readline";
import { main } from "../../src/cli/main.js";
import { say } from "../../src/cli/output.js";

// As bin.ts has it: Node's announcements are no output of a command, other warnings are.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") {
    say(`warning: ${warning.message}`);
  }
});
// Each command adds a listener, and a process usually carries out one.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);

const own = { ...process.env };

for await (const line of createInterface({ input: process.stdin })) {
  const { words, variables } = JSON.parse(line) as { words: string[]; variables: Record<string, string> };
  process.env = { ...own, ...variables };
  const code = await main(words);
  process.stdout.write(`\0${code}\n`);
  process.stderr.write("\0\n");
}
