/** Completion, installed: the script of a shell is written where that shell looks for it. */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";
import { writeWhole } from "./files.js";
import { SCRIPTS, script } from "./shells.js";

/** What was done. */
export interface Installed {
  shell: string;
  path: string;
  changed: boolean;
}

/**
 * Writes the script of a shell, whole or not at all.
 *
 * @param given its name; that of `SHELL` unless given
 * @returns what was done, and what is left to do
 * @throws {UsageError} the shell is not known, or the file cannot be written
 */
export function install(given: string | undefined): [Installed, string] {
  const shell = given ?? ownShell();
  const [path, advice] = place(shell);
  const content = script(shell);
  const changed = written(path) !== content;
  if (changed) {
    writeWhole(path, content);
  }
  return [{ shell, path, changed }, advice];
}

function ownShell(): string {
  const SHELL = process.env.SHELL ?? "";
  const shell = basename(SHELL);
  if (!SCRIPTS.has(shell)) {
    throw new UsageError(
      `SHELL=${quote(SHELL)} is no shell that there is completion for.`,
      `Name one: segops-admin completion install ${[...SCRIPTS.keys()].join("|")}`,
    );
  }
  return shell;
}

/** Where a shell looks for the script, and what it needs to look there. */
function place(shell: string): [path: string, advice: string] {
  const home = homedir();
  const { XDG_CONFIG_HOME, XDG_DATA_HOME, ZDOTDIR } = process.env;
  const config = XDG_CONFIG_HOME || join(home, ".config");
  if (shell === "bash") {
    const data = XDG_DATA_HOME || join(home, ".local", "share");
    const path = join(data, "bash-completion", "completions", "segops-admin");
    return [path, `New shells load it by bash-completion. Without that, add to ~/.bashrc: source '${path}'`];
  }
  if (shell === "zsh") {
    const folder = join(ZDOTDIR || home, ".zfunc");
    return [join(folder, "_segops-admin"), `Add to .zshrc, before compinit: fpath=('${folder}' $fpath)`];
  }
  if (shell === "fish") {
    return [join(config, "fish", "completions", "segops-admin.fish"), "New shells load it."];
  }
  const folder = process.platform === "win32" ? join(home, "Documents", "PowerShell") : join(config, "powershell");
  const path = join(folder, "segops-admin.ps1");
  return [path, `Add to $PROFILE: . '${path}'`];
}

function written(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
