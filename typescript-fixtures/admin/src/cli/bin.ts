#!/usr/bin/env node
/** `segops-admin`: the command line, as a program. */

import { main } from "./main.js";
import { say } from "./output.js";

// Node announces on standard error that its fetch is experimental (18) and shows warnings over two lines.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") {
    say(`warning: ${warning.message}`);
  }
});

const code = await main(process.argv.slice(2));
// Everything has been written; a connection that is kept open must not keep the program running.
process.exit(code);
