/** What errors are that users make, and what `instanceof` says of those that this build of the package has not made. */

import { inspect } from "node:util";
import { errorValue } from "./values.mjs";

/** Characters of what may be part of any text. */
const SHORT = 12;
const LEVELS = 4;

/** Where an error shows a key: what a log prints of it and its causes, properties included. */
export function revealed(error, keys) {
  const shown = inspect(error, { depth: LEVELS });
  return [...keys].some((key) => key?.length > SHORT && shown.includes(key)) ? ["inspect"] : [];
}

/** Of each class of errors one that a user has made with no more than it needs: its text, and what it carries. */
export function madeByUsers(sdk) {
  const classes = Object.entries(sdk).filter(
    ([name]) => (name.startsWith("SegOps") && name.endsWith("Error")) || name === "SegOpsWaitTimeout",
  );
  return Object.fromEntries(
    classes.map(([name, Class]) => {
      const { classes: _classes, ...told } = errorValue(
        new Class(
          "what happened",
          ...(Class === sdk.SegOpsApiError || Class.prototype instanceof sdk.SegOpsApiError ? [404] : []),
        ),
        sdk.SegOpsError,
      );
      return [name, told];
    }),
  );
}

/** By what an error is, the classes that it is an instance of. */
export function recognised(sdk) {
  class Own extends sdk.SegOpsNotFoundError {}
  const given = {
    own: new Own("an error of a caller's own class", 404),
    base: new sdk.SegOpsError("of the class above all"),
    "another build": new (another("SegOpsNotFoundError", another("SegOpsApiError", another("SegOpsError", Error))))(),
    "another library": new (another("LibraryError", Error))(),
    "of no kind": new (class extends Error {})(),
    "an object": { kind: "SegOpsError", constructor: { kind: "SegOpsError" } },
    "without a prototype": Object.create(null),
    nothing: null,
    undefined,
    text: "SegOpsError",
    "a function": sdk.SegOpsError,
  };
  const classes = { Own, Error, ...sdk };
  const asked = Object.entries(classes).filter(([name]) => name === "Own" || /Error$|Timeout$/.test(name));
  const kinds = asked.filter(([name]) => name.startsWith("SegOps"));
  const byName = kinds.filter(([name, one]) => new (another(name, Error))() instanceof one).map(named);
  const recognisedAs = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      asked
        .filter(([, one]) => value instanceof one)
        .map(named)
        .sort(),
    ]),
  );
  return { ...recognisedAs, "by its name": byName.length === kinds.length ? "each" : byName };
}

/** A class of that kind, as another build of the package has it. */
function another(kind, Parent) {
  return class extends Parent {
    static kind = kind;
  };
}

function named([name]) {
  return name;
}
