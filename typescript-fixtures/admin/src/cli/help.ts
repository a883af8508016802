/** What does `--help` say, at each level? ASCII only: it must print on every terminal. */

import { find, GLOBAL, plain, resources, shown, verbs } from "./commands.js";
import { PROGRAM, unknown, usage, verbsOf } from "./parsing.js";
import type { Command, Option, Parameter } from "./shapes.js";
import { TOOLS } from "./tools.js";

const WIDTH = 100;

const ENVIRONMENT = `Environment variables. A flag comes before a variable, a variable before the default.

  SEGOPS_API_KEY      the secret key (sk_...); required. There is no flag for it: a command line can be read by others.
  SEGOPS_API_URL      the API's root, /api included; https://api.segops.ai/api unless set     (--api-url)
  SEGOPS_TIMEOUT      seconds without progress after which an attempt is given up; 60         (--timeout)
  SEGOPS_MAX_RETRIES  how often a call is tried again on 429, 5xx and failed connections; 3   (--max-retries)
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

Messages go to standard error, on one line that begins with "error: ". Standard output holds results only.

Example:
  segops-admin segments get 12 > segment.json || echo "failed with $?"
`;

export const TOPICS: ReadonlyMap<string, string> = new Map([
  ["environment", ENVIRONMENT],
  ["exit-codes", EXIT_CODES],
]);

const ABOUT: Readonly<Record<string, string>> = {
  object: "A JSON object: a file, - for standard input, or the JSON itself.",
  array: "A JSON array: a file, - for standard input, or the JSON itself.",
  file: "A CSV file in UTF-8 with a header row; - is standard input.",
  out: "The file to write; - is standard output.",
};

const SAMPLES: Readonly<Record<string, string>> = {
  anonymous_id: "visitor-7",
  cursor: "CURSOR",
  data: "products.csv",
  event_type: "purchase",
  export_id: "14",
  from_user_id: "user-41",
  id: "12",
  into_user_id: "user-42",
  job_id: "3",
  limit: "100",
  method: "GET",
  page: "2",
  path: "/segments/",
  q: "shoes",
  segment_id: "12",
  shell: "bash",
  to: "members.csv",
  user_id: "user-42",
};

/**
 * The help on what these words name: nothing, a topic, a resource, a command.
 *
 * @throws {UsageError} they name nothing
 */
export function helpText(words: readonly string[]): string {
  const [first, second] = words;
  if (first === undefined) {
    return top();
  }
  const topic = TOPICS.get(first);
  if (topic !== undefined && words.length === 1) {
    return topic;
  }
  if (resources.has(first) && words.length === 1) {
    return resourceHelp(first);
  }
  const command = words.length <= 2 ? find(...words) : undefined;
  if (command !== undefined) {
    return commandHelp(command);
  }
  const isInResource = resources.has(first) && second !== undefined && words.length === 2;
  const known = isInResource ? verbsOf(first) : [...resources.keys(), ...TOOLS.keys(), ...TOPICS.keys()];
  const program = isInResource ? `${PROGRAM} help ${first}` : `${PROGRAM} help`;
  throw unknown(words[words.length - 1] ?? "", known, "topic of help", program);
}

function top(): string {
  const lines = [
    `${PROGRAM}: administer a SegOps workspace. JSON in, JSON out.`,
    "",
    "usage: segops-admin [options] <resource> <verb> [arguments] [--flags]",
    "",
    "Resources and their verbs:",
    ...[...resources].flatMap(([name, resource]) => [
      `  ${name}`,
      ...wrapped(plain(resource.summary), 6),
      ...wrapped([...verbs(resource).keys()].join(" "), 8),
    ]),
    "",
    "Tools:",
    ...table([...TOOLS].map(([name, { summary }]) => [name, summary])),
    "",
    "Options:",
    ...optionLines(GLOBAL),
    "",
    "Examples:",
    "  segops-admin segments list --page-size=5",
    "  segops-admin segments recompute 12 --wait",
    "  segops-admin segments members 12 --all > members.jsonl",
    "  segops-admin products import products.csv",
    "  segops-admin pages export 8 --format=html",
    "",
    "The key is read from SEGOPS_API_KEY. More: segops-admin help <resource> [<verb>],",
    ...[...TOPICS.keys()].map((topic) => `segops-admin help ${topic}`),
  ];
  return `${lines.join("\n")}\n`;
}

