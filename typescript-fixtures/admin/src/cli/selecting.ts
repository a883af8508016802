/** What `--select` picks from an answer: JMESPath, where its package is installed. */

import { quote } from "../errors/text.js";
import { Numeral } from "../wire/numerals.js";
import { UsageError } from "./failures.js";

/** Picks from an answer. */
export type Selector = (value: unknown) => unknown;

interface JMESPath {
  compile(expression: string): unknown;
  search(value: unknown, expression: string): unknown;
}

/**
 * What an expression picks.
 *
 * @throws {UsageError} the package is not installed, or it is no expression
 */
export async function selector(expression: string): Promise<Selector> {
  const jmespath = await loaded();
  try {
    jmespath.compile(expression);
  } catch (error) {
    throw new UsageError(`--select ${quote(expression)} is no JMESPath expression: ${(error as Error).message}`);
  }
  return (value) => {
    try {
      // Numbers are compared and summed up as JavaScript's own, and printed with their digits where they are just picked.
      const found = jmespath.search(converted(value, Number), expression);
      const boxed = jmespath.search(converted(value, box), expression);
      return isSame(found, boxed) ? converted(boxed, (each) => each) : found;
    } catch (error) {
      throw new UsageError(`--select ${quote(expression)} does not fit the answer: ${(error as Error).message}`);
    }
  };
}

async function loaded(): Promise<JMESPath> {
  const name = "jmespath"; // an optional peer: it is looked for when the program runs
  try {
    const { default: found } = (await import(name)) as { default: JMESPath };
    return found;
  } catch {
    throw new UsageError("--select needs the package jmespath, which is not installed.", "npm install jmespath");
  }
}

/** A number that JMESPath takes for one, and that still has its text. */
class Boxed extends Number {
  readonly numeral: Numeral;

  constructor(numeral: Numeral) {
    super(numeral.valueOf());
    this.numeral = numeral;
  }
}

function box(numeral: Numeral): unknown {
  return new Boxed(numeral);
}

/** A copy in which numbers with their text are something else; boxes are opened. */
function converted(value: unknown, numeral: (each: Numeral) => unknown): unknown {
  if (value instanceof Numeral) {
    return numeral(value);
  }
  if (value instanceof Boxed) {
    return numeral(value.numeral);
  }
  if (Array.isArray(value)) {
    return value.map((item) => converted(item, numeral));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, converted(item, numeral)]));
  }
  return value;
}

function isSame(plain: unknown, boxed: unknown): boolean {
  return JSON.stringify(plain) === JSON.stringify(converted(boxed, Number));
}
