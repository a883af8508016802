/**
 * Test doubles for code that uses this SDK: a client whose replies you write and whose clock does not run.
 *
 * ```ts
 * const script = new Script(reply({ results: [{ id: 7, member_count: 3 }], next: null }));
 * assert.equal(await largestSegment(script.client()), 7);
 * assert.equal(script.requests[0]?.path, "/segments/");
 * script.assertDone();
 * ```
 *
 * No socket is opened and nothing sleeps.
 */

import { AssertionError } from "node:assert";
import { randomUUID } from "node:crypto";
import { TextDecoder, TextEncoder } from "node:util";
import { isUint8Array } from "node:util/types";
import { type Fetch, SegOpsAdmin, type SegOpsAdminOptions, SegOpsConnectionError } from "./index.js";
import type { Runtime } from "./runtime.js";
import type { Transport, TransportReply, TransportRequest } from "./transport/protocol.js";
import { HttpHeaders } from "./wire/headers.js";

const BASE_URL = "https://api.segops.test/api";
const API_KEY = "sk_test_scripted";

/** One scripted reply; see {@link reply}. */
export interface Reply {
  /** Its HTTP status. */
  readonly status: number;
  /** Its body's bytes. */
  readonly body: Uint8Array;
  /** Its headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The options of {@link reply}. */
export interface ReplyOptions {
  /** 200 unless given, 204 for an empty reply. */
  status?: number | undefined;
  /** A body that is not JSON. */
  text?: string | undefined;
  /** A body of raw bytes. */
  content?: Uint8Array | undefined;
  /** Further headers, such as `{ "Retry-After": "5" }`. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A reply to script.
 *
 * @param json its JSON body; without any body the reply is empty
 */
export function reply(json?: unknown, options: ReplyOptions = {}): Reply {
  const [body, mediaType] = content(json, options);
  const { headers = {} } = options;
  const isTold = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    status: options.status ?? (body.byteLength > 0 ? 200 : 204),
    body,
    headers: { ...(mediaType && !isTold ? { "content-type": mediaType } : {}), ...headers },
  };
}

function content(json: unknown, options: ReplyOptions): [Uint8Array, string] {
  const encoder = new TextEncoder();
  if (options.content !== undefined) {
    return [options.content, "application/octet-stream"];
  }
  if (options.text !== undefined) {
    return [encoder.encode(options.text), "text/plain; charset=utf-8"];
  }
  return json === undefined ? [new Uint8Array(), ""] : [encoder.encode(JSON.stringify(json)), "application/json"];
}

/** A request that the client made. */
export class SentRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** The path below the base URL, without the query. */
  readonly path: string;
  /** The query, decoded. */
  readonly query: URLSearchParams;
  /** All headers but the key. */
  readonly headers: HttpHeaders;
  /** The body's bytes. */
  readonly content: Uint8Array;

  /** @internal */
  constructor(method: string, url: string, headers: Iterable<readonly [string, string]>, content: Uint8Array) {
    const { pathname, searchParams } = new URL(url);
    const root = new URL(BASE_URL).pathname;
    this.method = method;
    this.url = url;
    this.path = pathname.startsWith(root) ? pathname.slice(root.length) : pathname;
    this.query = searchParams;
    this.headers = new HttpHeaders([...headers].filter(([name]) => name.toLowerCase() !== "authorization"));
    this.content = content;
  }

  /** The body as text. */
  get text(): string {
    return new TextDecoder().decode(this.content);
  }

  /** The body, decoded. */
  get json(): unknown {
    return JSON.parse(this.text);
  }
}

/** A clock that stands still but for the sleeps asked for, which take no time. */
export class FakeTime implements Runtime {
  /** Seconds since the epoch. */
  time: number;
  /** The seconds asked for, in order. */
  readonly sleeps: number[] = [];
  readonly #random: number;

  constructor(start = 1_700_000_000, random = 0) {
    this.time = start;
    this.#random = random;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(seconds);
    this.time += seconds;
  }

  random(): number {
    return this.#random;
  }

