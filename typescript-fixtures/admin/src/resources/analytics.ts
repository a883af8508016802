/** Figures over the workspace. Source: https://segops.ai/docs/api/analytics */

import type {
  AnalyticsActivation,
  AnalyticsOverlap,
  AnalyticsOverview,
  AnalyticsSegment,
  AnalyticsUsage,
} from "../types/records.js";
import type { CallOptions } from "../types/shared.js";
import { Namespace } from "./namespace.js";

/** Figures over the workspace; read-only. */
export class Analytics extends Namespace {
  /** The workspace in five figures; an `ai_credits_limit` of -1 means unlimited. */
  async overview(options?: CallOptions): Promise<AnalyticsOverview> {
    return this.calls.read("analytics.overview", "/analytics/overview/", undefined, options);
  }

  /** Active segments, each with its size on every day of the last 30. */
  async segments(options?: CallOptions): Promise<AnalyticsSegment[]> {
    return this.calls.read("analytics.segments", "/analytics/segments/", undefined, options);
  }

  /** The 20 pairs of segments that share most members; the share is of the smaller one, in percent. */
  async overlap(options?: CallOptions): Promise<AnalyticsOverlap[]> {
    return this.calls.read("analytics.overlap", "/analytics/overlap/", undefined, options);
  }

  /** Activations with their success rate over 30 syncs, in percent, and the newest five. */
  async activations(options?: CallOptions): Promise<AnalyticsActivation[]> {
    return this.calls.read("analytics.activations", "/analytics/activations/", undefined, options);
  }

  /** What the plan allows and what has been used of it; a limit of -1 means unlimited. */
  async usage(options?: CallOptions): Promise<AnalyticsUsage> {
    return this.calls.read("analytics.usage", "/analytics/usage/", undefined, options);
  }
}
