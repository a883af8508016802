/**
 * The platform's records, described for the compiler.
 *
 * What comes back are plain objects. A property that the platform always sends is required here; the platform may add
 * properties that are not named. Integers beyond 2^53 lose digits, since JSON numbers become JavaScript's. Written by
 * `make generate` from the contract (`spec/`): change it there.
 */

/** A JSON object whose keys are not known beforehand. */
export type JsonObject = Record<string, unknown>;

/** A word that is not known beforehand, beside those that are: editors still offer these. */
export type AnyWord = string & Record<never, never>;

/** Values of `Segment.segment_type`. */
export type SegmentType = "rule" | "ai" | "lookalike";

/** Whether all conditions must hold or one. */
export type Logic = "AND" | "OR";

/** How two numbers are compared. */
export type ComparisonOperator = "eq" | "neq" | "gt" | "gte" | "lt" | "lte";

/** Values of `RecencyCondition.operator`. */
export type RecencyOperator = "gt" | "lt" | "eq";

/** Values of `MonetaryCondition.metric`. */
export type Metric = "sum" | "avg" | "max";

/** How a property of any type is compared. */
export type PropertyOperator =
  | "eq"
  | "neq"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "between"
  | "not_between"
  | "in"
  | "not_in"
  | "contains"
  | "does_not_contain"
  | "starts_with"
  | "ends_with"
  | "matches_regex"
  | "is_set"
  | "is_not_set"
  | "is_true"
  | "is_false";

/** The type of a condition's value. */
export type ValueType = "string" | "number" | "price" | "boolean" | "array" | "url";

/** Values of `SegmentMembershipCondition.operator`. */
export type MembershipOperator = "in" | "not_in";

/** Values of `Segment.status`. */
export type SegmentStatus = "draft" | "computing" | "computed" | AnyWord;

/** Values of `ExportJob.status`. */
export type ExportStatus = "pending" | "processing" | "complete" | "ready" | "failed" | AnyWord;

/** Values of `ProductAttributeCondition.operator`. */
export type AttributeOperator =
  | "eq"
  | "neq"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "between"
  | "not_between"
  | "in"
  | "not_in"
  | "contains"
  | "does_not_contain"
  | "starts_with"
  | "ends_with"
  | "is_set"
  | "is_not_set"
  | "is_true"
  | "is_false";

/** Values of `UserBehaviorSignalCondition.signal`. */
export type BehaviorSignal = "purchased_by_segment" | "viewed_by_segment";

/** Values of `SchemaField.type`. */
export type FieldType = "string" | "number" | "boolean" | "array" | "url" | "price" | "multi_price" | "datetime";

/** Values of `ImportJob.status`. */
export type ImportStatus = "pending" | "mapping" | "importing" | "done" | "failed";

/** Values of `ImportChange.action`. */
export type ImportAction = "converted" | "kept" | AnyWord;

/** Values of `ImportPart.status`. */
export type ImportPartStatus = "uploading" | "pending" | "mapping" | "importing" | "done" | "failed" | AnyWord;

/** Values of `SchemaProperty.type`. */
export type PropertyType = "string" | "number" | "boolean" | "datetime" | "array";

/** Whether an activation syncs; error is set by the platform. */
export type ActivationStatus = "inactive" | "active" | "error";

/** An AI assistant that can be asked. */
export type Provider = "chatgpt" | "perplexity" | "claude" | "gemini" | "grok";

/** Values of `AIQuery.schedule`. */
export type Schedule = "hourly" | "daily" | "weekly";

/** Values of `BrandDiff.status`. */
export type BrandDiffStatus = "all" | "some" | "none" | AnyWord;

/** Values of `GeneratedPage.builder_status`. */
export type BuilderStatus = "draft" | "building" | "built" | "published" | "failed" | AnyWord;

/** Values of `ActivationCreate.status`. */
export type ActivationSwitch = "inactive" | "active";

/** How often a user sent an event. */
export interface EventCountCondition {
  /** The condition's type. */
  type: "event_count";
  /** The event to count. */
  event_type: string;
  /** How the count is compared. */
  operator: ComparisonOperator;
  /** What the count is compared with. */
  value: number;
  /** Count the last so many days only. */
  window_days?: number;
}

/** How many days ago a user last sent an event; never is longer ago than any number. */
export interface RecencyCondition {
  /** The condition's type. */
  type: "recency";
  /** The event to look for. */
  event_type: string;
  /** Lapsed (gt), active (lt), or that very day (eq). */
  operator: RecencyOperator;
  /** How many days. */
  window_days: number;
}

