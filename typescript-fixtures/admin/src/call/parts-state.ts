/**
 * The state file of an import in parts: what has been done, so that it resumes after a crash.
 *
 * It stands beside the CSV file while the import is under way. Both SDKs write the same format, and resume each other's imports.
 */

import { basename } from "node:path";
import { SegOpsArgumentError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import type { ImportPart } from "../types/records.js";

const FORMAT = "segops-import/1";
const KEYS = ["run", "file", "server", "account", "rows", "confirmation", "mapping", "parts"];

/** A part that has been begun. */
export type BegunPart = ImportPart & { attempt: number };

/** The file, the server, and how the file is to be imported. */
export interface Wanted {
  file: { name: string; size: number; sha256: string };
  server: string;
  account: string;
  rows: number;
  confirmation: Record<string, unknown> | null;
}

/** The content of a state file. */
export interface Told extends Wanted {
  format: string;
  /** Names the import, so that a later one of the same file is another. */
  run: string;
  /** The mapping of all parts. */
  mapping: unknown;
  /** The parts that have been begun, the last one perhaps under way. */
  parts: BegunPart[];
}

/** Tells an API key from others without giving it away. */
export async function accountOf(apiKey: string, sha256: string): Promise<string> {
  const { createHash } = await import("node:crypto"); // when it is first needed
  return createHash("sha256").update(`segops-import ${sha256} ${apiKey}`).digest("hex").slice(0, 16);
}

/** Where the state of an import of that file stands. */
export function statePath(csvPath: string): string {
  return `${csvPath}.segops-import.json`;
}

/** What has been done of an import. */
export class State {
  told!: Told;
  readonly #path: string;
  readonly #csv: string;

  constructor(csvPath: string) {
    this.#csv = basename(csvPath);
    this.#path = statePath(csvPath);
  }

  /**
   * Reads the state of an import that was begun, or makes the one of a new import, under the name `run`.
   *
   * @throws {SegOpsArgumentError} another import of this file was begun and not finished
   */
  async open(wanted: Wanted, run: string): Promise<void> {
    const { readFile } = await import("node:fs/promises");
    const content = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") {
        return undefined;
      }
      throw new SegOpsArgumentError(`The state file ${quote(this.#path)} cannot be read: ${error.message}`, {
        cause: error,
      });
    });
    if (content === undefined) {
      this.told = { format: FORMAT, run, ...wanted, mapping: null, parts: [] };
      return; // written down with its first part
    }
    this.told = this.#read(content);
    await this.#compare(wanted);
  }

  #read(content: Uint8Array): Told {
    let told: Record<string, unknown> | null;
    try {
      told = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    } catch {
      told = null;
    }
    if (told?.format !== FORMAT || KEYS.some((key) => !(key in told))) {
      throw new SegOpsArgumentError(
        `${quote(this.#path)} is not the state file of an import: move it away to start over.`,
      );
    }
    return told as unknown as Told;
  }

  async #compare(wanted: Wanted): Promise<void> {
    const { isDeepStrictEqual } = await import("node:util"); // when it is first needed
    const { told } = this;
    const done = Math.max(0, ...told.parts.filter(({ status }) => status === "done").map((part) => part.last_row));
    const soFar = done > 0 ? `rows 1 to ${done} of it were imported` : "nothing of it was imported";
    const anew = `delete ${quote(this.#path)} to start over.`;
    if (told.file.sha256 !== wanted.file.sha256) {
      throw new SegOpsArgumentError(
        `${this.#csv} has changed since its import was begun; ${soFar}. Restore it to resume, or ${anew}`,
      );
    }
    const begun = {
      server: `with the server ${told.server}`,
      account: "with another API key",
      rows: `with ${told.rows} rows a part`,
      confirmation: "with another mapping",
    };
    for (const [key, how] of Object.entries(begun) as [keyof typeof begun, string][]) {
      if (!isDeepStrictEqual(told[key], wanted[key])) {
        throw new SegOpsArgumentError(
          `The import of ${this.#csv} was begun ${how}; ${soFar}. Resume with that, or ${anew}`,
        );
      }
    }
  }

  /**
   * Saves the state, whole or not at all.
   *
   * @throws {SegOpsArgumentError} the folder of the CSV file cannot be written to
   */
  async save(): Promise<void> {
    const { open, rename } = await import("node:fs/promises");
    const partial = `${this.#path}.part`;
    try {
      const file = await open(partial, "w");
      try {
        await file.writeFile(`${JSON.stringify(this.told, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, this.#path);
    } catch (error) {
      const reason = `Cannot write ${quote(this.#path)}, which keeps the progress of the import: ${(error as Error).message}`;
      throw new SegOpsArgumentError(reason, { cause: error });
    }
  }

  /** Removes the file: the import is complete. */
  async remove(): Promise<void> {
    const { unlink } = await import("node:fs/promises");
    await unlink(this.#path);
  }
}
