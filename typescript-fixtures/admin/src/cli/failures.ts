/** The exit code and the message of each error, here and nowhere else. */

import { SegOpsArgumentError, SegOpsConfigError, SegOpsConnectionError, SegOpsError } from "../errors/index.js";
import { harmless, isJson, say, sayObject, withoutSecrets } from "./output.js";

export const FAILURE = 1;
export const USAGE = 2;
export const INTERRUPTED = 130;

/** Thrown when a command line cannot be understood, or names a file that cannot be used. Nothing was sent. */
export class UsageError extends Error {
  /** What to do; a line of its own. */
  readonly advice: string;

  constructor(message: string, advice = "") {
    super(message);
    this.advice = advice;
  }
}

/** Thrown when standard output cannot be written to, for another reason than a reader that went away. */
export class OutputError extends Error {}

/** Why a command was ended by its user. */
export class Interrupted extends Error {
  /** Whether the command ends in its own way, tidies up first, and has an exit code of its own. */
  endsByItself = false;
}

/** The exit code for an error. */
export function exitCode(error: unknown): number {
  if (error instanceof Interrupted) {
    return INTERRUPTED;
  }
  if (isClosedPipe(error)) {
    return 0; // the reader had enough
  }
  const isUsage = [UsageError, SegOpsConfigError, SegOpsArgumentError].some((kind) => error instanceof kind);
  return isUsage ? USAGE : FAILURE;
}

function isClosedPipe(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}

/** Says on standard error what went wrong and what to do, and returns the exit code. */
export function report(error: unknown): number {
  const code = exitCode(error);
  if (code === 0) {
    return code;
  }
  if (process.env.SEGOPS_DEBUG) {
    say(withoutSecrets(String((error as Error).stack)));
  }
  const advice = withoutSecrets(adviceOn(error));
  const whole = withoutSecrets(printable(messageOf(error)));
  const message = advice !== "" && (error as { status?: unknown }).status === 404 ? whole.replace(GENERAL, "") : whole;
  if (isJson()) {
    sayObject(describedError(error, code, message, advice));
    return code;
  }
  say(`error: ${message}`);
  if (advice !== "") {
    say(advice);
  }
  return code;
}

/** What the SDK says of any 404; here it is known what was asked for. */
const GENERAL = " Check the id, and that the key belongs to the same workspace.";

const FACTS = {
  status: "status",
  method: "method",
  path: "path",
  request_id: "requestId",
  retry_after: "retryAfter",
  attempts: "attempts",
  idempotency_key: "idempotencyKey",
  may_have_executed: "mayHaveExecuted",
} as const;

/** An error as JSON: `kind` is its class, `SegOpsNotFoundError` being `not_found`. */
function describedError(error: unknown, code: number, message: string, advice: string): Record<string, unknown> {
  const found = Object(error) as Record<string, unknown>;
  const facts = Object.fromEntries(Object.entries(FACTS).map(([name, property]) => [name, found[property] ?? null]));
  if (typeof facts.path === "string") {
    facts.path = facts.path.replace(/\?.*/s, "");
  }
  return { kind: kindOf(error), message, advice: advice || null, ...facts, exit_code: code };
}

/** What kind of error it is: its class, `SegOpsNotFoundError` being `not_found`. */
export function kindOf(error: unknown): string {
  if (error instanceof Interrupted) {
    return "interrupted";
  }
  if (error instanceof UsageError) {
    return "usage";
  }
  if (error instanceof OutputError) {
    return "output";
  }
  if (!(error instanceof SegOpsError)) {
    return systemReason(error) === undefined ? "unexpected" : "system";
  }
  const name = error.name.replace(/^SegOps/, "").replace(/Error$/, "");
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).slice(1);
}

/** What to do, where the message does not say so itself. */
function adviceOn(error: unknown): string {
  const { resume = "" } = Object(error) as { resume?: string };
  if (error instanceof UsageError) {
    return error.advice;
  }
  const { cliAdvice } = Object(error) as { cliAdvice?: string };
  if (cliAdvice) {
    return resume === "" ? cliAdvice : `${resume}\n${cliAdvice}`; // set where the command and the server are known
  }
  if (error instanceof SegOpsConnectionError) {
    const doctor = "segops-admin doctor tells which server and proxy are used, and whether they answer.";
    return resume === "" ? doctor : `${resume}\n${doctor}`;
  }
  return resume;
}

function messageOf(error: unknown): string {
  if (error instanceof Interrupted) {
    if ("resume" in error) {
      return "interrupted. What was started is still running at the server.";
    }
    return "interrupted. What was under way may have been executed.";
  }
  if (error instanceof SegOpsConnectionError) {
    return error.message.replace("idempotencyKey: ", "--idempotency-key=");
  }
  if (error instanceof SegOpsError || error instanceof UsageError || error instanceof OutputError) {
    return error.message;
  }
  const reason = systemReason(error);
  if (reason !== undefined) {
    const { path } = error as NodeJS.ErrnoException;
    return path === undefined ? reason : `${path}: ${reason}`;
  }
  return `unexpected ${error} (SEGOPS_DEBUG=1 shows where; please report it)`; // its name, and what it says
}

/** Where Node has other words than the system. */
const REASONS: Readonly<Record<string, string>> = {
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ENAMETOOLONG: "File name too long",
};

/** What the system says of a failure, as shells put it: "No such file or directory". */
export function systemReason(error: unknown): string | undefined {
  const { code, message = "" } = Object(error) as NodeJS.ErrnoException;
  const found = /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1];
  if (typeof code !== "string" || found === undefined) {
    return undefined;
  }
  return REASONS[code] ?? found.charAt(0).toUpperCase() + found.slice(1);
}

/** Text on one line, without what would steer a terminal: a server's message is not trusted. */
export function printable(text: string): string {
  return harmless(text.trim().replace(/\s+/g, " "));
}
