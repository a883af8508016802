/** Segments of products. Source: https://segops.ai/docs/pim/segments */

import type { ProductSegment, ProductSegmentPage, Queued } from "../records.js";
import type { ChangeOptions, Id } from "../types.js";
import { fillPath } from "../wire/paths.js";
import { Collection } from "./namespace.js";

/** Segments of products: rules over the catalogue; their members are SKUs. */
export class ProductSegments extends Collection<ProductSegment, ProductSegmentPage> {
  /** @internal */
  protected readonly path = "/product-segments/";

  /**
   * Queues a recompute of a product segment and returns at once.
   *
   * @param id the product segment's id
   *
   * Source: https://segops.ai/docs/sdks/admin
   */
  async recompute(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.http.change("POST", fillPath("/product-segments/{}/compute/", id), undefined, options);
  }
}
