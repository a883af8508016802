/** What does one attempt go through: headers, redirects, an answer or a failure? */

import { apiMessage, errorClass } from "./advice.js";
import { type Call, target } from "./call.js";
import { isLoopback } from "./config.js";
import { decodeErrorBody, readReply } from "./decoding.js";
import { type SegOpsApiError, SegOpsConnectionError, SegOpsDecodeError } from "./errors.js";
import { Multipart } from "./multipart.js";
import type { Runtime } from "./runtime.js";
import type { Reply, Transport } from "./transport.js";
import { VERSION } from "./version.js";

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-correlation-id"];

/** What a client's calls are made with. */
export interface HttpSettings {
  apiKey: string;
  baseUrl: string;
  maxRetries: number;
  timeout: number;
  transport: Transport;
  runtime: Runtime;
  /** Is told of each attempt, without query, key and body. */
  log: ((line: string) => void) | undefined;
  /** Shared by all clients that share connections. */
  isClosed: () => boolean;
}

/** What came of an attempt: a value, a failed connection, or an answer that is no success. */
export type Outcome<T> = { value: T } | { lost: SegOpsConnectionError } | { reply: Reply; body: Uint8Array };

/** Makes single attempts; holds the key, and keeps it out of errors. */
export class Exchange {
  readonly #settings: HttpSettings;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  /**
   * One attempt.
   *
   * @param elsewhere whether a redirect may lead to another origin, without the key
   * @param number which attempt of its call this is, for the log
   */
  async attempt<T>(
    call: Call,
    receive: (reply: Reply) => Promise<T>,
    elsewhere: boolean,
    number: number,
  ): Promise<Outcome<T>> {
    const started = this.#settings.runtime.monotonic();
    const log = (outcome: number | string): void => {
      const milliseconds = Math.round((this.#settings.runtime.monotonic() - started) * 1000);
      this.#settings.log?.(
        `${call.method} ${call.path.split("?", 1)[0]} ${outcome} ${milliseconds} ms attempt ${number}`,
      );
    };
    try {
      const reply = await this.#follow(call, elsewhere);
      const isSuccess = reply.status >= 200 && reply.status < 300;
      const outcome = isSuccess ? { value: await receive(reply) } : { reply, body: await readFailure(reply) };
      log(reply.status);
      return outcome;
    } catch (error) {
      log((error as Error).name);
      if (error instanceof SegOpsConnectionError) {
        return { lost: error };
      }
      if (error instanceof SegOpsDecodeError) {
        const { status, cause } = error;
        const details = { status, method: call.method, path: target(call), cause };
        throw new SegOpsDecodeError(this.hideKey(error.reason), details);
      }
      throw error;
    }
  }

  /**
   * Sends one attempt, and follows its redirects where that is safe.
   *
   * The key stays with the origin that it is meant for. `elsewhere` allows a download to move on to a storage server,
   * without the key.
   */
  async #follow(call: Call, elsewhere: boolean): Promise<Reply> {
    let url = `${this.#settings.baseUrl}${target(call)}`;
    let headers = this.#headers(call);
    const home = new URL(url).origin;
    for (let redirects = 0; ; redirects++) {
      const { method, body, signal } = call;
      const { transport, timeout } = this.#settings;
      const reply = await transport.send({ method, url, headers, body, timeout, signal });
      const location = reply.headers.get("location");
      if (!REDIRECTS.includes(reply.status) || call.method !== "GET" || !location) {
        return reply;
      }
      if (redirects === MOST_REDIRECTS) {
        await reply.discard();
        throw new SegOpsDecodeError(`it redirects more than ${MOST_REDIRECTS} times`, { status: reply.status });
      }
      const next = await nextAddress(location, url, reply);
      if (next.origin !== home) {
        if (!elsewhere || !isConfidential(next)) {
          return reply;
        }
        headers = pick(headers, ["Accept-Encoding", "User-Agent"]);
      }
      await readFailure(reply); // so that the connection can be used again
      url = next.href;
    }
  }

  #headers(call: Call): Record<string, string> {
    return {
      Authorization: `ApiKey ${this.#settings.apiKey}`,
      Accept: "application/json",
      "User-Agent": `segops-admin-typescript/${VERSION}`,
      "Accept-Encoding": "gzip",
      ...(call.contentType === undefined ? {} : { "Content-Type": call.contentType }),
      // Fetch would send a stream in chunks, of unknown length.
      ...(call.body instanceof Multipart ? { "Content-Length": String(call.body.length) } : {}),
      ...(call.idempotencyKey === undefined ? {} : { "Idempotency-Key": call.idempotencyKey }),
    };
  }

  /** The error for an answer that is no success. */
  apiError(
    call: Call,
    reply: Reply,
    raw: Uint8Array,
    retryAfter: number | undefined,
    attempts: number,
  ): SegOpsApiError {
    const body = decodeErrorBody(this.#withoutKey(raw));
    const headers = new Headers();
    for (const [name, value] of reply.headers) {
      headers.append(name, this.hideKey(value));
    }
    const requestId = REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((id) => id !== null) ?? undefined;
    const { method, idempotencyKey } = call;
    const path = target(call);
    const answer = { status: reply.status, body, retryAfter, attempts, ...(requestId ? { requestId } : {}) };
    const ErrorClass = errorClass(reply.status);
    const details = { headers, method, path, requestId, retryAfter, attempts, idempotencyKey };
    return new ErrorClass(this.hideKey(apiMessage(`${method} ${path}`, answer)), reply.status, body, details);
  }

  /** A server may repeat the key in its answer; no error shall. */
  hideKey(text: string): string {
    return text.replaceAll(this.#settings.apiKey, "sk_***");
  }

  #withoutKey(raw: Uint8Array): Uint8Array {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (!bytes.includes(this.#settings.apiKey)) {
      return raw;
    }
    // Latin-1 keeps every byte as it is, and a key is ASCII.
    return Buffer.from(this.hideKey(bytes.toString("latin1")), "latin1");
  }
}

/** The body of a failure; one that cannot be read (bad gzip, too large) must not hide the failure. */
async function readFailure(reply: Reply): Promise<Uint8Array> {
  try {
    return await readReply(reply);
  } catch (error) {
    if (error instanceof SegOpsDecodeError) {
      return new Uint8Array();
    }
    throw error;
  }
}

async function nextAddress(location: string, url: string, reply: Reply): Promise<URL> {
  try {
    // Headers arrive as Latin-1: what no address may hold is encoded byte by byte.
    const encoded = location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
    return new URL(encoded, url);
  } catch (error) {
    await reply.discard();
    throw new SegOpsDecodeError("it redirects to what is no address", { status: reply.status, cause: error });
  }
}

function pick(headers: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}

/** Whether nobody on the way can read along. */
function isConfidential(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
