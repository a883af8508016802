/** A program of which node:http is loaded by other code, and not patched: calls go by connections of our own. */

import http from "node:http";
import { SegOpsAdmin } from "@segops/admin";

const client = new SegOpsAdmin({ apiKey: "sk_test_untouched", maxRetries: 0 });
const { Agent } = http;
http.Agent = class extends Agent {
  constructor() {
    throw new Error("calls go through node:http");
  }
};
await client.segments.get(7);
console.log("ours");
