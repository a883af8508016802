"""Valid programs, which type checkers have to accept."""

import io
import json
from datetime import datetime, timezone
from typing import Any, List

from segops_admin import ExportJob, Headers, Request, Response, Segment, SegOpsAdmin
from segops_admin.types import (
    ImportJob,
    ProductRow,
    SegmentCondition,
    SegmentCreate,
    SegmentDefinition,
    SegmentListParams,
)

client = SegOpsAdmin("sk_test_types")


def recompute_all() -> None:
    for segment in client.segments.iterate():
        client.segments.recompute(segment["id"])
        print(segment["name"], segment["member_count"], segment["last_computed_at"] or "never", segment.get("status"))


lapsed: SegmentDefinition = {
    "logic": "AND",
    "conditions": [
        {
            "type": "monetary",
            "event_type": "order_placed",
            "property": "total",
            "metric": "sum",
            "operator": "gte",
            "value": 500,
        },
        {"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 30},
    ],
}


def definitions(condition: SegmentCondition) -> Segment:
    print(client.segments.preview(lapsed)["matched_users"] + 1)
    client.segments.preview({"conditions": [condition, {"type": "event_sequence", "events": ["a", "b"]}]})
    client.segments.preview(
        {
            "logic": "OR",
            "conditions": [{"type": "user_property", "property": "p", "operator": "in", "value": ["a", "b"]}],
        }
    )
    if condition["type"] == "recency":
        print(condition["window_days"] + 1)
    # The published page of the SDK saves a condition without what it aggregates.
    client.segments.create(
        {
            "name": "Short",
            "definition": {"logic": "AND", "conditions": [{"type": "monetary", "operator": "gte", "value": 5}]},
        }
    )
    client.product_segments.create(
        {
            "name": "Nordlicht",
            "definition": {
                "logic": "AND",
                "conditions": [
                    {"type": "product_attribute", "property": "brand", "operator": "eq", "value": "Nordlicht"},
                    {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": "7"},
                ],
            },
        }
    )
    copied = client.segments.get(7)
    return client.segments.create({"name": "Copy", "definition": copied["definition"]})


def what_json_gives(text: str, anything: Any) -> None:
    client.segments.create(json.loads(text))
    client.segments.preview(anything)
    client.segments.list(anything)
    client.products.bulk_upsert(json.loads(text))


def bodies() -> None:
    body: SegmentCreate = {"name": "x", "segment_type": "rule"}
    made = client.segments.create(body, idempotency_key="key")
    client.segments.update(made["id"], {"is_active": False}, method="PUT")
    page = client.pages.create({"slug": "best-tents", "query": "best tents"})
    client.pages.build(page["id"], {})
    client.pages.create({"slug": "boots", "query": 7, "published": True})
    client.pages.bulk_generate({"segment_id": 3, "tone": "calm"})
    client.queries.create({"query_text": "best tents", "providers": ["claude", "gemini"], "schedule": "weekly"})
    client.queries.simulate({"query_text": "best tents"})
    client.activations.create({"segment": 7, "connector_type": "braze", "config": {"api_key": "k"}})
    client.activations.update(1, {"status": "active"})
    client.schemas.create({"event_type": "left", "properties": [{"name": "why", "type": "string"}]})
    client.schemas.infer([{"event_type": "left", "payload": {"why": "x"}}])
    client.users.publish_sandbox({"user_id": "u", "event_type": "e", "occurred_at": datetime.now(timezone.utc)})
    client.products.replace_schema({"fields": [{"name": "colour", "type": "string"}]})


def products() -> None:
    rows: List[ProductRow] = [{"sku": "A-1", "name": "Alpha", "colour": "red", "price": {"amount": 9}}]
    rows.append({"sku": "A-2"})
    client.products.bulk_upsert(rows)
    client.products.bulk_upsert([{"sku": "A-3", "name": "Gamma", "weight": 3.5}])
    client.products.bulk_upsert({"sku": f"A-{number}", "stock": number} for number in range(3))
    product = client.products.create({"sku": "A-4", "name": "Delta", "data": {"colour": "red"}})
    print(product["data"]["colour"], product["ai_readability_score"] or 0)
    client.products.list({"q": "alpha", "colour": "red", "page": 2})


def imports_and_exports(id: int) -> None:
    upload = client.products.import_csv(b"sku\nA-1\n")
    client.products.confirm_import(
        upload["job_id"], {"mapping": upload["suggested_mapping"], "schema": upload["suggested_schema"]}
    )
    job: ImportJob = client.products.wait_for_import(upload["id"], on_progress=lambda job: print(job["status"]))
    print(job["imported_count"] if job["status"] == "done" else job.get("error_message"))
    export: ExportJob = client.segments.export(id, format="parquet")
    print(client.segments.wait_for_export(id, export["export_id"]).get("download_url"))


def listings() -> None:
    params: SegmentListParams = {"page": 2, "page_size": None}
    page = client.segments.list(params)
    print(page["count"] + 1, page["next"], [segment["id"] for segment in page["results"]])
    queries = client.queries.list({"page": 1})
    print(len(queries if isinstance(queries, list) else queries["results"]))
    client.users.events("u-1", {"event_type": "order_placed", "since": "2024-01-01", "limit": "5"})
    client.segments.members(7, {"limit": 1000, "cursor": "abc"})
    client.queries.win_rate({"anything": "passes"})


class Canned:
    """A transport of one's own, whose replies are files: what they call the size that is read is their business."""

    def send(self, request: Request) -> Response:
        return Response(200, Headers([("Content-Type", "application/json")]), io.BytesIO(b"[]"))

    def close(self) -> None: ...


SegOpsAdmin("sk_test_types", transport=Canned())


def new_keys_of_the_platform(segment: Segment) -> None:
    """Possible while running; to a type checker the record is a plain dict then."""
    plain: Any = segment
    print(plain["added_in_2027"])
