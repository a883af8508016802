/** Connectors that segments are synced to. Source: https://segops.ai/docs/api/activations */

import type { ActivationCreate, ActivationListParams, ActivationUpdate } from "../types/inputs.js";
import type { Activation, ActivationPage, Queued } from "../types/records.js";
import type { ChangeOptions, Id } from "../types/shared.js";
import { fillPath } from "../wire/paths.js";
import { Collection } from "./namespace.js";

/** Connectors that segments are synced to. The secrets in `config` come back as `***`. */
export class Activations extends Collection<
  Activation,
  ActivationPage,
  ActivationCreate,
  ActivationUpdate,
  ActivationListParams
> {
  /** @internal */
  protected readonly name = "activations";
  /** @internal */
  protected readonly path = "/activations/";

  /**
   * Queues a sync of an activation's segment, without waiting for a recompute, and returns at once.
   *
   * @param id the activation's id
   */
  async sync(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate("activations.sync", "POST", fillPath("/activations/{}/sync/", id), undefined, options);
  }
}
