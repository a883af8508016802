/** Pagination: pages, and how to get from one to the next. */

import { SegOpsArgumentError, SegOpsDecodeError } from "../errors/index.js";
import { describe } from "../errors/text.js";
import { onAbort } from "../transport/signals.js";
import type { CallOptions, IterateOptions, Query } from "../types/shared.js";
import { parameters } from "../wire/encoding.js";
import type { Calls } from "./calls.js";
import { Items } from "./items.js";

type Fetched = Promise<unknown>;
type FetchPage = (page: number, signal?: AbortSignal) => Fetched;

/**
 * Iterates over every item of a listing, from the caller's `page` on, until `next` is empty. A bare array is the only page.
 *
 * @throws {SegOpsArgumentError} `page` or `prefetch` is not a count; thrown at once, not at the first item
 * @throws {SegOpsDecodeError} an answer is not a page
 */
export function paginate<T>(
  calls: Calls,
  operation: string,
  path: string,
  query: Query | undefined,
  options: IterateOptions,
): AsyncGenerator<T, void, undefined> {
  const { page, ...others } = parameters(query);
  const first = wholeNumber("page", page, 1, 1);
  const ahead = wholeNumber("prefetch", options.prefetch, 0, 0);
  const fetch: FetchPage = (number, signal) =>
    calls.look(operation, path, { ...others, page: number } as Query, { signal: signal ?? options.signal });
  return new Items(pages<T>(path, fetch, first, ahead, options.signal));
}

/** The items of each page. */
async function* pages<T>(
  path: string,
  fetch: FetchPage,
  first: number,
  ahead: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<T[], void, undefined> {
  let answer = await fetch(first);
  if (Array.isArray(answer)) {
    yield answer;
    return;
  }
  let { results, hasMore } = envelope<T>(answer, path, first);
  const following = hasMore ? new Prefetcher(fetch, first + 1, ahead, lastPage(answer, results), signal) : undefined;
  try {
    yield results;
    for (let page = first + 1; hasMore; page++) {
      answer = await (following?.take() ?? fetch(page));
      ({ results, hasMore } = envelope<T>(answer, path, page));
      if (hasMore) {
        following?.requestPages();
      }
      yield results;
    }
  } finally {
    following?.close();
  }
}

function envelope<T>(answer: unknown, path: string, page: number): { results: T[]; hasMore: boolean } {
  const { results, next } = (answer ?? {}) as { results?: unknown; next?: unknown };
  const where = { method: "GET", path: `${path} (page ${page})` };
  if (!Array.isArray(results)) {
    const kind = answer === null ? "nothing" : `${describe(answer)} without a list of results`;
    throw new SegOpsDecodeError(`it is not a page but ${kind}`, where);
  }
  if (goesOn(next) && results.length === 0) {
    // An empty page that promises another would be followed forever.
    throw new SegOpsDecodeError("it is an empty page that names a next one", where);
  }
  return { results, hasMore: goesOn(next) };
}

/** Whether what names the next page names one: not null, false, 0 or empty text. The same in both languages. */
function goesOn(following: unknown): boolean {
  return following !== undefined && following !== null && following !== false && following !== 0 && following !== "";
}

/** The number of the last page, where `count` tells. */
function lastPage(answer: unknown, results: unknown[]): number {
  const { count } = answer as { count?: unknown };
  return Number.isInteger(count) ? Math.ceil((count as number) / results.length) : 0;
}

/** Pages that are asked for before they are needed, several at once, and handed out in order. */
class Prefetcher {
  readonly #fetch: FetchPage;
  readonly #ahead: number;
  readonly #last: number;
  readonly #underWay: Fetched[] = [];
  readonly #abandon = new AbortController();
  readonly #stopListening: () => void;
  #page: number;

  /**
   * @param page the first of them
   * @param ahead how many may be under way at once
   * @param last the last page that is known to exist; none beyond it is asked for until the page before names it
   */
  constructor(fetch: FetchPage, page: number, ahead: number, last: number, signal: AbortSignal | undefined) {
    this.#fetch = fetch;
    this.#page = page;
    this.#ahead = ahead;
    this.#last = last;
    this.#stopListening = onAbort(signal, () => this.#abandon.abort(signal?.reason));
    this.requestPages();
  }

  /** Asks for as many pages as may be under way, knowing that the last page taken named a next one. */
  requestPages(): void {
    while (this.#underWay.length < this.#ahead && (this.#page <= this.#last || this.#underWay.length === 0)) {
      const fetched = this.#fetch(this.#page, this.#abandon.signal);
      fetched.catch(() => undefined); // a page that is never looked at may fail unseen
      this.#underWay.push(fetched);
      this.#page += 1;
    }
  }

  /** The next page. */
  take(): Fetched | undefined {
    return this.#underWay.shift();
  }

  /** Ends what is under way. */
  close(): void {
    this.#stopListening();
    this.#abandon.abort(new Error("the iteration has ended"));
  }
}

/**
 * Iterates over every item of a listing by its cursor, from the caller's `cursor` on, until `next_cursor` is empty.
 *
 * @throws {SegOpsDecodeError} an answer is not a page, or its cursor leads back to itself
 */
export function iterateCursor<T>(
  calls: Calls,
  operation: string,
  path: string,
  query: Query | undefined,
  options: CallOptions,
): AsyncGenerator<T, void, undefined> {
  return new Items(cursorPages<T>(calls, operation, path, query, options));
}

/** The items of each page. */
async function* cursorPages<T>(
  calls: Calls,
  operation: string,
  path: string,
  query: Query | undefined,
  options: CallOptions,
): AsyncGenerator<T[], void, undefined> {
  let asked = parameters(query);
  for (;;) {
    const answer = await calls.look(operation, path, asked as Query, options);
    const { results, next_cursor: cursor } = (answer ?? {}) as { results?: T[]; next_cursor?: string | number | null };
    if (!Array.isArray(results)) {
      throw new SegOpsDecodeError("it is not a page of results with a next_cursor", { method: "GET", path });
    }
    yield results;
    if (!goesOn(cursor)) {
      return;
    }
    if (typeof cursor !== "string" && !Number.isSafeInteger(cursor)) {
      throw new SegOpsDecodeError(`its next_cursor is ${describe(cursor)}`, { method: "GET", path });
    }
    if (cursor === asked.cursor) {
      throw new SegOpsDecodeError("its next_cursor is the cursor that was sent", { method: "GET", path });
    }
    asked = { ...asked, cursor };
  }
}

function wholeNumber(name: string, value: unknown, fallback: number, least: number): number {
  if (value === undefined || value === null) {
    return fallback;
  }
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number) || (number as number) < least) {
    throw new SegOpsArgumentError(`${name} must be a whole number from ${least} up, not ${describe(value)}.`);
  }
  return number as number;
}
