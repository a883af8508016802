/** CONNECT: how a proxy is asked for a tunnel, and what its answer means. */

import type { Socket } from "node:net";
import { SegOpsConnectionError } from "../errors/index.js";
import { WireError } from "../wire/heads.js";
import { ReplyReader } from "../wire/http1.js";
import type { ProxyServer } from "./proxies.js";

/**
 * Asks for a tunnel on a connection to a proxy.
 *
 * @param address host and port of the server, as a Host header has them
 * @param done called when the tunnel is open, or with what keeps it from being
 */
export function askForTunnel(
  socket: Socket,
  address: string,
  proxy: ProxyServer,
  done: (failure?: unknown) => void,
): void {
  const reader = new ReplyReader("CONNECT");
  const settle = (failure?: unknown): void => {
    socket.off("data", received).off("end", ended);
    socket.pause(); // what comes next is for whoever uses the tunnel
    done(failure);
  };
  const ended = (): void => settle(new SegOpsConnectionError(`${proxy.name} closed the connection`, { sent: false }));
  const received = (bytes: Buffer): void => {
    try {
      reader.push(bytes);
    } catch (error) {
      settle(error instanceof WireError ? new Error(`its answer is not HTTP: ${error.message}`) : error);
      return;
    }
    if (reader.head !== undefined) {
      settle(refusal(reader, address, proxy));
    }
  };
  socket.on("data", received).once("end", ended);
  const headers = Object.entries(proxy.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n${headers.join("")}\r\n`, "latin1");
}

/** What the answer means: undefined if the tunnel is open. What the proxy refuses (4xx) is final. */
function refusal(reader: ReplyReader, address: string, proxy: ProxyServer): SegOpsConnectionError | undefined {
  const status = reader.head?.status ?? 0;
  if (status < 300) {
    const reason = `${proxy.name} sent bytes of its own into the tunnel`;
    return reader.hasExcess ? new SegOpsConnectionError(reason, { sent: false, transient: false }) : undefined;
  }
  const login = `: it wants a login. Give it in ${proxy.variable}, as http://user:password@host:port`;
  const advice: Readonly<Record<number, string>> = {
    401: login, // what tinyproxy says of a wrong one
    403: ": it does not allow this server. Ask for it, or name the server in NO_PROXY",
    407: login,
  };
  const reason = `${proxy.name} answered ${status} to a tunnel to ${address}${advice[status] ?? ""}`;
  return new SegOpsConnectionError(reason, { sent: false, transient: status < 400 || status >= 500 });
}
