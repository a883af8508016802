/**
 * What do the platform's records look like? Plain objects, described for the compiler.
 *
 * Every property may be missing, and the platform adds properties: those that are not named here are `unknown`.
 * Integers beyond 2^53 lose digits, since JSON numbers become JavaScript's. `spec/records` holds the same records as
 * JSON Schema, each property marked documented, inferred or chosen.
 */

/** A JSON object; keys that are not named may be there too. */
export interface JsonObject {
  [key: string]: unknown;
}

// --- shared --------------------------------------------------------------------------------------------------------

/** The answer of an action that goes on at the server. */
export interface Queued extends JsonObject {
  status?: string;
  query_id?: number;
  product_id?: number;
  product_count?: number;
  page_id?: number;
}

/** An export of a segment's members or of a page. */
export interface ExportJob extends JsonObject {
  id?: number;
  export_id?: number;
  status?: string;
  format?: string;
  download_url?: string | null;
  expires_at?: string | null;
  created_at?: string;
  error?: string;
}

// --- segments ------------------------------------------------------------------------------------------------------

/** A segment of users. */
export interface Segment extends JsonObject {
  id?: number;
  tenant?: number;
  name?: string;
  description?: string;
  segment_type?: string;
  definition?: JsonObject;
  is_active?: boolean;
  status?: string;
  member_count?: number;
  last_computed_at?: string | null;
  created_at?: string;
  updated_at?: string;
}

/** A page of segments. */
export interface SegmentPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: Segment[];
}

/** What a definition would match. */
export interface SegmentPreview extends JsonObject {
  matched_users?: number;
  sample_user_ids?: string[];
  sql?: string;
}

/** How many users a saved segment is estimated to hold. */
export interface SegmentEstimate extends JsonObject {
  segment_id?: number;
  estimated_count?: number;
  matched_users?: number;
  sampled?: boolean;
}

/** A segment's definition as it was. */
export interface SegmentVersion extends JsonObject {
  id?: number;
  version?: number;
  definition?: JsonObject;
  created_at?: string;
  created_by?: string | null;
}

/** A member of a segment. */
export interface Member extends JsonObject {
  user_id?: string;
  computed_at?: string;
}

/** A stretch of members. */
export interface MemberPage extends JsonObject {
  count?: number;
  results?: Member[];
  members?: string[];
  next_cursor?: string | null;
}

/** A segment that a user is in. */
export interface MembershipSegment extends JsonObject {
  segment_id?: number;
  segment_name?: string;
  computed_at?: string;
}

/** The segments that a user is in. */
export interface Membership extends JsonObject {
  user_id?: string;
  segment_ids?: number[];
  segments?: MembershipSegment[];
}

// --- product segments and products ---------------------------------------------------------------------------------

/** A segment of products. */
export interface ProductSegment extends JsonObject {
  id?: number;
  name?: string;
  description?: string;
  definition?: JsonObject;
  is_active?: boolean;
  computed_count?: number;
  last_computed_at?: string | null;
  created_at?: string;
  updated_at?: string;
}

/** A page of product segments. */
export interface ProductSegmentPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: ProductSegment[];
}

/** A product; everything but its SKU and name is in `data`. */
export interface Product extends JsonObject {
  id?: number;
  sku?: string;
  name?: string;
  data?: JsonObject;
  source?: string;
  ai_readability_score?: number | null;
  created_at?: string;
  updated_at?: string;
}

/** A page of products. */
export interface ProductPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: Product[];
}

/** A row that was refused. */
export interface BulkUpsertError extends JsonObject {
  index?: number;
  sku?: string | null;
  error?: string;
}

/** What became of the rows of a bulk upsert. */
export interface BulkUpsert extends JsonObject {
  created?: number;
  updated?: number;
  errors?: BulkUpsertError[];
}

/** What would make a product more readable to AI assistants. */
export interface Recommendation extends JsonObject {
  dimension?: string;
  action?: string;
  estimated_impact?: string;
  priority?: number;
}

