/** One command's call: its arguments read and checked, then made; and what --all, --wait and --to make of it. */

import type { Sink } from "../call/sinks.js";
import type { SegOpsAdmin } from "../client.js";
import { SegOpsWaitTimeout } from "../errors/index.js";
import { UsageError } from "./failures.js";
import { fileToSend, readJson } from "./files.js";
import { followed, goingOn, type InParts, importInParts, jobId, Over, resumed, waitLimits } from "./jobs.js";
import { JsonLines, readRows } from "./json-lines.js";
import { say } from "./output.js";
import type { Invocation } from "./parsing.js";
import { Progress } from "./progress.js";
import type { Results } from "./results.js";
import { numberOf } from "./settings.js";
import type { Command, Job } from "./shapes.js";
import { Shown } from "./shown.js";
import { upsert } from "./upserting.js";

/** Flags that make a command continue after its first request, until what it has started has finished. */
export const WAITS = ["wait", "to", "confirm", "watch", "split"];

type Callable = (...values: unknown[]) => Promise<unknown>;

/** One command's call, its arguments read and checked; and what --all, --wait and --to make of it. */
export class CommandCall {
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

  /** Makes the call, waits if that was asked for, and resolves to the last answer. */
  async make(results: Results): Promise<unknown> {
    try {
      const confirm = this.#line.texts.get("confirm");
      const confirmation = confirm === undefined ? undefined : await readJson(confirm, "object");
      const onProgress = (job: unknown): void => this.#progress.job(job);
      const waiting = { onProgress, signal: this.#signal, ...waitLimits(this.#line) };
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

  /** Polls what this command has not started itself, until it has finished. */
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

  /** Calls a method of the command's namespace. */
  #invoke(name: string, ...values: unknown[]): Promise<unknown> {
    const namespace = this.#namespace();
    return (namespace[name] as Callable).apply(namespace, values);
  }

  #namespace(): Record<string, unknown> {
    return Reflect.get(this.#client, this.#command.property as string);
  }

  #start(values: Map<string, unknown>): Promise<unknown> {
    return this.#invoke(this.#command.method as string, ...this.#inOrder(values)).finally(() => this.#progress.clear());
  }

  /** Values as the method takes them: by position, and then those by name together. */
  #inOrder(values: Map<string, unknown>, more?: Record<string, unknown>): unknown[] {
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
      const namespace = this.#namespace();
      const list = namespace[this.#command.iteration as string] as (...values: unknown[]) => AsyncIterable<unknown>;
      await results.many(this.#counted(list.apply(namespace, this.#inOrder(await this.#values(), more))));
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
    { id, wait, resume }: Job,
    confirm: string,
    values: Map<string, unknown>,
    waiting: object,
    confirmation: unknown,
  ): Promise<unknown> {
    const job = jobId(await this.#start(values), id as string);
    say(`import ${job} uploaded`);
    const answer = await this.#invoke(confirm, job, confirmation, { signal: this.#signal });
    this.#resume = resumed(resume as string, [job], this.#line);
    return this.#line.has("wait") ? this.#invoke(wait, job, waiting) : answer;
  }
}
