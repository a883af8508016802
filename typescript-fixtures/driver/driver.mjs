/**
 * The TypeScript SDK's side of the parity protocol: one JSON object a line on standard input, one reply to each on
 * standard output. spec/schema/protocol.schema.json says what they hold.
 *
 * SEGOPS_ADMIN names the package to drive (its folder).
 */

import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Session } from "./session.mjs";
import { clock } from "./waiting.mjs";
import "./watched.mjs";

// Node 18 says on every start that its fetch is experimental.
process.removeAllListeners("warning");

const folder = process.env.SEGOPS_ADMIN ?? fileURLToPath(new URL("../admin", import.meta.url));
const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

function entry(name) {
  const target = manifest.exports[name]?.import?.default ?? manifest.exports[name]?.import ?? manifest.exports[name];
  return pathToFileURL(`${folder}/${target}`).href;
}

const sdk = {
  folder,
  manifest,
  load: (name) => import(entry(name)),
  admin: await import(entry(".")),
  webhook: manifest.exports["./webhook"] ? await import(entry("./webhook")) : undefined,
  shell: () => import(pathToFileURL(`${folder}/${manifest.bin["segops-admin"].replace("bin.js", "main.js")}`).href),
};
const session = new Session(sdk);

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
// Whatever the SDK or a library prints must not end up between two replies.
process.stdout.write = process.stderr.write.bind(process.stderr);

clock.tell = (told) => {
  session.pass(told.passed ?? 0);
  reply(told);
};
for await (const line of lines) {
  const command = JSON.parse(line);
  reply(await session.answer(command));
  if (command.cmd === "bye") {
    process.exit(0);
  }
}

function reply(message) {
  const data = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < data.length; ) {
    try {
      sent += writeSync(1, data, sent);
    } catch (error) {
      if (error.code !== "EAGAIN") {
        throw error;
      }
    }
  }
}
