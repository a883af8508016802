/** A command line carried out within the driver: its streams captured, its exit code kept. */

import { Readable } from "node:stream";

/**
 * Carries out `segops-admin argv…`; resolves to its exit code and what it printed.
 *
 * @param terminal the width of the terminal that all three streams are, if they are one
 */
export async function runShell(main, argv, stdin, terminal) {
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
  const typed = Readable.from([Buffer.from(stdin)]);
  Object.defineProperty(process, "stdin", { value: typed, configurable: true });
  const leave = terminal === undefined ? () => {} : onTerminal([typed, stdout, stderr], terminal);
  try {
    const exit = await main(argv);
    return { exit, ...printed };
  } finally {
    stdout.write = writers.stdout;
    stderr.write = writers.stderr;
    Object.defineProperty(process, "stdin", input);
    leave();
  }
}

/** Has streams pass for a terminal while whose clock stands still: what is drawn depends on no machine's speed. */
function onTerminal(streams, columns) {
  for (const stream of streams) {
    Object.assign(stream, { isTTY: true, columns });
  }
  performance.now = () => 0;
  return () => {
    for (const stream of streams) {
      delete stream.isTTY;
      delete stream.columns;
    }
    delete performance.now;
  };
}
