/** A real server on loopback that plays answers and faults, and keeps what it saw. */

import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { SegOpsAdmin, type SegOpsAdminOptions } from "../../src/index.js";
import { FakeTime } from "../../src/testing.js";

export const KEY = "sk_test_loopback_0123456789";

export interface Seen {
  method: string;
  path: string;
  query: [string, string][];
  target: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** The client's port: the same for requests on one connection. */
  port: number | undefined;
}

export interface Answer {
  status?: number;
  json?: unknown;
  text?: string;
  bytes?: Uint8Array;
  headers?: http.OutgoingHttpHeaders;
  /** In place of an answer. */
  fault?: "reset" | "close" | "silence";
}

export interface Server {
  url: string;
  /** Every request, in order. */
  seen: Seen[];
  /** A client of this server whose clock does not run. */
  client(options?: SegOpsAdminOptions): SegOpsAdmin;
  time: FakeTime;
}

/** Plays `answers` in order, the last one again and again, or what a function answers. */
export async function withServer<T>(
  answers: Answer | Answer[] | ((seen: Seen, index: number) => Answer | Promise<Answer>),
  run: (server: Server) => Promise<T>,
): Promise<T> {
  const seen: Seen[] = [];
  const list = Array.isArray(answers) ? answers : undefined;
  const choose =
    typeof answers === "function" ? answers : (_: Seen, i: number) => choice(list ?? [answers as Answer], i);
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const record = recorded(request, Buffer.concat(chunks));
    const index = seen.push(record) - 1;
    play(request, response, await choose(record, index));
  };
  const server = http.createServer((request, response) => {
    // A request that the client gave up has no end.
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.on("clientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api`;
  const time = new FakeTime();
  const client = (options: SegOpsAdminOptions = {}): SegOpsAdmin =>
    new SegOpsAdmin({ apiKey: KEY, baseUrl: url, runtime: time, ...options });
  try {
    return await run({ url, seen, client, time });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function choice(answers: Answer[], index: number): Answer {
  return answers[Math.min(index, answers.length - 1)] as Answer;
}

function recorded(request: http.IncomingMessage, body: Buffer): Seen {
  const url = new URL(`http://server${request.url}`);
  return {
    method: request.method ?? "",
    path: url.pathname.replace(/^\/api/, ""),
    query: [...url.searchParams],
    target: request.url ?? "",
    headers: request.headers,
    body: body.toString("utf8"),
    port: request.socket.remotePort,
  };
}

function play(request: http.IncomingMessage, response: http.ServerResponse, answer: Answer): void {
  if (answer.fault !== undefined) {
    if (answer.fault === "reset") {
      reset(request.socket);
    } else if (answer.fault === "close") {
      request.socket.end();
    }
    return;
  }
  const [body, type] = bodyOf(answer);
  const status = answer.status ?? (body.byteLength > 0 || answer.headers !== undefined ? 200 : 204);
  response.writeHead(status, { ...(type ? { "content-type": type } : {}), ...answer.headers });
  response.end(body);
}

function bodyOf(answer: Answer): [Uint8Array, string] {
  if (answer.bytes !== undefined) {
    return [answer.bytes, ""];
  }
  if (answer.text !== undefined) {
    return [Buffer.from(answer.text), "text/html"];
  }
  return answer.json === undefined
    ? [new Uint8Array(), ""]
    : [Buffer.from(JSON.stringify(answer.json)), "application/json"];
}

/** Ends a connection with RST, where this Node can (18.3 and later). */
function reset(socket: net.Socket): void {
  socket.resetAndDestroy();
}

/** A server that says literally what it is told to, connection by connection. */
export async function withRawServer<T>(
  serve: (socket: net.Socket, connection: number) => void,
  run: (server: {
    url: string;
    client(options?: SegOpsAdminOptions): SegOpsAdmin;
    time: FakeTime;
    connections(): number;
  }) => Promise<T>,
): Promise<T> {
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, connections++);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const time = new FakeTime();
  const client = (options: SegOpsAdminOptions = {}): SegOpsAdmin =>
    new SegOpsAdmin({ apiKey: KEY, baseUrl: url, runtime: time, ...options });
  try {
    return await run({ url, client, time, connections: () => connections });
  } finally {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  }
}

/** An address on which nobody listens. */
export async function deadAddress(): Promise<string> {
  const server = net.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/api`;
}

/** What a promise is rejected with; fails if it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was expected to fail, and did not");
}

/**
 * Runs an attempt with a short timeout, in seconds; where a busy machine did not keep up with it, again with longer ones.
 *
 * A fault of the SDK fails with each of them.
 */
export async function patiently(attempt: (timeout: number) => Promise<void>, first = 0.15): Promise<void> {
  for (const timeout of [first, first * 10]) {
    try {
      return await attempt(timeout);
    } catch {
      // the machine may have been busy: the longest timeout decides
    }
  }
  return attempt(first * 100);
}

/** Everything that an async iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}
