"""One call of each operation on the workspace of `prepared_sandbox`, and what is refused of it.

`SUCCESS` holds one call of each operation that has a request of its own, `BAD` what the server refuses about its
arguments. What every operation refuses alike (no key, a public key, an id that is not there) need not be written down.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MISSING = 4711
CSV = b"sku,name,price\nPAD-1,Pad,5\nPAD-2,Pad two,6\n"
DEFINITION = {"logic": "AND", "conditions": [
    {"type": "event_count", "event_type": "order_placed", "operator": "gte", "value": 2}]}  # fmt: skip
TENTS = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "eq", "value": "Lumen"}]}
KLAVIYO = {"segment": 2, "connector_type": "klaviyo", "config": {"api_key": "k", "list_id": "L9"}}


@dataclass(frozen=True)
class Call:
    """The arguments of one call, by their place in the request; `holds` is true of a right answer's body."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    files: Any = None
    holds: Callable[[Any], bool] = bool


def _count(number: int) -> Callable[[Any], bool]:
    return lambda body: len(body["results"] if isinstance(body, dict) else body) == number


def _has(**wanted: Any) -> Callable[[Any], bool]:
    return lambda body: {name: body.get(name) for name in wanted} == wanted


_ID = {"id": 1}
_QUEUED = _has(status="queued")
SUCCESS: dict[str, Call] = {
    "segments.list": Call(query={"page": 1, "page_size": 2}, holds=_count(2)),
    "segments.get": Call(_ID, holds=_has(name="Customers", member_count=3, status="computed")),
    "segments.create": Call(json={"name": "New", "definition": DEFINITION}, holds=_has(name="New", status="draft")),
    "segments.update": Call(_ID, json={"name": "Käufer ✓"}, holds=_has(id=1, name="Käufer ✓")),
    "segments.delete": Call({"id": 3}),
    "segments.preview": Call(json={"definition": DEFINITION}, holds=_has(matched_users=1, sample_user_ids=["u-1"])),
    "segments.estimate": Call(_ID, holds=_has(estimated_count=3)),
    "segments.versions": Call(_ID, holds=_count(1)),
    "segments.recompute": Call(_ID, holds=_QUEUED),
    "segments.members": Call(_ID, {"limit": 2}, holds=lambda body: body["count"] == 3 and body["next_cursor"]),
    "segments.membership": Call(query={"user_id": "zoë/5"}, holds=_has(segment_ids=[1])),
    "segments.export": Call(_ID, json={"format": "parquet"}, holds=_has(format="parquet")),
    "segments.export_status": Call(_ID, {"export_id": 1}, holds=_has(status="complete")),
    "segments.download_export": Call({"export_id": 1}, holds=lambda file: file.count(b"\n") == 4 and b"u-1" in file),
    "product_segments.list": Call(holds=_count(3)),
    "product_segments.get": Call(_ID, holds=_has(name="Nordlicht", computed_count=2)),
    "product_segments.create": Call(json={"name": "Lights", "definition": TENTS}, holds=_has(name="Lights")),
    "product_segments.update": Call(_ID, json={"name": "N", "definition": TENTS}, holds=_has(name="N")),
    "product_segments.delete": Call({"id": 3}),
    "product_segments.recompute": Call({"id": 2}, holds=_QUEUED),
    "products.list": Call(query={"brand": "Nordlicht"}, holds=_count(2)),
    "products.get": Call(_ID, holds=_has(sku="TENT-1")),
    "products.create": Call(json={"sku": "ROPE", "name": "Rope", "data": {"price": 9}}, holds=_has(sku="ROPE")),
    "products.update": Call(_ID, json={"sku": "TENT-1", "name": "Tent", "data": {"price": 1}}, holds=_has(name="Tent")),
    "products.delete": Call({"id": 4}),
    "products.bulk_upsert": Call(
        json={"products": [{"sku": "TENT-1", "name": "T"}, {"sku": "NEW-1", "name": "N"}]},
        holds=_has(created=1, updated=1, errors=[]),
    ),
    "products.score": Call({"id": 2}, holds=_QUEUED),
    "products.score_all": Call(holds=_has(status="queued", product_count=6)),
    "products.get_score": Call(_ID, holds=lambda body: 0 < body["score"] <= 100),
    "products.facets": Call(holds=lambda body: "Nordlicht" in json.dumps(body)),
    "products.schema": Call(holds=lambda body: [each["name"] for each in body["fields"]] == ["brand", "price"]),
    "products.replace_schema": Call(json={"fields": [{"name": "colour", "type": "string"}]}),
    "products.import_csv": Call(files={"file": ("p.csv", CSV)}, holds=_has(headers=["sku", "name", "price"])),
    "products.import_status": Call({"job_id": 2}, holds=_has(status="done", imported_count=2)),
    "products.confirm_import": Call({"job_id": 1}, json={"mapping": {"sku": "sku", "name": "name", "price": None}}),
    "schemas.list": Call(holds=_count(3)),
    "schemas.get": Call(_ID, holds=_has(event_type="order_placed")),
    "schemas.create": Call(json={"event_type": "left", "properties": [{"name": "why", "type": "string"}]}),
    "schemas.update": Call(_ID, json={"event_type": "order_placed", "properties": []}, holds=_has(properties=[])),
    "schemas.delete": Call({"id": 3}),
    "schemas.infer": Call(json={"events": [{"event_type": "e", "payload": {"a": 3}}]}, holds=_has(event_type="e")),
    "schemas.validate": Call(json={"event_type": "order_placed", "payload": {}}, holds=_has(valid=False)),
    "activations.list": Call(holds=_count(3)),
    "activations.get": Call(_ID, holds=_has(config={"api_key": "***", "list_id": "L1"})),
    "activations.create": Call(json=KLAVIYO, holds=_has(segment=2)),
    "activations.update": Call(_ID, json={**KLAVIYO, "status": "active"}, holds=_has(status="active")),
    "activations.delete": Call({"id": 3}),
    "activations.sync": Call(_ID, holds=_QUEUED),
    "users.search": Call(query={"q": "u-", "limit": 2}, holds=_count(2)),
    "users.get": Call({"user_id": "u-1"}, holds=_has(event_count=3, properties={"city": "Köln", "vip": True})),
    "users.events": Call({"user_id": "u-1"}, {"event_type": "order_placed", "since": "2026-01-01"}, holds=_count(2)),
    "users.segments": Call({"user_id": "zoë/5"}, holds=_count(1)),
    "users.explain": Call({"user_id": "u-1", "segment_id": 2}, holds=_count(1)),
    "users.publish_sandbox": Call(
        json={"user_id": "u-2", "event_type": "order_placed", "payload": {"total": 9}},
        holds=lambda body: [each["name"] for each in body["entered"]] == ["Regulars"],
    ),
    "identity.alias": Call(json={"anonymous_id": "a-1", "user_id": "u-1"}, holds=_has(created=True)),
    "identity.merge": Call(json={"from_user_id": "u-2", "into_user_id": "u-1"}, holds=_has(canonical_id="u-1")),
    "queries.list": Call(holds=_count(3)),
    "queries.get": Call(_ID, holds=_has(providers=["chatgpt"])),
    "queries.create": Call(json={"query_text": "Which lamp is bright?", "tags": ["lamps"]}, holds=_has(tags=["lamps"])),
    "queries.update": Call(_ID, json={"query_text": "Which tent?"}, holds=_has(query_text="Which tent?")),
    "queries.delete": Call({"id": 2}),
    "queries.run": Call({"id": 3}, holds=_has(status="queued", query_id=3)),
    "queries.results": Call(_ID, holds=lambda body: len(body) == 1 and body[0]["is_simulated"]),
    "queries.simulate": Call(json={"query_text": "Which tent?", "providers": ["claude"]}, holds=_count(1)),
    "queries.dashboard": Call(),
    "queries.win_rate": Call(holds=lambda body: len(body) == 1),
    "pages.list": Call(holds=_count(3)),
    "pages.get": Call(_ID, holds=_has(slug="best-tent", published=True)),
    "pages.create": Call(json={"slug": "lamps", "query": 2}, holds=_has(title="Where do I buy trekking boots?")),
    "pages.update": Call(_ID, json={"slug": "best-tent", "title": "Best"}, holds=_has(title="Best")),
    "pages.delete": Call({"id": 2}),
    "pages.bulk_generate": Call(json={}, holds=_has(status="queued")),
    "pages.regenerate": Call(_ID, holds=_QUEUED),
    "pages.build": Call({"id": 2}, json={}, holds=_QUEUED),
    "pages.publish": Call({"id": 3}, holds=_has(published=True)),
    "pages.export": Call(_ID, json={"format": "json"}, holds=_has(format="json")),
    "pages.query": Call(query={"q": "tent for two", "limit": 1}, holds=lambda body: len(body["products"]) == 1),
    "analytics.overview": Call(),
    "analytics.segments": Call(holds=lambda body: {each["name"] for each in body} >= {"Customers", "Regulars"}),
    "analytics.overlap": Call(holds=lambda body: len(body) == 1),
    "analytics.activations": Call(holds=_count(3)),
    "analytics.usage": Call(),
}  # fmt: skip


