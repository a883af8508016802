// The figures of @segops/admin that are taken within one process: JSON on standard output.
//
//   node typescript.mjs PACKAGE pages PORT RUNS | upload PORT path|stream|blob FILE | calls PORT COUNT

import { createReadStream } from "node:fs";
import { get, Agent } from "node:https";
import { performance } from "node:perf_hooks";
import process from "node:process";

const [folder, what, port, ...words] = process.argv.slice(2);
const { SegOpsAdmin } = await import(`${folder}/dist/esm/index.js`);
const KEY = "sk_test_benchmark";
const ITEMS = 5000;

/** 100 pages of 50: the SDK's pagination, and a bare loop over an agent with the same parsing; processor and wall time. */
async function pages(runs) {
  const client = new SegOpsAdmin({ apiKey: KEY, baseUrl: `https://localhost:${port}/api` });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { Authorization: `ApiKey ${KEY}`, Accept: "application/json" };
  const page = (number) =>
    new Promise((resolve, reject) => {
      get(`https://localhost:${port}/api/segments/?page=${number}`, { agent, headers }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => resolve(JSON.parse(Buffer.concat(parts).toString())));
      }).on("error", reject);
    });
  const bare = async () => {
    let count = 0;
    for (let number = 1, next = true; next; number++) {
      const answer = await page(number);
      count += answer.results.length;
      next = answer.next !== null;
    }
    return count;
  };
  const ours = async () => {
    let count = 0;
    for await (const _ of client.segments.iterate()) count += 1;
    return count;
  };
  const timed = async (run) => {
    const [started, used] = [performance.now(), process.cpuUsage()];
    if ((await run()) !== ITEMS) throw new Error("an item is missing");
    const { user, system } = process.cpuUsage(used);
    return [user + system, performance.now() - started];
  };
  for (let warm = 0; warm < 3; warm++) await timed(ours), await timed(bare);
  const pairs = [];
  for (let run = 0; run < runs; run++) {
    const [mine, other] = [await timed(ours), await timed(bare)];
    pairs.push([mine[0] / other[0], mine[1] / other[1]]);
  }
  agent.destroy();
  client.close();
  return pairs;
}

/** By how much memory grows above an idle client while a file goes out, in MiB. */
async function upload(kind, file) {
  const client = new SegOpsAdmin({ apiKey: KEY, baseUrl: `http://127.0.0.1:${port}/api` });
  await client.products.facets();
  const { openAsBlob } = await import("node:fs");
  const data = kind === "path" ? file : kind === "stream" ? createReadStream(file) : await openAsBlob(file);
  globalThis.gc();
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 5);
  await client.http.request("POST", "/pim/import/csv/", { form: { field: "file", data, filename: "products.csv" } });
  look();
  clearInterval(watch);
  client.close();
  return (peak - idle) / 2 ** 20;
}

/** What many calls leave behind: handles, and listeners on the caller's signal. */
async function calls(count) {
  const { getEventListeners } = await import("node:events");
  const handles = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Immediate/.test(name)).length;
  const before = handles();
  const client = new SegOpsAdmin({ apiKey: KEY, baseUrl: `http://127.0.0.1:${port}/api`, maxConnections: 8 });
  const { signal } = new AbortController();
  for (let done = 0; done < count; done += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, id) => client.products.facets({ signal, id })));
  }
  client.close();
  for (let turns = 0; turns < 100 && handles() > before; turns++) await new Promise((resolve) => setImmediate(resolve));
  return { handles: handles() - before, listeners: getEventListeners(signal, "abort").length };
}

const FIGURES = { pages: (runs) => pages(Number(runs)), upload, calls: (count) => calls(Number(count)) };
console.log(JSON.stringify(await FIGURES[what](...words)));
