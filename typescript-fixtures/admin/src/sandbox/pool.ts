/** One sandbox for each worker of a test run: started by the run's main process when the worker asks, ended with it. */

import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { call, Sandbox, type SandboxAddress, SandboxError } from "./sandbox.js";
import { type SandboxOptions, startSandbox } from "./start.js";

const POOL = "SEGOPS_SANDBOX_POOL";
const URL_NAME = "SEGOPS_SANDBOX_URL";
const TOKEN_NAME = "SEGOPS_SANDBOX_CONTROL_TOKEN";

let own: Promise<Sandbox> | undefined;

/**
 * The global set-up of a test run, for Vitest (`globalSetup`) and Jest (`globalSetup`).
 *
 * `@segops/admin/sandbox/global-setup` is this without options. Gives the tear-down, which Vitest calls; for Jest, and
 * when the run is killed, the servers end with its main process.
 *
 * @param options of the servers
 */
export async function globalSetup(options: SandboxOptions = {}): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Sandbox>>();
  const secret = randomBytes(16).toString("hex");
  const server = createServer((request, response) => {
    const [, word, worker = ""] = (request.url ?? "").split("/");
    if (word !== secret) {
      response.writeHead(404).end();
      return;
    }
    const sandbox = started.get(worker) ?? startSandbox(options);
    started.set(worker, sandbox);
    sandbox.then(
      ({ url, apiKey, controlToken }) => response.end(JSON.stringify({ url, apiKey, controlToken })),
      (error: unknown) => response.writeHead(500).end(String((error as Error).message)),
    );
  });
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
  server.unref();
  // Workers are started after this and inherit it.
  process.env[POOL] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`;
  return () => tearDown(server, started);
}

/** The sandbox of this worker. @internal */
export async function workersSandbox(): Promise<Sandbox> {
  own ??= find().catch((error: unknown) => {
    own = undefined;
    throw error;
  });
  return own;
}

async function find(): Promise<Sandbox> {
  const named = process.env[URL_NAME];
  const worker = process.env.VITEST_POOL_ID ?? process.env.JEST_WORKER_ID ?? "1";
  if (named) {
    if (worker !== "1") {
      throw new SandboxError(
        `${URL_NAME} names one sandbox (${named}), which the workers of a parallel run would empty for each other. ` +
          "Run with one worker: vitest --maxWorkers=1, jest --runInBand.",
      );
    }
    const url = named.replace(/\/+$/, "").replace(/(\/api)?$/, "/api");
    return new Sandbox({ url, apiKey: "", controlToken: process.env[TOKEN_NAME] ?? "" });
  }
  const pool = process.env[POOL];
  if (!pool) return startSandbox();
  const { status, text } = await call("GET", `${pool}/${encodeURIComponent(worker)}`);
  if (status !== 200) throw new SandboxError(text);
  return new Sandbox(JSON.parse(text) as SandboxAddress);
}

async function tearDown(server: Server, started: Map<string, Promise<Sandbox>>): Promise<void> {
  delete process.env[POOL];
  server.close();
  const running = await Promise.allSettled(started.values());
  await Promise.all(running.map((each) => (each.status === "fulfilled" ? each.value.stop() : undefined)));
}
