/**
 * Which commands are there? Those of the resource classes, whose methods become verbs, and a few tools.
 *
 * Names, arguments, flags and texts are derived from the methods and their comments when the package is built
 * (scripts/derive.mjs). What cannot be derived from them is in the tables below, once.
 */

import { RESOURCES } from "./derived.js";
import type { Command, Method, NamedParameter, Option, Parameter, Resource } from "./shapes.js";
import { TOOLS } from "./tools.js";

type Options = ReadonlyMap<string, Option>;

function byName(...options: Option[]): Map<string, Option> {
  return new Map(options.map((option) => [option.name, option]));
}

export const GLOBAL: Options = byName(
  { name: "api-url", value: "URL", about: "the API's root, /api included; SEGOPS_API_URL unless given" },
  { name: "timeout", value: "SECONDS", about: "give an attempt up after this long without progress; 60 unless given" },
  { name: "max-retries", value: "N", about: "try again this often on 429, 5xx and failed connections; 3 unless given" },
  { name: "verbose", value: "", about: "log each attempt to standard error (-v)" },
  { name: "compact", value: "", about: "print JSON on one line" },
  { name: "dry-run", value: "", about: "print the request that would be sent, the key masked, and send nothing" },
  { name: "version", value: "", about: "print the version" },
  { name: "help", value: "", about: "print help (-h)" },
);
export const SHORT: Readonly<Record<string, string>> = { "-v": "verbose", "-h": "help" };

/** Flags of this program that are never query parameters: where they do not apply, they are mistakes. */
export const OWN_WORDS = [
  "all",
  "prefetch",
  "wait",
  "wait-timeout",
  "interval",
  "output",
  "confirm",
  "idempotency-key",
];

/** Flags that are for walks and waits, not for the method itself. */
export const OF_WALKS_AND_WAITS = ["prefetch", "wait-timeout", "interval"];

const RENAMED: Readonly<Record<string, string>> = { importCsv: "import" };
const WAITS: Readonly<Record<string, string>> = {
  "segments recompute": "waitForRecompute",
  "segments export": "waitForExport",
  "products import": "waitForImport",
  "products confirm-import": "waitForImport",
};

const ALL: Option = { name: "all", value: "", about: "walk all pages and print every item as one line of JSON" };
const OUTPUT: Option = {
  name: "output",
  value: "OUT",
  about: "wait, then write the export to this file; - is standard output",
  isFile: true,
};
const CONFIRM: Option = {
  name: "confirm",
  value: "BODY",
  about: "confirm the import with this mapping, as confirm-import does; {} accepts what the server proposes",
  isFile: true,
};

/** The flag of that name, a command's own or a global one. */
export function optionOf(command: Command | undefined, name: string): Option | undefined {
  return command?.options.get(name) ?? GLOBAL.get(name);
}

/** A camelCase name as the shell has it. */
export function kebab(name: string): string {
  return RENAMED[name] ?? name.replaceAll("_", "-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const resources: ReadonlyMap<string, Resource> = new Map(RESOURCES.map((each) => [each.name, each]));

/** Walks and waits are no verbs of their own: they are `--all` and `--wait` of others. */
export function verbs(resource: Resource): Map<string, Method> {
  const shown = resource.methods.filter(({ name }) => !/^(iterate|waitFor)/.test(name));
  return new Map(shown.map((method) => [kebab(method.name), method]));
}

/** The command of that name. */
export function find(...words: string[]): Command | undefined {
  const [first = "", second] = words;
  if (second === undefined) {
    return TOOLS.get(first);
  }
  const resource = resources.get(first);
  const method = resource === undefined ? undefined : verbs(resource).get(second);
  return resource === undefined || method === undefined ? undefined : commandOf(resource, second, method);
}

function commandOf(resource: Resource, verb: string, method: Method): Command {
  const name = `${resource.name} ${verb}`;
  const methodNamed = (wanted: string | undefined): Method | undefined =>
    resource.methods.find((each) => each.name === wanted);
  const walk = methodNamed(method.name === "list" ? "iterate" : `iterate${capitalised(method.name)}`);
  const wait = methodNamed(WAITS[name]);
  const query = method.parameters.find(({ kind }) => kind === "query");
  const optional = method.parameters.filter(({ required, kind }) => !required && kind !== "query");
  const options = byName(...optional.map(optionOfPositional), ...method.options.map(optionOfNamed));
  for (const option of [...walkOptions(walk), ...waitOptions(wait)]) {
    options.set(option.name, option);
  }
  if (name === "segments export") {
    options.set("output", OUTPUT);
  }
  if (name === "products import") {
    options.set("confirm", CONFIRM);
  }
  return {
    words: [resource.name, verb],
    name,
    summary: method.summary,
    details: method.details,
    source: method.source,
    property: resource.property,
    method,
    walk,
    wait,
    arguments: method.parameters.filter(({ required }) => required),
    options,
    query,
    knownQuery: marked(query?.about ?? ""),
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function optionOfPositional({ name, about }: Parameter): Option {
  return { name: kebab(name), value: name.toUpperCase(), about, parameter: name };
}

function optionOfNamed({ name, type, choices, about }: NamedParameter): Option {
  const value = type === "number" ? "N" : choices.join("|");
  const shown = value || (name === "idempotencyKey" ? "KEY" : name.toUpperCase());
  return { name: kebab(name), value: shown, about: uncapitalised(about), choices, parameter: name };
}

function uncapitalised(text: string): string {
  return (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text).replace(/\.$/, "");
}

function walkOptions(walk: Method | undefined): Option[] {
  return walk === undefined ? [] : [ALL, ...renamed(walk, { prefetch: "prefetch" })];
}

function waitOptions(wait: Method | undefined): Option[] {
  const flag = { name: "wait", value: "", about: "wait until the job is over and print its last answer" };
  return wait === undefined ? [] : [flag, ...renamed(wait, { timeout: "wait-timeout", interval: "interval" })];
}

/** Flags for those parameters of a walk or a wait that have a name in `names`. */
function renamed(method: Method, names: Readonly<Record<string, string>>): Option[] {
  return method.options.flatMap((option) => {
    const name = names[option.name];
    const value = name === "prefetch" ? "N" : "SECONDS";
    return name === undefined ? [] : [{ ...optionOfNamed(option), name, value }];
  });
}

/** The names that a comment puts between backticks, those in parentheses left out. */
export function marked(text: string): string[] {
  const parts = text.replace(/\([^)]*\)/g, "").split("`");
  return parts.filter((part, index) => index % 2 === 1 && /^\w+$/.test(part));
}

/** A comment's text for a terminal: ASCII, without backticks. */
export function plain(text: string): string {
  return text.replaceAll("`", "").replaceAll("\u2026", "...");
}

/** How help and messages name a parameter: a file by what it holds. */
export function shown({ kind, name }: Parameter): string {
  return { object: "BODY", array: "BODY", file: "CSV", out: "OUT", value: name, query: name }[kind];
}