/** A figure over a numeric property of all of a user's events of a type. */
export interface MonetaryCondition {
  /** The condition's type. */
  type: "monetary";
  /** The events to go through. */
  event_type?: string;
  /** The payload key that holds the number. */
  property?: string;
  /** Which figure. */
  metric?: Metric;
  /** How the figure is compared. */
  operator: ComparisonOperator;
  /** What the figure is compared with. */
  value: number;
}

/** A property of a user's most recent event of a type. */
export interface EventPropertyCondition {
  /** The condition's type. */
  type: "event_property";
  /** The event to look at. */
  event_type: string;
  /** The payload key. */
  property: string;
  /** How the property is compared. */
  operator: PropertyOperator;
  /** What it is compared with; left out where the operator takes none. */
  value?: string | number | boolean | (string | number | boolean)[];
  /** The upper bound of between and not_between. */
  value2?: string | number;
  /** The value's type; documented for segments of products. */
  value_type?: ValueType;
}

/** A trait of a user, from the newest context_identified event. */
export interface UserPropertyCondition {
  /** The condition's type. */
  type: "user_property";
  /** The trait. */
  property: string;
  /** How the trait is compared. */
  operator: PropertyOperator;
  /** What it is compared with; left out where the operator takes none. */
  value?: string | number | boolean | (string | number | boolean)[];
  /** The upper bound of between and not_between. */
  value2?: string | number;
  /** The value's type; documented for segments of products. */
  value_type?: ValueType;
}

/** Events that a user sent in this order. */
export interface EventSequenceCondition {
  /** The condition's type. */
  type: "event_sequence";
  /** The steps in order. */
  events: string[];
  /** The most days from the first step to the last. */
  window_days?: number;
  /** Whether no other event may come between two steps. */
  strict?: boolean;
}

/** Whether a user is in another segment. */
export interface SegmentMembershipCondition {
  /** The condition's type. */
  type: "segment_membership";
  /** The other segment. */
  segment_id: number | string;
  /** In it or not. */
  operator: MembershipOperator;
}

/** One condition of a segment of users. */
export type SegmentCondition =
  | EventCountCondition
  | RecencyCondition
  | MonetaryCondition
  | EventPropertyCondition
  | UserPropertyCondition
  | EventSequenceCondition
  | SegmentMembershipCondition;

/** Who is in a segment of users, as it must be to be previewed or computed. */
export interface SegmentDefinition {
  /** Whether all conditions must hold or one. */
  logic?: Logic;
  /** The conditions, one flat level. */
  conditions: SegmentCondition[];
}

/** A segment of users. */
export interface Segment {
  /** Its id. */
  id: number;
  /** The workspace it belongs to; an API key fixes it. */
  tenant?: number;
  /** Its name. */
  name: string;
  /** What it is for. */
  description: string;
  /** How it was made, for display only. */
  segment_type: SegmentType;
  /** Who is in it: a SegmentDefinition, saved even when a condition lacks a field. */
  definition: SegmentDefinition;
  /** Whether it takes part in previews of events and in analytics. */
  is_active: boolean;
  /** Where it stands; the platform names these states in prose, not their key. */
  status?: SegmentStatus;
  /** How many users were in it when it was last computed. */
  member_count: number;
  /** When it was last computed; null before that. */
  last_computed_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A page of records of type `Segment`. */
export interface SegmentPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: Segment[];
}

/** What a definition that was not saved would match. */
export interface SegmentPreview {
  /** How many users match. */
  matched_users: number;
  /** Some of them. */
  sample_user_ids: string[];
  /** The query that it comes to, to be read. */
  sql: string;
}

/** How many users a saved segment is estimated to hold. */
export interface SegmentEstimate {
  /** The segment. */
  segment_id: number;
  /** How many. */
  estimated_count?: number;
  /** The same number under a preview's key. */
  matched_users?: number;
  /** Whether the number comes from a sample. */
  sampled?: boolean;
}

/** A segment's definition as it was at one time. */
export interface SegmentVersion {
  /** The version's own id. */
  id: number;
  /** Its number: 1, 2, … from the first. */
  version?: number;
  /** The definition. */
  definition?: SegmentDefinition;
  /** When it was saved. */
  created_at?: string;
  /** Who saved it. */
  created_by?: string | null;
}

/** The answer of an action that continues on the server; the keys beside the status depend on the action. */
export interface Queued {
  /** Always queued, so far as is known. */
  status: string;
  /** The query that runs. */
  query_id?: number;
  /** The product that is scored. */
  product_id?: number;
  /** How many products are scored. */
  product_count?: number;
  /** The page that is built. */
  page_id?: number;
}

