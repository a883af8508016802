/** Starting a sandbox: the ways in which this machine can, and the process, which ends with this one. */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { VERSION } from "../version.js";
import { Sandbox, SandboxError } from "./sandbox.js";

const READY_WITHIN_MS = 120_000; // the first time, uv downloads it
const STOPPED_WITHIN_MS = 15_000;
const QUOTED = 4000;
// Work is done when its request is answered; keys and ids are the same in every run.
const DEFAULTS = ["--jobs=instant", "--seed=1"];
// What another project means by these is not for the sandbox.
const FOREIGN = ["DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SEGOPS_SANDBOX_DB", "SEGOPS_SANDBOX_CONTROL_TOKEN"];

/** The options of {@link startSandbox}. */
export interface SandboxOptions {
  /** Of the `segops-sandbox` command, such as `["--rate-limits"]`. */
  options?: readonly string[] | undefined;
  /** The command to start, in place of the one that is found: `["python3", "-m", "segops_sandbox"]`. */
  command?: readonly string[] | undefined;
  /** What uv installs where it has to: `segops-sandbox[search]==1.0.0`. */
  requirement?: string | undefined;
  /** Further environment variables of the server, such as `DATABASE_URL`. */
  env?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a sandbox, which ends with this process at the latest.
 *
 * Found in this order: `command`, `segops-sandbox` on the path, `uvx`, `pipx`.
 * Rejects with a {@link SandboxError} that has the server's log when it does not start.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const [program = "", ...words] = options.command ?? found(options.requirement ?? `segops-sandbox==${VERSION}`);
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name));
  const child = spawn(program, [...words, "--until-eof", "--verbose", ...DEFAULTS, ...(options.options ?? [])], {
    env: { ...Object.fromEntries(own), ...options.env },
    // The other end of its standard input is ours: it stops when we close it, or when we are gone, however.
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32", // Ctrl-C is for the test run
  });
  let log = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    log = (log + text).slice(-QUOTED);
  });
  const line = await firstLine(child).catch((error: Error) => {
    child.kill("SIGKILL");
    const command = [program, ...words].join(" ");
    throw new SandboxError(
      `The sandbox did not start (${error.message}): ${command}\n${log.trim() || "It logged nothing."}`,
    );
  });
  const ready = JSON.parse(line) as { url: string; api_key: string; control_token?: string };
  letGo(child);
  const address = { url: ready.url, apiKey: ready.api_key, controlToken: ready.control_token ?? "" };
  return new Sandbox(address, () => stopped(child));
}

/** The command that starts a sandbox here. */
function found(requirement: string): string[] {
  if (onPath("segops-sandbox")) return ["segops-sandbox"];
  if (onPath("uvx")) return ["uvx", "--quiet", "--from", requirement, "segops-sandbox"];
  if (onPath("pipx")) return ["pipx", "run", "--quiet", "--spec", requirement, "segops-sandbox"];
  throw new SandboxError(
    "There is no SegOps sandbox to test against: none of segops-sandbox, uvx (uv) and pipx is on the PATH. " +
      "Install one of them, or start a sandbox yourself and name it by SEGOPS_SANDBOX_URL.",
  );
}

function onPath(name: string): boolean {
  const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) =>
    endings.some((ending) => {
      try {
        accessSync(join(folder, name + ending), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(
      () => reject(new Error(`not ready within ${READY_WITHIN_MS / 1000} s`)),
      READY_WITHIN_MS,
    );
    const end = (settle: () => void) => {
      clearTimeout(patience);
      settle();
    };
    let text = "";
    child.stdout?.on("data", (part: Buffer) => {
      text += part;
      if (text.includes("\n")) end(() => resolve(text));
    });
    child.on("error", (error) => end(() => reject(error)));
    // "close" comes after the last of its log, "exit" before.
    child.on("close", (code, signal) => end(() => reject(new Error(signal ?? `exit status ${code}`))));
  });
}

/** Lets this process end while the child runs: the child then ends as well. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) {
    (pipe as unknown as { unref?: () => void } | null)?.unref?.();
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const patience = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
    child.ref();
    child.once("exit", () => {
      clearTimeout(patience);
      resolve();
    });
    child.stdin?.end();
  });
}
