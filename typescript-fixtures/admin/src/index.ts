/**
 * SegOps Admin: the server-side SDK of the SegOps customer-data platform.
 *
 * ```ts
 * import { SegOpsAdmin } from "@segops/admin";
 *
 * const client = new SegOpsAdmin(); // the key comes from SEGOPS_API_KEY
 * for await (const segment of client.segments.iterate()) {
 *   console.log(segment.id, segment.name);
 * }
 * ```
 *
 * Webhook helpers are in `@segops/admin/webhook`, test doubles in `@segops/admin/testing`.
 */

export type { FormFile } from "./call/calls.js";
export type { Http, RequestOptions } from "./call/http.js";
export type { Attempt, OnReply } from "./call/observe.js";
export type { NodeWritable, Sink } from "./call/sinks.js";
export { type ClientOptions, SegOpsAdmin, type SegOpsAdminOptions } from "./client.js";
export {
  type ApiErrorDetails,
  type ConnectionErrorDetails,
  type DecodeErrorDetails,
  SegOpsApiError,
  SegOpsArgumentError,
  SegOpsAuthenticationError,
  SegOpsBadRequestError,
  SegOpsConfigError,
  SegOpsConnectionError,
  SegOpsDecodeError,
  SegOpsError,
  SegOpsJobError,
  SegOpsNotFoundError,
  SegOpsPermissionError,
  SegOpsRateLimitError,
  SegOpsServerError,
  SegOpsTimeoutError,
  SegOpsWaitTimeout,
  SegOpsWebhookError,
} from "./errors/index.js";
export type {
  Activations,
  Analytics,
  Identity,
  Pages,
  ProductSegments,
  Products,
  Queries,
  Schemas,
  Segments,
  Users,
} from "./resources/index.js";
export type { UpdateOptions } from "./resources/namespace.js";
export type { PageExportOptions } from "./resources/pages.js";
export type { RecomputeOptions, RecomputeWaitOptions, SegmentExportOptions } from "./resources/segment-jobs.js";
export type { Fetch } from "./transport/fetch.js";
export type * from "./types/inputs.js";
export type * from "./types/records.js";
export type {
  CallOptions,
  ChangeOptions,
  Fields,
  Id,
  IterateOptions,
  LooseCondition,
  LooseConditions,
  LooseDefinition,
  Query,
  QueryScalar,
  QueryValue,
  WaitOptions,
  WithLooseConditions,
  WithLooseDefinition,
} from "./types/shared.js";
export { VERSION } from "./version.js";
export type { FileData, OpenHandle } from "./wire/files.js";
export type { HttpHeaders } from "./wire/headers.js";
