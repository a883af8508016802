/** What the caller or the environment configured, checked. */

import { SegOpsConfigError } from "./errors/index.js";
import { describe, quote } from "./errors/text.js";
import { addressBits } from "./wire/addresses.js";

export const DEFAULT_BASE_URL = "https://api.segops.ai/api";

const warned = new Set<string>();

/**
 * The API key, from the argument or `SEGOPS_API_KEY`. No message repeats what was given.
 *
 * @throws {SegOpsConfigError} there is none, or it is not a secret key
 */
export function checkedKey(apiKey: unknown): string {
  const isGiven = apiKey !== undefined && apiKey !== null;
  const givenAs = isGiven ? "apiKey" : "SEGOPS_API_KEY";
  const key = isGiven ? apiKey : (process.env.SEGOPS_API_KEY ?? "");
  if (typeof key !== "string") {
    throw new SegOpsConfigError("apiKey must be text.");
  }
  if (key === "") {
    throw new SegOpsConfigError(
      isGiven
        ? "apiKey is empty; expected a secret key (sk_...)."
        : "No API key: pass apiKey or set SEGOPS_API_KEY to a secret key (sk_...).",
    );
  }
  if (!/^[!-~]+$/.test(key)) {
    throw new SegOpsConfigError(
      `${givenAs} holds a blank, a line end or another character that no key has: give the secret key alone (sk_...).`,
    );
  }
  if (key.startsWith("pk_") || key.startsWith("mk_")) {
    const kind = key.startsWith("p") ? "public" : "MCP";
    throw new SegOpsConfigError(
      `${givenAs} is a ${kind} key (${key.slice(0, 3)}...). The Admin SDK needs a secret key (sk_...): ` +
        "public (pk_) and MCP (mk_) keys may not administer a workspace.",
    );
  }
  if (!key.startsWith("sk_") || key === "sk_") {
    throw new SegOpsConfigError(`${givenAs} is not a SegOps API key: a secret key starts with "sk_".`);
  }
  return key;
}

/**
 * The API's root without a trailing slash, from the argument, `SEGOPS_API_URL` or the default.
 *
 * @throws {SegOpsConfigError} it is not an absolute http(s) address, or carries a user, a query or a fragment
 */
export function checkedBaseUrl(baseUrl: unknown): string {
  const text = baseUrl || process.env.SEGOPS_API_URL || DEFAULT_BASE_URL;
  const givenAs = baseUrl ? "baseUrl" : "SEGOPS_API_URL";
  if (typeof text !== "string") {
    throw new SegOpsConfigError(`baseUrl must be text, not ${describe(text)}.`);
  }
  // What may be a password is not shown.
  const shown = quote(text.slice(text.lastIndexOf("@") + 1));
  if (!/^[!-~]+$/.test(text)) {
    throw new SegOpsConfigError(`${givenAs} ${shown} holds a blank, a control or a non-ASCII character.`);
  }
  if (/[\\"<>^`{|}]/.test(text)) {
    throw new SegOpsConfigError(`${givenAs} ${shown} holds a character that no address has.`);
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority !== undefined && !authority.includes("@") && !isHost(authority)) {
    throw new SegOpsConfigError(`${givenAs} ${shown} has a host or port that none can be.`);
  }
  if (authority === undefined || authority.endsWith("@")) {
    throw new SegOpsConfigError(`${givenAs} ${shown} is not absolute: expected https://host/api.`);
  }
  if (authority.includes("@") || /[?#]/.test(text)) {
    throw new SegOpsConfigError(`${givenAs} must not carry a user, a query or a fragment: https://host/api.`);
  }
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(text)) {
    throw new SegOpsConfigError(`${givenAs} ${shown} holds a path with . or .. in it.`);
  }
  const url = new URL(text);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    warnOnce(url.hostname.replace(/[[\]]/g, ""));
  }
  // Other spellings of scheme, host and port are the same server: `URL` writes them one way.
  const path = text.slice(`${url.protocol}//${authority}`.length);
  return `${url.protocol}//${url.host}${path}`.replace(/\/+$/, "");
}

/** Whether it is a name, an IPv4 or IPv6 address, with or without a port. */
function isHost(authority: string): boolean {
  const found = /^(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::(\d{0,5}))?$/.exec(authority);
  if (found === null || Number(found[3]) > 65535) {
    return false;
  }
  const [, name, address] = found as unknown as [string, string | undefined, string];
  if (name === undefined) {
    return addressBits(address)?.length === 128;
  }
  const isNumeric = /^\d+$/.test(name.replace(/\.+$/, "").replace(/^.*\./, ""));
  return isNumeric ? addressBits(name) !== undefined : !name.includes("..") && !name.startsWith(".");
}

/** Whether a host, as `URL` writes it, is this machine. */
export function isLoopback(host: string): boolean {
  const isName = host === "localhost" || host.endsWith(".localhost");
  return isName || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function warnOnce(host: string): void {
  if (!warned.has(host)) {
    warned.add(host);
    process.emitWarning(`The API key travels unencrypted to ${host}: use https.`, "SegOpsWarning");
  }
}

/** Seconds without progress after which an attempt fails. */
export function checkedTimeout(seconds: unknown): number {
  if (typeof seconds !== "number") {
    throw new SegOpsConfigError(`timeout must be a number of seconds, not ${describe(seconds)}.`);
  }
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new SegOpsConfigError(`timeout must be more than 0 seconds, not ${seconds}.`);
  }
  return seconds;
}

/** How often a call is retried. */
export function checkedRetries(count: unknown): number {
  if (!Number.isSafeInteger(count) || (count as number) < 0) {
    throw new SegOpsConfigError(`maxRetries must be a whole number from 0 up, not ${describe(count)}.`);
  }
  return count as number;
}

/** Seconds for a whole call; undefined for no limit. */
export function checkedDeadline(seconds: unknown): number | undefined {
  if (seconds === undefined || seconds === null) {
    return undefined;
  }
  if (typeof seconds !== "number") {
    throw new SegOpsConfigError(`deadline must be a number of seconds or undefined, not ${describe(seconds)}.`);
  }
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new SegOpsConfigError(`deadline must be more than 0 seconds, not ${seconds}.`);
  }
  return seconds;
}

/** How many connections a client may have open at once. */
export function checkedConnections(count: unknown): number {
  if (!Number.isSafeInteger(count) || (count as number) < 1) {
    throw new SegOpsConfigError(`maxConnections must be a whole number from 1 up, not ${describe(count)}.`);
  }
  return count as number;
}

/** A callback, or undefined. */
export function checkedCallback<T>(name: string, callback: T | null | undefined): T | undefined {
  if (callback === undefined || callback === null) {
    return undefined;
  }
  if (typeof callback !== "function") {
    throw new SegOpsConfigError(`${name} must be a function, not ${describe(callback)}.`);
  }
  return callback;
}