/** A member of a segment. */
export interface Member {
  /** The user. */
  user_id: string;
  /** When the user was found to be in the segment. */
  computed_at: string;
}

/** One page of a segment's members. */
export interface MemberPage {
  /** How many members there are in all. */
  count?: number;
  /** These members. */
  results: Member[];
  /** The same members, as their ids alone. */
  members?: string[];
  /** What to send as cursor for the next page; null at the end. */
  next_cursor: string | null;
}

/** A segment that a user is in. */
export interface MembershipSegment {
  /** The segment's id. */
  segment_id: number;
  /** The segment's name. */
  segment_name?: string;
  /** When the user was found to be in it. */
  computed_at?: string;
}

/** The segments that one user is in. */
export interface Membership {
  /** The user. */
  user_id: string;
  /** The segments' ids. */
  segment_ids?: number[];
  /** The segments. */
  segments?: MembershipSegment[];
}

/** An export of a segment's members, or of a page. */
export interface ExportJob {
  /** Its id. The reference has it in the answer to a look at it only; the vendor's scripts read it in every answer. */
  id: number;
  /** The same id. The reference has it in the answer to its start only; here it is in every answer. */
  export_id: number;
  /** Where it stands. Documented are pending and complete; a page's export ends in ready. */
  status: ExportStatus;
  /** The file's format. */
  format?: string;
  /** Where the file is; null until it is there. */
  download_url?: string | null;
  /** Until when it is there; null until it is. */
  expires_at?: string | null;
  /** Why it has failed; empty if it has not. */
  error?: string;
  /** When it was asked for. */
  created_at?: string;
}

/** A field of the product. */
export interface ProductAttributeCondition {
  /** The condition's type. */
  type: "product_attribute";
  /** The schema field. */
  property: string;
  /** How it is compared; which operators fit, the value's type says. */
  operator: AttributeOperator;
  /** What it is compared with; left out where the operator takes none. */
  value?: string | number | boolean | (string | number | boolean)[];
  /** The upper bound of between and not_between. */
  value2?: string | number;
  /** The value's type. */
  value_type?: ValueType;
}

/** What users of a segment did with the product. */
export interface UserBehaviorSignalCondition {
  /** The condition's type. */
  type: "user_behavior_signal";
  /** What they did. */
  signal: BehaviorSignal;
  /** The user segment, documented as text. */
  segment_id: string | number;
  /** The event that shows it: order_completed for purchased, product_viewed for viewed, unless given. */
  event_type?: string;
  /** The payload key that holds the product's id. */
  product_id_property?: string;
}

/** How visible the product is in the answers of AI assistants; no further key is known. */
export interface AIVisibilityMetricCondition {
  /** The condition's type. */
  type: "ai_visibility_metric";
}

/** One condition of a segment of products. */
export type ProductSegmentCondition =
  | ProductAttributeCondition
  | UserBehaviorSignalCondition
  | AIVisibilityMetricCondition;

/** Which products are in a segment of products. */
export interface ProductSegmentDefinition {
  /** Whether all conditions must hold or one. */
  logic?: Logic;
  /** The conditions, one flat level. */
  conditions: ProductSegmentCondition[];
}

/** A segment of products. */
export interface ProductSegment {
  /** Its id. */
  id: number;
  /** Its name. */
  name: string;
  /** What it is for. */
  description?: string;
  /** Which products are in it. */
  definition: ProductSegmentDefinition;
  /** Whether it is in use. */
  is_active?: boolean;
  /** How many products were in it when it was last computed. */
  computed_count: number;
  /** When it was last computed; null before that. */
  last_computed_at: string | null;
  /** When it was made. */
  created_at?: string;
  /** When it was last changed. */
  updated_at?: string;
}

/** A page of records of type `ProductSegment`. */
export interface ProductSegmentPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: ProductSegment[];
}

/** A product; everything but its SKU and name is in data. */
export interface Product {
  /** Its id. */
  id: number;
  /** Its business key, unique in the workspace; not changed by an update. */
  sku: string;
  /** Its name. */
  name: string;
  /** Every other attribute; an update replaces it. */
  data: JsonObject;
  /** Where it came from. */
  source: string;
  /** Its newest score; null before it is scored. */
  ai_readability_score: number | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A page of records of type `Product`. */
export interface ProductPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: Product[];
}

/** A row that was refused. */
export interface BulkUpsertError {
  /** Which row, counted from 0. */
  index: number;
  /** Its SKU; null if it has none. */
  sku?: string | null;
  /** What is wrong with it. */
  error: string;
}

