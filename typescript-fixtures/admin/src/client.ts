/** The client: a key, a server, and the namespaces of its API. */

import type { Settings } from "./call/call.js";
import { Calls } from "./call/calls.js";
import { checkedHeaders } from "./call/headers.js";
import { Http } from "./call/http.js";
import type { OnReply } from "./call/observe.js";
import {
  checkedBaseUrl,
  checkedCallback,
  checkedConnections,
  checkedDeadline,
  checkedKey,
  checkedRetries,
  checkedTimeout,
} from "./config.js";
import { SegOpsConfigError } from "./errors/index.js";
import { describe } from "./errors/text.js";
import {
  Activations,
  Analytics,
  Identity,
  Pages,
  ProductSegments,
  Products,
  Queries,
  Schemas,
  Segments,
  Users,
} from "./resources/index.js";
import { type Runtime, systemRuntime } from "./runtime.js";
import { type Fetch, FetchTransport } from "./transport/fetch.js";
import { Pool } from "./transport/pool.js";
import type { Transport } from "./transport/protocol.js";
import { parseJson } from "./wire/json-text.js";

declare global {
  interface SymbolConstructor {
    /** Names the method that ends an object at the end of a block; known to compilers since TypeScript 5.2. */
    readonly asyncDispose: unique symbol;
  }
}

/** What compilers emit for `await using` looks for this one where the runtime has none: before Node 18.18. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/** The options of {@link SegOpsAdmin.withOptions}; what is left out stays as it is. */
export interface ClientOptions {
  /** How often a call is retried on 429, 5xx and failed connections; 3 unless given. */
  maxRetries?: number | undefined;
  /**
   * Seconds without progress (to connect, to send a block, to receive) after which an attempt is given up; 60 unless
   * given. A simulation takes the server up to 30 s.
   */
  timeout?: number | undefined;
  /** Seconds for a whole call: attempts, the waits between them, redirects, connecting. No limit unless given. */
  deadline?: number | null | undefined;
  /** Headers that every request carries besides the SDK's own, which cannot be replaced. */
  headers?: Readonly<Record<string, string>> | null | undefined;
  /** Called after each attempt with operation, status, headers and seconds. What it throws reaches the caller. */
  onReply?: OnReply | null | undefined;
  /**
   * Called with one line per attempt (method, path, status, milliseconds) and level `debug`, and with one for each wait
   * that the server asks for and level `info`.
   */
  log?: ((line: string, level: "debug" | "info") => void) | null | undefined;
}

/** The options of {@link SegOpsAdmin}. */
export interface SegOpsAdminOptions extends ClientOptions {
  /**
   * A secret key (`sk_…`); `SEGOPS_API_KEY` unless given. Public (`pk_`) and MCP (`mk_`) keys are refused, since they
   * may not administer a workspace.
   */
  apiKey?: string | undefined;
  /** The API's root, `/api` included; `SEGOPS_API_URL` unless given, then `https://api.segops.ai/api`. */
  baseUrl?: string | undefined;
  /**
   * What carries the requests in place of the client's own connections: a function with the signature of the global
   * fetch, for edge runtimes and mocks.
   */
  fetch?: Fetch | undefined;
  /** How many connections may be open at once; 100 unless given. Further calls wait for one. */
  maxConnections?: number | undefined;
  /** @internal Clock, sleep and randomness. */
  runtime?: Runtime | undefined;
  /** @internal Reads JSON. */
  parse?: ((text: string) => unknown) | undefined;
  /** @internal What carries the requests. */
  transport?: Transport | undefined;
}

/**
 * A client of one SegOps workspace.
 *
 * Source: https://segops.ai/docs/sdks/admin
 */
export class SegOpsAdmin {
  /** The way to reach what no method wraps. */
  readonly http: Http;
  /** Segments of users. */
  readonly segments: Segments;
  /** Segments of products. */
  readonly productSegments: ProductSegments;
  /** The product catalogue. */
  readonly products: Products;
  /** Schemas of events. */
  readonly schemas: Schemas;
  /** Destinations of segments. */
  readonly activations: Activations;
  /** Users and their events. */
  readonly users: Users;
  /** The ids that belong to one user. */
  readonly identity: Identity;
  /** Questions asked of AI assistants. */
  readonly queries: Queries;
  /** Landing pages. */
  readonly pages: Pages;
  /** Figures over the workspace. */
  readonly analytics: Analytics;
  readonly #settings: Settings;
  /** Whether the connections are this client's own, not those of the client it was made from. */
  readonly #isOwner: boolean;
  #isClosed = false;

