/** A running sandbox and what a test can do with it: reach its API, and steer it by faults, clock, jobs and tenants. */

// Taken now: a library that replaces HTTP while a test runs does not see these, which are not the code under test's.
import { request } from "node:http";
import { SegOpsAdmin, type SegOpsAdminOptions } from "../index.js";

const TIMEOUT_MS = 60_000;

/** How jobs run: in a thread, within the request that asks for them, or when {@link Sandbox.runJobs} says so. */
export type JobsMode = "background" | "instant" | "manual";

/** The plan of a tenant, which its limits follow. */
export type Plan = "free" | "starter" | "business" | "enterprise";

/** What a workspace begins with. */
export interface Workspace {
  /** Load the demo data set. */
  demo?: boolean | undefined;
  /** Stand still at this time (ISO 8601). */
  now?: string | undefined;
  /** How jobs run. */
  jobs?: JobsMode | undefined;
  /** The plan of the tenant. */
  plan?: Plan | undefined;
}

/** A fault for the next matching requests. */
export interface Fault {
  /** An error status, a late reply, a TCP reset, half a body, a body that is no JSON, or silence. */
  kind: "status" | "delay" | "reset" | "truncate" | "garbage" | "stall";
  /** Requests of this method only. */
  method?: string | undefined;
  /** A glob on the path after `/api`. */
  path?: string | undefined;
  /** For how many requests; 1 unless given. */
  count?: number | undefined;
  /** How many matching requests pass first. */
  skip?: number | undefined;
  /** The status of a `status` fault. */
  status?: number | undefined;
  /** The `Retry-After` header of a `status` fault. */
  retry_after?: string | undefined;
  /** The body of a `status` or `garbage` fault. */
  body?: string | undefined;
  /** How long a `delay` or a `stall` takes, in milliseconds. */
  delay_ms?: number | undefined;
  /** Do the work and lose only the reply. */
  execute?: boolean | undefined;
}

/** A request that arrived. */
export interface RecordedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** As it was sent, with `/api`. */
  readonly path: string;
  /** The query as it was sent, without its question mark. */
  readonly query: string;
  /** Its headers, the key masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its body as text; null for none, and for one that is no text. */
  readonly body: string | null;
  /** The body of a request that is no text. */
  readonly body_base64: string | null;
  /** The status that it was answered with; null if it was not. */
  readonly status: number | null;
  /** The kind of the fault that it met, if it met one. */
  readonly fault: string | null;
}

/** A job of the sandbox. */
export interface SandboxJob {
  /** The number of the job. */
  readonly id: number;
  /** What it does, such as `score`. */
  readonly kind: string;
  /** What it was given. */
  readonly args: Readonly<Record<string, unknown>>;
  /** `queued`, `running`, `done` or `failed`. */
  readonly status: string;
  /** Why it has failed; empty otherwise. */
  readonly error: string;
}

/** Where a sandbox is: its ready line. */
export interface SandboxAddress {
  /** The base URL of the API, such as `http://127.0.0.1:40123/api`. */
  readonly url: string;
  /** A secret key of the tenant `acme`; empty until the first reset where it is not known. */
  readonly apiKey: string;
  /** What the controls ask for; empty where they ask for nothing. */
  readonly controlToken: string;
}

/** A sandbox that can't be started, can't be reached, or refuses what was asked of it. */
export class SandboxError extends Error {
  /** The name of the error's class. */
  override readonly name = "SandboxError";
}

/** A running sandbox. */
export class Sandbox {
  /** The base URL of the API. */
  readonly url: string;
  /** What the controls ask for. */
  readonly controlToken: string;
  #apiKey: string;
  readonly #stop: () => Promise<void>;

  /** @internal */
  constructor(address: SandboxAddress, stop: () => Promise<void> = async () => {}) {
    this.url = address.url;
    this.controlToken = address.controlToken;
    this.#apiKey = address.apiKey;
    this.#stop = stop;
  }

