/**
 * What happens from the words of a command line to its exit code.
 *
 * In reading order: `parsing` (which command, arguments and flags the words are), `commands` (which commands there are),
 * `running` (how a command becomes calls), `settings` (which key, server and options), `failures` (which exit code and
 * message an error is worth), and what these use.
 */

import { quote } from "../errors/text.js";
import { VERSION } from "../version.js";
import { candidates } from "./completion.js";
import { install } from "./completion-install.js";
import { Interrupted, report, UsageError } from "./failures.js";
import { helpText } from "./help.js";
import { begin, prepare, say, writeJson, writeText } from "./output.js";
import { type Invocation, parse } from "./parsing.js";
import { run } from "./running.js";
import { script } from "./shells.js";

/**
 * Carries out one command line.
 *
 * @param words the command line without the program's name
 * @returns the exit code: 0 success, 1 failure, 2 usage, 130 interrupted; see `segops-admin help exit-codes`
 */
export async function main(words: readonly string[]): Promise<number> {
  prepare();
  begin(words);
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new Interrupted());
  process.once("SIGINT", interrupt);
  try {
    return await Promise.race([carriedOut(words, controller.signal), interruption(controller.signal)]);
  } catch (error) {
    return report(error);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** Shows warnings in one line each. Node would take two, and announce on standard error that its fetch is experimental (18). */
export function showWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") {
      say(`warning: ${warning.message}`);
    }
  });
}

/**
 * Rejects when the signal is aborted, and a little later: what is under way may tidy up after itself first. A command
 * that ends in its own way then is left to do so, however long that takes.
 */
function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      if (!(signal.reason as Interrupted).endsByItself) {
        reject(signal.reason);
      }
    };
    signal.addEventListener("abort", () => setTimeout(end, TIDY_MILLISECONDS).unref());
  });
}

const TIDY_MILLISECONDS = 500;

async function carriedOut(words: readonly string[], signal: AbortSignal): Promise<number> {
  if (words[0] === "__complete") {
    // what the completion scripts call
    await writeText(
      candidates(words.slice(1))
        .map((line) => `${line}\n`)
        .join(""),
    );
    return 0;
  }
  const line = parse(words);
  if (line.switches.has("version")) {
    await writeText(`segops-admin ${VERSION}\n`);
    return 0;
  }
  if (line.command === undefined) {
    return help(line);
  }
  if (line.command.name === "completion") {
    return completion(line);
  }
  return run(line.command, line, signal);
}

async function completion({ arguments: words, switches }: Invocation): Promise<number> {
  const [shell, rest] = words as [string, string?];
  if (shell === "install") {
    const [done, advice] = install(rest);
    await writeJson(done, switches.has("compact"));
    say(advice);
    return 0;
  }
  if (rest !== undefined) {
    throw new UsageError(`completion: surplus argument ${quote(rest)}.`, "segops-admin completion --help says more.");
  }
  await writeText(script(shell));
  return 0;
}

async function help(line: Invocation): Promise<number> {
  const text = helpText(line.path);
  if (line.isIncomplete) {
    say(text.replace(/\n$/, ""));
    return 2;
  }
  await writeText(text);
  return 0;
}
