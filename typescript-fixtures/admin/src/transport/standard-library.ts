/**
 * Whether Node's http is as Node ships it. Mocks (nock, msw) and tracing (OpenTelemetry, Sentry) replace its functions, or
 * listen in on it; they see nothing of connections of our own.
 */

import { hasSubscribers } from "node:diagnostics_channel";
import type * as Http from "node:http";
import type * as Https from "node:https";
import type * as Net from "node:net";

/** The modules that requests then go through. */
export interface HttpModules {
  http: typeof Http;
  https: typeof Https;
}

/** What Node tells of each request that its http makes. */
const CHANNELS = ["http.client.request.created", "http.client.request.start"];

/** How the functions of every Node from 18 on begin, by their source. Bun's and Deno's are not looked at. */
const SHIPPED = {
  request: /^function request\(url, options, cb\) \{\s+return new ClientRequest\(url, options, cb\);\s+\}$/,
  secureRequest: /^function request\(\.\.\.args\) \{\s+let options = \{\};/,
  connect: /^function\(\.\.\.args\) \{\s+let normalized;/,
};

const IS_NODE = process.versions.bun === undefined && !("Deno" in globalThis);

/** The functions as they were looked at last, and what was found. */
let seen: readonly unknown[] = [];
let isChanged = false;

let modules: (HttpModules & { net: typeof Net }) | undefined;

/**
 * What requests have to go through: Node's http if somebody has changed it or listens in, or undefined.
 *
 * As long as nobody has loaded it, nobody has changed it: loading it would cost a program some of its start.
 */
export async function standardLibraryWay(): Promise<HttpModules | undefined> {
  const isHeard = CHANNELS.some((name) => hasSubscribers(name));
  if (!IS_NODE || !(isHeard || modules !== undefined || isLoaded() || isTraced())) {
    return undefined;
  }
  modules ??= {
    // Its default export is the object whose functions are replaced.
    http: (await import("node:http")).default,
    https: (await import("node:https")).default,
    net: (await import("node:net")).default,
  };
  return isHeard || hasChanged(modules) ? modules : undefined;
}

function isLoaded(): boolean {
  const { moduleLoadList: loaded } = process as unknown as { moduleLoadList?: unknown };
  return !Array.isArray(loaded) || loaded.includes("NativeModule http");
}

/** Whether OpenTelemetry is there: what it instruments, it replaces when it is loaded. */
function isTraced(): boolean {
  return Object.getOwnPropertySymbols(globalThis).some((each) => each.description?.startsWith("opentelemetry.js.api"));
}

function hasChanged({ http, https, net }: { http: typeof Http; https: typeof Https; net: typeof Net }): boolean {
  const found = [http.request, https.request, net.Socket.prototype.connect];
  if (found.some((each, index) => each !== seen[index])) {
    const [request = "", secureRequest = "", connect = ""] = found.map((each) =>
      Function.prototype.toString.call(each),
    );
    isChanged = !(
      SHIPPED.request.test(request) &&
      SHIPPED.secureRequest.test(secureRequest) &&
      SHIPPED.connect.test(connect)
    );
    seen = found;
  }
  return isChanged;
}