  /**
   * @param options key, server, and how calls are made
   * @throws {SegOpsConfigError} an option is unusable; nothing is sent before the first call
   */
  constructor(options: SegOpsAdminOptions = {}) {
    checkOptions(options);
    const { [PARENT]: parent } = options as SegOpsAdminOptions & { [PARENT]?: Settings };
    this.#isOwner = parent === undefined;
    this.#settings = {
      apiKey: checkedKey(options.apiKey),
      baseUrl: checkedBaseUrl(options.baseUrl),
      maxRetries: checkedRetries(options.maxRetries === undefined ? 3 : options.maxRetries),
      timeout: checkedTimeout(options.timeout === undefined ? 60 : options.timeout),
      deadline: checkedDeadline(options.deadline),
      headers: checkedHeaders(options.headers),
      onReply: checkedCallback("onReply", options.onReply),
      log: checkedCallback("log", options.log),
      transport: parent?.transport ?? transportOf(options),
      runtime: options.runtime ?? systemRuntime,
      parse: options.parse ?? parseJson,
      isClosed: () => this.#isClosed || (parent?.isClosed() ?? false),
    };
    const calls = new Calls(this.#settings);
    this.http = new Http(calls, this.#settings);
    this.segments = new Segments(calls);
    this.productSegments = new ProductSegments(calls);
    this.products = new Products(calls);
    this.schemas = new Schemas(calls);
    this.activations = new Activations(calls);
    this.users = new Users(calls);
    this.identity = new Identity(calls);
    this.queries = new Queries(calls);
    this.pages = new Pages(calls);
    this.analytics = new Analytics(calls);
  }

  /**
   * A client like this one with other options, sharing its connections.
   *
   * Closing it leaves this client open; closing this client ends both.
   *
   * @param options what shall be different; null takes a deadline, headers, `onReply` or `log` away
   * @throws {SegOpsConfigError} an option is unusable
   */
  withOptions(options: ClientOptions = {}): SegOpsAdmin {
    const { apiKey, baseUrl, runtime, parse, maxRetries, timeout, deadline, headers, onReply, log } = this.#settings;
    const known = { apiKey, baseUrl, runtime, parse, maxRetries, timeout, deadline, headers, onReply, log };
    const given = Object.entries(options ?? {}).filter(([name, value]) => name in known && value !== undefined);
    return derived({ ...known, ...Object.fromEntries(given) }, this.#settings);
  }

  /** Whether `close()` has been called. */
  get closed(): boolean {
    return this.#settings.isClosed();
  }

  /**
   * Closes the client and its idle connections; later calls are refused. May be called more than once. Calls
   * in progress continue.
   */
  close(): void {
    this.#isClosed = true;
    if (this.#isOwner) {
      this.#settings.transport.close();
    }
  }

  /** Closes the client at the end of a block: `await using client = new SegOpsAdmin()`. */
  async [asyncDispose](): Promise<void> {
    this.close();
  }

  /** @internal What `console.log` shows: no key. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<SegOpsAdmin ${this.http.baseUrl}${this.closed ? " closed" : ""}>`;
  }
}

/** Where a derived client finds what it shares; a symbol, so that it is no option of the constructor. */
const PARENT = Symbol("parent");

/** A client that shares what another one has. Not within the class: its name would be another in the bundles. */
function derived(options: SegOpsAdminOptions, parent: Settings): SegOpsAdmin {
  return new SegOpsAdmin({ ...options, [PARENT]: parent } as SegOpsAdminOptions);
}

function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    const given = typeof options === "string" ? "text" : describe(options); // which may be the key
    throw new SegOpsConfigError(`The options of a client must be an object, not ${given}.`);
  }
}

/** What carries the requests of a client. */
function transportOf(options: SegOpsAdminOptions): Transport {
  const { fetch, transport, maxConnections } = options;
  const most = checkedConnections(maxConnections === undefined ? 100 : maxConnections);
  return transport ?? (fetch === undefined || fetch === null ? new Pool(most) : new FetchTransport(fetch));
}
