/** The headers of a request: the SDK's own, and those that a caller adds. */

import { isMap, isUint8Array } from "node:util/types";
import { SegOpsConfigError } from "../errors/index.js";
import { describe } from "../errors/text.js";
import { VERSION } from "../version.js";
import { isIterable, tagOf } from "../wire/encoding.js";
import type { Call, Settings } from "./call.js";

/** What the SDK sends itself, or what would break a request apart. */
const OWNED = [
  "accept",
  "accept-encoding",
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The headers that a caller adds, as they are sent.
 *
 * @throws {SegOpsConfigError} one is the SDK's own, or cannot be sent
 */
export function checkedHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (headers === undefined || headers === null) {
    return {};
  }
  const pairs = pairsOf(headers);
  if (pairs === undefined) {
    const given = typeof headers === "string" ? "text" : describe(headers); // whose words may be secret
    throw new SegOpsConfigError(`headers must be an object of names and values, not ${given}.`);
  }
  const checked: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (typeof name !== "string" || !TOKEN.test(name)) {
      throw new SegOpsConfigError(`headers names ${describe(name)}, which no header can be called.`);
    }
    if (OWNED.includes(name.toLowerCase())) {
      throw new SegOpsConfigError(`headers must not hold ${name}: the SDK sends its own.`);
    }
    if (typeof value !== "string" || !/^[ -~]*$/.test(value)) {
      throw new SegOpsConfigError(`The header ${name} must be printable ASCII text.`); // its value may be secret
    }
    checked[name] = value.trim();
  }
  return checked;
}

/** Names and values of an object, a map, or what fetch calls headers; undefined for anything else. */
function pairsOf(headers: NonNullable<unknown>): Iterable<[unknown, unknown]> | undefined {
  if (isMap(headers) || tagOf(headers) === "Headers") {
    return headers as Iterable<[unknown, unknown]>;
  }
  const isPlain = tagOf(headers) === "Object" && !isIterable(headers);
  return isPlain ? Object.entries(headers) : undefined;
}

/** The headers of a call. */
export function headersOf(call: Call, settings: Settings): Record<string, string> {
  const headers: Record<string, string> = {
    Authorization: `ApiKey ${settings.apiKey}`,
    Accept: "application/json",
    "User-Agent": `segops-admin-typescript/${VERSION}`,
    "Accept-Encoding": "gzip",
    ...settings.headers,
  };
  const { body } = call;
  if (call.contentType !== undefined) {
    headers["Content-Type"] = call.contentType;
  }
  if (body !== undefined) {
    headers["Content-Length"] = String(isUint8Array(body) ? body.byteLength : body.length);
  } else if (["POST", "PUT", "PATCH"].includes(call.method)) {
    headers["Content-Length"] = "0";
  }
  if (call.idempotencyKey !== undefined) {
    headers["Idempotency-Key"] = call.idempotencyKey;
  }
  return headers;
}

const ALONG = ["Accept-Encoding", "User-Agent"];

/** The headers that may go to another server: none that tells who asks. */
export function headersForOthers(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ALONG.includes(name)));
}
