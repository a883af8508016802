/** What a command is made of. */

/** What an argument is to the shell: a word, a JSON object, a JSON array, a file to send, a file to write, flags. */
export type Kind = "value" | "object" | "array" | "file" | "out" | "query";

/** What must be given, or, of kind `query`, what flags that are not known go to. */
export interface Argument {
  /** The method's parameter, as in the contract. */
  name: string;
  kind: Kind;
  /** How help and messages name it: a file by what it holds. */
  shown: string;
  /** A sentence for help. */
  about: string;
  /** What it may be, if that is known. */
  choices?: readonly string[];
  /** Whether it may be left out. */
  isOptional?: boolean;
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
  /** What it sets, if it is for the method: a positional parameter, or a property of the options. */
  parameter?: string;
}

/** How to follow up what a command has started: methods, and keys of records. */
export interface Job {
  /** The method that waits for it. */
  wait: string;
  /** The key of the answer that holds its id; absent where the first argument is it. */
  id?: string;
  /** The key of the record whose value before the start tells that the job is new. */
  since?: string;
  /** The method that confirms it. */
  confirm?: string;
  /** The method that fetches its file. */
  download?: string;
  /** The method that does it in parts. */
  split?: string;
  /** the command that keeps waiting for it. */
  resume?: string;
  /** Whether the command only looks at it, and has not started it. */
  looks?: boolean;
}

/** One command. */
export interface Command {
  /** Its name, such as `["segments", "get"]` or `["doctor"]`. */
  words: readonly string[];
  /** Its words as they are typed. */
  name: string;
  summary: string;
  details: readonly string[];
  /** The page it is published on; absent for a tool. */
  source?: string;
  /** A command line that works. */
  example: string;
  /** The client's property; absent for a tool. */
  property?: string;
  /** The method behind it; absent for a tool. */
  method?: string;
  /** The method's parameters that are given by position, in order; those with a query and optional ones included. */
  positional?: readonly string[];
  /** What must be given, in order. */
  arguments: readonly Argument[];
  /** Its own flags. */
  options: readonly Option[];
  /** Where other flags go to as query parameters, if it is a listing. */
  query?: Argument;
  /** Query parameters that are known to exist, each with what it is. */
  known?: readonly (readonly [string, string])[];
  /** Further query parameters that are sent without a word; `*` stands for all. */
  silent?: readonly string[];
  /** Whether it changes something at the server. */
  mutates?: boolean;
  /** The method behind `--all`. */
  iteration?: string;
  /** How `--wait` continues. */
  job?: Job;
}

/** The commands of one namespace, or a group of tools. */
export interface Resource {
  name: string;
  summary: string;
  isGroup?: boolean;
  commands: readonly Command[];
}

/** What errors of some kinds can come from. */
export interface Cause {
  kinds: readonly string[];
  /** When it can be that: a fact of the command line. */
  when: string;
  /** In words, with facts in braces. */
  says: string;
}
