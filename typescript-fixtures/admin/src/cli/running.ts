/** How a command becomes calls of the SDK, and what is printed of their answers. */

import type { SegOpsAdmin } from "../client.js";
import { SegOpsError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { Query } from "../types/shared.js";
import { CommandCall, WAITS } from "./calls.js";
import { causes, causesTold } from "./causes.js";
import { find } from "./commands.js";
import { configure } from "./config.js";
import { examine, Watched } from "./doctor.js";
import { dryRun, NotSent } from "./dry-run.js";
import { FAILURE, UsageError } from "./failures.js";
import { checkSink, fileToSend, readJson } from "./files.js";
import { checkWrite } from "./guard.js";
import { listen } from "./listening.js";
import { say, writeJson } from "./output.js";
import type { Invocation } from "./parsing.js";
import { active, type Profile } from "./profiles.js";
import { Progress } from "./progress.js";
import { Results } from "./results.js";
import { Retries } from "./retries.js";
import { connect, isOn } from "./settings.js";
import type { Command } from "./shapes.js";
import { usage } from "./usage.js";

/** Carries out a command and resolves to the exit code. */
export async function run(asked: Command, line: Invocation, signal: AbortSignal): Promise<number> {
  const command = asked.name === "segments watch" ? (find("segments", "get") as Command) : asked;
  if (command !== asked) {
    line.switches.add("watch");
  }
  if (command.name === "listen" && !line.has("output")) {
    line.texts.set("output", "jsonl");
  }
  checkFlags(command, line);
  const results = await Results.of(command, line);
  if (command.words[0] === "config") {
    return configure(command.words[1] as string, line, results);
  }
  const profile = await active(line);
  await checkWrite(command, line, profile);
  const isDry = line.has("dry-run");
  const retries = new Retries(line.has("verbose"));
  let url = "";
  try {
    if (command.name === "doctor") {
      return await doctor(command, line, profile, isDry, signal, results);
    }
    const { onReply } = retries;
    const client = connect(line, profile, { onReply, ...(isDry ? { transport: dryRun } : {}) });
    url = client.http.baseUrl;
    if (command.name === "listen") {
      return await listen(line, client, results, signal);
    }
    if (command.name === "api") {
      await results.one((await api(line, client, signal)) ?? { ok: true });
      return 0;
    }
    const apiKey = (process.env.SEGOPS_API_KEY || profile.key()) as string;
    await carryOut(new CommandCall(command, line, client, apiKey, signal), line, results);
    return 0;
  } catch (error) {
    if (!(error instanceof NotSent)) {
      throw error instanceof SegOpsError
        ? Object.assign(error, { cliAdvice: causesTold(causes(error, command, line, url)) })
        : error;
    }
    await writeJson(error.request, line.has("compact"));
  } finally {
    retries.stop();
  }
  const hasMore = command.name === "doctor" || ["all", ...WAITS].some((flag) => line.has(flag));
  say(`dry run: nothing was sent.${hasMore ? " More requests would follow the answer to this one." : ""}`);
  return 0;
}

async function carryOut(call: CommandCall, line: Invocation, results: Results): Promise<void> {
  if (line.has("all")) {
    await call.stream(results);
    return;
  }
  const answer = await call.make(results);
  if (!call.isPrinted) {
    await results.one(answer ?? { ok: true });
  }
}

/** Refuses flags that do not go together, and files that cannot be used. */
function checkFlags(command: Command, line: Invocation): void {
  checkDocumented(command, line);
  const needs: [string, string[]][] = [
    ["prefetch", ["all"]],
    ["wait-timeout", ["wait", "to", "watch", "split"]],
    ["interval", ["wait", "to", "watch", "split"]],
  ];
  for (const [flag, needed] of needs) {
    if (line.has(flag) && !needed.some((other) => line.has(other))) {
      throw new UsageError(`--${flag} needs --${needed[0]}.`, usage(command));
    }
  }
  if (command.job?.split !== undefined && line.has("rows") && !line.has("split")) {
    throw new UsageError("--rows needs --split.", usage(command));
  }
  if (command.job?.confirm !== undefined && line.has("wait") && !line.has("confirm") && !line.has("split")) {
    throw new UsageError(
      "--wait needs --confirm: an import starts when its mapping is confirmed.",
      "--confirm='{}' accepts the mapping that the server proposes.",
    );
  }
  const form = line.texts.get("form");
  const sources = [line.texts.get("confirm"), line.texts.get("body"), form?.replace(/^[^=]*=@?/, "")];
  const readable = command.arguments.map(({ kind }, index) =>
    ["object", "array", "file"].includes(kind) ? line.arguments[index] : undefined,
  );
  if ([...sources, ...readable].filter((source) => source === "-").length > 1) {
    throw new UsageError("standard input can be read only once: two arguments are -.");
  }
  const sinks = command.arguments.map(({ kind }, index) => (kind === "out" ? line.arguments[index] : undefined));
  for (const path of [...sinks, line.texts.get("to")]) {
    if (path !== undefined) {
      checkSink(path);
    }
  }
}

/** Tells of query parameters that no page documents, or refuses them: the server ignores what it does not know. */
function checkDocumented({ name: command, known = [] }: Command, { undocumented, switches }: Invocation): void {
  const [first] = undocumented;
  if (first === undefined) {
    return;
  }
  if (switches.has("strict") || isOn("SEGOPS_STRICT")) {
    const documented = known.map(([name]) => `--${name.replaceAll("_", "-")}`).join(", ") || "none";
    throw new UsageError(
      `${command}: --${first} is not a documented query parameter.`,
      `Documented: ${documented}. To send it all the same: --query ${first}=VALUE`,
    );
  }
  for (const name of new Set(undocumented)) {
    say(
      `note: --${name} is not a documented query parameter of ${command}; it is sent, and the server may ` +
        `ignore it. (--query ${name}=VALUE sends it without this note, --strict refuses it.)`,
    );
  }
}

async function doctor(
  command: Command,
  line: Invocation,
  profile: Profile,
  isDry: boolean,
  signal: AbortSignal,
  results: Results,
): Promise<number> {
  const watched = new Watched();
  const { onReply } = watched;
  const client = connect(line, profile, { onReply, ...(isDry ? { transport: dryRun } : {}) });
  const report = await examine(client, watched, profile, (error, url) => causes(error, command, line, url), signal);
  await results.one(report);
  return report.ok ? 0 : FAILURE;
}

/** Makes a call that no method wraps. */
async function api(line: Invocation, client: SegOpsAdmin, signal: AbortSignal): Promise<unknown> {
  const [method, path] = line.arguments as [string, string];
  const body = line.texts.get("body");
  const form = line.texts.get("form");
  const progress = new Progress();
  const answer = client.http.request(method, path, {
    query: rawQuery(line.lists.get("query") ?? []),
    body: body === undefined ? undefined : await readJson(body),
    form: form === undefined ? undefined : formOf(form, progress),
    idempotent: true,
    idempotencyKey: line.texts.get("idempotency-key"),
    signal,
  });
  return answer.finally(() => progress.clear());
}

function formOf(text: string, progress: Progress): { field: string; data: ReturnType<typeof fileToSend> } {
  const at = text.indexOf("=@");
  if (at < 1 || text.length === at + 2) {
    throw new UsageError(`--form ${quote(text)} must be FIELD=@FILE.`);
  }
  return { field: text.slice(0, at), data: fileToSend(text.slice(at + 2), progress) };
}

function rawQuery(pairs: string[]): Query {
  const query: Record<string, string[]> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) {
      throw new UsageError(`--query ${quote(pair)} must be KEY=VALUE.`);
    }
    const key = pair.slice(0, equals);
    query[key] = [...(query[key] ?? []), pair.slice(equals + 1)];
  }
  return query;
}
