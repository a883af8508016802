/** What is a client? A key, a server, and the namespaces of its API. */

import type { Settings } from "./call/call.js";
import { Http } from "./call/http.js";
import type { OnReply } from "./call/observing.js";
import { checkedBaseUrl, checkedKey, checkedRetries, checkedTimeout } from "./config.js";
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

/** The options of {@link SegOpsAdmin}. */
export interface SegOpsAdminOptions {
  /**
   * A secret key (`sk_…`); `SEGOPS_API_KEY` unless given. Public (`pk_`) and MCP (`mk_`) keys are refused, since they
   * may not administer a workspace.
   */
  apiKey?: string | undefined;
  /** The API's root, `/api` included; `SEGOPS_API_URL` unless given, then `https://api.segops.ai/api`. */
  baseUrl?: string | undefined;
  /** How often a call is tried again on 429, 5xx and failed connections; 3 unless given. */
  maxRetries?: number | undefined;
  /**
   * Seconds without progress (to connect, to send a block, to receive) after which an attempt is given up; 60 unless
   * given. A simulation takes the server up to 30 s.
   */
  timeout?: number | undefined;
  /**
   * What carries the requests in place of the client's own connections: a function with the signature of the global
   * fetch, for edge runtimes and mocks.
   */
  fetch?: Fetch | undefined;
  /** @internal What carries the requests. */
  transport?: Transport | undefined;
  /** @internal Clock, sleep and randomness. */
  runtime?: Runtime | undefined;
  /** @internal Is told of each attempt. */
  log?: ((line: string) => void) | undefined;
  /** Is told of each attempt: operation, status, headers, seconds. What it throws ends the call. */
  onReply?: OnReply | undefined;
}

/**
 * A client of one SegOps workspace.
 *
 * Source: https://segops.ai/docs/sdks/admin
 */
export class SegOpsAdmin {
  readonly http: Http;
  readonly segments: Segments;
  readonly productSegments: ProductSegments;
  readonly products: Products;
  readonly schemas: Schemas;
  readonly activations: Activations;
  readonly users: Users;
  readonly identity: Identity;
  readonly queries: Queries;
  readonly pages: Pages;
  readonly analytics: Analytics;
  readonly #settings: Settings;
  /** Whether the connections are this client's own, not those of the client it was made from. */
  readonly #isOwner: boolean;
  #isClosed = false;

  /** @throws {SegOpsConfigError} an option is unusable; nothing is sent before the first call */
  constructor(options: SegOpsAdminOptions = {}) {
    const apiKey = checkedKey(options.apiKey);
    const baseUrl = checkedBaseUrl(options.baseUrl);
    const derived = options as SegOpsAdminOptions & { [PARENT]?: Settings };
    const parent = derived[PARENT];
    const { maxRetries = 3, timeout = 60, runtime = systemRuntime } = options;
    this.#isOwner = parent === undefined;
    this.#settings = {
      apiKey,
      baseUrl,
      maxRetries: checkedRetries(maxRetries),
      timeout: checkedTimeout(timeout),
      deadline: undefined,
      headers: {},
      onReply: options.onReply,
      transport: parent?.transport ?? transportOf(options),
      runtime,
      log: options.log,
      isClosed: () => this.#isClosed || (parent?.isClosed() ?? false),
    };
    const http = new Http(this.#settings);
    this.http = http;
    this.segments = new Segments(http);
    this.productSegments = new ProductSegments(http);
    this.products = new Products(http);
    this.schemas = new Schemas(http);
    this.activations = new Activations(http);
    this.users = new Users(http);
    this.identity = new Identity(http);
    this.queries = new Queries(http);
    this.pages = new Pages(http);
    this.analytics = new Analytics(http);
  }

  /**
   * A client like this one with other options, sharing its connections.
   *
   * Closing it leaves this client open; closing this client ends both.
   */
  withOptions(options: { timeout?: number | undefined; maxRetries?: number | undefined } = {}): SegOpsAdmin {
    const { apiKey, baseUrl, runtime, log, onReply } = this.#settings;
    const { timeout = this.#settings.timeout, maxRetries = this.#settings.maxRetries } = options;
    const derived = { apiKey, baseUrl, runtime, log, onReply, timeout, maxRetries, [PARENT]: this.#settings };
    return new SegOpsAdmin(derived);
  }

  /** Whether `close()` has been called. */
  get closed(): boolean {
    return this.#settings.isClosed();
  }

  /**
   * Ends the client: any other call afterwards is refused. May be called more than once. Calls under way go on, and
   * idle connections belong to fetch, which closes them by itself after a few seconds.
   */
  close(): void {
    this.#isClosed = true;
    if (this.#isOwner) {
      this.#settings.transport.close();
    }
  }

  /** @internal What `console.log` shows: no key. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<SegOpsAdmin ${this.http.baseUrl}${this.closed ? " closed" : ""}>`;
  }
}

/** Where a derived client finds what it shares; a symbol, so that it is no option of the constructor. */
const PARENT = Symbol("parent");

/** What carries the requests of a client. */
function transportOf(options: SegOpsAdminOptions): Transport {
  return options.transport ?? (options.fetch == null ? new Pool() : new FetchTransport(options.fetch));
}
