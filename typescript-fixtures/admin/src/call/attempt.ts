/** One attempt of a call: sent, its redirects followed, its reply received. */

import { SegOpsConnectionError, SegOpsDecodeError } from "../errors/index.js";
import type { TransportReply } from "../transport/protocol.js";
import { type Call, type Settings, target } from "./call.js";
import { headersOf } from "./headers.js";
import { follow } from "./redirects.js";
import { readFailure } from "./reply.js";

/** How a reply is received, and what a call may do. */
export interface Reception<T> {
  /** Turns a successful reply into the call's value. */
  receive: (reply: TransportReply) => Promise<T>;
  /** Whether a redirect may lead to another origin, without the key; not unless given. */
  mayLeave?: boolean;
}

/** The outcome of an attempt: a value, a reply without success, a failed connection, or an unreadable reply. */
export type Outcome<T> =
  | { kind: "value"; value: T; reply: TransportReply }
  | { kind: "refused"; reply: TransportReply; body: Uint8Array }
  | { kind: "lost"; error: SegOpsConnectionError; reply: TransportReply | undefined }
  | { kind: "unreadable"; error: SegOpsDecodeError; reply: TransportReply | undefined };

/** Makes one attempt. What is no failure of the network or the server is thrown. */
export async function attempt<T>(call: Call, settings: Settings, reception: Reception<T>): Promise<Outcome<T>> {
  let reply: TransportReply | undefined;
  try {
    reply = await send(call, settings, reception.mayLeave === true);
    if (Math.floor(reply.status / 100) !== 2) {
      return { kind: "refused", reply, body: await readFailure(reply) };
    }
    if (reply.status === 206) {
      reply.discard();
      throw new SegOpsDecodeError("it is a part that nobody asked for", { status: 206 });
    }
    return { kind: "value", value: await reception.receive(reply), reply };
  } catch (error) {
    if (error instanceof SegOpsConnectionError) {
      return { kind: "lost", error, reply };
    }
    if (error instanceof SegOpsDecodeError) {
      return { kind: "unreadable", error, reply };
    }
    throw error;
  }
}

function send(call: Call, settings: Settings, mayLeave: boolean): Promise<TransportReply> {
  const { method, body, signal, deadline } = call;
  const request = {
    method,
    url: new URL(`${settings.baseUrl}${target(call)}`),
    headers: headersOf(call, settings),
    body,
    timeout: settings.timeout,
    signal,
  };
  return follow(request, mayLeave, (each) => settings.transport.send({ ...each, deadline: deadline.left() }));
}
