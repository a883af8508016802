/** How a command becomes calls of the SDK, and what is printed of their answers. */

import type { Sink } from "../call/sinks.js";
import type { SegOpsAdmin } from "../client.js";
import { SegOpsDecodeError, SegOpsError, SegOpsWaitTimeout } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { Query } from "../types/shared.js";
import { causes, causesTold } from "./causes.js";
import { find } from "./commands.js";
import { configure } from "./config.js";
import { examine, Watched } from "./doctor.js";
import { dryRun, NotSent } from "./dry-run.js";
import { FAILURE, UsageError } from "./failures.js";
import { checkSink, fileToSend, readJson } from "./files.js";
import { checkWrite } from "./guard.js";
import { followed, goingOn, type InParts, importInParts, Over, resumed, waitLimits } from "./jobs.js";
import { JsonLines, readRows } from "./json-lines.js";
import { listen } from "./listening.js";
import { say, writeJson } from "./output.js";
import { type Invocation, usage } from "./parsing.js";
import { active, type Profile } from "./profiles.js";
import { Progress } from "./progress.js";
import { Results } from "./results.js";
import { Retries } from "./retries.js";
import { connect, isOn, numberOf } from "./settings.js";
import type { Command, Job } from "./shapes.js";
import { Shown } from "./shown.js";
import { upsert } from "./upserting.js";

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
      await listen(line, client, results, signal);
      return 0;
    }
    const apiKey = process.env.SEGOPS_API_KEY || profile.key() || "";
    await carryOut(new Call(command, line, client, apiKey, signal), command, line, results);
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

