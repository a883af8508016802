/**
 * Sends a large body without holding all of it in memory.
 *
 * Node's fetch keeps a copy of a body while a redirect could still ask for it again. It keeps none if redirects are
 * errors, but then it hides what the redirect said; Node's diagnostics tell.
 */

import { channel } from "node:diagnostics_channel";
import type { Fetch } from "./fetch.js";

/** Bytes from which on a body is sent this way; a smaller one may as well be held. */
export const LARGE_BODY = 1024 * 1024;

interface Answered {
  request?: { headers?: unknown };
  response?: { statusCode?: number; headers?: readonly Uint8Array[] };
}

/**
 * Sends a request with a streamed body. A redirect is answered with its status and headers, as with `redirect: "manual"`.
 *
 * @param mark text that no other request has in its headers
 */
export async function sendStreamed(fetch: Fetch, url: string, init: RequestInit, mark: string): Promise<Response> {
  const answers = channel("undici:request:headers");
  let redirect: Response | undefined;
  const listen = (message: unknown): void => {
    const { request, response } = message as Answered;
    const status = response?.statusCode ?? 0;
    if (status > 300 && status < 400 && `${JSON.stringify(request?.headers)}`.includes(mark)) {
      redirect = new Response(null, { status, headers: pairs(response?.headers ?? []) });
    }
  };
  answers.subscribe(listen);
  try {
    return await fetch(url, { ...init, redirect: "error", window: null } as RequestInit);
  } catch (error) {
    if (redirect !== undefined) {
      return redirect;
    }
    throw error;
  } finally {
    answers.unsubscribe(listen);
  }
}

/** Headers from the flat list of names and values that the parser makes; a body that is not read has no length. */
function pairs(flat: readonly Uint8Array[]): [string, string][] {
  const texts = flat.map((bytes) => Buffer.from(bytes).toString("latin1"));
  const found: [string, string][] = [];
  for (const [index, name] of texts.entries()) {
    if (index % 2 === 0 && name.toLowerCase() !== "content-length") {
      found.push([name, texts[index + 1] as string]);
    }
  }
  return found;
}
