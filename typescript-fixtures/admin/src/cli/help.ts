/** What `--help` says, at each level. ASCII only: it must print on every terminal. */

import { BODIES, DEFINITIONS } from "./bodies.js";
import { find, RESOURCES, TOOLS, verbs } from "./commands.js";
import { FRONT } from "./front.js";
import type { Command, Option, Resource } from "./shapes.js";
import { PROGRAM, unknown, usage } from "./usage.js";

const WIDTH = 100;

const ENVIRONMENT = `Environment variables. A flag comes before a variable, a variable before the profile, the profile before the default.

  SEGOPS_API_KEY      the secret key (sk_...); required. There is no flag for it: a command line can be read by others.
  SEGOPS_API_URL      the API's root, /api included; https://api.segops.ai/api unless set     (--api-url)
  SEGOPS_TIMEOUT      seconds without progress after which an attempt is given up; 60         (--timeout)
  SEGOPS_MAX_RETRIES  how often a call is retried on 429, 5xx and failed connections; 3   (--max-retries)
  SEGOPS_PROFILE      the profile to work with; see segops-admin config --help                (--profile)
  SEGOPS_STRICT       set to 1: query parameters that are not documented are refused          (--strict)
  SEGOPS_READONLY     set to 1: whatever changes something is refused before it is sent
  SEGOPS_WEBHOOK_SECRET   what segops-admin listen has deliveries signed with
  XDG_CONFIG_HOME     where segops/config.json with the profiles is; ~/.config unless set
  COLUMNS             how wide tables may be; the terminal's width unless set
  SEGOPS_DEBUG        set to anything: errors come with a stack trace
  NODE_EXTRA_CA_CERTS certificate authorities to trust beside those of Node
  NODE_USE_ENV_PROXY  set to 1: use HTTPS_PROXY, HTTP_PROXY and NO_PROXY, where Node knows it (24 and later)

Example:
  SEGOPS_API_KEY=sk_... segops-admin doctor
`;

const EXIT_CODES = `Exit codes.

  0    success; also if the reader of the output went away
  1    the API answered with an error, could not be reached or understood, or a job that was waited for failed
  2    usage: an unknown command or flag, a missing argument, a file that cannot be used, a missing or wrong key
  130  interrupted (Ctrl-C)

Messages go to standard error, on one line that begins with "error: "; with --json-errors as one JSON object a line,
with kind, message, advice, status, request_id and exit_code. Standard output holds results only.

Example:
  segops-admin segments get 12 > segment.json || echo "failed with $?"
`;

export const TOPICS: ReadonlyMap<string, string> = new Map([
  ["environment", ENVIRONMENT],
  ["exit-codes", EXIT_CODES],
  ["definitions", DEFINITIONS],
]);

/**
 * The help on what these words name: nothing, a topic, a resource, a command.
 *
 * @throws {UsageError} they name nothing
 */
export function helpText(words: readonly string[]): string {
  const [first] = words;
  if (first === undefined) {
    return FRONT;
  }
  const topic = TOPICS.get(first);
  if (topic !== undefined && words.length === 1) {
    return topic;
  }
  const resource = RESOURCES.get(first);
  if (resource !== undefined && words.length === 1) {
    return resourceHelp(resource);
  }
  const command = words.length <= 2 ? find(...words) : undefined;
  if (command !== undefined) {
    return commandHelp(command);
  }
  const isInResource = resource !== undefined && words.length === 2;
  const known = isInResource ? verbs(first).keys() : [...RESOURCES.keys(), ...TOOLS.keys(), ...TOPICS.keys()];
  const program = isInResource ? `${PROGRAM} help ${first}` : `${PROGRAM} help`;
  throw unknown(words[words.length - 1] as string, known, "topic of help", program);
}

function resourceHelp({ name, summary, commands }: Resource): string {
  const lines = [
    summary,
    "",
    `usage: ${PROGRAM} ${name} <verb> [arguments] [--flags]`,
    "",
    "Verbs:",
    ...table(commands.map((command) => [command.words[1] as string, command.summary])),
    "",
    "Example:",
    `  ${commands[0]?.example}`,
    "",
    `More: ${PROGRAM} help ${name} <verb>`,
  ];
  return `${lines.join("\n")}\n`;
}

function commandHelp(command: Command): string {
  const lines = [command.summary];
  for (const paragraph of command.details) {
    lines.push("", ...wrapped(paragraph, 0));
  }
  lines.push("", ...wrapped(usage(command), 0, 7));
  if (command.arguments.length > 0) {
    lines.push("", "Arguments:", ...table(command.arguments.map(({ shown, about }) => [`<${shown}>`, about])));
  }
  lines.push(...bodyLines(command));
  if (command.options.length > 0) {
    lines.push("", "Flags:", ...optionLines(command.options));
  }
  if (command.query !== undefined) {
    const known = (command.known ?? []).map(([name, about]): [string, string] => [flagOf(name), about]);
    lines.push("", "Query parameters:", ...table([...known, ["--KEY=VALUE", command.query.about]]));
  }
  lines.push("", "Example:", `  ${command.example}`);
  if (command.source !== undefined) {
    lines.push("", `See ${command.source}`);
  }
  lines.push("", `Options of all commands: ${PROGRAM} --help`);
  return `${lines.join("\n")}\n`;
}

function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}=VALUE`;
}

/** The keys of the JSON that a command takes, if they are known. */
function bodyLines({ name: command, words: [resource] }: Command): string[] {
  const rows = (BODIES[command] ?? []).map(([name, kind, isRequired, about]): [string, string] => [
    name,
    `${kind}${isRequired ? ", required" : ""}. ${about}`,
  ]);
  if (rows.length === 0) {
    return [];
  }
  const hasDefinition = resource === "segments" && rows.some(([name]) => ["definition", "conditions"].includes(name));
  const more = hasDefinition ? ["  Definitions, with all conditions: segops-admin help definitions"] : [];
  return ["", "Keys of the JSON:", ...table(rows), ...more];
}

function optionLines(options: readonly Option[]): string[] {
  return table(options.map(({ name, value, about }) => [value ? `--${name}=${value}` : `--${name}`, about]));
}

/** Two columns; the second one is wrapped below itself. */
function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const [first, ...rest] = wrapped(right, width + 4) as [string, ...string[]];
    return [`  ${left.padEnd(width)}  ${first.trimStart()}`, ...rest];
  });
}

/** Lines of at most `WIDTH` characters. */
function wrapped(text: string, margin: number, hanging = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && margin + line.length + 1 + word.length > WIDTH) {
      lines.push(" ".repeat(margin) + line);
      line = " ".repeat(hanging) + word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, " ".repeat(margin) + line];
}
