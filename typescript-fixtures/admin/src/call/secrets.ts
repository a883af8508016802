/** The key, kept out of what a server's answer puts into errors. */

import { causes } from "../errors/causes.js";
import { HttpHeaders } from "../wire/headers.js";

const MASK = "sk_***";

/** Text without the key. */
export function withoutKey(text: string, apiKey: string): string {
  return text.replaceAll(apiKey, MASK);
}

/** Bytes without the key. */
export function bytesWithoutKey(raw: Uint8Array, apiKey: string): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!bytes.includes(apiKey)) {
    return raw;
  }
  // Latin-1 keeps every byte as it is, and a key is ASCII.
  return Buffer.from(withoutKey(bytes.toString("latin1"), apiKey), "latin1");
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
