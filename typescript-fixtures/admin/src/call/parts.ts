/** An import in parts: the file is cut, then each part is uploaded, confirmed and waited for. */

import { basename, extname } from "node:path";
import {
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsJobError,
  SegOpsNotFoundError,
  SegOpsWaitTimeout,
} from "../errors/index.js";
import { describe } from "../errors/text.js";
import type { ImportConfirmation } from "../types/inputs.js";
import type { ImportConfirmed, ImportInParts, ImportJob, ImportPart, ImportUpload } from "../types/records.js";
import type { ChangeOptions, Id, WaitOptions } from "../types/shared.js";
import { MOST_ROWS, type Part } from "../wire/csv-parts.js";
import type { FileData } from "../wire/files.js";
import type { Calls } from "./calls.js";
import { CsvFile } from "./parts-file.js";
import { accountOf, type BegunPart, State, type Wanted } from "./parts-state.js";
import { isRecord, limitsOf } from "./waiting.js";

const FIRST_PAUSE = 0.1;
const COUNTS = ["row_count", "imported_count", "skipped_count", "error_count"] as const;

/** The calls that an import in parts is made of. */
export interface Imports {
  upload(data: FileData, filename: string, options: ChangeOptions): Promise<ImportUpload>;
  importStatus(jobId: Id, options: { signal?: AbortSignal | undefined }): Promise<ImportJob>;
  confirmImport(jobId: Id, body: ImportConfirmation, options: ChangeOptions): Promise<ImportConfirmed>;
  waitForImport(jobId: Id, options: WaitOptions<ImportJob>): Promise<ImportJob>;
}

/** How a file is imported in parts. */
export interface ImportInPartsOptions extends WaitOptions<ImportPart> {
  /** How each part is confirmed, as `confirmImport` takes it; what is left out is taken from the first part's proposal. */
  body?: ImportConfirmation | undefined;
}

/** One import of a CSV file in parts. */
export class CsvImport {
  readonly #calls: Calls;
  readonly #imports: Imports;
  readonly #path: string;
  readonly #name: string;
  readonly #rows: number;
  readonly #options: ImportInPartsOptions;
  readonly #limits: { timeout: number; interval: number };
  readonly #state: State;
  #file!: CsvFile;

  constructor(calls: Calls, imports: Imports, path: string, rows: number, options: ImportInPartsOptions) {
    if (typeof path !== "string") {
      throw new SegOpsArgumentError(`Give the path of a CSV file, not ${describe(path)}.`);
    }
    if (typeof rows !== "number" || !(rows >= 1 && rows <= MOST_ROWS) || rows % 1 !== 0) {
      throw new SegOpsArgumentError(`rows must be a whole number from 1 to ${MOST_ROWS}, not ${describe(rows)}.`);
    }
    const { body } = options;
    if (body !== undefined && (typeof body !== "object" || Array.isArray(body))) {
      throw new SegOpsArgumentError(`body must be an object, not ${describe(body)}.`);
    }
    this.#limits = limitsOf(options as WaitOptions<never>);
    this.#calls = calls;
    this.#imports = imports;
    this.#path = path;
    this.#name = basename(path);
    this.#rows = rows;
    this.#options = options;
    this.#state = new State(path);
  }

  /** Carries it out. */
  async run(): Promise<ImportInParts> {
    this.#file = await CsvFile.open(this.#path);
    try {
      const { head, parts, size, sha256 } = await this.#file.plan(this.#rows, this.#options.signal);
      await this.#state.open(await this.#wanted(size, sha256), (await this.#calls.runtime.uuid()).slice(0, 8));
      for (const [place, part] of parts.entries()) {
        const begun = await this.#begun(place + 1, parts.length, part);
        if (begun.status !== "done") {
          await this.#import(begun, head, part).catch((error: unknown) => this.#refused(begun, error));
        }
      }
    } finally {
      await this.#file.close();
    }
    const parts = this.#state.told.parts;
    await this.#state.remove();
    const sum = (key: (typeof COUNTS)[number]): number => parts.reduce((total, part) => total + part[key], 0);
    return {
      parts: parts.map(shown),
      row_count: sum("row_count"),
      imported_count: sum("imported_count"),
      skipped_count: sum("skipped_count"),
      error_count: sum("error_count"),
    };
  }

  async #wanted(size: number, sha256: string): Promise<Wanted> {
    const { apiKey, baseUrl } = this.#calls.account;
    return {
      file: { name: this.#name, size, sha256 },
      server: baseUrl,
      account: await accountOf(apiKey, sha256),
      rows: this.#rows,
      confirmation: (this.#options.body as Record<string, unknown> | undefined) ?? null,
    };
  }

  /** A part as the state tells it, newly begun unless it has been. */
  async #begun(part: number, parts: number, { firstRow, lastRow }: Part): Promise<BegunPart> {
    const begun = this.#state.told.parts;
    const found = begun[part - 1];
    if (found !== undefined) {
      return found;
    }
    const counts = { row_count: 0, imported_count: 0, skipped_count: 0, error_count: 0 };
    const fresh: BegunPart = {
      ...{ part, parts, first_row: firstRow, last_row: lastRow },
      ...{ attempt: 1, job_id: null, status: "uploading", ...counts },
    };
    begun.push(fresh);
    await this.#state.save();
    return fresh;
  }

