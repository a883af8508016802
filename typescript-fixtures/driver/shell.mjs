/** A command line carried out within the driver: its streams captured, its exit code kept. */

import { Readable } from "node:stream";

/** Carries out `segops-admin argv…`; resolves to its exit code and what it printed. */
export async function runShell(main, argv, stdin) {
  const printed = { stdout: "", stderr: "" };
  const { stdout, stderr } = process;
  const writers = { stdout: stdout.write, stderr: stderr.write };
  const input = Object.getOwnPropertyDescriptor(process, "stdin");
  const keep = (name) => (text, encoding, done) => {
    printed[name] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    const told = typeof encoding === "function" ? encoding : done;
    told?.();
    return true;
  };
  stdout.write = keep("stdout");
  stderr.write = keep("stderr");
  Object.defineProperty(process, "stdin", { value: Readable.from([Buffer.from(stdin)]), configurable: true });
  try {
    const exit = await main(argv);
    return { exit, ...printed };
  } finally {
    stdout.write = writers.stdout;
    stderr.write = writers.stderr;
    Object.defineProperty(process, "stdin", input);
  }
}
