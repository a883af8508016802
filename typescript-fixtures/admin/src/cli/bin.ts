#!/usr/bin/env node
/** `segops-admin`: the command line, as a program. */

import { writeSync } from "node:fs";
import { VERSION } from "../version.js";

const words = process.argv.slice(2);
if (!isVersionTold()) {
  const { main, showWarnings } = await import("./main.js");
  showWarnings();
  process.exitCode = await main(words);
}
// Everything has been written; a connection that is kept open must not keep the program running.
process.exit();

/** Answers `--version`, which needs nothing of the rest. Where that fails, `main` says why. */
function isVersionTold(): boolean {
  if (words.length !== 1 || words[0] !== "--version") {
    return false;
  }
  try {
    writeSync(1, `segops-admin ${VERSION}\n`);
    return true;
  } catch {
    return false;
  }
}
