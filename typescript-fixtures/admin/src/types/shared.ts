/** The types that the signatures of several methods share. */

import type { Logic } from "./records.js";

/** A record's id. Integers beyond 2^53 lose digits as numbers: give them as text or bigint. */
export type Id = number | string | bigint;

/** What a query parameter can be; null and undefined leave it out, a list repeats its key. */
export type QueryValue = QueryScalar | readonly QueryScalar[];

/** One value of a query parameter. */
export type QueryScalar = string | number | bigint | boolean | Date | null | undefined;

/** Query parameters: an object, `URLSearchParams`, or a map. */
export type Query = Readonly<Record<string, QueryValue>> | URLSearchParams | ReadonlyMap<string, QueryValue>;

/** The fields of a JSON object. Date values travel as ISO 8601 text. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * A definition whose words the compiler has widened to `string`, as it does in a variable without `as const`. Only a
 * variable passes: a literal with wrong words has keys too many for this, and is checked by its own type.
 */
export interface LooseDefinition {
  /** Its conditions. */
  conditions: readonly LooseCondition[];
}

/** The same for a literal whose conditions are in a variable. */
export interface LooseConditions extends LooseDefinition {
  /** How its conditions are combined. */
  logic?: Logic | undefined;
}

/** A condition in such a variable. */
export interface LooseCondition {
  /** Its kind. */
  type: string;
}

/** A body whose definition is in a variable. */
export type WithLooseDefinition<Body> = Omit<Body, "definition"> & {
  /** What the segment asks of a user. */
  definition: LooseDefinition;
};

/** A body whose definition has its conditions in a variable. */
export type WithLooseConditions<Body> = Omit<Body, "definition"> & {
  /** What the segment asks of a product. */
  definition: LooseConditions;
};

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Ends the call, and the waits between its attempts, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What every call that changes something takes as its last argument. */
export interface ChangeOptions extends CallOptions {
  /** Key for safe retries: 1 to 255 printable ASCII characters (default: a new UUIDv4). */
  idempotencyKey?: string | undefined;
}

/** What iterations over pages take as their last argument. */
export interface IterateOptions extends CallOptions {
  /** How many pages after the first to fetch ahead, in order; 0 unless given, one page at a time. */
  prefetch?: number | undefined;
}

/** What helpers that wait for a job take as their last argument. */
export interface WaitOptions<Job> extends CallOptions {
  /** Seconds to wait in all; 600 unless given. */
  timeout?: number | undefined;
  /** Seconds between polls; 2 unless given. */
  interval?: number | undefined;
  /** Called with each answer, the last one included; awaited if it returns a promise. */
  onProgress?: ((job: Job) => unknown) | undefined;
}
