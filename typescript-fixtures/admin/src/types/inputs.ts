/**
 * What is sent to the platform, and the query parameters of its listings, described for the compiler.
 *
 * Written by `make generate` from the contract (`spec/`): change it there.
 */

import type {
  ActivationSwitch,
  FieldType,
  ProductSegmentDefinition,
  PropertyType,
  Provider,
  Schedule,
  SchemaField,
  SchemaProperty,
  SegmentDefinition,
  SegmentType,
} from "./records.js";
import type { QueryValue } from "./shared.js";

/** What a new `Segment` is made of. */
export type SegmentCreate = {
  /** The workspace it belongs to; an API key fixes it. */
  tenant?: number | undefined;
  /** Its name. */
  name: string;
  /** What it is for. */
  description?: string | undefined;
  /** How it was made, for display only. */
  segment_type?: SegmentType | undefined;
  /** Who is in it: a SegmentDefinition, saved even when a condition lacks a field. */
  definition?: SegmentDefinition | undefined;
  /** Whether it takes part in previews of events and in analytics. */
  is_active?: boolean | undefined;
};

/** What may be changed of a `Segment`. */
export type SegmentUpdate = {
  /** The workspace it belongs to; an API key fixes it. */
  tenant?: number | undefined;
  /** Its name. */
  name?: string | undefined;
  /** What it is for. */
  description?: string | undefined;
  /** How it was made, for display only. */
  segment_type?: SegmentType | undefined;
  /** Who is in it: a SegmentDefinition, saved even when a condition lacks a field. */
  definition?: SegmentDefinition | undefined;
  /** Whether it takes part in previews of events and in analytics. */
  is_active?: boolean | undefined;
};

/** What a new `ProductSegment` is made of. */
export type ProductSegmentCreate = {
  /** Its name. */
  name: string;
  /** What it is for. */
  description?: string | undefined;
  /** Which products are in it. */
  definition?: ProductSegmentDefinition | undefined;
  /** Whether it is in use. */
  is_active?: boolean | undefined;
};

/** What may be changed of a `ProductSegment`. */
export type ProductSegmentUpdate = {
  /** Its name. */
  name?: string | undefined;
  /** What it is for. */
  description?: string | undefined;
  /** Which products are in it. */
  definition?: ProductSegmentDefinition | undefined;
  /** Whether it is in use. */
  is_active?: boolean | undefined;
};

/** What a new `Product` is made of. */
export type ProductCreate = {
  /** Its business key, unique in the workspace; not changed by an update. */
  sku: string;
  /** Its name. */
  name: string;
  /** Every other attribute; an update replaces it. */
  data?: Readonly<Record<string, unknown>> | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: unknown;
};

/** What may be changed of a `Product`. */
export type ProductUpdate = {
  /** Its business key, unique in the workspace; not changed by an update. */
  sku?: string | undefined;
  /** Its name. */
  name?: string | undefined;
  /** Every other attribute; an update replaces it. */
  data?: Readonly<Record<string, unknown>> | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: unknown;
};

/** One row of a bulk upsert: flat, every key but sku and name is an attribute. */
export type ProductRow = {
  /** The key by which the product is found or made. */
  sku: string;
  /** Its name. */
  name?: string | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: unknown;
};

/** A `SchemaField`, as it is sent. */
export type SchemaFieldInput = {
  /** Its name. */
  name: string;
  /** Its type; datetime is a label of the import wizard, absent from the reference. */
  type: FieldType;
  /** Whether every product should have it. */
  required?: boolean | undefined;
  /** What it holds. */
  description?: string | undefined;
};

/** A `ProductSchema`, as it is sent. */
export type ProductSchemaInput = {
  /** The fields. */
  fields: readonly (SchemaFieldInput | SchemaField)[];
  /** The currency of prices without one. */
  default_currency?: string | undefined;
  /** The language of texts without one. */
  default_locale?: string | undefined;
};

