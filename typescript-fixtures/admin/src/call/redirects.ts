/** Redirects: which are followed, and with which headers. */

import { isLoopback } from "../config.js";
import { SegOpsDecodeError } from "../errors/index.js";
import type { TransportReply, TransportRequest } from "../transport/protocol.js";
import { headersForOthers } from "./headers.js";
import { readFailure } from "./reply.js";

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

/**
 * Sends a request, and follows its redirects where that is safe: those of a GET, within one origin.
 *
 * @param send sends one request
 * @param mayLeave whether a redirect may lead to another origin, without the key: a download moves on to a storage server
 * @throws {SegOpsDecodeError} there are too many, or one leads to what is no address
 */
export async function follow(
  request: TransportRequest,
  mayLeave: boolean,
  send: (request: TransportRequest) => Promise<TransportReply>,
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
    const url = nextAddress(location, current.url, reply);
    if (url.origin !== home && !(mayLeave && isConfidential(url))) {
      return reply;
    }
    await readFailure(reply); // so that the connection can be used again
    const headers = url.origin === home ? current.headers : headersForOthers(current.headers);
    current = { ...current, url, headers };
  }
}

function nextAddress(location: string, base: URL, reply: TransportReply): URL {
  try {
    // Headers arrive as Latin-1: what no address may hold is encoded byte by byte.
    const encoded = location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
    return new URL(encoded, base);
  } catch (error) {
    reply.discard();
    throw new SegOpsDecodeError("it redirects to what is no address", { status: reply.status, cause: error });
  }
}

/** Whether nobody on the way can read along. */
function isConfidential(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
