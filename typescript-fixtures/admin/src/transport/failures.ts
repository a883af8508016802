/** What a failed connection means: surely not sent, or perhaps sent; worth another attempt, or not. */

import { SegOpsConnectionError, SegOpsTimeoutError } from "../errors/index.js";

/** What is known of where a request goes. */
export interface Peer {
  /** Host and port, for messages. */
  peer: string;
  host: string;
}

interface SystemError {
  code?: unknown;
  message?: unknown;
  errors?: unknown[];
}

export const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
const TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;
/** What another attempt would meet again: the two sides do not speak the same protocol. */
const FINAL = /WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS|HANDSHAKE_FAILURE/;

/** A failure before there was a connection: nothing was sent. */
export function whyDialingFailed(error: unknown, { peer, host }: Peer): SegOpsConnectionError {
  const { code, said } = described(error);
  if (CERTIFICATE.test(code)) {
    const isPrivate = /SELF_SIGNED|UNABLE_TO/.test(code);
    const advice = isPrivate
      ? ". If a private authority or a proxy issued it, name its certificate in NODE_EXTRA_CA_CERTS"
      : "";
    const reason = `the certificate of ${host} does not verify: ${said}${advice}`;
    return new SegOpsConnectionError(reason, { sent: false, transient: false, cause: error });
  }
  if (code === "ETIMEDOUT") {
    return new SegOpsTimeoutError(`no connection to ${peer} in time`, { sent: false, cause: error });
  }
  if (TLS.test(code)) {
    const isFinal = FINAL.test(said);
    const advice = isFinal ? ": check the scheme and port, and which versions of TLS both sides speak" : "";
    const reason = `no TLS connection to ${peer}: ${said}${advice}`;
    return new SegOpsConnectionError(reason, { sent: false, transient: !isFinal, cause: error });
  }
  if (/[^.]{64}/.test(host)) {
    const reason = `no connection to ${peer}: no host has such a name`;
    return new SegOpsConnectionError(reason, { sent: false, transient: false, cause: error });
  }
  return new SegOpsConnectionError(`no connection to ${peer}: ${said}`, { sent: false, cause: error });
}

/** A failure of an open connection before the reply began. */
export function whyExchangeFailed(error: unknown, { peer }: Peer, stale: boolean): SegOpsConnectionError {
  const { code, said } = described(error);
  if (code === "ETIMEDOUT") {
    return new SegOpsTimeoutError(`${peer} was silent for too long`, { cause: error });
  }
  if (error === undefined || ["ECONNRESET", "EPIPE", "ECONNABORTED"].includes(code)) {
    return new SegOpsConnectionError(`${peer} closed the connection`, { stale, cause: error });
  }
  return new SegOpsConnectionError(`the connection to ${peer} failed: ${said}`, { cause: error });
}

/**
 * A deadline that has passed, or silence for too long.
 *
 * @param received the bytes of the reply's body that have come; undefined before its head
 */
export function whyTimedOut(isDeadline: boolean, { peer }: Peer, received: number | undefined): SegOpsTimeoutError {
  if (isDeadline) {
    return new SegOpsTimeoutError("the deadline has passed", { transient: false });
  }
  const silence = `${peer} was silent for too long`;
  return new SegOpsTimeoutError(received === undefined ? silence : `the reply stalled after ${received} bytes`);
}

/**
 * The code and the words of an error; of several, which are addresses that were tried, the last one's. What OpenSSL says is
 * told by its reason alone, such as WRONG_VERSION_NUMBER: around it are places in the sources of OpenSSL.
 */
function described(error: unknown): { code: string; said: string } {
  const { code, message, errors } = (error ?? {}) as SystemError;
  if (errors !== undefined) {
    return described(errors[errors.length - 1]);
  }
  const said = opensslReason(`${message}`)?.toUpperCase().replaceAll(" ", "_");
  return { code: `${code}`, said: said ?? `${message}` };
}

/** What OpenSSL says among the places in its sources, such as `wrong version number`. */
export function opensslReason(message: string): string | undefined {
  return /:SSL routines:[^:]*:([^:]*):/.exec(message)?.[1];
}