  /** A secret key of the tenant `acme`. */
  get apiKey(): string {
    return this.#apiKey;
  }

  /** The environment variables that SegOps clients read. */
  get env(): { SEGOPS_API_URL: string; SEGOPS_API_KEY: string } {
    return { SEGOPS_API_URL: this.url, SEGOPS_API_KEY: this.apiKey };
  }

  /** A client for it; takes the options of {@link SegOpsAdmin} except key and address. */
  client(options: Omit<SegOpsAdminOptions, "apiKey" | "baseUrl"> = {}): SegOpsAdmin {
    return new SegOpsAdmin({ ...options, apiKey: this.apiKey, baseUrl: this.url });
  }

  /** Empties the workspace and forgets faults and requests; clock, ids and jobs are as at the start. */
  async reset(workspace: Workspace = {}): Promise<void> {
    const answer = (await this.control("POST", "/reset/", workspace)) as { api_key: string };
    this.#apiKey = answer.api_key;
  }

  /** Makes the next matching requests fail. */
  async fault(...faults: readonly Fault[]): Promise<void> {
    await this.control("POST", "/faults/", faults);
  }

  /** Discards the remaining faults. */
  async clearFaults(): Promise<void> {
    await this.control("DELETE", "/faults/");
  }

  /** The requests that arrived since the test began, oldest first. */
  async requests(): Promise<RecordedRequest[]> {
    return (await this.control("GET", "/requests/")) as RecordedRequest[];
  }

  /** The sandbox's time, ISO 8601. */
  async now(): Promise<string> {
    return ((await this.control("GET", "/clock/")) as { now: string }).now;
  }

  /** Stands still at a time (ISO 8601). */
  async freeze(now: string): Promise<void> {
    await this.control("POST", "/clock/", { now });
  }

  /** Moves a clock that stands still, by seconds. */
  async advance(seconds: number): Promise<void> {
    await this.control("POST", "/clock/", { advance_seconds: seconds });
  }

  /** The newest 100 jobs, oldest first. */
  async jobs(): Promise<SandboxJob[]> {
    return ((await this.control("GET", "/jobs/")) as { jobs: SandboxJob[] }).jobs;
  }

  /** Runs jobs that are queued; gives those that ran. */
  async runJobs(number = 1000): Promise<SandboxJob[]> {
    return ((await this.control("POST", "/jobs/", { run: number })) as { ran: SandboxJob[] }).ran;
  }

  /** A further tenant; gives a secret key of it. */
  async addTenant(slug: string, options: { name?: string; plan?: Plan } = {}): Promise<string> {
    const answer = await this.control("POST", "/tenants/", { name: slug, ...options, slug });
    return (answer as { api_key: string }).api_key;
  }

  /** Stops a server that {@link startSandbox} started; any other one is left running. */
  async stop(): Promise<void> {
    await this.#stop();
  }

  /**
   * Calls one of the sandbox's controls, `/_sandbox/…`; gives its JSON, null where there is none.
   *
   * Rejects with a {@link SandboxError} that has the sandbox's words when it refuses, or when it does not answer.
   */
  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await call(method, `${this.url.replace(/\/api$/, "")}/_sandbox${path}`, {
      body: body === undefined ? "" : JSON.stringify(body),
      token: this.controlToken,
    });
    if (status >= 300) {
      throw new SandboxError(`The sandbox refused ${method} /_sandbox${path} (${status}): ${text}`);
    }
    return text === "" ? null : JSON.parse(text);
  }
}

/** One request over a connection of its own, which no proxy and no keep-alive concerns. @internal */
export function call(
  method: string,
  url: string,
  options: { body?: string; token?: string } = {},
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string | number> = {};
  if (options.body) {
    headers["content-type"] = "application/json";
    headers["content-length"] = Buffer.byteLength(options.body);
  }
  if (options.token) {
    headers["x-sandbox-token"] = options.token;
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on("error", (error) => reject(new SandboxError(`No sandbox answers at ${url}: ${error.message}`)));
    sent.end(options.body);
  });
}
