/** The headers of a request or reply: in the order they came, looked up without regard to case. */

/** Headers. Names are in small letters; what came more than once is joined by `, `. */
export class HttpHeaders implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  /** @param pairs names and values as they came */
  constructor(pairs: Iterable<readonly [string, string]> = []) {
    for (const [given, value] of pairs) {
      const name = given.toLowerCase();
      const before = this.#values.get(name);
      this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
    }
  }

  /** The value of a header, or null without one. */
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  /** Whether there is such a header. */
  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** Names and values. */
  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }

  /** All names. */
  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  /** All values. */
  values(): IterableIterator<string> {
    return this.#values.values();
  }

  /** Calls a function with each value and name. */
  forEach(callback: (value: string, name: string) => void): void {
    this.#values.forEach((value, name) => {
      callback(value, name);
    });
  }

  /** Names and values. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** The headers as an object, for `JSON.stringify`. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  /** @internal What `console.log` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): Record<string, string> {
    return this.toJSON();
  }
}

/** Headers as Node lists them, names and values by turns, each as a pair. */
export function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < flat.length; index += 2) {
    yield [flat[index] as string, flat[index + 1] as string];
  }
}
