// A short program as the published page of @segops/admin would have it written, and nothing of what is ours alone:
// create a segment, recompute, iterate, import a CSV, export a page, verify a webhook.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { SegOpsAdmin, SegOpsApiError, SegOpsConfigError } from "@segops/admin";
import { verifyWebhook } from "@segops/admin/webhook";

const segops = new SegOpsAdmin({
  apiKey: process.env.SEGOPS_API_KEY,
  baseUrl: process.env.SEGOPS_API_URL,
  maxRetries: 3,
});

const segment = await segops.segments.create({
  name: "High LTV Buyers",
  definition: {
    logic: "AND",
    conditions: [
      { type: "monetary", event_type: "order_placed", property: "total", metric: "sum", operator: "gte", value: 100 },
    ],
  },
});
await segops.segments.recompute(segment.id);

const firstPage = await segops.segments.list();
assert.deepEqual(Object.keys(firstPage).sort(), ["count", "next", "previous", "results"]);
const names = [];
for await (const each of segops.segments.iterate()) {
  names.push(each.name);
}
assert.ok(names.includes("High LTV Buyers"));
assert.equal(names.length, firstPage.count);

const csv = new Blob(["sku,name,price\nA-1,Trail shoe,99.00\nA-2,Road shoe,89.00\n"], { type: "text/csv" });
const upload = await segops.products.importCsv(csv, "products.csv");
await segops.products.confirmImport(upload.job_id, { mapping: upload.suggested_mapping, schema: upload.suggested_schema });
let status = await segops.products.importStatus(upload.job_id);
for (let polls = 0; status.status !== "done" && polls < 200; polls++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  status = await segops.products.importStatus(upload.job_id);
}
assert.equal(status.imported_count, 2);

const page = await segops.pages.create({ title: "Running shoes", slug: "running-shoes" });
await segops.pages.build(page.id, { template: "default" });
let built = await segops.pages.get(page.id);
for (let polls = 0; built.builder_status !== "built" && polls < 200; polls++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  built = await segops.pages.get(page.id);
}
const job = await segops.pages.export(page.id, { format: "html" });
assert.ok(job.status);

const viaHttp = await segops.http.request("POST", `/segments/${segment.id}/compute/`, {});
assert.ok(viaHttp.status);

const body = JSON.stringify({ event: "segment.recomputed", segment_id: segment.id, segment_name: segment.name });
const signature = `sha256=${createHmac("sha256", "whsec_test").update(body).digest("hex")}`;
assert.equal(verifyWebhook(body, signature, "whsec_test"), true);
assert.equal(verifyWebhook(`${body} `, signature, "whsec_test"), false);

await assert.rejects(segops.segments.get(999999), (error) => {
  assert.ok(error instanceof SegOpsApiError);
  assert.equal(error.status, 404);
  assert.ok(error.body);
  return true;
});
assert.throws(() => new SegOpsAdmin({ apiKey: "pk_test_public" }), SegOpsConfigError);

console.log("done");