async function carryOut(call: Call, command: Command, line: Invocation, results: Results): Promise<void> {
  if (line.has("all")) {
    await call.stream(results);
    return;
  }
  const answer = command.name === "api" ? await call.raw() : await call.make(results);
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
  const sources = [
    line.texts.get("confirm"),
    line.texts.get("body"),
    form?.slice(form.indexOf("=") + 1).replace(/^@/, ""),
  ];
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

/** Flags that make a command go on after its first request, until what it has begun is over. */
const WAITS = ["wait", "to", "confirm", "watch", "split"];

type Callable = (...values: unknown[]) => Promise<unknown>;

/** One command's call, its arguments read and checked; and what --all, --wait and --to make of it. */
class Call {
  /** Whether the result is on standard output already. */
  isPrinted = false;
  readonly #command: Command;
  readonly #line: Invocation;
  readonly #client: SegOpsAdmin;
  readonly #apiKey: string;
  readonly #signal: AbortSignal;
  readonly #progress = new Progress();
  /** What a terminal is shown in place of a file. */
  #shown: Shown | undefined;
  /** What to say if the wait that is under way ends early. */
  #resume = "";

  constructor(command: Command, line: Invocation, client: SegOpsAdmin, apiKey: string, signal: AbortSignal) {
    signal.addEventListener("abort", () => {
      if (this.#resume !== "") {
        goingOn(signal.reason, this.#resume);
      }
    });
    this.#command = command;
    this.#line = line;
    this.#client = client;
    this.#apiKey = apiKey;
    this.#signal = signal;
  }

  /** Makes a call that no method wraps. */
  async raw(): Promise<unknown> {
    const [method = "", path = ""] = this.#line.arguments;
    const { texts } = this.#line;
    const body = texts.get("body");
    const form = texts.get("form");
    const answer = this.#client.http.request(method, path, {
      query: rawQuery(this.#line.lists.get("query") ?? []),
      body: body === undefined ? undefined : await readJson(body),
      form: form === undefined ? undefined : this.#form(form),
      idempotent: true,
      idempotencyKey: texts.get("idempotency-key"),
      signal: this.#signal,
    });
    return answer.finally(() => this.#progress.clear());
  }

  #form(text: string): { field: string; data: ReturnType<typeof fileToSend> } {
    const at = text.indexOf("=@");
    if (at < 1 || text.length === at + 2) {
      throw new UsageError(`--form ${quote(text)} must be FIELD=@FILE.`);
    }
    return { field: text.slice(0, at), data: fileToSend(text.slice(at + 2), this.#progress) };
  }

  /** Makes the call, waits if that was asked for, and resolves to the last answer. */
  async make(results: Results): Promise<unknown> {
    try {
      const confirm = this.#line.texts.get("confirm");
      const confirmation = confirm === undefined ? undefined : await readJson(confirm, "object");
      const waiting = this.#waiting();
      const values = await this.#values();
      return await this.#begun(values, waiting, confirmation, results);
    } catch (error) {
      if (error instanceof SegOpsWaitTimeout) {
        goingOn(error, this.#resume);
      }
      throw error;
    } finally {
      this.#progress.clear();
      await this.#shown?.close();
    }
  }

  async #begun(
    values: Map<string, unknown>,
    waiting: object,
    confirmation: unknown,
    results: Results,
  ): Promise<unknown> {
    const { job } = this.#command;
    const path = this.#line.arguments[0] as string;
    if (job?.split !== undefined && this.#line.has("split")) {
      const method = (...given: Parameters<InParts>) => this.#invoke(job.split as string, ...given);
      return importInParts(method as InParts, path, confirmation, this.#line, this.#progress, this.#signal);
    }
    if (values.get("rows") instanceof JsonLines) {
      return this.#batches(values.get("rows") as JsonLines, path);
    }
    if (job === undefined || !WAITS.some((flag) => this.#line.has(flag))) {
      return this.#start(values);
    }
    if (job.looks) {
      return this.#followed(job, waiting, results);
    }
    return job.confirm === undefined
      ? this.#waited(job, values, waiting)
      : this.#confirmed(job, job.confirm, values, waiting, confirmation);
  }

  /** Sends rows of JSON Lines a batch at a time. */
  #batches(lines: JsonLines, source: string): Promise<unknown> {
    if (this.#line.has("idempotency-key")) {
      throw new UsageError("--idempotency-key does not go with JSON Lines: each batch has a key of its own.");
    }
    const text = this.#line.texts.get("rows");
    const rows = text === undefined ? undefined : numberOf(text, "--rows", true);
    const send = (batch: unknown[], idempotencyKey?: string): Promise<unknown> =>
      this.#invoke(this.#command.method as string, batch, { signal: this.#signal, idempotencyKey });
    const account = { apiKey: this.#apiKey, baseUrl: this.#client.http.baseUrl };
    return upsert(send, lines, { rows, source, account, progress: this.#progress });
  }

  /** Looks until it is over, what this command has not started itself. */
  async #followed(job: Job, waiting: object, results: Results): Promise<unknown> {
    const ids = this.#line.arguments;
    this.#resume = resumed(this.#command.name, ids, this.#line);
    this.isPrinted = this.#line.has("watch");
    const write = this.isPrinted ? (answer: unknown) => results.line(answer) : undefined;
    const record = job.since === undefined ? "" : `The recompute of segment ${ids[0]}`;
    const onProgress = followed(this.#progress, write, record, job.since);
    const since = job.since === undefined ? {} : { since: null };
    try {
      return await this.#invoke(job.wait, ...ids, { ...waiting, ...since, onProgress });
    } catch (error) {
      if (error instanceof Over) {
        return error.answer;
      }
      throw error;
    }
  }

  /** The values of the command's arguments, by the names of the method's parameters. */
  async #values(): Promise<Map<string, unknown>> {
    const values = new Map<string, unknown>();
    const { arguments: parameters, options, query } = this.#command;
    for (const { name, parameter } of options) {
      if (parameter !== undefined) {
        values.set(parameter, this.#line.texts.get(name));
      }
    }
    if (query !== undefined && this.#line.query.size > 0) {
      values.set(query.name, Object.fromEntries(this.#line.query));
    }
    for (const [index, { name, kind }] of parameters.entries()) {
      const text = this.#line.arguments[index] as string;
      if (kind === "array" && options.some((option) => option.name === "rows")) {
        values.set(name, await readRows(text));
      } else if (kind === "object" || kind === "array") {
        values.set(name, await readJson(text, kind));
      } else if (kind === "file") {
        values.set(name, fileToSend(text, this.#progress));
      } else {
        values.set(name, kind === "out" ? this.#sink(text) : text);
      }
    }
    return values;
  }

  #sink(path: string): Sink {
    this.isPrinted = path === "-";
    if (this.isPrinted && process.stdout.isTTY) {
      this.#shown = new Shown();
      return this.#shown;
    }
    return this.isPrinted ? process.stdout : path;
  }

  #waiting(): Record<string, unknown> {
    return {
      onProgress: (job: unknown) => this.#progress.job(job),
      signal: this.#signal,
      ...waitLimits(this.#line),
    };
  }

  /** Calls a method of the command's namespace. */
  #invoke(name: string, ...values: unknown[]): Promise<unknown> {
    const namespace = Reflect.get(this.#client, this.#command.property as string) as Record<string, Callable>;
    return (namespace[name] as Callable).apply(namespace, values);
  }

  #start(values: Map<string, unknown>): Promise<unknown> {
    const { method = "" } = this.#command;
    return this.#invoke(method, ...this.#inOrder(values, {})).finally(() => this.#progress.clear());
  }

  /** Values as the method takes them: by position, and then those by name together. */
  #inOrder(values: Map<string, unknown>, more: Record<string, unknown>): unknown[] {
    const positional = this.#command.positional as readonly string[];
    const named = [...values].filter(([name, value]) => !positional.includes(name) && value !== undefined);
    return [
      ...positional.map((name) => values.get(name)),
      { ...Object.fromEntries(named), ...more, signal: this.#signal },
    ];
  }

  /** Prints every item of a listing. */
  async stream(results: Results): Promise<void> {
    try {
      const text = this.#line.texts.get("prefetch");
      const more = text === undefined ? {} : { prefetch: numberOf(text, "--prefetch", true) };
      const { property = "", walk = "" } = this.#command;
      const namespace = Reflect.get(this.#client, property);
      const items = Reflect.get(namespace, walk).apply(namespace, this.#inOrder(await this.#values(), more));
      await results.many(this.#counted(items as AsyncIterable<unknown>));
    } finally {
      this.#progress.clear();
    }
  }

  async *#counted(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    let count = 0;
    for await (const item of items) {
      yield item;
      this.#progress.count(++count, "items");
    }
  }

  /** Starts, waits, and fetches the file that has been made, if that was asked for. */
  async #waited(job: Job, values: Map<string, unknown>, waiting: object): Promise<unknown> {
    const [first] = (this.#command.positional ?? []).map((name) => values.get(name));
    let since = {};
    if (job.since !== undefined) {
      const before = (await this.#invoke("get", first, { signal: this.#signal })) as Record<string, unknown> | null;
      since = { since: before?.[job.since] };
    }
    const answer = await this.#start(values);
    const ids = [first];
    if (job.id !== undefined) {
      ids.push(jobId(answer, job.id));
      say(`export ${ids[1]} of segment ${first} started`);
    }
    this.#resume = resumed(job.resume as string, ids, this.#line);
    const done = await this.#invoke(job.wait, ...ids, { ...waiting, ...since });
    const path = this.#line.texts.get("to");
    if (path !== undefined && job.download !== undefined) {
      const written = await this.#invoke(job.download, ids[1], this.#sink(path), { signal: this.#signal });
      this.#progress.clear();
      say(`${written} bytes written to ${path === "-" ? "standard output" : path}`);
    }
    return done;
  }

  /** Starts, confirms, and waits, if that was asked for. */
  async #confirmed(
    { id = "id", wait, resume = "" }: Job,
    confirm: string,
    values: Map<string, unknown>,
    waiting: object,
    confirmation: unknown,
  ): Promise<unknown> {
    const job = jobId(await this.#start(values), id);
    say(`import ${job} uploaded`);
    const answer = await this.#invoke(confirm, job, confirmation, { signal: this.#signal });
    this.#resume = resumed(resume, [job], this.#line);
    return this.#line.has("wait") ? this.#invoke(wait, job, waiting) : answer;
  }
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

/** The id of a job that was started; some answers call it just `id`. */
function jobId(answer: unknown, name: string): unknown {
  const job = Object(answer) as Record<string, unknown>;
  const found = job[name] || job.id;
  if (!found) {
    const text = JSON.stringify(answer).slice(0, 200);
    throw new SegOpsDecodeError(`the job was started, but the answer has no ${name}: ${text}`);
  }
  return found;
}