  uuid(): string {
    return randomUUID();
  }
}

/** Answers with what was written down, in that order. */
export class Script {
  /** What the client sent, in order. */
  readonly requests: SentRequest[] = [];
  /** The client's clock; `time.sleeps` are the waits it asked for. */
  readonly time = new FakeTime();
  readonly #replies: (Reply | Error)[];

  /** @param replies `reply(...)` values, or errors to throw in place of a reply */
  constructor(...replies: (Reply | Error)[]) {
    this.#replies = replies;
  }

  /** A client that is played this script; `options` are those of `SegOpsAdmin`. */
  client(options: SegOpsAdminOptions = {}): SegOpsAdmin {
    const { fetch: _, ...others } = options;
    const transport: Transport = { send: (request) => this.#sent(request), close: () => undefined };
    return new SegOpsAdmin({ apiKey: API_KEY, baseUrl: BASE_URL, ...others, transport, runtime: this.time });
  }

  async #sent({ method, url, headers, body }: TransportRequest): Promise<TransportReply> {
    const blocks: Uint8Array[] = [];
    for await (const block of body === undefined || isUint8Array(body) ? [body ?? []] : body.blocks()) {
      blocks.push(Buffer.from(block as Uint8Array));
    }
    const answer = this.#play(method, url.href, Object.entries(headers), Buffer.concat(blocks));
    const parts = answer.body.byteLength > 0 ? [answer.body] : [];
    return {
      status: answer.status,
      headers: new HttpHeaders(Object.entries(answer.headers)),
      isDecoded: true,
      read: async () => parts.shift(),
      discard: () => undefined,
    };
  }

  #play(method: string, url: string, headers: Iterable<readonly [string, string]>, content: Uint8Array): Reply {
    this.requests.push(new SentRequest(method, url, headers, content));
    const answer = this.#replies.shift();
    if (answer === undefined) {
      throw new AssertionError({ message: `${method} ${url} was asked for, but the script is at its end.` });
    }
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  }

  /** Records the request and plays the next reply; the `fetch` option of a client of your own. */
  readonly fetch: Fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    const body = init?.body === undefined ? new Uint8Array() : await new Response(init.body).arrayBuffer();
    const headers = new Headers(init?.headers);
    const answer = this.#play(init?.method ?? "GET", url, headers, new Uint8Array(body));
    return new Response(answer.body.byteLength > 0 ? answer.body : null, answer);
  };

  /** Fails if replies are left over. */
  assertDone(): void {
    const left = this.#replies.length;
    if (left > 0) {
      const what = left === 1 ? "reply was" : "replies were";
      throw new AssertionError({ message: `${left} scripted ${what} never asked for.` });
    }
  }
}

/** The replies to `iterate` over these items. */
export function pages(items: readonly unknown[], pageSize = 50): Reply[] {
  const count = Math.max(1, Math.ceil(items.length / pageSize));
  return Array.from({ length: count }, (_, index) =>
    reply({
      count: items.length,
      next: index + 1 < count ? `${BASE_URL}/?page=${index + 2}` : null,
      previous: index > 0 ? `${BASE_URL}/?page=${index}` : null,
      results: items.slice(index * pageSize, (index + 1) * pageSize),
    }),
  );
}

/** The replies to `iterateMembers` over these users. */
export function memberPages(userIds: readonly string[], limit = 1000, computedAt = "2026-04-25T12:00:00Z"): Reply[] {
  const count = Math.max(1, Math.ceil(userIds.length / limit));
  return Array.from({ length: count }, (_, index) =>
    reply({
      count: userIds.length,
      results: userIds
        .slice(index * limit, (index + 1) * limit)
        .map((userId) => ({ user_id: userId, computed_at: computedAt })),
      next_cursor: index + 1 < count ? `cursor-${index + 1}` : null,
    }),
  );
}

/** A failure to script: nothing was sent. */
export function noConnection(message = "no connection to api.segops.test:443"): SegOpsConnectionError {
  return new SegOpsConnectionError(message, { sent: false });
}