/** A product's score: 0 to 100, the sum of four dimensions of 0 to 25. */
export interface ProductScore extends JsonObject {
  id?: number;
  score?: number;
  dimension_scores?: Record<string, number>;
  recommendations?: Recommendation[];
  scored_at?: string;
}

/** The distinct values of each text and list field. */
export type Facets = Record<string, unknown[]>;

/** A field of the catalogue's schema. */
export interface SchemaField extends JsonObject {
  name?: string;
  type?: string;
  required?: boolean;
  description?: string;
}

/** The catalogue's schema. */
export interface ProductSchema extends JsonObject {
  id?: number | null;
  fields?: SchemaField[];
  default_currency?: string;
  default_locale?: string;
  created_at?: string | null;
  updated_at?: string | null;
}

/** An uploaded CSV file, waiting for its mapping to be confirmed. */
export interface ImportUpload extends JsonObject {
  job_id?: number;
  id?: number;
  status?: string;
  filename?: string;
  row_count?: number;
  headers?: string[];
  sample_rows?: Record<string, string>[];
  suggested_schema?: SchemaField[];
  suggested_mapping?: Record<string, string | null>;
}

/** A row or a value of an import that was not taken over as it is. */
export interface ImportProblem extends JsonObject {
  line?: number;
  sku?: string | null;
  column?: string | null;
  error?: string;
}

/** An import of products. */
export interface ImportJob extends JsonObject {
  id?: number;
  job_id?: number;
  status?: string;
  filename?: string;
  row_count?: number;
  imported_count?: number;
  mapping?: Record<string, string | null>;
  skipped_count?: number;
  error_count?: number;
  errors?: ImportProblem[];
  error_message?: string;
  created_at?: string;
  updated_at?: string;
  headers?: string[];
  sample_rows?: Record<string, string>[];
  suggested_schema?: SchemaField[];
  suggested_mapping?: Record<string, string | null>;
}

/** An import that has been started. */
export interface ImportConfirmed extends JsonObject {
  job_id?: number;
  id?: number;
  status?: string;
}

// --- event schemas -------------------------------------------------------------------------------------------------

/** A property of an event type. */
export interface SchemaProperty extends JsonObject {
  name?: string;
  type?: string;
  required?: boolean;
}

/** The schema of an event type. */
export interface EventSchema extends JsonObject {
  id?: number;
  event_type?: string;
  description?: string;
  properties?: SchemaProperty[];
  created_at?: string;
  updated_at?: string;
}

/** A page of event schemas. */
export interface EventSchemaPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: EventSchema[];
}

/** A property whose samples no one type fits. */
export interface SchemaConflict extends JsonObject {
  property?: string;
  types?: string[];
}

/** A schema proposed from sample events. */
export interface InferredSchema extends JsonObject {
  event_type?: string;
  properties?: SchemaProperty[];
  conflicts?: SchemaConflict[];
  schemas?: EventSchema[];
}

/** What is wrong with one property. */
export interface ValidationProblem extends JsonObject {
  property?: string;
  message?: string;
}

/** Whether a payload fits the schema of its event type. */
export interface Validation extends JsonObject {
  valid?: boolean;
  errors?: ValidationProblem[];
}

// --- activations ---------------------------------------------------------------------------------------------------

/** A connector that a segment is synced to. Secrets in `config` come back as `***`. */
export interface Activation extends JsonObject {
  id?: number;
  segment?: number;
  connector_type?: string;
  config?: JsonObject;
  status?: string;
  last_synced_at?: string | null;
  last_error?: string;
  created_at?: string;
  updated_at?: string;
}

/** A page of activations. */
export interface ActivationPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: Activation[];
}

// --- users and identity --------------------------------------------------------------------------------------------

/** A user as a search finds it. */
export interface UserSummary extends JsonObject {
  user_id?: string;
  event_count?: number;
  first_seen?: string;
  last_seen?: string;
}

/** Users found. */
export interface UserSearch extends JsonObject {
  count?: number;
  results?: UserSummary[];
}

/** A user's profile. */
export interface UserProfile extends JsonObject {
  user_id?: string;
  event_count?: number;
  event_type_count?: number;
  first_seen?: string;
  last_seen?: string;
  properties?: JsonObject;
}

