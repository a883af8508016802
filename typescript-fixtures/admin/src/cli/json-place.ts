/** The place of the mistake in what should be JSON: `JSON.parse` tells in other words with each version of Node. */

/** The first mistake in a text: where it begins, and what is wrong there. */
export interface Mistake {
  position: number;
  reason: string;
}

const BLANKS = /[ \t\r\n]*/y;
const TOKEN =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/uy;
const CONSTANT = /-?(?:NaN|Infinity)/y;

/** What may come next: a value, a value or the end of an empty array, a key, a key or the end, a colon, a comma or the end. */
type Expected = "value" | "first value" | "key" | "first key" | "colon" | "comma" | "end";

/** The first mistake in a text that is not JSON. */
export function mistakeIn(text: string): Mistake {
  const open: string[] = [];
  let expected: Expected = "value";
  let position = 0;
  for (;;) {
    position = endOf(BLANKS, text, position) ?? position;
    const end = endOf(TOKEN, text, position);
    if (end === undefined) {
      const constant = endOf(CONSTANT, text, position);
      const isNumber = constant !== undefined && expected.endsWith("value");
      return {
        position,
        reason: isNumber ? `${text.slice(position, constant)} is not a JSON number` : wanted(expected),
      };
    }
    const next = after(text.slice(position, end), expected, open);
    if (next === undefined) {
      return { position, reason: wanted(expected) };
    }
    expected = next;
    position = end;
  }
}

function endOf(pattern: RegExp, text: string, position: number): number | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) === null ? undefined : pattern.lastIndex;
}

/** What may come after a token, or undefined if the token may not stand where it does. */
function after(token: string, expected: Expected, open: string[]): Expected | undefined {
  const isEnd = token === "}" || token === "]";
  const mayEnd = expected === "comma" || expected === (token === "}" ? "first key" : "first value");
  if (isEnd) {
    return mayEnd && open.pop() === (token === "}" ? "{" : "[") ? closed(open) : undefined;
  }
  if (expected === "colon" || expected === "comma") {
    const isRight = token === (expected === "colon" ? ":" : ",");
    const next = expected === "comma" && open[open.length - 1] === "{" ? "key" : "value";
    return isRight ? next : undefined;
  }
  if (expected.endsWith("key")) {
    return token.startsWith('"') ? "colon" : undefined;
  }
  if (expected === "end" || token === ":" || token === ",") {
    return undefined;
  }
  if (token === "{" || token === "[") {
    open.push(token);
    return token === "{" ? "first key" : "first value";
  }
  return closed(open);
}

function closed(open: string[]): Expected {
  return open.length === 0 ? "end" : "comma";
}

function wanted(expected: Expected): string {
  const names: Record<Expected, string> = {
    value: "a value is expected",
    "first value": "a value is expected",
    key: "a name in double quotes is expected",
    "first key": "a name in double quotes is expected",
    colon: "a colon is expected",
    comma: "a comma is expected",
    end: "nothing more is expected",
  };
  return names[expected];
}
