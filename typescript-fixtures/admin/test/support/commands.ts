/** The command line, run: as the program that it is, or beside others in one process, which is ten times as fast. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KEY, type Server } from "./server.js";

export const BIN = fileURLToPath(new URL("../../src/cli/bin.js", import.meta.url));
const HOST = fileURLToPath(new URL("./command-host.js", import.meta.url));

export interface Result {
  code: number | null;
  out: string;
  err: string;
}

type Called = Pick<Server, "url">;

function variablesOf({ url }: Called, own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { SEGOPS_API_KEY: KEY, SEGOPS_API_URL: url, SEGOPS_MAX_RETRIES: "0", ...own };
}

/** A command as a process of its own. */
export async function program(server: Called, words: string[], options: { stdin?: string } = {}): Promise<Result> {
  const child = spawn(process.execPath, [BIN, ...words], { env: { ...process.env, ...variablesOf(server) } });
  return ended(child, options.stdin);
}

/** A program of the test's own: the text of a module. */
export async function ran(text: string, ...words: string[]): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "segops-test-"));
  try {
    writeFileSync(join(folder, "program.mjs"), text);
    return await ended(spawn(process.execPath, [join(folder, "program.mjs"), ...words]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ended(child: ChildProcessWithoutNullStreams, stdin = ""): Promise<Result> {
  child.stdin.end(stdin);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on("data", (chunk) => out.push(String(chunk)));
  child.stderr.on("data", (chunk) => err.push(String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: out.join(""), err: err.join("") };
}

/** What can keep a program running; not on every runtime. */
interface Handle {
  ref?(): void;
  unref?(): void;
}

let host: ChildProcessWithoutNullStreams | undefined;

/** A command that reads no standard input, carried out by the process that the tests of a file share. */
export async function cli(server: Called, words: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  const asked = host ?? spawn(process.execPath, [HOST]);
  host = undefined; // one that ends within a command is not asked again
  const handles: Handle[] = [asked, ...([asked.stdin, asked.stdout, asked.stderr] as Handle[])];
  for (const each of handles) each.ref?.();
  asked.stdin.write(`${JSON.stringify({ words, variables: variablesOf(server, env) })}\n`);
  const [[out, code], [err]] = await Promise.all([upToItsEnd(asked.stdout), upToItsEnd(asked.stderr)]);
  // Between commands it keeps nobody waiting, and it ends with the process that writes to it.
  for (const each of handles) each.unref?.();
  host = asked;
  return { code: Number(code), out, err };
}

/** What comes before the line that begins with NUL, and what that line says. */
async function upToItsEnd(stream: NodeJS.ReadableStream): Promise<[string, string]> {
  stream.setEncoding("utf8");
  let text = "";
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error(`the host of the commands ended: ${text}`));
    const more = (chunk: string): void => {
      text += chunk;
      const found = /^([\s\S]*)\0(.*)\n$/.exec(text);
      if (found) {
        stream.off("data", more).off("close", closed);
        resolve([found[1] as string, found[2] as string]);
      }
    };
    stream.on("data", more).once("close", closed);
  });
}
