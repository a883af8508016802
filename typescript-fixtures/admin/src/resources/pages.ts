/** Landing pages written for AI assistants. Source: https://segops.ai/docs/api/ai-pages */

import type {
  GeneratedPageCreate,
  GeneratedPageListParams,
  GeneratedPageUpdate,
  PageBatch,
  PageBuild,
  PagesQueryParams,
} from "../types/inputs.js";
import type {
  ExportJob,
  GeneratedPage,
  GeneratedPageListing,
  PageJob,
  ProductQuery,
  Queued,
} from "../types/records.js";
import type { CallOptions, ChangeOptions, Id, Query } from "../types/shared.js";
import { parameters } from "../wire/encoding.js";
import { fillPath } from "../wire/paths.js";
import { checkChoice, checkedObject } from "./arguments.js";
import { Collection } from "./namespace.js";

/** The options of `pages.export`. */
export interface PageExportOptions extends ChangeOptions {
  /** `html` unless given. */
  format?: "tsx" | "html" | "json" | undefined;
}

/** Landing pages written for AI assistants, and the catalogue search behind them. */
export class Pages extends Collection<
  GeneratedPage,
  GeneratedPageListing,
  GeneratedPageCreate,
  GeneratedPageUpdate,
  GeneratedPageListParams
> {
  /** @internal */
  protected readonly name = "pages";
  /** @internal */
  protected readonly path = "/ai-pages/pages/";

  /**
   * Queues a page for each active AI query and returns at once.
   *
   * @param body options; `{}` for none
   */
  async bulkGenerate(body: PageBatch, options?: ChangeOptions): Promise<PageJob> {
    return this.calls.mutate(
      "pages.bulk_generate",
      "POST",
      "/ai-pages/pages/bulk-generate/",
      checkedObject("body", body),
      options,
    );
  }

  /**
   * Queues a rewrite of a page and returns at once.
   *
   * @param id the page's id
   */
  async regenerate(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate(
      "pages.regenerate",
      "POST",
      fillPath("/ai-pages/pages/{}/regenerate/", id),
      undefined,
      options,
    );
  }

  /**
   * Builds a page from its blocks.
   *
   * @param id the page's id
   * @param body options, such as `{ template: "default" }`; `{}` for none
   *
   * Source: https://segops.ai/docs/ai-reach/landing-pages
   */
  async build(id: Id, body: PageBuild, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate(
      "pages.build",
      "POST",
      fillPath("/ai-pages/pages/{}/build/", id),
      checkedObject("body", body),
      options,
    );
  }

  /**
   * Publishes a built page and returns it.
   *
   * @param id the page's id
   *
   * Source: https://segops.ai/docs/ai-reach/landing-pages
   */
  async publish(id: Id, options?: ChangeOptions): Promise<GeneratedPage> {
    return this.calls.mutate("pages.publish", "POST", fillPath("/ai-pages/pages/{}/publish/", id), undefined, options);
  }

  /**
   * Starts writing a page to a file.
   *
   * @param id the page's id
   * @throws {SegOpsArgumentError} an unknown format
   *
   * Source: https://segops.ai/docs/ai-reach/landing-pages
   */
  async export(id: Id, options: PageExportOptions = {}): Promise<ExportJob> {
    const { format = "html", ...rest } = options;
    checkChoice("format", format, ["tsx", "html", "json"]);
    return this.calls.mutate("pages.export", "POST", fillPath("/ai-pages/pages/{}/export/", id), { format }, rest);
  }

  /**
   * Searches the catalogue by meaning.
   *
   * @param q what to look for
   * @param params `limit` (100 at most) and `segment_id` (a product segment)
   */
  async query(q: string, params?: PagesQueryParams, options?: CallOptions): Promise<ProductQuery> {
    return this.calls.read("pages.query", "/ai-pages/query", { q, ...parameters(params) } as Query, options);
  }
}
