/** Questions asked of AI assistants. Source: https://segops.ai/docs/api/ai-visibility */

import type {
  AIQueryCreate,
  AIQueryListParams,
  AIQueryUpdate,
  QueriesWinRateParams,
  SimulationRequest,
} from "../types/inputs.js";
import type { AIQuery, AIQueryListing, Dashboard, QueryResult, Queued, Simulation, WinRate } from "../types/records.js";
import type { CallOptions, ChangeOptions, Id } from "../types/shared.js";
import { fillPath } from "../wire/paths.js";
import { checkedObject } from "./arguments.js";
import { Collection } from "./namespace.js";

/** Questions asked of AI assistants, and how visible the brand is in their answers. */
export class Queries extends Collection<AIQuery, AIQueryListing, AIQueryCreate, AIQueryUpdate, AIQueryListParams> {
  /** @internal */
  protected readonly name = "queries";
  /** @internal */
  protected readonly path = "/ai-reach/queries/";

  /**
   * Queues a run of a query on its providers and returns at once.
   *
   * @param id the query's id
   */
  async run(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate("queries.run", "POST", fillPath("/ai-reach/queries/{}/run/", id), undefined, options);
  }

  /**
   * A query's newest results, 50 at most, of all providers.
   *
   * @param id the query's id
   */
  async results(id: Id, options?: CallOptions): Promise<QueryResult[]> {
    return this.calls.read("queries.results", fillPath("/ai-reach/queries/{}/results/", id), undefined, options);
  }

  /**
   * Asks the providers now, without saving a query. The server takes up to 30 s.
   *
   * @param body `query_text`, and optionally `providers` (all five unless given)
   *
   * Source: https://segops.ai/docs/segments/simulation
   */
  async simulate(body: SimulationRequest, options?: CallOptions): Promise<Simulation> {
    return this.calls.postReadOnly("queries.simulate", "/ai-reach/simulate/", checkedObject("body", body), options);
  }

  /** Visibility over all queries: mention rate, position, share of voice, sentiment. */
  async dashboard(options?: CallOptions): Promise<Dashboard> {
    return this.calls.read("queries.dashboard", "/ai-reach/dashboard/", undefined, options);
  }

  /**
   * How often the brand ranks ahead of each competitor, highest first.
   *
   * @param params query parameters
   *
   * Source: https://segops.ai/docs/ai-reach/competitors
   */
  async winRate(params?: QueriesWinRateParams, options?: CallOptions): Promise<WinRate[]> {
    return this.calls.read("queries.win_rate", "/ai-reach/win-rate/", params, options);
  }
}