/** What became of the rows of a bulk upsert; a bad row does not stop the others. */
export interface BulkUpsert {
  /** How many products are new. */
  created?: number;
  /** How many products were there already. */
  updated?: number;
  /** The rows that were refused. */
  errors?: BulkUpsertError[];
}

/** Four dimensions of 0 to 25 each. */
export interface DimensionScores {
  /** Whether description, brand, category, price and image are there. */
  schema_coverage: number;
  /** Whether its text answers as an assistant would. */
  answer_format: number;
  /** The share of schema fields that are filled. */
  factual_completeness: number;
  /** Its tie to what assistants say. */
  ai_visibility_alignment: number;
}

/** What would make a product more readable to AI assistants. */
export interface Recommendation {
  /** The dimension that it raises. */
  dimension: string;
  /** What to do. */
  action: string;
  /** How much it would do. */
  estimated_impact: string;
  /** Its place in the list. */
  priority: number;
}

/** How readable a product is to AI assistants. */
export interface ProductScore {
  /** The score's own id. */
  id: number;
  /** The sum of the four dimensions. */
  score: number;
  /** Four dimensions of 0 to 25 each. */
  dimension_scores: DimensionScores;
  /** What would raise the score, most urgent first. */
  recommendations: Recommendation[];
  /** When it was scored. */
  scored_at: string;
}

/**
 * The distinct values of the catalogue's text and list fields, by field. At most 100 each, of the first 1,000 products.
 */
export type Facets = Record<string, string[]>;

/** A field of the catalogue's schema. */
export interface SchemaField {
  /** Its name. */
  name: string;
  /** Its type; datetime is a label of the import wizard, absent from the reference. */
  type: FieldType;
  /** Whether every product should have it. */
  required: boolean;
  /** What it holds. */
  description: string;
}

/** The catalogue's schema; with no fields before it is first set. */
export interface ProductSchema {
  /** Its id; null before it is first set. */
  id: number | null;
  /** The fields. */
  fields: SchemaField[];
  /** The currency of prices without one. */
  default_currency: string;
  /** The language of texts without one. */
  default_locale: string;
  /** When it was first set; null before. */
  created_at: string | null;
  /** When it was last set; null before. */
  updated_at: string | null;
}

/** An uploaded CSV file, waiting for its mapping to be confirmed. */
export interface ImportUpload {
  /** The import's id. */
  job_id: number;
  /** The same id, under the key that the vendor's scripts look for. */
  id: number;
  /** Where it stands. */
  status?: string;
  /** The file's name. */
  filename?: string;
  /** How many rows it has. */
  row_count?: number;
  /** The columns. */
  headers: string[];
  /** The first five rows, each by column. */
  sample_rows: Record<string, string | null>[];
  /** Fields proposed for the columns. */
  suggested_schema: SchemaField[];
  /** Per column the field that it fills, sku, name, or null to leave it out. */
  suggested_mapping: Record<string, string | null>;
}

/** A row or a value of an import that was not taken over as it is. */
export interface ImportProblem {
  /** The line of the file where the row begins, the header being 1. */
  line: number;
  /** The row's SKU; null if it has none. */
  sku: string | null;
  /** The column of the value; null if it is the row. */
  column: string | null;
  /** What is wrong with it. */
  error: string;
}

/** The cells of a column that became another value than their text, or that stayed text. */
export interface ImportChange {
  /** The column of the file. */
  column: string;
  /** The field that it fills. */
  field: string;
  /** The field's type. */
  type: string;
  /** converted to a value of the type; kept as text, because as that value the cell would have lost characters. */
  action: ImportAction;
  /** How many cells. */
  count: number;
  /** The first of them, up to 60 characters. */
  example: string;
}

/** An import of products. */
export interface ImportJob {
  /** The import's id, under the key that the vendor's scripts look for. */
  id: number;
  /** The same id, under the key of the upload's answer. */
  job_id: number;
  /** Where it stands. */
  status: ImportStatus;
  /** The file's name. */
  filename: string;
  /** How many rows it has. */
  row_count: number;
  /** How many of them have been taken over so far. */
  imported_count: number;
  /** Per column the field that it fills, sku, name, or null to leave it out. */
  mapping: Record<string, string | null> | null;
  /** How many rows were left out so far, for want of a SKU. */
  skipped_count?: number;
  /** How many rows and values were not taken over as they are. */
  error_count?: number;
  /** The first 100 of them. */
  errors?: ImportProblem[];
  /** How many values are not the text of their cell, or are text beside their field's type. */
  changed_count?: number;
  /** Per column what was done to how many cells, where it was not simply taking their text. */
  changes?: ImportChange[];
  /** Why it has failed; empty if it has not. */
  error_message?: string;
  /** When the file was uploaded. */
  created_at?: string;
  /** When it last moved on. */
  updated_at?: string;
  /** The columns, while the mapping is open. */
  headers?: string[];
  /** The first five rows, while the mapping is open. */
  sample_rows?: Record<string, string | null>[];
  /** Fields proposed for the columns, while the mapping is open. */
  suggested_schema?: SchemaField[];
  /** The mapping proposed, while it is open. */
  suggested_mapping?: Record<string, string | null>;
}

