/** A command line carried out within the driver: its streams captured, its exit code kept. */

import { once } from "node:events";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { skipped, skipWaits } from "./watched.mjs";

const Real = Date;

/** The moment on a terminal, in milliseconds since 1970. */
const NOW = 1_777_636_800_250;

/** By how many seconds the clock that a program measures its deadlines with is ahead. */
let late = () => 0;
const { uptime } = process;
process.uptime = () => uptime.call(process) + late() + skipped(); // before the SDK is loaded, which takes it as it finds it then

/**
 * Carries out `segops-admin argv…`; resolves to its exit code and what it printed.
 *
 * @param terminal the width of the terminal that all three streams are, if they are one
 * @param slow how many hours each message on standard error takes
 * @param streams those that are something else: `plain` (no terminal), `file` (input from one), `open` (input whose end
 *   never comes), `gone` (its reader) or `full` (its disk)
 */
export async function runShell(main, argv, stdin, { terminal, streams = {}, slow = 0 }) {
  const [typed, forget] = inputOf(Buffer.from(stdin), streams.stdin);
  const input = Object.getOwnPropertyDescriptor(process, "stdin");
  Object.defineProperty(process, "stdin", { value: typed, configurable: true });
  const stdout = new Captured("stdout", streams.stdout);
  const stderr = new Captured("stderr", streams.stderr);
  const ends = Object.entries({ stdin: typed, stdout: process.stdout, stderr: process.stderr });
  const drawn = ends.filter(([name]) => streams[name] !== "plain").map(([, stream]) => stream);
  const leave = terminal === undefined ? () => {} : onTerminal(drawn, terminal);
  late = () => 3600 * slow * stderr.messages;
  try {
    const exit = await main(argv);
    // A failure that nobody listens for ends a program.
    return { exit: stdout.isUnheard || stderr.isUnheard ? 1 : exit, stdout: stdout.text, stderr: stderr.text };
  } finally {
    late = () => 0;
    stdout.release();
    stderr.release();
    Object.defineProperty(process, "stdin", input);
    await forget();
    leave();
  }
}

/** Standard input, and what lets go of it: a file, or what is typed or piped. */
function inputOf(content, kind) {
  if (kind === "open") {
    return [new Unending(content), async () => {}];
  }
  if (kind !== "file") {
    return [Readable.from(pieces(content)), async () => {}];
  }
  const folder = mkdtempSync(join(tmpdir(), "parity-input-"));
  const path = join(folder, "input");
  writeFileSync(path, content);
  const stream = createReadStream(path);
  const forget = async () => {
    if (!stream.closed) {
      stream.destroy();
      await once(stream, "close");
    }
    rmSync(folder, { recursive: true });
  };
  return [stream, forget];
}

/** What is typed or piped, as it comes: in pieces. */
function pieces(content) {
  const size = Math.max(1, Math.ceil(content.length / 3));
  return [0, size, 2 * size].map((at) => content.subarray(at, at + size)).filter((piece) => piece.length > 0);
}

/** What is typed or piped, and stays open: what reads on fails in place of waiting. */
class Unending extends Readable {
  #pieces;

  constructor(content) {
    super({ highWaterMark: 0 });
    this.#pieces = pieces(content);
  }

  _read() {
    if (this.#pieces.length > 0) {
      this.push(this.#pieces.shift());
    } else {
      // Streams read ahead: whoever wants no more has left by the next turn.
      setImmediate(() => this.destroy(new Error("standard input was read beyond what had come, which never ends")));
    }
  }
}

/** A standard stream whose text is kept, or that cannot be written. */
class Captured {
  messages = 0;
  #written = [];
  isUnheard = false;
  #stream;
  #write;
  #kind;
  #listeners;

  constructor(name, kind) {
    this.#stream = process[name];
    this.#write = this.#stream.write;
    this.#kind = kind;
    this.#listeners = this.#stream.listeners("error");
    this.#stream.write = (text, encoding, done) => this.#keep(text, typeof encoding === "function" ? encoding : done);
  }

  #keep(text, done = () => {}) {
    const failure = this.#kind === "gone" || this.#kind === "full" ? failureOf(this.#kind) : undefined;
    if (failure !== undefined) {
      this.isUnheard ||= this.#added().length === 0;
      process.nextTick(done, failure);
      return false;
    }
    this.messages += 1;
    this.#written.push(Buffer.from(text));
    process.nextTick(done);
    return true;
  }

  /** What was written, a character for each byte where it is not UTF-8. */
  get text() {
    const written = Buffer.concat(this.#written);
    const text = written.toString("utf8");
    return written.equals(Buffer.from(text)) ? text : written.toString("latin1");
  }

  #added() {
    return this.#stream.listeners("error").filter((each) => !this.#listeners.includes(each));
  }

  release() {
    this.#stream.write = this.#write;
    for (const each of this.#added()) {
      this.#stream.off("error", each);
    }
  }
}

/** What writing fails with: the system's own error of a full disk; of a pipe, what Node makes of it. */
function failureOf(kind) {
  if (kind === "gone") {
    return Object.assign(new Error("write EPIPE"), { code: "EPIPE", errno: -32, syscall: "write" });
  }
  const device = openSync("/dev/full", "w");
  try {
    writeSync(device, "x");
    return undefined;
  } catch (error) {
    return error;
  } finally {
    closeSync(device);
  }
}

/** Has streams pass for a terminal while whose clocks stand still, and nothing waits: no machine's speed is seen. */
function onTerminal(streams, columns) {
  for (const stream of streams) {
    Object.assign(stream, { isTTY: true, columns });
  }
  const waitAgain = skipWaits();
  performance.now = () => 1_000_000 + 1000 * late();
  globalThis.Date = class extends Date {
    constructor(...given) {
      super(...(given.length === 0 ? [NOW] : given));
    }

    static now() {
      return NOW;
    }
  };
  return () => {
    for (const stream of streams) {
      delete stream.isTTY;
      delete stream.columns;
    }
    waitAgain();
    delete performance.now;
    globalThis.Date = Real;
  };
}