function resourceHelp(name: string): string {
  const resource = resources.get(name);
  if (resource === undefined) {
    return "";
  }
  const methods = [...verbs(resource)];
  const first = find(name, methods[0]?.[0] ?? "");
  const lines = [
    plain(resource.summary),
    "",
    `usage: ${PROGRAM} ${name} <verb> [arguments] [--flags]`,
    "",
    "Verbs:",
    ...table(methods.map(([verb, { summary }]) => [verb, plain(summary)])),
    "",
    "Example:",
    first === undefined ? "" : `  ${example(first)}`,
    "",
    `More: ${PROGRAM} help ${name} <verb>`,
  ];
  return `${lines.join("\n")}\n`;
}

function commandHelp(command: Command): string {
  const lines = wrapped(inShellWords(command.summary), 0);
  for (const paragraph of command.details) {
    lines.push("", ...wrapped(inShellWords(paragraph), 0));
  }
  lines.push("", ...wrapped(usage(command), 0, 7));
  if (command.arguments.length > 0) {
    lines.push("", "Arguments:", ...table(command.arguments.map((each) => [`<${shown(each)}>`, aboutOf(each)])));
  }
  if (command.options.size > 0 || command.query !== undefined) {
    lines.push("", "Flags:", ...optionLines(command.options));
  }
  if (command.query !== undefined) {
    const about = `Any other flag is a query parameter; may be repeated. ${aboutOf(command.query)}`;
    lines.push(...table([["--KEY=VALUE", about]]));
  }
  lines.push("", "Example:", `  ${example(command)}`);
  if (command.source !== "") {
    lines.push("", `See ${command.source}`);
  }
  lines.push("", `Options of all commands: ${PROGRAM} --help`);
  return `${lines.join("\n")}\n`;
}

function aboutOf(parameter: Parameter): string {
  const general = ABOUT[parameter.kind] ?? "";
  if (parameter.kind === "file" || parameter.kind === "out") {
    return general;
  }
  const about = plain(parameter.about);
  const sentence = about.charAt(0).toUpperCase() + about.slice(1);
  return `${general} ${sentence === "" || sentence.endsWith(".") ? sentence : `${sentence}.`}`.trim();
}

/** Names of methods as the verbs that they are here. */
function inShellWords(paragraph: string): string {
  const name = (text: string): string => text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return plain(paragraph.replace(/`([a-z]\w*)`/g, (_, word: string) => name(word)));
}

/** A command line that works, for the help. */
export function example(command: Command): string {
  const words = [PROGRAM, ...command.words];
  words.push(...command.arguments.map(({ name }) => SAMPLES[name] ?? `${name}.json`));
  const query =
    command.method?.name === "list" ? command.knownQuery[command.knownQuery.length - 1] : command.knownQuery[0];
  if (query !== undefined) {
    words.push(`--${query.replaceAll("_", "-")}=${SAMPLES[query] ?? "50"}`);
  }
  const choice = [...command.options.values()].find(({ choices }) => choices !== undefined && choices.length > 0);
  if (choice !== undefined) {
    words.push(`--${choice.name}=${choice.choices?.[0]}`);
  }
  if (command.wait !== undefined) {
    words.push(command.options.has("confirm") ? "--confirm='{}' --wait" : "--wait");
  }
  return words.join(" ");
}

function optionLines(options: ReadonlyMap<string, Option>): string[] {
  return table(
    [...options.values()].map(({ name, value, about }) => [value ? `--${name}=${value}` : `--${name}`, plain(about)]),
  );
}

/** Two columns; the second one is wrapped below itself. */
function table(rows: [string, string][]): string[] {
  const width = Math.min(28, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapped(right, width + 4);
    if (left.length > width) {
      return [`  ${left}`, first, ...rest];
    }
    return [`  ${left.padEnd(width)}  ${first.trimStart()}`.trimEnd(), ...rest];
  });
}

/** Lines of at most `WIDTH` characters. */
function wrapped(text: string, margin: number, hanging = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    if (line !== "" && margin + line.length + 1 + word.length > WIDTH) {
      lines.push(" ".repeat(margin) + line);
      line = " ".repeat(hanging) + word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, " ".repeat(margin) + line];
}
