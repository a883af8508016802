// Makes the calls of parity/scenarios/hostile.yaml, one line of JSON each: { url, call } in, { outcome, next } out.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { SegOpsAdmin } from "@segops/admin";

const CALLS = {
  request: (client) => client.http.request("GET", "/x/"),
  head: (client) => client.http.request("HEAD", "/x/"),
  get: (client) => client.segments.get(7),
  list: (client) => client.segments.list(),
  create: (client) => client.segments.create({}),
  delete: (client) => client.segments.delete(7),
  download: async (client) => {
    const parts = [];
    const sink = new Writable({
      write(part, _, done) {
        parts.push(Buffer.from(part));
        done();
      },
    });
    await client.segments.downloadExport(7, sink);
    return Buffer.concat(parts).toString("latin1");
  },
};

const KINDS = {
  SegOpsConnectionError: "connection",
  SegOpsTimeoutError: "timeout",
  SegOpsDecodeError: "decode",
};

async function outcomeOf(call) {
  try {
    return { value: (await call) ?? null };
  } catch (error) {
    return { error: KINDS[error.name] ?? (error.status ? "api" : error.name), status: error.status, said: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { url, call } = JSON.parse(line);
  const client = new SegOpsAdmin({ apiKey: "sk_test_hostile", baseUrl: url, maxRetries: 0, timeout: 20 });
  const outcome = await outcomeOf(CALLS[call](client));
  const next = await outcomeOf(client.http.request("GET", "/next/"));
  client.close();
  process.stdout.write(`${JSON.stringify({ outcome, next })}\n`);
}
