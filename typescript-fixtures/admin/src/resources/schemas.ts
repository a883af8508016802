/** Schemas of events. Source: https://segops.ai/docs/event-tracking/schema */

import type { EventSchemaCreate, EventSchemaListParams, EventSchemaUpdate, SampleEvent } from "../types/inputs.js";
import type { EventSchema, EventSchemaPage, InferredSchema, Validation } from "../types/records.js";
import type { CallOptions, Fields } from "../types/shared.js";
import { checkedObject, checkedRows } from "./arguments.js";
import { Collection } from "./namespace.js";

/** Schemas of events: which properties an event type has, and which it must have. */
export class Schemas extends Collection<
  EventSchema,
  EventSchemaPage,
  EventSchemaCreate,
  EventSchemaUpdate,
  EventSchemaListParams
> {
  /** @internal */
  protected readonly name = "schemas";
  /** @internal */
  protected readonly path = "/schemas/";

  /**
   * Proposes a schema from sample events; nothing is saved.
   *
   * @param events `{ user_id, event_type, payload }` each
   */
  async infer(events: Iterable<SampleEvent>, options?: CallOptions): Promise<InferredSchema> {
    return this.calls.postReadOnly(
      "schemas.infer",
      "/schemas/infer/",
      { events: checkedRows("events", events) },
      options,
    );
  }

  /**
   * Checks a payload against the schema of its event type, as ingestion would.
   *
   * @param eventType the event's type
   * @param payload its properties
   * @throws {SegOpsNotFoundError} that event type has no schema
   */
  async validate(eventType: string, payload: Fields, options?: CallOptions): Promise<Validation> {
    return this.calls.postReadOnly(
      "schemas.validate",
      "/schemas/validate/",
      { event_type: eventType, payload: checkedObject("payload", payload) },
      options,
    );
  }
}