/** Fields, as an object that holds them. */
export type SchemaFields = {
  /** The fields. */
  fields: readonly (SchemaFieldInput | SchemaField)[];
};

/** What an import needs to start. */
export type ImportConfirmation = {
  /** Per column the field that it fills, sku, name, or null to leave it out; the suggested one unless given. */
  mapping?: Readonly<Record<string, string | null>> | undefined;
  /** Fields that the catalogue's schema gains, or whose types change; as a list, or as an object with that list. */
  schema?: readonly (SchemaFieldInput | SchemaField)[] | SchemaFields | undefined;
};

/** A `SchemaProperty`, as it is sent. */
export type SchemaPropertyInput = {
  /** Its name. */
  name: string;
  /** Its type. */
  type: PropertyType;
  /** Whether an event without it is dropped. */
  required?: boolean | undefined;
};

/** What a new `EventSchema` is made of. */
export type EventSchemaCreate = {
  /** The event type, of which there is one schema at most. */
  event_type: string;
  /** What the event means. */
  description?: string | undefined;
  /** The properties of its payload. */
  properties?: readonly (SchemaPropertyInput | SchemaProperty)[] | undefined;
};

/** What may be changed of a `EventSchema`. */
export type EventSchemaUpdate = {
  /** The event type, of which there is one schema at most. */
  event_type?: string | undefined;
  /** What the event means. */
  description?: string | undefined;
  /** The properties of its payload. */
  properties?: readonly (SchemaPropertyInput | SchemaProperty)[] | undefined;
};

/** An event from which a schema is inferred. */
export type SampleEvent = {
  /** Its type, in snake_case. */
  event_type: string;
  /** Its properties. */
  payload?: Readonly<Record<string, unknown>> | undefined;
  /** The user. */
  user_id?: string | undefined;
  /** When it occurred. */
  occurred_at?: string | Date | undefined;
};

/** What a new `Activation` is made of. */
export type ActivationCreate = {
  /** The segment. */
  segment: number;
  /** The service; the text for Talon.One is chosen. */
  connector_type: string;
  /** The connector's settings; secrets come back as ***, and sent as *** stay as they are. */
  config: Readonly<Record<string, unknown>>;
  /** Whether it syncs; error is set by the platform. */
  status?: ActivationSwitch | undefined;
};

/** What may be changed of a `Activation`. */
export type ActivationUpdate = {
  /** The segment. */
  segment?: number | undefined;
  /** The service; the text for Talon.One is chosen. */
  connector_type?: string | undefined;
  /** The connector's settings; secrets come back as ***, and sent as *** stay as they are. */
  config?: Readonly<Record<string, unknown>> | undefined;
  /** Whether it syncs; error is set by the platform. */
  status?: ActivationSwitch | undefined;
};

/** An event as it is sent. */
export type Event = {
  /** The user. */
  user_id: string;
  /** Its type, in snake_case. */
  event_type: string;
  /** When it occurred; now unless given. */
  occurred_at?: string | Date | undefined;
  /** Its properties. */
  payload?: Readonly<Record<string, unknown>> | undefined;
  /** The visitor's id, which ties it to the user. */
  anonymous_id?: string | undefined;
};

/** What a new `AIQuery` is made of. */
export type AIQueryCreate = {
  /** The question, unique in the workspace. */
  query_text: string;
  /** A label. */
  category?: string | null | undefined;
  /** Further labels. */
  tags?: readonly string[] | undefined;
  /** Who is asked; empty means all five. */
  providers?: readonly Provider[] | undefined;
  /** Whether it is asked on schedule. */
  is_active?: boolean | undefined;
  /** How often it is asked. */
  schedule?: Schedule | undefined;
};

