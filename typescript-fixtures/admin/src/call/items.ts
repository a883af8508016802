/** The items of pages, one by one. */

type Pages<T> = AsyncGenerator<T[], void, undefined>;
type Result<T> = IteratorResult<T, void>;

/** What all asynchronous generators inherit: on recent runtimes, the method for `await using` too. */
const AsyncIteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));

/**
 * The items of the pages that a generator gives, as a generator.
 *
 * One that an `async function*` makes takes several turns of the microtask queue for each item, most of the time of a
 * iteration; this one gives what has come at once.
 */
export class Items<T> implements AsyncGenerator<T, void, undefined> {
  readonly #pages: Pages<T>;
  #page: T[] = [];
  #place = 0;
  /** Calls that are not settled, in the order in which they were made. */
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(pages: Pages<T>) {
    this.#pages = pages;
  }

  next(): Promise<Result<T>> {
    if (this.#pending === 0 && this.#place < this.#page.length) {
      return Promise.resolve({ done: false, value: this.#page[this.#place++] as T });
    }
    return this.#afterwards(() => this.#following());
  }

  return(value?: void | PromiseLike<void>): Promise<Result<T>> {
    return this.#afterwards(() => this.#ended(this.#pages.return(value as undefined)));
  }

  throw(error: unknown): Promise<Result<T>> {
    return this.#afterwards(() => this.#ended(this.#pages.throw(error)));
  }

  get [Symbol.toStringTag](): string {
    return "AsyncGenerator";
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #following(): Promise<Result<T>> {
    while (this.#place >= this.#page.length) {
      const { done, value } = await this.#pages.next();
      if (done) {
        return { done, value: undefined };
      }
      this.#page = value;
      this.#place = 0;
    }
    return { done: false, value: this.#page[this.#place++] as T };
  }

  async #ended(ending: Promise<IteratorResult<T[], void>>): Promise<Result<T>> {
    this.#page = [];
    return (await ending) as Result<T>;
  }

  /** Does something when all that was asked for before is settled. */
  #afterwards(act: () => Promise<Result<T>>): Promise<Result<T>> {
    this.#pending += 1;
    const answer = this.#last.then(act);
    const settle = (): void => {
      this.#pending -= 1;
    };
    this.#last = answer.then(settle, settle);
    return answer;
  }
}

Object.setPrototypeOf(Items.prototype, AsyncIteratorPrototype);