/** An import that has been started. */
export interface ImportConfirmed {
  /** The import's id. */
  job_id: number;
  /** The same id, under the key that scripts look for. */
  id: number;
  /** Where it stands. */
  status?: string;
}

/** A part of an import in parts. */
export interface ImportPart {
  /** Which part it is, counted from 1. */
  part: number;
  /** How many there are. */
  parts: number;
  /** Its first row, counted from 1 below the header; blank lines are none. */
  first_row: number;
  /** Its last row. */
  last_row: number;
  /** Its import; null before it has been uploaded. */
  job_id: number | null;
  /** Where it stands: uploading, or its import's status. */
  status: ImportPartStatus;
  /** How many rows the server found in it. */
  row_count: number;
  /** How many of them have been taken over so far. */
  imported_count: number;
  /** How many rows were left out so far, for want of a SKU. */
  skipped_count: number;
  /** How many rows and values were not taken over as they are. */
  error_count: number;
}

/** The totals of an import in parts. */
export interface ImportInParts {
  /** The parts, in their order. */
  parts: ImportPart[];
  /** How many rows all parts have. */
  row_count: number;
  /** How many of them have been taken over. */
  imported_count: number;
  /** How many rows were left out, for want of a SKU. */
  skipped_count: number;
  /** How many rows and values were not taken over as they are. */
  error_count: number;
}

/** A property of an event's payload. */
export interface SchemaProperty {
  /** Its name. */
  name: string;
  /** Its type. */
  type: PropertyType;
  /** Whether an event without it is dropped. */
  required: boolean;
}

/** The schema of an event type. */
export interface EventSchema {
  /** Its id. */
  id: number;
  /** The event type, of which there is one schema at most. */
  event_type: string;
  /** What the event means. */
  description?: string;
  /** The properties of its payload. */
  properties: SchemaProperty[];
  /** When it was made. */
  created_at?: string;
  /** When it was last changed. */
  updated_at?: string;
}

/** A page of records of type `EventSchema`. */
export interface EventSchemaPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: EventSchema[];
}

/** A property whose samples no one type fits. */
export interface SchemaConflict {
  /** Its name. */
  property: string;
  /** What its samples are. */
  types: string[];
}

/** The schema proposed for one event type. */
export interface InferredEventSchema {
  /** The type. */
  event_type: string;
  /** Its properties. */
  properties: SchemaProperty[];
}

/** A schema proposed from sample events. */
export interface InferredSchema {
  /** The first event's type. */
  event_type?: string;
  /** The properties found, required if every sample has them. */
  properties: SchemaProperty[];
  /** Properties left out because no one type fits their samples; absent if there are none. */
  conflicts?: SchemaConflict[];
  /** One schema for each type, if the samples are of several. */
  schemas?: InferredEventSchema[];
}

/** What is wrong with one property. */
export interface ValidationProblem {
  /** The property. */
  property: string;
  /** What is wrong with it. */
  message: string;
}

/** Whether a payload fits the schema of its event type. */
export interface Validation {
  /** Whether it does. */
  valid?: boolean;
  /** What is wrong; empty if nothing is. */
  errors?: ValidationProblem[];
}

/** A connector that a segment is synced to. */
export interface Activation {
  /** Its id. */
  id: number;
  /** The segment. */
  segment: number;
  /** The service; the text for Talon.One is chosen. */
  connector_type: string;
  /** The connector's settings; secrets come back as ***, and sent as *** stay as they are. */
  config: JsonObject;
  /** Whether it syncs; error is set by the platform. */
  status: ActivationStatus;
  /** When it last synced; null before that. */
  last_synced_at: string | null;
  /** Why its last sync failed; empty if it did not. */
  last_error: string;
  /** When it was made. */
  created_at?: string;
  /** When it was last changed. */
  updated_at?: string;
}

/** A page of records of type `Activation`. */
export interface ActivationPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: Activation[];
}

