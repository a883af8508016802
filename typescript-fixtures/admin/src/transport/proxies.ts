/** Proxies of the environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case. */

import { SegOpsConfigError } from "../errors/index.js";
import { addressBits } from "../wire/addresses.js";
import type { Peer } from "./failures.js";

/** Where a proxy is, what it wants to be sent, and the variable that names it. */
export interface ProxyServer extends Peer {
  port: number;
  /** Headers for the proxy itself: its login. */
  headers: Readonly<Record<string, string>>;
  /** The environment variable. */
  variable: string;
  /** The proxy as messages name it; without the login. */
  name: string;
}

/**
 * The proxy for a server, or undefined if there is none.
 *
 * @param scheme `http` or `https`
 * @param host the server's name or address, without brackets
 * @throws {SegOpsConfigError} the variable does not hold an `http://host:port` address
 */
export function proxyFor(scheme: string, host: string, port: number): ProxyServer | undefined {
  const found = addressFor(scheme);
  return found === undefined || isBypassed(host, port) ? undefined : parsed(found.address, found.variable);
}

function addressFor(scheme: string): { address: string; variable: string } | undefined {
  for (const name of [`${scheme}_proxy`, "all_proxy"]) {
    for (const variable of [name, name.toUpperCase()]) {
      // In a CGI program, HTTP_PROXY is a header of the request that it serves.
      const isHeader = variable === "HTTP_PROXY" && process.env.REQUEST_METHOD !== undefined;
      const address = isHeader ? undefined : process.env[variable];
      if (address) {
        return { address, variable };
      }
      if (address !== undefined) {
        break; // set to nothing: no proxy of that kind
      }
    }
  }
  return undefined;
}

/** Whether `NO_PROXY` names the server: by name, by domain, by address or network, with or without a port. */
function isBypassed(host: string, port: number): boolean {
  const listed = process.env.no_proxy || process.env.NO_PROXY || "";
  const name = host.replace(/\.+$/, "");
  return listed
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => names(entry, name, port));
}

function names(entry: string, host: string, port: number): boolean {
  if (entry === "*") {
    return true;
  }
  const [, bracketed, afterBracket = ""] = /^\[([^\]]*)\]?:?(.*)$/.exec(entry) ?? [];
  const isNameWithPort = bracketed === undefined && entry.split(":").length === 2;
  const [listed = "", wanted = ""] = isNameWithPort ? entry.split(":") : [bracketed ?? entry, afterBracket];
  const name = listed.replace(/^\*\./, "").replace(/^\.+|\.+$/g, "");
  const isAddress = host.includes(":") || /(^|\.)\d+$/.test(host); // an address is in no domain
  const isListed = isAddress ? isWithin(name, host) : `.${host}`.endsWith(`.${name}`);
  return isListed && (wanted === "" || wanted === String(port));
}

/** Whether an address is within a network, or the same as another address. */
function isWithin(network: string, host: string): boolean {
  const [address = "", size] = network.split("/");
  const [listed, asked] = [addressBits(address), addressBits(host)];
  if (listed === undefined || asked?.length !== listed.length) {
    return false; // the host is a name, or the entry no network
  }
  const bits = size === undefined ? String(listed.length) : (bitsOf(size) ?? size);
  const isSize = /^\d{1,3}$/.test(bits) && Number(bits) <= listed.length;
  return isSize && listed.slice(0, Number(bits)) === asked.slice(0, Number(bits));
}

/** The bits of a network that is written with a mask: 8 for `255.0.0.0`. */
function bitsOf(mask: string): string | undefined {
  const bits = addressBits(mask);
  return bits?.length === 32 && /^1*0*$/.test(bits) ? String(bits.replace(/0*$/, "").length) : undefined;
}

const ADDRESS = /^http:\/\/(?:([^/?#]*)@)?(\[[0-9a-f:.]+\]|[^:/?#@[\]]+)(?::(\d*))?(?:[/?#]|$)/i;

function parsed(address: string, variable: string): ProxyServer {
  const text = address.includes("://") ? address : `http://${address}`;
  const [, login, named, digits] = ADDRESS.exec(text) ?? [];
  if (named === undefined || Number(digits ?? 0) > 65535) {
    // The address may hold a password: name the variable, not its value.
    throw new SegOpsConfigError(`${variable} must give the proxy as http://host:port.`);
  }
  const host = named.toLowerCase().replace(/[[\]]/g, "");
  const port = Number(digits) || 80;
  const peer = `${host}:${port}`;
  return { host, port, peer, headers: loginHeaders(login), variable, name: `the proxy ${peer} (from ${variable})` };
}

function loginHeaders(login = ""): Record<string, string> {
  const [, user = "", password = ""] = /^([^:]*):?([\s\S]*)$/.exec(login) ?? [];
  if (user === "") {
    return {};
  }
  const basic = Buffer.from(`${unquoted(user)}:${unquoted(password)}`).toString("base64");
  return { "Proxy-Authorization": `Basic ${basic}` };
}

function unquoted(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"));
}
