/**
 * Profiles: which server and key to work with, in a file that only its owner reads.
 *
 * `$XDG_CONFIG_HOME/segops/config.json` (`~/.config` unless set; `%APPDATA%` on Windows):
 * `{"current": "work", "profiles": {"work": {"url": "https://...", "api_key_command": "pass show segops"}}}`
 */

import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { quote } from "../errors/text.js";
import { systemReason, UsageError } from "./failures.js";
import { readJson, writeWhole } from "./files.js";
import { jsonText } from "./output.js";
import type { Invocation } from "./parsing.js";

/** What a profile may hold. */
export const KEYS = ["url", "api_key", "api_key_command", "timeout", "protected"] as const;

/** The keys of a profile, as the file has them. */
export type Values = Readonly<Record<string, unknown>>;

/** The content of the file. */
export interface Content {
  current: string | null;
  profiles: Readonly<Record<string, Values>>;
}

/** What a profile says. */
export class Profile {
  /** Its name; empty where no profile is in use. */
  readonly name: string;
  readonly values: Values;
  #key: string | undefined;

  constructor(name = "", values: Values = {}) {
    this.name = name;
    this.values = values;
  }

  get isProtected(): boolean {
    return this.values.protected === true;
  }

  /** A key that holds text, if it does. */
  text(key: string): string | undefined {
    const value = this.values[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /**
   * The API key: what its command prints, or the one that is stored.
   *
   * @throws {UsageError} the command fails, or prints nothing
   */
  key(): string | undefined {
    const command = this.text("api_key_command");
    this.#key ??= command === undefined ? this.text("api_key") : printedBy(this.name, command);
    return this.#key;
  }
}

/** Where the profiles are. */
export function configPath(): string {
  const { APPDATA = "", XDG_CONFIG_HOME = "", HOME } = process.env;
  const home = process.platform === "win32" ? APPDATA : XDG_CONFIG_HOME;
  return join(isAbsolute(home) ? home : join(HOME || homedir(), ".config"), "segops", "config.json");
}

/**
 * The content of the file; empty where there is none.
 *
 * @throws {UsageError} others can read it, or it holds something else
 */
export async function load(): Promise<Content> {
  const path = configPath();
  const mode = modeOf(path);
  if (mode === undefined) {
    return { current: null, profiles: {} };
  }
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new UsageError(`${quote(path)} can be read by others: keys may be in it.`, `chmod 600 ${path}`);
  }
  const content = (await readJson(path)) as Partial<Content>;
  const profiles = isObject(content) ? (content.profiles === undefined ? {} : content.profiles) : undefined;
  if (!isObject(profiles) || !Object.values(profiles).every(isObject)) {
    throw new UsageError(`${quote(path)} must hold an object with profiles, each an object.`);
  }
  return { current: typeof content.current === "string" ? content.current : null, profiles };
}

function modeOf(path: string): number | undefined {
  try {
    return statSync(path).mode;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new UsageError(`cannot read ${quote(path)}: ${systemReason(error)}.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Writes the file, whole or not at all, for its owner only. */
export function save(content: Content): void {
  const named = configPath();
  const path = existsSync(named) ? realpathSync(named) : named;
  writeWhole(path, `${jsonText(content, 2)}\n`, { isPrivate: true });
}

/** The name of the profile that is meant, by flag, by environment, or as the current one; null if none is. */
export function chosen(line: Invocation, { current }: Content): string | null {
  return line.texts.get("profile") || process.env.SEGOPS_PROFILE || current;
}

/**
 * The profile that a command line works with: by flag, by environment, the current one, or `default`.
 *
 * @throws {UsageError} there is none of that name, or the file cannot be used
 */
export async function active(line: Invocation): Promise<Profile> {
  const content = await load();
  const { profiles } = content;
  const named = chosen(line, content);
  const found = named === null ? profiles.default : own(profiles, named);
  if (found !== undefined) {
    return new Profile(named ?? "default", found);
  }
  if (named === null) {
    return new Profile();
  }
  const known = Object.keys(profiles).join(", ") || "none";
  const advice = `There are: ${known}. segops-admin config set --profile=${named} KEY VALUE`;
  throw new UsageError(`there is no profile ${quote(named)}.`, advice);
}

function own(profiles: Readonly<Record<string, Values>>, name: string): Values | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The first line that a command prints; the rest, and what it says of itself, is not shown. */
function printedBy(name: string, command: string): string {
  const [program, ...rest] = wordsOf(command);
  const what = `the api_key_command of profile ${quote(name)}`;
  if (program === undefined) {
    throw new UsageError(`${what} is no command.`);
  }
  const { status, stdout, error } = spawnSync(program, rest, { stdio: ["inherit", "pipe", "inherit"] });
  if (error !== undefined) {
    throw new UsageError(`${what} cannot be run: ${quote(program)} is not found or no program.`);
  }
  if (status !== 0) {
    throw new UsageError(`${what} failed with exit code ${status}.`);
  }
  const printed = stdout.toString("utf8").trim();
  if (printed === "") {
    throw new UsageError(`${what} printed nothing.`);
  }
  return printed.replace(/\s*\n.*/s, "");
}

/**
 * The words of a command, by quotes and backslashes as in a shell; nothing in them is expanded.
 *
 * @throws {UsageError} a quote is not closed
 */
export function wordsOf(text: string): string[] {
  // A word is made of quoted pieces, escaped characters and plain ones.
  const pieces = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]/y;
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at = pieces.lastIndex) {
    pieces.lastIndex = at;
    const [piece] = pieces.exec(text) ?? [];
    if (piece !== undefined) {
      word = (word ?? "") + opened(piece);
    } else if (/[ \t\r\n]/.test(text.charAt(at))) {
      pieces.lastIndex = at + 1;
      if (word !== undefined) {
        words.push(word);
      }
      word = undefined;
    } else {
      throw new UsageError(`${quote(text)} ends within quotes.`);
    }
  }
  return word === undefined ? words : [...words, word];
}

function opened(piece: string): string {
  if (piece.startsWith("'")) {
    return piece.slice(1, -1);
  }
  return piece.startsWith('"') ? piece.slice(1, -1).replace(/\\(["\\])/g, "$1") : piece.replace(/^\\/, "");
}
