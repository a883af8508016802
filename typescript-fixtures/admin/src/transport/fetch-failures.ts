/**
 * What a failed fetch means: surely not sent, perhaps sent, or answered with something that is not HTTP.
 *
 * Fetch rejects with a bare `TypeError`; what happened is in its `cause`, in the words of Node's own fetch (undici).
 * Another implementation of fetch may say less: then the request may have been sent.
 */

import { type Cause, causes } from "../errors/causes.js";
import { SegOpsConnectionError, SegOpsDecodeError, SegOpsError, SegOpsTimeoutError } from "../errors/index.js";
import { CERTIFICATE } from "./failures.js";

/** What fails before there is a connection, whatever it is called. */
const NO_CONNECTION = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
]);

const HANDSHAKE = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;
const DISCONNECTED = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** The error behind a failure that says most: the innermost one with a code. */
function root(found: Cause[]): Cause {
  return found.filter((cause) => typeof cause.code === "string").pop() ?? found[found.length - 1] ?? {};
}

/** One of ours, or a failed assertion of a test's own fetch: neither is a failure of the network. */
export function passesThrough(error: unknown): unknown {
  return causes(error).find((cause) => cause instanceof SegOpsError || cause.code === "ERR_ASSERTION");
}

/**
 * What kept a request from being answered.
 *
 * @param error what fetch was rejected with
 * @param peer host and port, for messages
 */
export function whySendingFailed(error: unknown, peer: string, host: string): SegOpsError {
  const found = causes(error);
  const { code, message, syscall } = root(found);
  const name = code as string; // what is no text is in none of these either
  const said = String(message || code || error);
  if (CERTIFICATE.test(name)) {
    const reason = `the certificate of ${host} does not verify: ${said}`;
    return new SegOpsConnectionError(reason, { sent: false, transient: false, cause: error });
  }
  if (said === "bad port") {
    const reason = `no connection to ${peer}: bad port (fetch refuses this one)`;
    return new SegOpsConnectionError(reason, { sent: false, transient: false, cause: error });
  }
  if (name === "UND_ERR_CONNECT_TIMEOUT" || (name === "ETIMEDOUT" && syscall === "connect")) {
    return new SegOpsTimeoutError(`no connection to ${peer} in time`, { sent: false, cause: error });
  }
  const inHandshake = HANDSHAKE.test(name) || said.includes("before secure TLS connection");
  if (NO_CONNECTION.has(name) || syscall === "connect" || syscall === "getaddrinfo" || inHandshake) {
    return new SegOpsConnectionError(`no connection to ${peer}: ${said}`, { sent: false, cause: error });
  }
  if (name === "UND_ERR_HEADERS_TIMEOUT" || name === "ETIMEDOUT") {
    return new SegOpsTimeoutError(`${peer} was silent for too long`, { cause: error });
  }
  const parser = found.find((cause) => cause.name === "HTTPParserError" || String(cause.code).startsWith("HPE_"));
  if (parser !== undefined) {
    return new SegOpsDecodeError(`what ${peer} sent is not HTTP (${parser.code ?? parser.name})`, { cause: error });
  }
  if (DISCONNECTED.has(name)) {
    return new SegOpsConnectionError(`${peer} closed the connection`, { cause: error });
  }
  return new SegOpsConnectionError(`the connection to ${peer} failed: ${said}`, { cause: error });
}

/**
 * What ended a reply before its end.
 *
 * @param error what reading the body was rejected with
 * @param got how many bytes had come
 */
export function whyReadingFailed(error: unknown, status: number, got: number): SegOpsError {
  const { code, message } = root(causes(error));
  if (/Z_|ZLIB|ERR_BUFFER|ERR_BROTLI|ZSTD_/.test(code as string)) {
    return new SegOpsDecodeError(`its gzip is broken (${message})`, { status, cause: error });
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return new SegOpsTimeoutError(`the reply stalled after ${got} bytes`, { cause: error });
  }
  return new SegOpsConnectionError(`the reply was cut short after ${got} bytes`, { cause: error });
}
