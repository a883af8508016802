/** Node's http as a tracer has it: somebody listens to what it tells of its requests, and counts them. */

import { channel } from "node:diagnostics_channel";

let requests;

/** Begins to listen, for good. */
export function trace() {
  if (requests === undefined) {
    requests = 0;
    channel("http.client.request.created").subscribe(() => {
      requests += 1;
    });
  }
}

/** How many requests there were since this was asked last; undefined if nobody listens. */
export function traced() {
  const taken = requests;
  requests = taken === undefined ? undefined : 0;
  return taken;
}
