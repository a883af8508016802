/** Agents of Node's http that connect as a request says: through the tunnel of a proxy. */

import type { Agent, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import type { HttpModules } from "./standard-library.js";

/** Is told of a connection, or why there is none. */
export type Dialed = (error: Error | null, socket?: Socket) => void;

/** A request's options, with what connects in the agent's place. */
export interface DialingOptions extends RequestOptions {
  dials?: (done: Dialed) => undefined;
}

interface Connector {
  createConnection(options: DialingOptions, done: Dialed): Socket | undefined;
}

/**
 * An agent for each scheme, which keep connections.
 *
 * @param most how many connections each may have open at once
 */
export function agentsOf({ http, https }: HttpModules, most: number): Readonly<Record<"http:" | "https:", Agent>> {
  const options = { keepAlive: true, maxTotalSockets: most };
  const secure = new https.Agent(options);
  const connector = secure as unknown as Connector;
  const connect = connector.createConnection.bind(secure);
  // By itself an agent asks none of its requests how to connect.
  connector.createConnection = (about, done) => (about.dials === undefined ? connect(about, done) : about.dials(done));
  return { "http:": new http.Agent(options), "https:": secure };
}
