/**
 * A program of which node:http is loaded by other code, and not patched: calls go by connections of our own.
 * With "heard" as its argument somebody listens in on it, which only Node's own http minds.
 */

import { channel } from "node:diagnostics_channel";
import http from "node:http";
import { SegOpsAdmin } from "@segops/admin";

const client = new SegOpsAdmin({ apiKey: "sk_test_untouched", maxRetries: 0 });
const { Agent } = http;
http.Agent = class extends Agent {
  constructor() {
    throw new Error("calls go through node:http");
  }
};
const told = channel("http.client.request.start"); // held, or it would be collected with its listener
if (process.argv[2] === "heard") {
  told.subscribe(() => undefined);
  console.log("heard");
}
await client.segments.get(7);
console.log("ours");
