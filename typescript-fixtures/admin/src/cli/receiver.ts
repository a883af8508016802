/** A receiver of webhooks on this machine: what is signed is forwarded to another address as it came. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CERTIFICATE, opensslReason } from "../transport/failures.js";
import { verifyWebhook } from "../webhook.js";
import { addressBits } from "../wire/addresses.js";
import { pairs } from "../wire/headers.js";
import { parseExactly } from "../wire/numerals.js";
import { say } from "./output.js";

/** Milliseconds: as long as SegOps waits for a receiver. */
const PATIENCE = 10_000;
/** Milliseconds: how long what is on its way may take to come as a whole once nothing else is taken. */
const TIDY = 500;
const MOST_BYTES = 10 * 1024 * 1024;
const NO_REQUEST = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const OF_A_CONNECTION = ["host", "connection", "content-length", "keep-alive", "expect"];

/** A delivery that has gone on: what it held, and what the receiver of it answered, or why there is no answer. */
export interface Delivery {
  body: unknown;
  status: number | null;
  error: string | null;
  ms: number;
  signature: string;
}

/** Listens on loopback, on a port that the system picks. */
export class Receiver {
  /** Where it listens. */
  readonly url: string;
  readonly #server: Server;
  readonly #underWay: ReadonlyMap<IncomingMessage, Promise<void>>;

  private constructor(server: Server, underWay: ReadonlyMap<IncomingMessage, Promise<void>>) {
    this.#server = server;
    this.#underWay = underWay;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /**
   * Begins to listen.
   *
   * @param target where deliveries are forwarded
   * @param secret what they are signed with; others are refused
   * @param deliver is called with each that was forwarded
   */
  static async open(target: URL, secret: string, deliver: (delivery: Delivery) => void): Promise<Receiver> {
    const { createServer } = await import("node:http"); // no other command needs it
    const underWay = new Map<IncomingMessage, Promise<void>>();
    const server = createServer((request, response) => {
      const done = received(request, response, target, secret, deliver)
        .catch(() => void response.destroy()) // a sender that goes away notes that itself
        .finally(() => underWay.delete(request));
      underWay.set(request, done);
    });
    server.requestTimeout = PATIENCE;
    server.on("clientError", (_error, socket) => void socket.end(NO_REQUEST));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return new Receiver(server, underWay);
  }

  /**
   * Takes no further deliveries, and waits until those that have been taken are delivered.
   *
   * What has not come as a whole shortly after is given up: a sender that says nothing holds nobody up.
   */
  async close(): Promise<void> {
    this.#server.close();
    const giveUp = setTimeout(() => {
      for (const request of this.#underWay.keys()) {
        if (!request.complete) {
          request.socket.destroy(); // Bun would answer 200 to a request that is destroyed
        }
      }
    }, TIDY);
    await Promise.all(this.#underWay.values());
    clearTimeout(giveUp);
    this.#server.closeAllConnections();
  }
}

async function received(
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
  secret: string,
  deliver: (delivery: Delivery) => void,
): Promise<void> {
  const answer = (status: number): void => {
    response.writeHead(status, { "Content-Length": "0", Connection: "close" }).end();
  };
  const length = request.headers["content-length"];
  if (request.method !== "POST") {
    return answer(501);
  }
  if (length === undefined) {
    return answer(411);
  }
  if (Number(length) > MOST_BYTES) {
    return answer(413);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  const signature = String(request.headers["x-segops-signature"] ?? "");
  if (!verifyWebhook(body, signature, secret)) {
    say("note: refused a request that is not signed with the webhook's secret");
    return answer(401);
  }
  const started = performance.now();
  const { status, error } = await forwarded(target, request.rawHeaders, body);
  // First, so that lines come in the order of the answers.
  deliver({ body: contentOf(body), status, error, ms: Math.round(performance.now() - started), signature });
  answer(status ?? 502);
}

type Answer = Pick<Delivery, "status" | "error">;

/** Posts a delivery: the status of the answer, else why there is none. */
async function forwarded(target: URL, rawHeaders: readonly string[], body: Buffer): Promise<Answer> {
  const host = target.hostname.replace(/^\[|\]$/g, "");
  // Older Nodes try the first address of a name only.
  const isByName = host === "localhost";
  const answer = await posted(target, isByName ? "127.0.0.1" : host, rawHeaders, body);
  return isByName && answer.error === REFUSED ? posted(target, "::1", rawHeaders, body) : answer;
}

const REFUSED = "Connection refused";
const CLOSED = "the connection was closed without an answer";
const REASONS: Readonly<Record<string, string>> = {
  ECONNABORTED: CLOSED,
  ECONNREFUSED: REFUSED,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  EAI_AGAIN: "Temporary failure in name resolution",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  ENOTFOUND: "Name or service not known",
};

/** Why there is no answer: in the words of the system, or of OpenSSL, where they have some. */
function reasonOf({ code = "", message }: NodeJS.ErrnoException): string {
  if (code.startsWith("HPE_")) {
    return "what was answered is no HTTP";
  }
  if (CERTIFICATE.test(code)) {
    return "its certificate is not valid here";
  }
  return REASONS[code] ?? opensslReason(message) ?? message;
}

async function posted(target: URL, host: string, rawHeaders: readonly string[], body: Buffer): Promise<Answer> {
  const headers = ["Host", target.host];
  for (const [name, value] of pairs(rawHeaders)) {
    if (!OF_A_CONNECTION.includes(name.toLowerCase())) {
      headers.push(name, value);
    }
  }
  headers.push("Content-Length", String(body.byteLength), "Connection", "close");
  const { request: send } = await (target.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve) => {
    const request = send({
      agent: false, // Node's own would keep a connection that it is told to close
      host,
      port: target.port || undefined,
      path: target.pathname + target.search,
      method: "POST",
      headers: headers as unknown as Record<string, string>,
      ...(target.protocol === "https:" && addressBits(host) === undefined ? { servername: target.hostname } : {}),
    });
    const patience = setTimeout(() => request.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
    const done = (answer: Answer): void => {
      clearTimeout(patience);
      resolve(answer);
    };
    request.once("response", (response) => {
      response.resume();
      done({ status: response.statusCode ?? null, error: null });
    });
    request.on("error", (error) => done({ status: null, error: reasonOf(error) }));
    request.end(body);
  });
}

function contentOf(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
}
