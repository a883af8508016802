/** Redirects: which are followed, and with which headers. */

import { isLoopback } from "../config.js";
import { SegOpsDecodeError } from "../errors/index.js";
import type { TransportReply, TransportRequest } from "../transport/protocol.js";
import { headersForOthers } from "./headers.js";
import { readFailure } from "./reply.js";

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

type Hop = Omit<TransportRequest, "deadline">;

/**
 * Sends a request, and follows its redirects where that is safe: those of a GET, within one origin.
 *
 * @param send sends one request
 * @param mayLeave whether a redirect may lead to another origin, without the key: a download moves on to a storage server
 * @throws {SegOpsDecodeError} there are too many
 */
export async function follow(
  request: Hop,
  mayLeave: boolean,
  send: (request: Hop) => Promise<TransportReply>,
): Promise<TransportReply> {
  const home = request.url.origin;
  let current = request;
  for (let redirects = 0; ; redirects++) {
    const reply = await send(current);
    const location = reply.headers.get("location");
    if (!REDIRECTS.includes(reply.status) || request.method !== "GET" || !location) {
      return reply;
    }
    if (redirects === MOST_REDIRECTS) {
      reply.discard();
      throw new SegOpsDecodeError(`it redirects more than ${MOST_REDIRECTS} times`, { status: reply.status });
    }
    const url = resolve(location, current.url);
    if (url === undefined || (url.origin !== home && !(mayLeave && isConfidential(url)))) {
      return reply;
    }
    await readFailure(reply); // so that the connection can be used again
    const headers = url.origin === home ? current.headers : headersForOthers(current.headers);
    current = { ...current, url, headers };
  }
}

const REFERENCE = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/;

/**
 * Where a Location leads, by RFC 3986, 5.2; undefined if that is no http(s) address, or names a user. The parser of URLs
 * would take far more: backslashes for slashes, `http:x` for a path.
 *
 * What no address may hold is encoded byte by byte: headers arrive as Latin-1.
 */
export function resolve(location: string, base: URL): URL | undefined {
  const encoded = location.replace(/[^A-Za-z0-9%:/?#[\]@!$&()*+,;=~._-]/g, escapeByte);
  const [, scheme, authority, path = "", query = ""] = REFERENCE.exec(encoded) ?? [];
  if (scheme !== undefined && (!/^https?$/i.test(scheme) || !authority)) {
    return undefined;
  }
  if (authority !== undefined) {
    return /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(authority)
      ? address(`${scheme ?? base.protocol.slice(0, -1)}://${authority}`, path, query)
      : undefined;
  }
  const own = path === "" && query === "" ? base.search : query;
  return address(base.origin, path === "" ? base.pathname : merged(path, base), own);
}

function merged(path: string, base: URL): string {
  return path.startsWith("/") ? path : base.pathname.replace(/[^/]*$/, "") + path;
}

function address(origin: string, path: string, query: string): URL | undefined {
  try {
    return new URL(origin + path + query);
  } catch {
    return undefined; // a port beyond 65535, or brackets around something else than an address
  }
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Whether the connection is confidential: TLS, or this machine. */
function isConfidential(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url.hostname);
}
