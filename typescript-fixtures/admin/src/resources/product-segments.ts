/** Segments of products. Source: https://segops.ai/docs/pim/segments */

import type { ProductSegmentCreate, ProductSegmentListParams, ProductSegmentUpdate } from "../types/inputs.js";
import type { ProductSegment, ProductSegmentPage, Queued } from "../types/records.js";
import type { ChangeOptions, Id, WithLooseConditions, WithLooseDefinition } from "../types/shared.js";
import { fillPath } from "../wire/paths.js";
import { Collection, type UpdateOptions } from "./namespace.js";

/** Segments of products: rules over the catalogue; their members are SKUs. */
export class ProductSegments extends Collection<
  ProductSegment,
  ProductSegmentPage,
  ProductSegmentCreate,
  ProductSegmentUpdate,
  ProductSegmentListParams
> {
  /** @internal */
  protected readonly name = "product_segments";
  /** @internal */
  protected readonly path = "/product-segments/";

  /**
   * Creates a record and returns it.
   *
   * @param body its fields
   * @throws {SegOpsBadRequestError} the server does not accept a field; `body` on the error says which
   */
  override create(body: ProductSegmentCreate, options?: ChangeOptions): Promise<ProductSegment>;
  override create(body: WithLooseDefinition<ProductSegmentCreate>, options?: ChangeOptions): Promise<ProductSegment>;
  override create(body: WithLooseConditions<ProductSegmentCreate>, options?: ChangeOptions): Promise<ProductSegment>;
  override async create(body: object, options?: ChangeOptions): Promise<ProductSegment> {
    return super.create(body as ProductSegmentCreate, options);
  }

  /**
   * Changes a record and returns it.
   *
   * @param id the segment's id
   * @param body the fields to change, or all fields with `method: "PUT"`
   * @throws {SegOpsArgumentError} `method` is neither PATCH nor PUT
   */
  override update(id: Id, body: ProductSegmentUpdate, options?: UpdateOptions): Promise<ProductSegment>;
  override update(
    id: Id,
    body: WithLooseDefinition<ProductSegmentUpdate>,
    options?: UpdateOptions,
  ): Promise<ProductSegment>;
  override update(
    id: Id,
    body: WithLooseConditions<ProductSegmentUpdate>,
    options?: UpdateOptions,
  ): Promise<ProductSegment>;
  override async update(id: Id, body: object, options?: UpdateOptions): Promise<ProductSegment> {
    return super.update(id, body as ProductSegmentUpdate, options);
  }

  /**
   * Queues a recompute of a product segment and returns at once.
   *
   * @param id the product segment's id
   *
   * Source: https://segops.ai/docs/sdks/admin
   */
  async recompute(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate(
      "product_segments.recompute",
      "POST",
      fillPath("/product-segments/{}/compute/", id),
      undefined,
      options,
    );
  }
}