  /** Finishes one part, from whatever state it is in. */
  async #import(begun: BegunPart, head: Uint8Array, part: Part): Promise<void> {
    const found = begun.job_id === null ? undefined : await this.#found(begun, begun.job_id);
    const job = found ?? (await this.#upload(begun, head, part));
    if (["mapping", "pending"].includes((job as { status?: string }).status ?? "mapping")) {
      await this.#confirm(begun);
    }
    const { signal } = this.#options;
    const onProgress = (answer: ImportJob): Promise<void> => this.#tell(begun, answer);
    try {
      await this.#imports.waitForImport(begun.job_id as number, { ...this.#limits, signal, onProgress });
    } catch (error) {
      if (error instanceof SegOpsJobError) {
        await this.#again(begun);
        throw new SegOpsJobError(`${this.#place(begun)}: ${error.message}`, error.job, { cause: error });
      }
      if (error instanceof SegOpsWaitTimeout) {
        throw new SegOpsWaitTimeout(`${this.#place(begun)}: ${error.message}`, error.job, { cause: error });
      }
      throw error;
    }
  }

  /** A part's import, as it is by now; one that the server no longer knows is created again. */
  async #found(begun: BegunPart, jobId: Id): Promise<ImportJob | undefined> {
    try {
      return await this.#imports.importStatus(jobId, { signal: this.#options.signal });
    } catch (error) {
      if (!(error instanceof SegOpsNotFoundError)) {
        throw error;
      }
      await this.#again(begun);
      return undefined;
    }
  }

  async #upload(begun: BegunPart, head: Uint8Array, part: Part): Promise<ImportUpload> {
    await this.#progress(begun);
    const extension = extname(this.#name);
    const stem = this.#name.slice(0, this.#name.length - extension.length);
    const options = { idempotencyKey: this.#key(begun, "upload"), signal: this.#options.signal };
    const name = `${stem}-part-${begun.part}${extension}`;
    const answer = await this.#settled(() => this.#imports.upload(this.#file.section(head, part), name, options));
    if (await this.#file.hasChanged()) {
      const what = `${this.#name} has changed while part ${begun.part} was sent.`;
      throw new SegOpsArgumentError(`${what} What was sent last is not imported; leave the file alone while it is.`);
    }
    this.#state.told.mapping ??= this.#options.body?.mapping ?? answer.suggested_mapping ?? null;
    begun.job_id = answer.job_id ?? (answer as { id?: number }).id ?? null;
    begun.status = "mapping";
    await this.#state.save();
    await this.#progress(begun);
    return answer;
  }

  async #confirm(begun: BegunPart): Promise<void> {
    const { mapping } = this.#state.told;
    const body = { ...this.#options.body, ...(mapping === null ? {} : { mapping }) } as ImportConfirmation;
    const options = { idempotencyKey: this.#key(begun, "confirm"), signal: this.#options.signal };
    await this.#settled(() => this.#imports.confirmImport(begun.job_id as number, body, options));
  }

  /** A call whose earlier attempt, by a process that is gone, may still be under way: 409 until that has ended. */
  async #settled<T>(make: () => Promise<T>): Promise<T> {
    const { runtime } = this.#calls;
    const end = runtime.monotonic() + this.#limits.timeout;
    for (let pause = FIRST_PAUSE; ; pause *= 2) {
      try {
        return await make();
      } catch (error) {
        if ((error as SegOpsApiError | undefined)?.status !== 409 || runtime.monotonic() >= end) {
          throw error;
        }
      }
      await runtime.sleep(Math.min(pause, this.#limits.interval), this.#options.signal);
    }
  }

  /** Says which part it was. What was refused for certain is sent again, not replayed, the next time. */
  async #refused(begun: BegunPart, error: unknown): Promise<never> {
    if (error instanceof SegOpsApiError) {
      error.message = `${this.#place(begun)}: ${error.message}`;
      // 409 is no refusal: what an earlier attempt has begun is still under way, and a new key would do it twice.
      if (error.status < 500 && error.status !== 409 && !error.mayHaveExecuted) {
        begun.attempt += 1;
        await this.#state.save();
      }
    }
    throw error;
  }

  /** Takes back a part's import, so that the next one is another. */
  async #again(begun: BegunPart): Promise<void> {
    Object.assign(begun, { attempt: begun.attempt + 1, job_id: null, status: "uploading" });
    await this.#state.save();
  }

  async #tell(begun: BegunPart, job: ImportJob): Promise<void> {
    if (isRecord(job)) {
      begun.status = job.status;
      for (const key of COUNTS) {
        begun[key] = job[key] || 0;
      }
    }
    await this.#progress(begun);
  }

  async #progress(begun: BegunPart): Promise<void> {
    await this.#options.onProgress?.(shown(begun));
  }

  #key({ part, attempt }: BegunPart, what: string): string {
    const { file, run } = this.#state.told;
    return `import-${file.sha256.slice(0, 32)}-${run}-${attempt === 1 ? part : `${part}.${attempt}`}-${what}`;
  }

  #place({ part, parts, first_row, last_row }: BegunPart): string {
    return `Part ${part} of ${parts} (rows ${first_row} to ${last_row} of ${this.#name})`;
  }
}

function shown({ attempt: _, ...part }: BegunPart): ImportPart {
  return part;
}
