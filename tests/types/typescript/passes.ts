/** What users write and the compiler has to accept: the idioms of the vendor's published scripts, and those of the guides. */

import { readFile } from "node:fs/promises";
import {
  type ExportJob,
  type ProductRow,
  type Segment,
  SegOpsAdmin,
  SegOpsApiError,
  type SegmentCondition,
  type SegmentCreate,
  type SegmentDefinition,
} from "@segops/admin";

const segops = new SegOpsAdmin({ apiKey: "sk_test_types", baseUrl: `${process.env.SEGOPS_API_URL}/api` });

// Recompute every segment: an id is never optional.
async function recomputeAll(): Promise<void> {
  for await (const segment of segops.segments.iterate()) {
    await segops.segments.recompute(segment.id);
    console.log(segment.name);
  }
}

// A definition in a variable, whose words the compiler has widened to string.
const definition = {
  logic: "AND",
  conditions: [
    { type: "monetary", event_type: "order_placed", property: "total", metric: "sum", operator: "gte", value: 500 },
    { type: "recency", event_type: "order_placed", operator: "gt", window_days: 30 },
  ],
};

async function createSegment(name: string): Promise<Segment> {
  const preview = await segops.segments.preview(definition);
  console.log(preview.matched_users.toFixed(), preview.sample_user_ids.join(), preview.sql.length);
  const { conditions } = definition;
  await segops.segments.preview({ logic: "OR", conditions });
  await segops.segments.preview({ conditions });
  await segops.segments.create({ name, definition: { logic: "AND", conditions } });
  await segops.segments.update(7, { definition });
  await segops.productSegments.create({ name, definition: { conditions: [] } });
  return segops.segments.create({ name, description: "Spent, and gone", segment_type: "rule", definition });
}

// The same as a constant, as a typed value, in place, and as it came back.
const constant = { logic: "AND", conditions: [{ type: "event_sequence", events: ["a", "b"] }] } as const;
const typed: SegmentDefinition = { conditions: [{ type: "user_property", property: "plan", operator: "is_set" }] };

async function otherDefinitions(condition: SegmentCondition): Promise<void> {
  const copy = await segops.segments.get(7);
  await segops.segments.create({ name: "Copy", definition: copy.definition });
  await segops.segments.create({ name: "Constant", definition: constant });
  await segops.segments.preview(typed);
  await segops.segments.preview({ logic: "OR", conditions: [condition, { type: "segment_membership", segment_id: 3, operator: "not_in" }] });
  // The published page of the SDK saves a condition without what it aggregates.
  await segops.segments.create({ name: "Short", definition: { logic: "AND", conditions: [{ type: "monetary", operator: "gte", value: 500 }] } });
  // What JSON.parse gives.
  await segops.segments.create(JSON.parse('{"name": "Read"}'));
  if (condition.type === "recency") {
    console.log(condition.window_days.toFixed());
  }
}

async function generatePage(slug: string, query: string): Promise<void> {
  const page = await segops.pages.create({ slug, query });
  await segops.pages.build(page.id, {});
  const fresh = await segops.pages.get(page.id);
  console.log(fresh.builder_status);
  await segops.pages.create({ slug, query: 7 });
  await segops.pages.bulkGenerate({ queries: ["best trail shoes"] });
  const job: ExportJob = await segops.pages.export(page.id, { format: "tsx" });
  console.log(job.status, job.download_url);
}

async function audit(): Promise<void> {
  console.log(JSON.stringify(await segops.queries.simulate({ query_text: "best CRM", providers: ["claude"] }), null, 2));
  console.log(JSON.stringify(await segops.queries.dashboard(), null, 2), (await segops.queries.winRate()).length);
  await segops.queries.winRate({ anything: "passes", page: 2 });
}

async function importAndExport(segmentId: number): Promise<void> {
  const upload = await segops.products.importCsv(new Blob([await readFile("products.csv")]), "products.csv");
  await segops.products.confirmImport(upload.job_id, { mapping: upload.suggested_mapping, schema: upload.suggested_schema });
  const job = await segops.products.importStatus(upload.id);
  console.log(job.status === "done" ? job.imported_count : job.row_count);
  const started = await segops.segments.export(segmentId, { format: "csv" });
  await segops.segments.waitForExport(segmentId, started.export_id);
}

async function listings(): Promise<void> {
  const page = await segops.segments.list({ page: 1, page_size: "20" });
  const [first] = page.results;
  console.log(page.count, page.next ?? "last", first?.member_count, first?.last_computed_at ?? "never");
  await segops.products.list({ q: "shoe", colour: "red" });
  await segops.users.events("u-1", { event_type: "order_placed", since: new Date(0), limit: undefined });
  const queries = await segops.queries.list();
  console.log((Array.isArray(queries) ? queries : queries.results).length);
}

async function catalogue(more: Record<string, unknown>): Promise<void> {
  const rows: ProductRow[] = [{ sku: "A-1", name: "Alpha", colour: "red", price: { amount: 9, currency: "EUR" } }];
  await segops.products.bulkUpsert(rows);
  await segops.products.bulkUpsert([{ sku: "A-2", weight: 3 }]);
  const created = await segops.products.create({ sku: "A-3", name: "Gamma", data: { colour: "red", ...more } });
  console.log(created.data.colour, created.ai_readability_score ?? 0);
  await segops.products.replaceSchema({ fields: [{ name: "colour", type: "string" }] });
  const body: SegmentCreate = { name: "Typed" };
  await segops.segments.create(body);
  await segops.users.publishSandbox({ user_id: "u", event_type: "e", occurred_at: new Date(), payload: { total: 3 } });
}

Promise.all([recomputeAll(), createSegment("x"), generatePage("a", "b"), audit(), importAndExport(7), listings()]).catch((error) => {
  console.error(error instanceof SegOpsApiError ? error.status : error);
});
void [otherDefinitions, catalogue];
