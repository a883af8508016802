/** The key, kept out of what a server's answer puts into errors. */

import { causes } from "../errors/causes.js";
import { HttpHeaders } from "../wire/headers.js";

const MASK = "sk_***";

/** Text without the key. */
export function withoutKey(text: string, apiKey: string): string {
  return text.replaceAll(apiKey, MASK);
}

/** A decoded value without the key, which JSON may have spelled with escapes. */
export function valueWithoutKey(value: unknown, apiKey: string): unknown {
  if (typeof value === "string") {
    return withoutKey(value, apiKey);
  }
  if (Array.isArray(value)) {
    return value.map((item) => valueWithoutKey(item, apiKey));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [withoutKey(name, apiKey), valueWithoutKey(item, apiKey)]),
    );
  }
  return value;
}

/** Hides the key in what the errors behind an error say, which is printed with it: some hold what was received. */
export function hideInCauses(error: Error, apiKey: string): void {
  for (const behind of causes(error.cause)) {
    for (const name of Reflect.ownKeys(behind)) {
      const value: unknown = Reflect.get(behind, name);
      if (typeof value === "string") {
        Reflect.defineProperty(behind, name, { value: withoutKey(value, apiKey) });
      }
    }
  }
}

/** Headers without the key. */
export function headersWithoutKey(headers: HttpHeaders, apiKey: string): HttpHeaders {
  return new HttpHeaders([...headers].map(([name, value]) => [name, withoutKey(value, apiKey)]));
}
