/** `--dry-run`: the request is made by everything that makes real ones, and stopped at the last moment. */

import { SegOpsError } from "../errors/index.js";
import type { StreamedBody, Transport, TransportRequest } from "../transport/protocol.js";
import { parseExactly } from "../wire/numerals.js";
import { masked } from "./settings.js";

/** Thrown in place of sending; an error of the SDK, so that it is not taken for a failure of the network. */
export class NotSent extends SegOpsError {
  /** What would have gone out, as JSON. */
  readonly request: Readonly<Record<string, unknown>>;

  constructor(request: Readonly<Record<string, unknown>>) {
    super("");
    this.request = request;
  }
}

/** A transport that sends nothing. */
export const dryRun: Transport = {
  async send(request) {
    throw new NotSent(await described(request));
  },
  close: () => undefined,
};

/** A request as JSON, its key masked; a file in it by its size and name. */
async function described({ method, url, headers, body }: TransportRequest): Promise<Record<string, unknown>> {
  const isForm = body !== undefined && !(body instanceof Uint8Array);
  const shownHeaders = Object.entries(headers)
    .filter(([name]) => name !== "Content-Length" || isForm) // a form's length is known before it is made
    .map(([name, value]) => [name, shown(name, value)]);
  const request = { method, url: url.href, query: queryOf(url), headers: Object.fromEntries(shownHeaders) };
  if (body instanceof Uint8Array) {
    return { ...request, body: parseExactly(new TextDecoder().decode(body)) };
  }
  return body === undefined ? request : { ...request, multipart: await part(body) };
}

function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
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
async function part(body: StreamedBody): Promise<Record<string, unknown>> {
  const blocks = body.blocks();
  const { value } = await blocks.next();
  await blocks.return(undefined);
  const head = value ?? new Uint8Array();
  const [boundary, disposition, type] = new TextDecoder().decode(head).split("\r\n") as [string, string, string];
  const names = Object.fromEntries(
    [...disposition.matchAll(/; (\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
  );
  const tail = boundary.length + "\r\n".length + "--\r\n".length;
  return {
    field: names.name,
    filename: names.filename,
    content_type: type.slice("Content-Type: ".length),
    bytes: body.length - head.byteLength - tail,
  };
}
