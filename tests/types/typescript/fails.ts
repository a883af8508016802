/** What users get wrong and the compiler has to find, on each line that says `error:` and on no other. */

import { type ExportJob, type ImportJob, SegOpsAdmin, type SegmentCondition } from "@segops/admin";

const segops = new SegOpsAdmin({ apiKey: "sk_test_types" });

// A typo in a key.
segops.segments.create({ nmae: "x" }); // error: nmae
segops.segments.create({ name: "x", descriptoin: "y" }); // error: descriptoin
segops.segments.update(1, { is_activ: true }); // error: is_activ
segops.activations.create({ segment: 1, conector_type: "braze", config: {} }); // error: conector_type
segops.segments.preview({ conditions: [{ type: "event_count", event_type: "e", operator: "gt", value: 1, window_dyas: 3 }] }); // error: window_dyas
segops.pages.create({ slug: "x", tite: "y" }); // error: tite
segops.queries.simulate({ query: "x" }); // error: query

// A required key that is missing.
segops.segments.create({}); // error: name
segops.products.bulkUpsert([{ name: "no sku" }]); // error: sku
segops.products.create({ sku: "A" }); // error: name
segops.schemas.create({ properties: [] }); // error: event_type
segops.schemas.create({ event_type: "e", properties: [{ name: "n" }] }); // error: type
segops.segments.preview({ conditions: [{ type: "recency", event_type: "e", operator: "gt" }] }); // error: window_days
segops.segments.preview({ logic: "AND" }); // error: conditions

// A key that only the server sets.
segops.segments.create({ name: "x", member_count: 3 }); // error: member_count
segops.segments.update(1, { last_computed_at: null }); // error: last_computed_at

// A wrong word.
segops.segments.create({ name: "x", segment_type: "rules" }); // error: rules
segops.segments.create({ name: "x", definition: { logic: "XOR", conditions: [] } }); // error: XOR
segops.queries.create({ query_text: "q", providers: ["oracle"] }); // error: oracle
segops.queries.update(1, { schedule: "monthly" }); // error: monthly
segops.activations.update(1, { status: "error" }); // error: error
segops.segments.export(1, { format: "xlsx" }); // error: xlsx
segops.pages.export(1, { format: "pdf" }); // error: pdf
segops.segments.update(1, {}, { method: "POST" }); // error: POST

// An operator, or a value, that is not the condition's.
segops.segments.preview({ conditions: [{ type: "recency", event_type: "e", operator: "between", window_days: 3 }] }); // error: between
segops.segments.preview({ conditions: [{ type: "event_count", event_type: "e", operator: "contains", value: 3 }] }); // error: contains
segops.segments.preview({ conditions: [{ type: "event_count", event_type: "e", operator: "gt", value: "3" }] }); // error: string
segops.segments.preview({ conditions: [{ type: "segment_membership", segment_id: 3, operator: "eq" }] }); // error: eq
segops.segments.preview({ conditions: [{ type: "frequency", event_type: "e" }] }); // error: frequency
segops.productSegments.create({ name: "p", definition: { conditions: [{ type: "product_attribute", property: "p", operator: "like" }] } }); // error: like
segops.segments.create({ name: "x", definition: { logic: "AND", conditions: 3 } }); // error: number
const misspelt: SegmentCondition = { type: "user_property", property: "plan", operator: "equals", value: "pro" }; // error: equals

// An unknown query parameter.
segops.segments.list({ page_sise: 5 }); // error: page_sise
segops.segments.members(1, { offset: 5 }); // error: offset
segops.users.search({ name: "alice" }); // error: name
segops.activations.iterate({ limit: 5 }); // error: limit

// What comes back.
async function read(job: ImportJob, exported: ExportJob): Promise<void> {
  const segment = await segops.segments.get(1);
  console.log(segment.nmae); // error: nmae
  const wrong: string = segment.id; // error: string
  if (job.status === "complete") return; // error: no overlap
  if (segment.segment_type === "lookalikes") return; // error: no overlap
  exported.download_url.slice(); // error: possibly
  segment.last_computed_at.slice(); // error: possibly
  const [first] = (await segops.segments.list()).results;
  console.log(first.id); // error: possibly
  console.log(wrong);
}
segops.segmnts; // error: segmnts
segops.segments.get(); // error: arguments
segops.segments.get({}); // error: Id
void [read, misspelt];