/** A user as a search finds it. */
export interface UserSummary {
  /** The user's id. */
  user_id: string;
  /** How many events there are. */
  event_count: number;
  /** When the first event occurred. */
  first_seen: string;
  /** When the last event occurred. */
  last_seen: string;
}

/** Users that were found. */
export interface UserSearch {
  /** How many there are. */
  count: number;
  /** The users. */
  results: UserSummary[];
}

/** One user's profile. */
export interface UserProfile {
  /** The user's id. */
  user_id: string;
  /** How many events there are. */
  event_count: number;
  /** Of how many types they are. */
  event_type_count: number;
  /** When the first event occurred. */
  first_seen: string;
  /** When the last event occurred. */
  last_seen: string;
  /** The user's traits, from the newest context_identified event. */
  properties: JsonObject;
}

/** An event that is stored. */
export interface UserEvent {
  /** Its type. */
  event_type: string;
  /** When it occurred. */
  occurred_at: string;
  /** Its properties. */
  payload: JsonObject;
}

/** One user's events. */
export interface UserEvents {
  /** How many there are. */
  count: number;
  /** The events. */
  results: UserEvent[];
}

/** A segment that a user is in, with its size. */
export interface UserSegment {
  /** The segment's id. */
  segment_id: number;
  /** The segment's name. */
  segment_name: string;
  /** How many users are in it. */
  member_count: number;
  /** When the user was found to be in it. */
  computed_at: string;
}

/** One condition of a segment, with a user's own value. */
export interface Explanation {
  /** The condition's place, counted from 0. */
  index: number;
  /** The condition's type. */
  type: string;
  /** The condition, to be read. */
  label: string;
  /** The user's value; null if there is none. */
  actual_value: unknown;
  /** What it is compared with. */
  threshold: unknown;
  /** Whether the condition holds. */
  matches: boolean;
}

/** A segment by id and name. */
export interface SegmentRef {
  /** Its id. */
  id: number;
  /** Its name. */
  name: string;
}

/** Which segments a user would enter and leave through an event; nothing was stored. */
export interface SandboxResult {
  /** Whether the event was tried. */
  published: boolean;
  /** The segments that the user would enter. */
  entered: SegmentRef[];
  /** The segments that the user would leave. */
  exited: SegmentRef[];
  /** How many active segments stay as they are. */
  unchanged_count: number;
}

/** A visitor's id, tied to a user; the first tie wins. */
export interface Alias {
  /** The visitor's id, as sent. */
  anonymous_id: string;
  /** The id that events carry: anon_ and the visitor's id. */
  alias_id: string;
  /** The user, as sent. */
  user_id: string;
  /** The user that the visitor counts as: an earlier tie's, if there is one. */
  canonical_id: string;
  /** Whether this call made the tie. */
  created?: boolean;
}

/** A user, folded into another. */
export interface Merge {
  /** The user that was folded in. */
  from_user_id: string;
  /** The user that was named as the other. */
  into_user_id: string;
  /** The user that both count as now. */
  canonical_id: string;
  /** Whether it is done. */
  merged?: boolean;
}