/** An event of a user. */
export interface UserEvent extends JsonObject {
  event_type?: string;
  occurred_at?: string;
  payload?: JsonObject;
}

/** A user's events. */
export interface UserEvents extends JsonObject {
  count?: number;
  results?: UserEvent[];
}

/** A segment that a user is in. */
export interface UserSegment extends JsonObject {
  segment_id?: number;
  segment_name?: string;
  member_count?: number;
  computed_at?: string;
}

/** One condition of a segment, with a user's own value. */
export interface Explanation extends JsonObject {
  index?: number;
  type?: string;
  label?: string;
  actual_value?: unknown;
  threshold?: unknown;
  matches?: boolean;
}

/** A segment by id and name. */
export interface SegmentRef extends JsonObject {
  id?: number;
  name?: string;
}

/** Which segments a user would enter and leave. */
export interface SandboxResult extends JsonObject {
  published?: boolean;
  entered?: SegmentRef[];
  exited?: SegmentRef[];
  unchanged_count?: number;
}

/** A visitor's id, tied to a user. */
export interface Alias extends JsonObject {
  anonymous_id?: string;
  alias_id?: string;
  user_id?: string;
  canonical_id?: string;
  created?: boolean;
}

/** A user, folded into another. */
export interface Merge extends JsonObject {
  from_user_id?: string;
  into_user_id?: string;
  canonical_id?: string;
  merged?: boolean;
}

// --- AI visibility -------------------------------------------------------------------------------------------------

/** A question asked of AI assistants. */
export interface AIQuery extends JsonObject {
  id?: number;
  query_text?: string;
  category?: string | null;
  tags?: string[];
  providers?: string[];
  is_active?: boolean;
  schedule?: string;
  last_run_at?: string | null;
  created_at?: string;
  updated_at?: string;
}

/** A page of queries. */
export interface AIQueryPage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: AIQuery[];
}

/** The reference shows a bare array, the SDK page an envelope. */
export type AIQueryListing = AIQuery[] | AIQueryPage;

/** A brand that an answer names. */
export interface MentionedBrand extends JsonObject {
  name?: string;
  position?: number | null;
  sentiment?: string;
}

/** A product that an answer names. */
export interface MentionedProduct extends JsonObject {
  name?: string;
  sku?: string | null;
  position?: number | null;
}

/** One assistant's answer. */
export interface QueryResult extends JsonObject {
  id?: number;
  query?: number | null;
  provider?: string;
  raw_response?: string;
  mentioned_brands?: MentionedBrand[];
  mentioned_products?: MentionedProduct[];
  position?: number | null;
  sentiment?: string | null;
  is_simulated?: boolean;
  captured_at?: string;
}

/** Which assistants name a brand. */
export interface BrandDiff extends JsonObject {
  brand_name?: string;
  mentioned_by?: string[];
  status?: string;
}

/** The assistants' answers to a question that was not saved. */
export interface Simulation extends JsonObject {
  query_text?: string;
  providers?: string[];
  timed_out?: boolean;
  results?: QueryResult[];
  diff?: BrandDiff[];
}

/** Visibility with one provider. */
export interface ProviderVisibility extends JsonObject {
  provider?: string;
  result_count?: number;
  mention_rate?: number;
  avg_position?: number | null;
  share_of_voice?: number;
  sentiment_score?: number | null;
}

/** Visibility on one day. */
export interface VisibilityDay extends JsonObject {
  day?: string;
  mention_rate?: number;
}

/** How often a brand was named. */
export interface BrandMentions extends JsonObject {
  name?: string;
  mentions?: number;
}

/** Visibility over all queries; rates are 0 to 1. */
export interface Dashboard extends JsonObject {
  total_queries?: number;
  active_queries?: number;
  total_results?: number;
  mention_rate?: number;
  avg_position?: number | null;
  share_of_voice?: number;
  sentiment_score?: number | null;
  by_provider?: ProviderVisibility[];
  trend?: VisibilityDay[];
  top_brands?: BrandMentions[];
}