/** What may be changed of a `AIQuery`. */
export type AIQueryUpdate = {
  /** The question, unique in the workspace. */
  query_text?: string | undefined;
  /** A label. */
  category?: string | null | undefined;
  /** Further labels. */
  tags?: readonly string[] | undefined;
  /** Who is asked; empty means all five. */
  providers?: readonly Provider[] | undefined;
  /** Whether it is asked on schedule. */
  is_active?: boolean | undefined;
  /** How often it is asked. */
  schedule?: Schedule | undefined;
};

/** A question to be asked at once. */
export type SimulationRequest = {
  /** The question. */
  query_text: string;
  /** Who is asked; all five if left out or empty. */
  providers?: readonly Provider[] | undefined;
};

/** What a new `GeneratedPage` is made of. */
export type GeneratedPageCreate = {
  /** Its name in addresses, unique in the workspace. */
  slug: string;
  /** Its title; the query's text unless given. */
  title?: string | undefined;
  /**
   * The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both
   * are accepted, and a text that no query has yet becomes one.
   */
  query?: number | string | null | undefined;
  /** Whether it is public. */
  published?: boolean | undefined;
};

/** What may be changed of a `GeneratedPage`. */
export type GeneratedPageUpdate = {
  /** Its name in addresses, unique in the workspace. */
  slug?: string | undefined;
  /** Its title; the query's text unless given. */
  title?: string | undefined;
  /**
   * The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both
   * are accepted, and a text that no query has yet becomes one.
   */
  query?: number | string | null | undefined;
  /** Whether it is public. */
  published?: boolean | undefined;
};

/**
 * What a bulk generation of pages is asked for. The reference shows no body; the vendor's scripts send queries, the
 * published package's page a segment. Other keys pass as they are.
 */
export type PageBatch = {
  /** The questions that the pages answer. */
  queries?: readonly string[] | undefined;
  /** The product segment that the pages are about. */
  segment_id?: number | string | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: unknown;
};

/** How a page is built; the vendor's scripts send an empty object. Other keys pass as they are. */
export type PageBuild = {
  /** The template. */
  template?: string | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: unknown;
};

/** Query parameters of `segments.list`. */
export type SegmentListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `segments.members`. */
export type SegmentsMembersParams = {
  /** How many; 1,000 unless given, and at most. */
  limit?: number | string | null | undefined;
  /** The next_cursor of the page before. */
  cursor?: string | null | undefined;
  /** Passed by the published package's page; without effect. */
  page?: number | string | null | undefined;
};

/** Query parameters of `product_segments.list`. */
export type ProductSegmentListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `products.list`. */
export type ProductListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
  /** A part of the name, in any case. */
  q?: string | null | undefined;
  /** A key of the workspace's own, or one that is not known here. */
  [key: string]: QueryValue;
};

/** Query parameters of `schemas.list`. */
export type EventSchemaListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `activations.list`. */
export type ActivationListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `users.search`. */
export type UsersSearchParams = {
  /** A part of the user's id. */
  q?: string | null | undefined;
  /** How many. */
  limit?: number | string | null | undefined;
};

/** Query parameters of `users.events`. */
export type UsersEventsParams = {
  /** Events of this type only. */
  event_type?: string | null | undefined;
  /** Events from this date, or date and time, on. */
  since?: string | Date | string | null | undefined;
  /** How many. */
  limit?: number | string | null | undefined;
};

/** Query parameters of `queries.list`. */
export type AIQueryListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `queries.win_rate`. */
export type QueriesWinRateParams = Readonly<Record<string, QueryValue>>;

/** Query parameters of `pages.list`. */
export type GeneratedPageListParams = {
  /** The page, 1 unless given; a 404 past the last one. */
  page?: number | string | null | undefined;
  /** How many a page holds: 50 unless given, 200 at most. */
  page_size?: number | string | null | undefined;
};

/** Query parameters of `pages.query`. */
export type PagesQueryParams = {
  /** How many; 20 unless given, 100 at most. */
  limit?: number | string | null | undefined;
  /** A segment of products, to look in. */
  segment_id?: number | string | null | undefined;
};
