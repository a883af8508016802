/** How does an error message show a value? */

/** Text in quotes on one line, as an error message shows it. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return inner.includes("'") && !inner.includes('"') ? `"${inner}"` : `'${inner.replaceAll("'", "\\'")}'`;
}

/** A value as an error message shows it; never a whole object. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return quote(value);
  }
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "an array" : `a ${value.constructor?.name ?? "object"}`;
  }
  return typeof value === "function" ? "a function" : String(value);
}
