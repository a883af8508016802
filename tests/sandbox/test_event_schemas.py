"""Event schemas: CRUD, inference and validation."""

from __future__ import annotations

from typing import Any

import pytest

PROPERTIES = [
    {"name": "total", "type": "number", "required": True},
    {"name": "gift", "type": "boolean", "required": False},
    {"name": "items", "type": "array", "required": False},
    {"name": "when", "type": "datetime", "required": False},
    {"name": "note", "type": "string", "required": False},
]


@pytest.fixture
def registered(api: Any) -> Any:
    """A schema of order_placed."""
    assert api.post("/schemas/", {"event_type": "order_placed", "properties": PROPERTIES}).status_code == 201
    return api


def test_a_schema_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/schemas/", {"event_type": "order_placed", "properties": PROPERTIES})
    assert created.json() == {
        "id": 1,
        "event_type": "order_placed",
        "description": "",
        "properties": PROPERTIES,
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/schemas/").json()["results"] == [created.json()]
    assert api.get("/schemas/1/").json() == created.json()
    assert api.patch("/schemas/1/", {"description": "d", "event_type": "order_placed"}).json()["description"] == "d"
    api.post("/schemas/", {"event_type": "other"})
    taken = api.patch("/schemas/2/", {"event_type": "order_placed"})
    assert taken.json() == {"event_type": ["Event schema with this event type already exists."]}
    assert api.delete("/schemas/1/").status_code == 204


def test_properties_are_optional_strings_unless_they_say_otherwise(api: Any) -> None:
    created = api.post("/schemas/", {"event_type": "x", "properties": [{"name": "a"}]}).json()
    assert created["properties"] == [{"name": "a", "type": "string", "required": False}]


@pytest.mark.parametrize(
    ("payload", "errors"),
    [
        ({"total": 5}, []),
        ({"total": "5.5", "gift": "true", "unknown": {}}, []),  # coerced; unknown ones pass
        ({"total": 0, "gift": False, "items": [], "when": "2026-05-01", "note": ""}, []),
        ({}, [("total", "This property is required.")]),
        ({"total": None}, [("total", "This property is required.")]),
        ({"total": "much"}, [("total", "Expected a number.")]),
        ({"total": True}, [("total", "Expected a number.")]),
        ({"total": 1, "gift": "perhaps"}, [("gift", "Expected a boolean.")]),
        ({"total": 1, "items": "a,b"}, [("items", "Expected an array.")]),
        ({"total": 1, "when": "soon"}, [("when", "Expected an ISO 8601 date or time.")]),
        ({"total": 1, "note": 5}, [("note", "Expected a string.")]),
        ({"note": 5}, [("total", "This property is required."), ("note", "Expected a string.")]),
    ],
)
def test_a_payload_is_checked_by_the_rules_of_ingestion(registered: Any, payload: Any, errors: Any) -> None:
    answer = registered.post("/schemas/validate/", {"event_type": "order_placed", "payload": payload})
    assert answer.status_code == 200
    found = [(error["property"], error["message"]) for error in answer.json()["errors"]]
    assert (answer.json()["valid"], found) == (not errors, errors)


def test_validating_needs_a_schema_and_a_payload(registered: Any) -> None:
    assert registered.post("/schemas/validate/", {"event_type": "other", "payload": {}}).status_code == 404
    for body in ({"payload": {}}, {"event_type": "order_placed"}, {"event_type": "order_placed", "payload": []}, []):
        assert registered.post("/schemas/validate/", body).status_code == 400


def test_a_schema_is_inferred_from_samples(api: Any) -> None:
    events = [
        {
            "event_type": "bought",
            "payload": {"n": 1, "t": "x", "b": True, "d": "2026-05-01T12:00:00Z", "l": [1], "m": 1},
        },
        {"event_type": "bought", "payload": {"n": 2.5, "t": "y", "b": False, "d": "2026-05-02", "l": [], "m": "x"}},
        {"event_type": "bought", "payload": {"n": 3, "t": None}},
    ]
    answer = api.post("/schemas/infer/", {"events": events})
    assert answer.status_code == 200
    assert set(answer.json()) == {"event_type", "properties"}
    assert {p["name"]: (p["type"], p["required"]) for p in answer.json()["properties"]} == {
        "n": ("number", True),
        "t": ("string", False),
        "b": ("boolean", False),
        "d": ("datetime", False),
        "l": ("array", False),
        "m": ("string", False),
    }
    assert api.get("/schemas/").json()["count"] == 0
    assert api.post("/schemas/", answer.json()).status_code == 201  # as it is


def test_several_event_types_are_inferred_side_by_side(api: Any) -> None:
    events = [{"event_type": "a", "payload": {"x": 1}}, {"event_type": "b"}, {"event_type": "a", "payload": {}}]
    body = api.post("/schemas/infer/", {"events": events}).json()
    assert (body["event_type"], [entry["event_type"] for entry in body["schemas"]]) == ("a", ["a", "b"])
    assert body["properties"] == [{"name": "x", "type": "number", "required": False}]
    assert body["schemas"][1]["properties"] == []


@pytest.mark.parametrize(
    "body", [{}, {"events": []}, {"events": "x"}, {"events": [{"payload": {}}]}, {"events": [[]]}, 5]
)
def test_inferring_from_nothing_is_a_400(api: Any, body: Any) -> None:
    assert list(api.post("/schemas/infer/", body).json()) == ["events"]
