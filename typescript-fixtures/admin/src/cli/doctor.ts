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

/** Seconds from which on clocks are said to differ: signatures of webhooks are accepted within five minutes. */
const SKEW = 300;

/** Milliseconds after which a clock that runs shows another time: the Date header tells whole seconds. */
const TICK = 1100;

/** Remembers the time that the last reply said it was. */
export class Watched {
  date: string | null = null;
  received = Number.NaN;

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
  timeout_s: number;
  max_retries: number;
  /** Host and port of the proxy on the way, which the environment names. */
  proxy: string | null;
  reachable: boolean;
  authorized: boolean | null;
  latency_ms: number | null;
  clock_skew_s: number | null;
  clock: "running" | "frozen" | null;
  error: string | null;
  advice: string[];
}

function proxyOnTheWayTo(baseUrl: string): string | null {
  const { isSecure, host, port } = originOf(new URL(baseUrl));
  return proxyFor(isSecure ? "https" : "http", host, port)?.peer ?? null;
}

/**
 * What there is to know.
 *
 * @param client tells `watched` of its replies
 * @param explain what an error can come from, given the base URL
 */
export async function examine(
  client: SegOpsAdmin,
  watched: Watched,
  profile: Profile,
  explain: Explain,
  signal: AbortSignal,
): Promise<Report> {
  const report: Report = {
    ok: false,
    sdk_version: VERSION,
    node_version: process.versions.node,
    profile: profile.name || null,
    api_key: masked(process.env.SEGOPS_API_KEY || profile.key() || ""),
    base_url: client.http.baseUrl,
    timeout_s: client.http.timeout,
    max_retries: client.http.maxRetries,
    proxy: proxyOnTheWayTo(client.http.baseUrl),
    reachable: false,
    authorized: null,
    latency_ms: null,
    clock_skew_s: null,
    clock: null,
    error: null,
    advice: [],
  };
  // A retry would hide what is wrong, and add its delay to the latency.
  const once = client.withOptions({ maxRetries: 0 });
  await probe(once, report, explain, signal);
  await lookAtClock(once, watched, report, signal);
  return report;
}

type Explain = (error: unknown, url: string) => string[];

async function probe(client: SegOpsAdmin, report: Report, explain: Explain, signal: AbortSignal): Promise<void> {
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
    Object.assign(report, { ok: false, error: error.message, advice: explain(error, report.base_url) });
    if (error instanceof SegOpsApiError) {
      report.reachable = true;
      const isRefused = error instanceof SegOpsAuthenticationError || error instanceof SegOpsPermissionError;
      report.authorized = isRefused ? false : report.authorized;
    }
  }
  const median = taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)];
  report.latency_ms = median === undefined ? null : Math.round(median * 10) / 10;
}

/** By how much the server's clock is ahead of this machine's, and whether it runs at all. */
async function lookAtClock(client: SegOpsAdmin, watched: Watched, report: Report, signal: AbortSignal): Promise<void> {
  const seconds = skew(watched);
  report.clock_skew_s = seconds;
  if (seconds === null) {
    return;
  }
  report.clock = "running";
  if (Math.abs(seconds) < SKEW) {
    return;
  }
  const before = watched.date;
  await new Promise((resolve) => setTimeout(resolve, TICK));
  // An answer without success has a date, too.
  await client.segments.list({ page_size: 1 }, { signal }).catch(() => undefined);
  if (watched.date === before) {
    Object.assign(report, { clock: "frozen", clock_skew_s: null });
    const what = "it is a test server, and whatever depends on the time does too";
    report.advice.push(`the server's clock stands still at ${before}: ${what}`);
    return;
  }
  const way = seconds > 0 ? "ahead of" : "behind";
  const told = `the server's clock is ${Math.abs(seconds)} s ${way} this machine's`;
  report.advice.push(`${told}: signatures and dates will not fit`);
}

/** Whole seconds, which is as exact as a Date header is. */
function skew(watched: Watched): number | null {
  const date = Date.parse(watched.date ?? "");
  return Number.isNaN(date) ? null : Math.round((date - watched.received) / 1000) + 0;
}
