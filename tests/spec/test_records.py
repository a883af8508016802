"""The records of the contract: all used, all marked, open to unknown keys, and true to the documented samples."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from segops_parity.contract import Contract
from segops_parity.records import references

# Samples of the vendor's documentation, by the record that they are.
SAMPLES: dict[str, Any] = {
    "SegmentPreview": {"matched_users": 3482, "sample_user_ids": ["u-001", "u-002"], "sql": "SELECT 1"},
    "Queued": {"status": "queued"},
    "ExportJob": {
        "id": 14, "status": "complete", "format": "parquet", "download_url": "/api/segments/exports/14/download/",
        "expires_at": "2026-04-26T14:32:00Z",
    },
    "UserSearch": {"count": 1, "results": [
        {"user_id": "alice", "event_count": 412, "first_seen": "2026-01-01T00:00:00Z",
         "last_seen": "2026-04-25T12:00:00Z"}]},
    "UserSegment": {"segment_id": 7, "segment_name": "High LTV", "member_count": 3482,
                    "computed_at": "2026-04-25T12:00:00Z"},
    "Explanation": {"index": 0, "type": "monetary", "label": "sum(order_placed.total) ≥ 500", "actual_value": 623.45,
                    "threshold": 500, "matches": True},
    "SandboxResult": {"published": True, "entered": [{"id": 7, "name": "High LTV"}], "exited": [],
                      "unchanged_count": 4},
    "ProductScore": {
        "id": 1, "score": 68.0, "scored_at": "2026-04-25T12:00:00Z",
        "dimension_scores": {"schema_coverage": 20, "answer_format": 15, "factual_completeness": 18,
                             "ai_visibility_alignment": 15},
        "recommendations": [{"dimension": "answer_format", "action": "Add a summary.", "estimated_impact": "high",
                             "priority": 1}],
    },
    "PageJob": {"job_id": 3, "status": "queued"},
    "AnalyticsOverlap": {"seg_a_id": 1, "seg_a_name": "A", "seg_b_id": 2, "seg_b_name": "B", "overlap": 9,
                         "overlap_pct": 34.6},
    "Detail": {"detail": "Not found."},
    "FieldErrors": {"name": ["This field is required."]},
    "WebhookEvent": {
        "event": "segment.recomputed", "tenant_slug": "acme", "segment_id": 42, "segment_name": "High LTV Buyers",
        "member_count": 1842, "computed_at": "2026-05-02T14:32:00Z",
    },
}  # fmt: skip

CONDITIONS: dict[str, dict[str, Any]] = {
    "event_count": {"event_type": "page_viewed", "operator": "gte", "value": 3, "window_days": 30},
    "recency": {"event_type": "page_viewed", "operator": "gt", "window_days": 30},
    "monetary": {"event_type": "order_placed", "property": "total", "metric": "sum", "operator": "gte", "value": 500},
    "event_property": {"event_type": "order_placed", "property": "currency", "operator": "eq", "value": "EUR"},
    "user_property": {"property": "plan", "operator": "is_set"},
    "event_sequence": {"events": ["cart_viewed", "order_placed"], "window_days": 7, "strict": False},
    "segment_membership": {"segment_id": 7, "operator": "not_in"},
}


def _properties(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
            found += schema["properties"].items()
        for key, value in schema.items():
            found += _properties(list(value.values()) if key == "properties" else value)
    elif isinstance(schema, list):
        for value in schema:
            found += _properties(value)
    return found


def test_every_record_is_used(contract: Contract) -> None:
    used = {op.returns.record for op in contract.operations.values()} - {None}
    used |= {contract.webhooks.event}
    used |= {record.name for record in contract.records.values() if record.requests or record.statuses}
    while True:
        reached = used.union(*(references(contract.record(str(name)).schema) for name in used))
        if reached == used:
            break
        used = reached
    assert used == set(contract.records)


def test_every_property_is_described_and_marked(contract: Contract) -> None:
    marks = set()
    for record in contract.records.values():
        for name, schema in _properties(record.schema):
            assert schema["description"].endswith("."), (record.name, name)
            marks.add(schema["x-source"])
    assert marks == {"documented", "inferred", "chosen"}


def test_what_is_required_is_a_property(contract: Contract) -> None:
    for record in contract.records.values():
        named = {*record.schema.get("required", ()), *record.schema.get("x-assured", ())}
        assert named <= set(record.schema.get("properties", {})), record.name


def test_what_is_sent_to_create_may_be_written(contract: Contract) -> None:
    for operation in contract.operations.values():
        if operation.crud and operation.name == "create":
            record = contract.record(str(operation.returns.record))
            assert record.required_to_create, record.name
            for name in record.required_to_create:
                assert "readOnly" not in record.schema["properties"][name], (record.name, name)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_documented_sample_fits_its_record(contract: Contract, name: str) -> None:
    assert contract.check(name, SAMPLES[name]) == []


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "FieldErrors"])
def test_unknown_keys_are_allowed(contract: Contract, name: str) -> None:
    assert contract.check(name, {**SAMPLES[name], "new_key": {"of": "the platform"}}) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_the_wrong_types_does_not_fit(contract: Contract, name: str) -> None:
    for key, value in SAMPLES[name].items():
        declared = contract.record(name).schema["properties"].get(key, {}).get("type")
        if isinstance(declared, str):
            wrong = 1 if isinstance(value, str) else "text"
            faults = contract.check(name, {**SAMPLES[name], key: wrong})
            assert len(faults) == 1, (key, faults)
            assert faults[0].startswith(f"$.{key}: ")


def test_all_seven_types_of_condition_are_there(contract: Contract) -> None:
    branches = contract.record("SegmentDefinition").schema["properties"]["conditions"]["items"]["oneOf"]
    assert {branch["properties"]["type"]["const"] for branch in branches} == set(CONDITIONS)


@pytest.mark.parametrize("type", CONDITIONS)
def test_a_condition_needs_its_fields(contract: Contract, type: str) -> None:
    condition = {"type": type, **CONDITIONS[type]}
    assert contract.check("SegmentDefinition", {"logic": "AND", "conditions": [condition]}) == []
    branches = contract.record("SegmentDefinition").schema["properties"]["conditions"]["items"]["oneOf"]
    (branch,) = [each for each in branches if each["properties"]["type"]["const"] == type]
    for key in branch["required"]:
        without = {name: value for name, value in condition.items() if name != key}
        assert contract.check("SegmentDefinition", {"conditions": [without]}) != [], key


def test_a_condition_with_another_operator_does_not_fit(contract: Contract) -> None:
    condition = {"type": "recency", **CONDITIONS["recency"], "operator": "between"}
    assert contract.check("SegmentDefinition", {"conditions": [condition]}) != []


def test_a_page_holds_its_record(contract: Contract) -> None:
    segment = {
        "id": 1, "name": "A", "description": "", "segment_type": "rule", "definition": {}, "is_active": True,
        "member_count": 0, "last_computed_at": None, "created_at": "2026-04-25T12:00:00Z",
        "updated_at": "2026-04-25T12:00:00Z",
    }  # fmt: skip
    page = {"count": 1, "next": None, "previous": None, "results": [segment]}
    assert contract.check("Page<Segment>", page) == []
    assert contract.check("Page<Segment>", [segment]) != []
    assert contract.check("Segment[]", [segment]) == []
    assert contract.check("items<Segment>", segment) == []
    broken = copy.deepcopy(page)
    broken["results"][0]["id"] = "one"  # type: ignore[index]
    assert [fault.split(":")[0] for fault in contract.check("Page<Segment>", broken)] == ["$.results[0].id"]


def test_nothing_and_a_number_of_bytes_are_answers_too(contract: Contract) -> None:
    assert contract.check("null", None) == []
    assert contract.check("null", {}) != []
    assert contract.check("bytes", 17) == []
    assert contract.check("bytes", -1) != []


@pytest.mark.parametrize("value", ["2026-04-25", "2026-04-25 12:00:00Z", "2026-04-25T12:00:00", "2026-02-30T00:00:00Z"])
def test_a_time_is_checked(contract: Contract, value: str) -> None:
    assert contract.check("Member", {"user_id": "a", "computed_at": "2026-04-25T12:00:00Z"}) == []
    assert contract.check("Member", {"user_id": "a", "computed_at": value}) != []


def test_a_record_that_is_not_there_is_named(contract: Contract) -> None:
    with pytest.raises(KeyError, match="no record 'Segmnet'"):
        contract.record("Segmnet")


def test_a_job_ends_in_states_that_its_record_knows(contract: Contract) -> None:
    for operation in contract.operations.values():
        for ending in (operation.done, operation.failed):
            for key, values in ending.items():
                known = contract.record(str(operation.returns.record)).schema["properties"][key]["enum"]
                assert set(values) & set(known), operation.id