/** How often the brand ranks ahead of a competitor; the rate is 0 to 1. */
export interface WinRate extends JsonObject {
  competitor_id?: number;
  competitor_name?: string;
  wins?: number;
  losses?: number;
  ties?: number;
  win_rate?: number;
}

// --- pages ---------------------------------------------------------------------------------------------------------

/** A landing page; a listing leaves out `intro_copy`, `product_skus` and `blocks`. */
export interface GeneratedPage extends JsonObject {
  id?: number;
  slug?: string;
  title?: string;
  query?: number | null;
  published?: boolean;
  builder_status?: string;
  builder_error?: string;
  intro_copy?: string;
  product_skus?: string[];
  blocks?: JsonObject[];
  view_count?: number;
  last_ai_crawl_at?: string | null;
  created_at?: string;
  updated_at?: string;
}

/** A page of landing pages. */
export interface GeneratedPagePage extends JsonObject {
  count?: number;
  next?: string | null;
  previous?: string | null;
  results?: GeneratedPage[];
}

/** The reference shows a bare array, the SDK page an envelope. */
export type GeneratedPageListing = GeneratedPage[] | GeneratedPagePage;

/** A bulk generation that goes on at the server. */
export interface PageJob extends JsonObject {
  job_id?: number | string;
  status?: string;
}

/** A product that a search found. */
export interface FoundProduct extends JsonObject {
  id?: number;
  sku?: string;
  name?: string;
  data?: JsonObject;
  relevance_score?: number;
}

/** How a search went. */
export interface QueryMetadata extends JsonObject {
  match_count?: number;
  latency_ms?: number;
  method?: string;
}

/** Products found by meaning. */
export interface ProductQuery extends JsonObject {
  query?: string;
  products?: FoundProduct[];
  filters?: Record<string, unknown[]>;
  metadata?: QueryMetadata;
}

// --- analytics -----------------------------------------------------------------------------------------------------

/** The workspace in five figures. */
export interface AnalyticsOverview extends JsonObject {
  segment_count?: number;
  total_members?: number;
  events_30d?: number;
  ai_credits_used?: number;
  ai_credits_limit?: number;
}

/** A count on one day. */
export interface DayCount extends JsonObject {
  day?: string;
  count?: number;
}

/** A segment's size over 30 days. */
export interface AnalyticsSegment extends JsonObject {
  id?: number;
  name?: string;
  member_count?: number;
  last_computed_at?: string | null;
  trend?: DayCount[];
}

/** How many members two segments share; in percent of the smaller one. */
export interface AnalyticsOverlap extends JsonObject {
  seg_a_id?: number;
  seg_a_name?: string;
  seg_b_id?: number;
  seg_b_name?: string;
  overlap?: number;
  overlap_pct?: number;
}

/** One sync of an activation. */
export interface SyncLog extends JsonObject {
  status?: string;
  user_count?: number;
  added_count?: number;
  removed_count?: number;
  unchanged_count?: number;
  error_message?: string;
  synced_at?: string;
}

/** How well an activation works; `success_rate` is in percent. */
export interface AnalyticsActivation extends JsonObject {
  id?: number;
  segment_id?: number;
  segment_name?: string;
  connector_type?: string;
  status?: string;
  last_synced_at?: string | null;
  last_error?: string;
  member_count?: number;
  success_rate?: number | null;
  sync_logs?: SyncLog[];
}

/** What the plan allows and what has been used; -1 means unlimited. */
export interface AnalyticsUsage extends JsonObject {
  plan?: string;
  period_start?: string;
  period_end?: string;
  events_used?: number;
  events_limit?: number;
  ai_credits_used?: number;
  ai_credits_limit?: number;
  api_calls_per_minute_limit?: number;
}

// --- webhooks ------------------------------------------------------------------------------------------------------

/** What the platform posts to a webhook: `segment.recomputed`. */
export interface WebhookEvent extends JsonObject {
  event?: string;
  tenant_slug?: string;
  segment_id?: number;
  segment_name?: string;
  member_count?: number;
  computed_at?: string;
}
