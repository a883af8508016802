/** `segops-admin listen`: a sandbox's webhooks, passed on to a program on this machine. */

import { randomBytes } from "node:crypto";
import type { SegOpsAdmin } from "../client.js";
import { isLoopback } from "../config.js";
import { SegOpsNotFoundError } from "../errors/index.js";
import { quote } from "../errors/text.js";
import { type Interrupted, UsageError } from "./failures.js";
import { say } from "./output.js";
import type { Invocation } from "./parsing.js";
import { type Delivery, Receiver } from "./receiver.js";
import type { Results } from "./results.js";

const PATH = "/webhooks/";
const VARIABLE = "SEGOPS_WEBHOOK_SECRET";

/**
 * Registers a webhook, passes its deliveries on until a signal ends that, and removes it.
 *
 * @param signal is aborted by Ctrl-C
 * @throws {UsageError} it is not said where to, or the server is on another machine
 */
export async function listen(
  line: Invocation,
  client: SegOpsAdmin,
  results: Results,
  signal: AbortSignal,
): Promise<number> {
  const to = line.texts.get("forward-to") ?? "";
  const target = targetOf(to);
  const { baseUrl } = client.http;
  if (!isLoopback(new URL(baseUrl).hostname)) {
    throw new UsageError(
      `listen needs a sandbox on this machine: ${baseUrl} cannot reach it.`,
      "Give its address: --api-url=http://127.0.0.1:PORT/api",
    );
  }
  if (line.has("dry-run")) {
    await registered(client, "http://127.0.0.1:0/", "***");
  }
  signal.addEventListener("abort", () => {
    (signal.reason as Interrupted).endsByItself = true;
  });
  await passedOn(to, target, client, results, signal);
  return 0;
}

async function passedOn(
  to: string,
  target: URL,
  client: SegOpsAdmin,
  results: Results,
  signal: AbortSignal,
): Promise<void> {
  const given = process.env[VARIABLE];
  const secret = given || `whsec_test_${randomBytes(16).toString("hex")}`;
  const deliveries = new Deliveries();
  const end = (): void => deliveries.end();
  signal.addEventListener("abort", end);
  const receiver = await Receiver.open(target, secret, (delivery) => deliveries.push(delivery));
  for (const name of ["SIGTERM", "SIGHUP"] as const) {
    process.once(name, end);
  }
  try {
    const hook = await registered(client, receiver.url, secret);
    let isRegistered = true;
    const unregister = async (): Promise<void> => {
      if (isRegistered) {
        isRegistered = false;
        await remove(client, hook);
      }
    };
    try {
      say(`webhook ${hook} is registered; its deliveries are forwarded to ${to}`);
      if (!given) {
        say(`${VARIABLE}=${secret} verifies them. Ctrl-C removes the webhook.`);
      }
      await results.each(received(deliveries, unregister, receiver));
    } finally {
      await unregister();
    }
  } finally {
    process.off("SIGTERM", end).off("SIGHUP", end);
    await receiver.close();
  }
}

/** Deliveries as they come; once that is to end, the webhook is removed, and those under way follow. */
async function* received(
  deliveries: Deliveries,
  unregister: () => Promise<void>,
  receiver: Receiver,
): AsyncGenerator<Delivery> {
  yield* deliveries;
  await unregister();
  await receiver.close();
  yield* deliveries;
}

function targetOf(text: string): URL {
  try {
    if (/^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(text) && /^[!-[\]-~]+$/.test(text)) {
      const url = new URL(text);
      if (url.port !== "0") {
        return url;
      }
    }
  } catch {
    // no address
  }
  const what = text === "" ? "" : `, not ${quote(text)}`;
  const problem = `listen needs --forward-to with an absolute http(s) URL${what}.`;
  throw new UsageError(problem, "Such as --forward-to=http://localhost:3000/hook");
}

/** Registers a webhook and resolves to its id. */
async function registered(client: SegOpsAdmin, url: string, secret: string): Promise<unknown> {
  const body = { url, secret, description: "segops-admin listen" };
  const made = await client.http.request("POST", PATH, { body, idempotent: true });
  return (made as { id: unknown }).id;
}

async function remove(client: SegOpsAdmin, hook: unknown): Promise<void> {
  try {
    await client.http.request("DELETE", `${PATH}${hook}/`, { idempotent: true });
    say(`webhook ${hook} is removed`);
  } catch (error) {
    if (!(error instanceof SegOpsNotFoundError)) {
      throw error;
    }
    say(`webhook ${hook} had been removed`);
  }
}

/** Deliveries as they come, until that is ended: what has come by then is still given out. */
class Deliveries implements AsyncIterable<Delivery> {
  readonly #waiting: Delivery[] = [];
  #isOver = false;
  #wake = (): void => undefined;

  push(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next;
      } else if (this.#isOver) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
