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
  errors?: unknown;
}

export const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
const TLS_VERSION = /^ERR_SSL_(TLSV1_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE)$/;

/** A failure before there was a connection: nothing was sent. */
export function whyDialingFailed(error: unknown, { peer, host }: Peer): SegOpsConnectionError {
  const { code, said } = described(error);
  if (CERTIFICATE.test(code)) {
    const reason = `the certificate of ${host} does not verify: ${said}`;
    return new SegOpsConnectionError(reason, { sent: false, transient: false, cause: error });
  }
  if (code === "ETIMEDOUT") {
    return new SegOpsTimeoutError(`no connection to ${peer} in time`, { sent: false, cause: error });
  }
  const transient = !TLS_VERSION.test(code);
  return new SegOpsConnectionError(`no connection to ${peer}: ${said}`, { sent: false, transient, cause: error });
}

/** A failure of an open connection before the reply began. */
export function whyExchangeFailed(error: unknown, { peer }: Peer, stale: boolean): SegOpsConnectionError {
  const { code, said } = described(error);
  if (code === "ETIMEDOUT") {
    return new SegOpsTimeoutError(`${peer} was silent for too long`, { cause: error });
  }
  if (error === undefined || ["ECONNRESET", "EPIPE", "ECONNABORTED"].includes(code)) {
    const when = stale ? ` that it had kept open, as the request was sent` : "";
    return new SegOpsConnectionError(`${peer} closed the connection${when}`, { stale, cause: error });
  }
  return new SegOpsConnectionError(`the connection to ${peer} failed: ${said}`, { stale, cause: error });
}

/** The code and the words of an error; of several, which are addresses that were tried, the last one's. */
function described(error: unknown): { code: string; said: string } {
  const { code, message, errors } = (error ?? {}) as SystemError;
  if (Array.isArray(errors) && errors.length > 0) {
    return described(errors[errors.length - 1]);
  }
  return { code: String(code ?? ""), said: String(message || code || error) };
}
