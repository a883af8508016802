/** Which request would be sent? Made by everything that makes real ones, and stopped at the last moment. */

import { SegOpsError } from "../errors.js";
import type { Fetch } from "../transport.js";
import { masked } from "./settings.js";

/** Thrown in place of sending; an error of the SDK, so that it is not taken for a failure of the network. */
export class NotSent extends SegOpsError {
  /** What would have gone out, as JSON. */
  readonly request: Readonly<Record<string, unknown>>;

  constructor(request: Readonly<Record<string, unknown>>) {
    super(`${request.method} ${request.url} was not sent`);
    this.request = request;
  }
}

/** A fetch that sends nothing. */
export const dryRun: Fetch = async (url, init) => {
  throw new NotSent(await described(String(url), init ?? {}));
};

/** A request as JSON, its key masked; a file in it by its size and name. */
async function described(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const headers = Object.entries(init.headers ?? {}).map(([name, value]) => [name, shown(name, String(value))]);
  const request = { method: init.method, url, query: queryOf(url), headers: Object.fromEntries(headers) };
  if (init.body instanceof Uint8Array) {
    return { ...request, body: JSON.parse(new TextDecoder().decode(init.body)) };
  }
  if (init.body instanceof ReadableStream) {
    const length = Number(new Headers(init.headers).get("content-length"));
    return { ...request, multipart: await part(init.body, length) };
  }
  return request;
}

function queryOf(url: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const { searchParams } = new URL(url);
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return query;
}

function shown(name: string, value: string): string {
  const [scheme, key = ""] = value.split(" ");
  return name === "Authorization" ? `${scheme} ${masked(key)}` : value;
}

/** The head of the one part that a form has, and the size of what follows it. */
async function part(body: ReadableStream<Uint8Array>, length: number): Promise<Record<string, unknown>> {
  const reader = body.getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  const [boundary = "", disposition = "", type = ""] = new TextDecoder().decode(value).split("\r\n");
  const names = Object.fromEntries(
    [...disposition.matchAll(/; (\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
  );
  const tail = boundary.length + "\r\n".length + "--\r\n".length;
  return {
    field: names.name,
    filename: names.filename,
    content_type: type.slice("Content-Type: ".length),
    bytes: length - value.byteLength - tail,
  };
}