/** A question asked of AI assistants. */
export interface AIQuery {
  /** Its id. */
  id: number;
  /** The question, unique in the workspace. */
  query_text: string;
  /** A label. */
  category: string | null;
  /** Further labels. */
  tags: string[];
  /** Who is asked; empty means all five. */
  providers: Provider[];
  /** Whether it is asked on schedule. */
  is_active: boolean;
  /** How often it is asked. */
  schedule: Schedule;
  /** When it was last asked; null before that. */
  last_run_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A brand that an answer names. */
export interface MentionedBrand {
  /** The brand. */
  name: string;
  /** Its place, counted from 1. */
  position: number | null;
  /** The tone. */
  sentiment: string | null;
}

/** A product that an answer names. */
export interface MentionedProduct {
  /** The product's name. */
  name: string;
  /** Its SKU; null if it is not in the catalogue. */
  sku?: string | null;
  /** Its place, counted from 1. */
  position?: number | null;
}

/** One assistant's answer. */
export interface QueryResult {
  /** Its id. */
  id: number;
  /** The query; null for a simulation. */
  query: number | null;
  /** Who answered. */
  provider: Provider;
  /** The answer's text. */
  raw_response: string;
  /** The brands that it names. */
  mentioned_brands: MentionedBrand[];
  /** The products that it names. */
  mentioned_products: MentionedProduct[];
  /** The own brand's place; null if it is not named. */
  position: number | null;
  /** The tone about the own brand. */
  sentiment: string | null;
  /** Whether the answer is a placeholder or from a simulation. */
  is_simulated: boolean;
  /** When it was given. */
  captured_at: string;
}

/** Which assistants name a brand. */
export interface BrandDiff {
  /** The brand. */
  brand_name: string;
  /** Who names it. */
  mentioned_by?: Provider[];
  /** Whether all or some name it. */
  status?: BrandDiffStatus;
}

/** The assistants' answers to a question that was not saved. */
export interface Simulation {
  /** The question. */
  query_text: string;
  /** Who was asked. */
  providers: Provider[];
  /** Whether an answer is missing because it took too long. */
  timed_out: boolean;
  /** The answers. */
  results: QueryResult[];
  /** Who names which brand, each brand once and in lower case. */
  diff: BrandDiff[];
}

/** Visibility with one assistant. */
export interface ProviderVisibility {
  /** The assistant. */
  provider: Provider;
  /** How many answers there are. */
  result_count?: number;
  /** The share of answers that name the own brand. */
  mention_rate?: number;
  /** Its mean place, where it is named. */
  avg_position?: number | null;
  /** Its share of all brands named. */
  share_of_voice?: number;
  /** The tone, from 0 to 1. */
  sentiment_score?: number | null;
}

/** Visibility on one day. */
export interface VisibilityDay {
  /** The day. */
  day: string;
  /** The share of answers that name the own brand. */
  mention_rate: number;
}

/** How often a brand is named. */
export interface BrandMentions {
  /** The brand. */
  name: string;
  /** How often it is named. */
  mentions: number;
}

/** Visibility over all queries; rates are 0 to 1. With no results, numbers are 0 or null and lists empty. */
export interface Dashboard {
  /** How many queries there are. */
  total_queries?: number;
  /** How many of them are asked on schedule. */
  active_queries?: number;
  /** How many answers there are. */
  total_results?: number;
  /** The share of answers that name the own brand. */
  mention_rate?: number;
  /** Its mean place, where it is named. */
  avg_position?: number | null;
  /** Its share of all brands named. */
  share_of_voice?: number;
  /** The tone, from 0 (negative) to 1 (positive). */
  sentiment_score?: number | null;
  /** The same figures for each assistant. */
  by_provider?: ProviderVisibility[];
  /** Day by day. */
  trend?: VisibilityDay[];
  /** The brands named most. */
  top_brands?: BrandMentions[];
}

/** How often the own brand ranks ahead of a competitor, over the answers that name either. */
export interface WinRate {
  /** The competitor's id. */
  competitor_id: number;
  /** The competitor. */
  competitor_name?: string;
  /** How often the own brand ranks ahead or is alone. */
  wins?: number;
  /** How often the competitor ranks ahead or is alone. */
  losses?: number;
  /** How often both have the same place. */
  ties?: number;
  /** Wins as a share of the three; 0 if there are none. */
  win_rate?: number;
}

/** A landing page written for AI assistants; a listing leaves out intro_copy, product_skus and blocks. */
export interface GeneratedPage {
  /** Its id. */
  id: number;
  /** Its name in addresses, unique in the workspace. */
  slug: string;
  /** Its title; the query's text unless given. */
  title: string;
  /**
   * The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both
   * are accepted, and a text that no query has yet becomes one.
   */
  query: number | null;
  /** Whether it is public. */
  published: boolean;
  /** Where it stands; the values are chosen. */
  builder_status: BuilderStatus;
  /** Why its build has failed; absent if it has not. */
  builder_error?: string;
  /** Its opening text. */
  intro_copy?: string;
  /** The products on it. */
  product_skus?: string[];
  /** Its blocks. */
  blocks?: JsonObject[];
  /** How often it was read. */
  view_count: number;
  /** When an AI crawler last read it; null before that. */
  last_ai_crawl_at: string | null;
  /** When it was made. */
  created_at?: string;
  /** When it was last changed. */
  updated_at?: string;
}

/** A bulk generation of pages. */
export interface PageJob {
  /** Its id, of a type that is not shown. */
  job_id: number | string;
  /** Where it stands. */
  status: string;
}

/** A product that a search found. */
export interface FoundProduct {
  /** Its id. */
  id: number;
  /** Its business key. */
  sku: string;
  /** Its name. */
  name: string;
  /** Every other attribute. */
  data: JsonObject;
  /** How near it is in meaning, as a cosine. */
  relevance_score: number;
}

/** How the search went. */
export interface QueryMetadata {
  /** How many products there are. */
  match_count: number;
  /** How long it took, in milliseconds. */
  latency_ms: number;
  /** How nearness was computed. */
  method?: string;
}

/** Products found by meaning. */
export interface ProductQuery {
  /** What was looked for. */
  query: string;
  /** The products, best first. */
  products: FoundProduct[];
  /** The values of the products' fields, by field. */
  filters: Record<string, unknown[]>;
  /** How the search went. */
  metadata: QueryMetadata;
}

/** The workspace in five figures. */
export interface AnalyticsOverview {
  /** How many segments there are. */
  segment_count: number;
  /** How many members they have. */
  total_members: number;
  /** How many events came in 30 days. */
  events_30d: number;
  /** How many AI credits were used. */
  ai_credits_used: number;
  /** How many there are; -1 means unlimited. */
  ai_credits_limit: number;
}

/** A count on one day. */
export interface DayCount {
  /** The day. */
  day: string;
  /** Its size. */
  count: number;
}

/** An active segment with 30 days of its size. */
export interface AnalyticsSegment {
  /** Its id. */
  id: number;
  /** Its name. */
  name: string;
  /** Its size now. */
  member_count: number;
  /** When it was last computed; null before that. */
  last_computed_at: string | null;
  /** Its size day by day; empty until it has been computed for two days. */
  trend: DayCount[];
}

/** How many members two segments share. */
export interface AnalyticsOverlap {
  /** The one segment's id. */
  seg_a_id: number;
  /** The one segment's name. */
  seg_a_name: string;
  /** The other segment's id. */
  seg_b_id: number;
  /** The other segment's name. */
  seg_b_name: string;
  /** How many members they share. */
  overlap: number;
  /** In percent of the smaller segment. */
  overlap_pct: number;
}

/** One sync of an activation. */
export interface SyncLog {
  /** How it went. */
  status: string;
  /** How many users it covered. */
  user_count: number;
  /** How many users it added. */
  added_count?: number;
  /** How many users it removed. */
  removed_count?: number;
  /** How many users it left as they were. */
  unchanged_count?: number;
  /** Why it failed; empty if it did not. */
  error_message: string;
  /** When it was. */
  synced_at: string;
}

/** How well an activation works. */
export interface AnalyticsActivation {
  /** Its id. */
  id: number;
  /** The segment's id. */
  segment_id: number;
  /** The segment's name. */
  segment_name: string;
  /** The service. */
  connector_type: string;
  /** Whether it syncs. */
  status: ActivationStatus;
  /** When it last synced; null before that. */
  last_synced_at: string | null;
  /** Why its last sync failed; empty if it did not. */
  last_error: string;
  /** The segment's size. */
  member_count: number;
  /** How many of the last 30 syncs went well, in percent; null before the first. */
  success_rate: number | null;
  /** The newest five syncs. */
  sync_logs: SyncLog[];
}

/** What the plan allows and what has been used; -1 means unlimited. */
export interface AnalyticsUsage {
  /** The plan's name. */
  plan?: string;
  /** When the period began. */
  period_start?: string;
  /** When it ends. */
  period_end?: string;
  /** How many events came in it. */
  events_used?: number;
  /** How many may come. */
  events_limit?: number;
  /** How many users are billed; it does not go back within the period. */
  mtu_computed?: number;
  /** How many AI credits were used. */
  ai_credits_used?: number;
  /** How many there are. */
  ai_credits_limit?: number;
  /** How many calls a minute are allowed. */
  api_calls_per_minute_limit?: number;
}

/** A page of records of type `AIQuery`. */
export interface AIQueryPage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: AIQuery[];
}

/** The reference shows a bare array, the SDK's page an envelope. */
export type AIQueryListing = AIQuery[] | AIQueryPage;

/** A page of records of type `GeneratedPage`. */
export interface GeneratedPagePage {
  /** How many there are on all pages. */
  count: number;
  /** The next page's address; null on the last page. */
  next: string | null;
  /** The previous page's address; null on the first page. */
  previous: string | null;
  /** This page. */
  results: GeneratedPage[];
}

/** The reference shows a bare array, the SDK's page an envelope. */
export type GeneratedPageListing = GeneratedPage[] | GeneratedPagePage;

/** What the platform posts to a webhook after a recompute. */
export interface WebhookEvent {
  /** What happened. */
  event: string;
  /** The workspace. */
  tenant_slug: string;
  /** The segment's id. */
  segment_id: number;
  /** The segment's name. */
  segment_name: string;
  /** How many users are in it. */
  member_count: number;
  /** When it was computed. */
  computed_at: string;
}

/** The body of an error that concerns no single field. */
export interface Detail {
  /** What is wrong. */
  detail: string;
}

/** The body of an error about what was sent: per field, what is wrong with it. */
export type FieldErrors = Record<string, string[]>;