@dataclass(frozen=True)
class Bad:
    """A change of the successful call that is refused: with 400 unless `status` differs, and with blame on `field`."""

    field: str | None = None
    json: Any = None
    query: dict[str, Any] | None = None
    path: dict[str, Any] | None = None
    files: Any = None
    status: int = 400


_NONSENSE = Bad("definition", {"definition": {"conditions": [{"type": "nonsense"}]}})
BAD: dict[str, list[Bad]] = {
    "segments.list": [Bad(query={"page": 99}, status=404), Bad(query={"page": "x"}, status=404)],
    "segments.create": [
        Bad("name", {"name": ""}),
        Bad("name", {"definition": DEFINITION}),
        Bad("definition", {"name": "N", "definition": {"logic": "XOR", "conditions": []}}),
        Bad("tenant", {"name": "N", "tenant": MISSING}),
    ],
    "segments.update": [Bad("name", {"name": None}), Bad("definition", {"name": "N", "definition": []})],
    "segments.preview": [_NONSENSE, Bad("definition", {})],
    "segments.estimate": [Bad(path={"id": "x"}, status=404)],
    "segments.members": [Bad(query={"cursor": "nonsense"}, status=404)],
    "segments.membership": [Bad("user_id", query={})],
    "segments.export": [Bad("format", {"format": "xlsx"}), Bad("non_field_errors", [])],
    "segments.export_status": [Bad("export_id", query={"export_id": "x"}), Bad(query={"export_id": 99}, status=404)],
    "product_segments.create": [Bad("name", {}), Bad("definition", {**_NONSENSE.json, "name": "N"})],
    "product_segments.update": [Bad("definition", {**_NONSENSE.json, "name": "N"})],
    "products.list": [Bad(query={"page": 0}, status=404)],
    "products.create": [Bad("sku", {"name": "N"}), Bad("sku", {"sku": "TENT-1", "name": "Again"})],
    "products.update": [Bad("data", {"name": "N", "data": []})],
    "products.bulk_upsert": [Bad("products", {}), Bad("products", {"products": {}})],
    "products.get_score": [Bad(path={"id": 3}, status=404)],
    "products.replace_schema": [
        Bad("fields", {}),
        Bad("fields", {"fields": [{"name": "a", "type": "colour"}]}),
        Bad("fields", {"fields": [{"name": "a", "type": "string"}] * 2}),
    ],
    "products.import_csv": [Bad("file", files={"other": ("p.csv", CSV)}), Bad("file", files={"file": ("p.csv", b"")})],
    "products.confirm_import": [
        Bad("mapping", {"mapping": []}),
        Bad("mapping", {"mapping": {"nowhere": "sku"}}),
        Bad(json={}, path={"job_id": 2}),
    ],
    "schemas.create": [
        Bad("event_type", {"properties": []}),
        Bad("event_type", {"event_type": "signed_up"}),
        Bad("properties", {"event_type": "e", "properties": [{"name": "n", "type": "colour"}]}),
    ],
    "schemas.update": [Bad("properties", {"event_type": "order_placed", "properties": {}})],
    "schemas.infer": [Bad("events", {}), Bad("events", {"events": ["x"]})],
    "schemas.validate": [
        Bad("payload", {"event_type": "order_placed"}),
        Bad(json={"event_type": "never_seen", "payload": {}}, status=404),
    ],
    "activations.create": [
        Bad("segment", {**KLAVIYO, "segment": MISSING}),
        Bad("connector_type", {**KLAVIYO, "connector_type": "pigeon"}),
        Bad("config", {**KLAVIYO, "config": {}}),
    ],
    "activations.update": [Bad("status", {**KLAVIYO, "status": "error"}), Bad("config", {**KLAVIYO, "config": "x"})],
    "users.get": [Bad(path={"user_id": "nobody"}, status=404)],
    "users.events": [Bad("since", query={"since": "yesterday"})],
    "users.explain": [Bad(path={"user_id": "u-1", "segment_id": MISSING}, status=404)],
    "users.publish_sandbox": [
        Bad("user_id", {"event_type": "e"}),
        Bad("payload", {"user_id": "u", "event_type": "e", "payload": 1}),
    ],
    "identity.alias": [Bad("user_id", {"anonymous_id": "a"}), Bad("anonymous_id", {"anonymous_id": 1, "user_id": "u"})],
    "identity.merge": [
        Bad("into_user_id", {"from_user_id": "u-1", "into_user_id": "u-1"}),
        Bad("from_user_id", {"into_user_id": "u-1"}),
    ],
    "queries.create": [
        Bad("query_text", {}),
        Bad("query_text", {"query_text": "x" * 1001}),
        Bad("query_text", {"query_text": "Which tent is best for two?"}),
        Bad("providers", {"query_text": "q", "providers": ["oracle"]}),
    ],
    "queries.update": [Bad("schedule", {"query_text": "q", "schedule": "never"})],
    "queries.simulate": [Bad("query_text", {}), Bad("providers", {"query_text": "q", "providers": ["oracle"]})],
    "pages.create": [
        Bad("slug", {"slug": "no spaces"}),
        Bad("slug", {"slug": "boots"}),
        Bad("query", {"slug": "s", "query": MISSING}),
    ],
    "pages.update": [Bad("slug", {"slug": "boots"})],
    "pages.bulk_generate": [Bad("non_field_errors", [])],
    "pages.build": [Bad("non_field_errors", [])],
    "pages.publish": [Bad(path={"id": 2})],
    "pages.export": [
        Bad("format", {"format": "pdf"}),
        Bad("non_field_errors", []),
        Bad(json={"format": "html"}, path={"id": 2}),
    ],
    "pages.query": [Bad(query={"q": " "}), Bad(query={"q": "x", "segment_id": MISSING}, status=404)],
}
