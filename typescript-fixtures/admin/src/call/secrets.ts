/** The key, kept out of what a server's answer puts into errors. */

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

/** Headers without the key. */
export function headersWithoutKey(headers: HttpHeaders, apiKey: string): HttpHeaders {
  return new HttpHeaders([...headers].map(([name, value]) => [name, withoutKey(value, apiKey)]));
}
