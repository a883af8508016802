/** The base of the errors: recognised across builds, and kept by JSON and structured cloning. */

/** What every error may be made with. */
export interface WithCause {
  /** The error that this one stems from. */
  cause?: unknown;
}

/**
 * An error that is no native Error object, but `instanceof Error`, with message and stack.
 *
 * What the engine itself makes an Error loses its name and everything that it carries when it is cloned (workers, test
 * runners, logs); an object keeps its properties.
 */
const Plain = function Plain(this: Error, message: string): void {
  this.message = message;
  Error.captureStackTrace?.(this, new.target);
  if (process.versions.bun !== undefined) {
    // Its stacks begin with a bare "Error".
    const { name } = new.target as unknown as { name: string };
    hide(this, "stack", `${name}: ${message}\n${this.stack?.replace(/^.*\n/, "") ?? ""}`);
  }
} as unknown as new (
  message: string,
) => Error;
Object.setPrototypeOf(Plain, Error);
Plain.prototype = Object.create(Error.prototype, {
  // What asks an object what it is (assertion libraries, loggers) goes by this.
  [Symbol.toStringTag]: { value: "Error" },
});

/** The base of every error of this package: `error instanceof SegOpsError` recognises them all. */
export class SegOpsError extends Plain {
  /** @internal The name under which every build of this package, ES or CommonJS, knows the class. */
  static readonly kind: string = "SegOpsError";
  /** The name of the error's class. */
  override name = "SegOpsError";

  /**
   * @param message what went wrong
   * @param options the error that this one stems from, if any
   */
  constructor(message: string, options: WithCause = {}) {
    super(message);
    if (options.cause !== undefined) {
      hide(this, "cause", options.cause);
    }
  }

  /** Whether a value is an error of this class, made by this build of the package or by another one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked is the one that is meant
    return isMadeBy(this, value);
  }

  /** The error as an object: name, message and what it carries. */
  toJSON(): Record<string, unknown> {
    const { name, message, ...carried } = this;
    return { name, message, ...carried };
  }
}

interface Kind {
  kind?: unknown;
}

/** Whether a value is of a class, or of one of the same kind in another build. */
function isMadeBy(asked: Kind, value: unknown): boolean {
  if (!Object.hasOwn(asked, "kind")) {
    return Function.prototype[Symbol.hasInstance].call(asked, value); // a class of the caller's own
  }
  for (let at: unknown = value; typeof at === "object" && at !== null; at = Object.getPrototypeOf(at)) {
    if ((at as { constructor?: Kind }).constructor?.kind === asked.kind) {
      return true;
    }
  }
  return false;
}

/** Sets a property that is there to be read, and not to be copied or printed. */
export function hide(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}
