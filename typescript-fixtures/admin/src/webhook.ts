/**
 * Verification and parsing of webhook deliveries.
 *
 * SegOps signs the raw request body with the webhook's secret (HMAC-SHA256) and sends
 * `X-SegOps-Signature: sha256=<hex>`. Give the body exactly as it came: parsing and writing it again changes it. The
 * scheme has no timestamp, so the same delivery can be played again: keep `segment_id` and `computed_at` of what has
 * been handled, if that matters.
 *
 * Source: https://segops.ai/docs/activations/webhooks
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { TextDecoder, TextEncoder } from "node:util";
import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { SegOpsArgumentError, SegOpsWebhookError } from "./errors/index.js";
import type { WebhookEvent } from "./types/records.js";
import { parseJson } from "./wire/json-text.js";

/** Text or bytes; text counts as UTF-8. */
export type WebhookText = string | Uint8Array | ArrayBuffer;

/** The `X-SegOps-Signature` header, as frameworks hand it over. */
export type WebhookSignature = WebhookText | readonly string[] | null | undefined;

/** The webhook's secret, or a list of them while it is being rotated. */
export type WebhookSecret = WebhookText | readonly WebhookText[] | null | undefined;

/**
 * Whether a delivery was signed with the secret. Never throws on what comes from the network.
 *
 * @param body the raw request body
 * @param signature the `X-SegOps-Signature` header: `sha256=<hex>`, or the hex alone; several may be joined by commas,
 * of which one that fits is enough
 * @param secret the webhook's secret, or a list of them while it is being rotated
 * @returns true if one signature fits one secret; false otherwise, for missing and malformed input too
 */
export function verifyWebhook(body: WebhookText, signature: WebhookSignature, secret: WebhookSecret): boolean {
  return verified(body, signature, secret) !== undefined;
}

/**
 * The `X-SegOps-Signature` of a body, for tests of a receiver.
 *
 * @throws {SegOpsArgumentError} the secret is empty, or body or secret is neither text nor bytes
 */
export function signWebhook(body: WebhookText, secret: WebhookText): string {
  const [content, key] = [bytesOf(body), bytesOf(secret)];
  if (content === undefined || key === undefined || key.byteLength === 0) {
    throw new SegOpsArgumentError("signWebhook takes a body and a secret that is not empty, each text or bytes.");
  }
  return `sha256=${createHmac("sha256", key).update(content).digest("hex")}`;
}

/**
 * The event in a delivery, once its signature has been verified; takes what {@link verifyWebhook} takes.
 *
 * @throws {SegOpsWebhookError} the delivery is not genuine, or its body is not a JSON object
 */
export function parseWebhook(body: WebhookText, signature: WebhookSignature, secret: WebhookSecret): WebhookEvent {
  const content = verified(body, signature, secret);
  if (content === undefined) {
    throw new SegOpsWebhookError("The webhook's signature does not fit its body: refuse the delivery (401).");
  }
  const event = parsed(content);
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new SegOpsWebhookError("The webhook is genuine, but its body is not a JSON object.");
  }
  return event as WebhookEvent;
}

/** The bytes of a body, if one signature fits one secret. */
function verified(body: unknown, signature: unknown, secret: unknown): Uint8Array | undefined {
  const content = bytesOf(body);
  if (content === undefined) {
    return undefined;
  }
  const digests = digestsOf(signature);
  let isGenuine = false;
  for (const candidate of Array.isArray(secret) ? secret : [secret]) {
    const key = bytesOf(candidate);
    if (key === undefined || key.byteLength === 0) {
      continue;
    }
    const expected = createHmac("sha256", key).update(content).digest();
    for (const digest of digests) {
      // No early exit: how long this takes must not tell which secret or signature came close.
      const isEqual = timingSafeEqual(expected, digest);
      isGenuine = isEqual || isGenuine;
    }
  }
  return isGenuine ? content : undefined;
}

function parsed(content: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (error) {
    const reason = (error as Error).message;
    throw new SegOpsWebhookError(`The webhook is genuine, but its body is not JSON: ${reason}`, { cause: error });
  }
}

/** The well-formed signatures of a header. */
function digestsOf(signature: unknown): Buffer[] {
  const joined = Array.isArray(signature) ? signature.join(",") : signature;
  const header = Buffer.from(bytesOf(joined) ?? []).toString("latin1");
  const found = header.split(",").map((part) => SIGNATURE.exec(part)?.[1]);
  return found.filter((hex) => hex !== undefined).map((hex) => Buffer.from(hex as string, "hex"));
}

/** The blanks are those of ASCII: a byte beyond it is none. */
const SIGNATURE = /^[ \t-\r]*(?:sha256[ \t-\r]*=[ \t-\r]*)?([0-9a-f]{64})[ \t-\r]*$/i;

/** Undefined for what is neither text nor bytes, and for text that UTF-8 cannot hold (half of a character). */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === "string") {
    return /\p{Cs}/u.test(value) ? undefined : new TextEncoder().encode(value);
  }
  if (isUint8Array(value)) {
    return value;
  }
  return isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}
