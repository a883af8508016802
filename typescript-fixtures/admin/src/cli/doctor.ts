/** `segops-admin doctor`: which key, which server, whether it answers, how fast, and what time it has. */

import type { Attempt } from "../call/observe.js";
import type { SegOpsAdmin } from "../client.js";
import { SegOpsApiError, SegOpsAuthenticationError, SegOpsError, SegOpsPermissionError } from "../errors/index.js";
import { originOf } from "../transport/connecting.js";
import { proxyFor } from "../transport/proxies.js";
import { VERSION } from "../version.js";
import { NotSent } from "./dry-run.js";
import type { Profile } from "./profiles.js";
import { masked } from "./settings.js";

const PROBES = 5;

/** Remembers the time that the last reply said it was. */
export class Watched {
  date: string | null = null;
  received = 0;

  readonly onReply = ({ headers }: Attempt): void => {
    this.date = headers.get("date");
    this.received = Date.now();
  };
}

/** What the doctor found; `ok` says whether calls will work. */
export interface Report {
  ok: boolean;
  sdk_version: string;
  node_version: string;
  profile: string | null;
  api_key: string;
  base_url: string;
  /** Host and port of the proxy on the way, which the environment names. */
  proxy: string | null;
  reachable: boolean;
  authorized: boolean | null;
  latency_ms: number | null;
  clock_skew_s: number | null;
  error: string | null;
}

function proxyOnTheWayTo(baseUrl: string): string | null {
  const { isSecure, host, port } = originOf(new URL(baseUrl));
  return proxyFor(isSecure ? "https" : "http", host, port)?.peer ?? null;
}

/**
 * What there is to know.
 *
 * @param client tells `watched` of its replies
 */
export async function examine(
  client: SegOpsAdmin,
  watched: Watched,
  profile: Profile,
  signal: AbortSignal,
): Promise<Report> {
  const report: Report = {
    ok: false,
    sdk_version: VERSION,
    node_version: process.versions.node,
    profile: profile.name || null,
    api_key: masked(process.env.SEGOPS_API_KEY || profile.key() || ""),
    base_url: client.http.baseUrl,
    proxy: proxyOnTheWayTo(client.http.baseUrl),
    reachable: false,
    authorized: null,
    latency_ms: null,
    clock_skew_s: null,
    error: null,
  };
  // A retry would hide what is wrong, and add its delay to the latency.
  await probe(client.withOptions({ maxRetries: 0 }), report, signal);
  report.clock_skew_s = skew(watched);
  return report;
}

async function probe(client: SegOpsAdmin, report: Report, signal: AbortSignal): Promise<void> {
  const taken: number[] = [];
  try {
    for (let count = 0; count < PROBES; count++) {
      const started = performance.now();
      await client.segments.list({ page_size: 1 }, { signal });
      taken.push(performance.now() - started);
      Object.assign(report, { reachable: true, authorized: true, ok: true });
    }
  } catch (error) {
    if (!(error instanceof SegOpsError) || error instanceof NotSent) {
      throw error;
    }
    const hint = report.base_url.endsWith("/api") ? "" : " (The base URL of SegOps ends in /api; this one does not.)";
    Object.assign(report, { ok: false, error: error.message + hint });
    if (error instanceof SegOpsApiError) {
      report.reachable = true;
      const isRefused = error instanceof SegOpsAuthenticationError || error instanceof SegOpsPermissionError;
      report.authorized = isRefused ? false : report.authorized;
    }
  }
  const median = taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)];
  report.latency_ms = median === undefined ? null : Math.round(median * 10) / 10;
}

/** Whole seconds, which is as exact as a Date header is. */
function skew(watched: Watched): number | null {
  const date = Date.parse(watched.date ?? "");
  return Number.isNaN(date) ? null : Math.round((date - watched.received) / 1000) + 0;
}
