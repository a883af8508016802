/** What is a command made of? */

/** What a parameter is to the shell: a word, a JSON object, a JSON array, a file to send, a file to write, flags. */
export type Kind = "value" | "object" | "array" | "file" | "out" | "query";

/** One positional parameter of a method. */
export interface Parameter {
  /** As in the contract. */
  name: string;
  kind: Kind;
  required: boolean;
  about: string;
}

/** One parameter of a method that is given by name. */
export interface NamedParameter {
  name: string;
  type: "text" | "number" | "choice";
  choices: readonly string[];
  about: string;
}

/** One method of a resource class. */
export interface Method {
  name: string;
  summary: string;
  details: readonly string[];
  source: string;
  parameters: readonly Parameter[];
  options: readonly NamedParameter[];
}

/** One resource class. */
export interface Resource {
  /** As in the shell. */
  name: string;
  /** As on the client. */
  property: string;
  summary: string;
  methods: readonly Method[];
}

/** A flag. */
export interface Option {
  /** Without its dashes. */
  name: string;
  /** What it takes, as help shows it; empty if it takes nothing. */
  value: string;
  about: string;
  /** What the value may be, if that is known. */
  choices?: readonly string[];
  /** Whether the value is a file. */
  isFile?: boolean;
  /** Whether it may be given more than once. */
  isMany?: boolean;
  /** The method's parameter that it sets, if it is one. */
  parameter?: string;
}

/** One command. */
export interface Command {
  /** Its name, such as `["segments", "get"]` or `["doctor"]`. */
  words: readonly string[];
  /** Its words as they are typed. */
  name: string;
  summary: string;
  details: readonly string[];
  source: string;
  /** The client's property; empty for a tool. */
  property: string;
  /** The method behind it; undefined for a tool. */
  method: Method | undefined;
  /** The method behind `--all`. */
  walk: Method | undefined;
  /** The method behind `--wait`. */
  wait: Method | undefined;
  /** What must be given, in order. */
  arguments: readonly Parameter[];
  /** Its own flags, by name. */
  options: ReadonlyMap<string, Option>;
  /** The parameter that other flags go to as query parameters, if it is a listing. */
  query: Parameter | undefined;
  /** Query parameters that are known to exist. */
  knownQuery: readonly string[];
}
