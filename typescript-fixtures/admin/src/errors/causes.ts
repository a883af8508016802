/** The errors behind an error. */

/** What is looked at in one, whoever has made it. */
export interface Cause {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  syscall?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** An error and every error behind it, the outermost first. */
export function causes(error: unknown): Cause[] {
  const found: Cause[] = [];
  const todo: unknown[] = [error];
  while (todo.length > 0) {
    const next = todo.shift();
    if (typeof next === "object" && next !== null && !found.includes(next)) {
      found.push(next);
      const { cause, errors } = next as Cause;
      todo.push(cause, ...(Array.isArray(errors) ? errors : []));
    }
  }
  return found;
}
