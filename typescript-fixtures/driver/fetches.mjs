/** Functions with the signature of fetch, as other implementations of it behave. */

import { AssertionError } from "node:assert";

/** A function that differs from fetch as `open` says; `classes` are the SDK's, errors of which it may be rejected with. */
export function fetchOf({ iterable, reader, rejects, breaks, nothing, drops, deaf }, classes) {
  if (nothing) {
    return "no function";
  }
  return async (url, init) => {
    if (rejects !== undefined) {
      throw rejects.kind === undefined ? errorOf(rejects) : new classes[rejects.kind](rejects.message, { sent: false });
    }
    const { signal: _unheard, ...others } = init;
    const reply = await globalThis.fetch(url, deaf ? others : init);
    const bytes = drops ? dropping(reply.body, drops) : breaks ? breaking(reply.body, errorOf(breaks)) : undefined;
    const body = bytes ?? (iterable ? bytesOf(reply.body) : reader ? readOnly(reply.body) : reply.body);
    return { status: reply.status, headers: reply.headers, body };
  };
}

/** A stream as it is where streams cannot be iterated over, and nothing where there is none. */
function readOnly(body) {
  return body === null ? undefined : { getReader: () => body.getReader(), cancel: () => body.cancel() };
}

/** The chunks of a stream, as those implementations hand them out whose bodies are streams of Node. */
async function* bytesOf(body) {
  for await (const chunk of body ?? []) {
    yield chunk;
  }
}

/** Those but for the last so many of each, as of a reply that ends early and is not found out. */
async function* dropping(body, drops) {
  for await (const chunk of bytesOf(body)) {
    yield chunk.subarray(0, -drops);
  }
}

async function* breaking(body, error) {
  yield* bytesOf(body);
  throw error;
}

function errorOf({ name, code, message = "", syscall, cause, errors, own, bare }) {
  if (bare !== undefined) {
    return bare;
  }
  if (own) {
    return new AssertionError({ message });
  }
  const error = errors === undefined ? new TypeError(message) : new AggregateError(errors.map(errorOf), message);
  const told = { name, code, syscall, cause: cause === "itself" ? error : cause && errorOf(cause) };
  return Object.assign(error, Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)));
}
