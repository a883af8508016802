"""Event schemas: CRUD, inference and validation."""

from __future__ import annotations

from typing import Any

import pytest
from conformance import contract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CONTRACT = contract()

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
    listed = api.get("/schemas/").json()
    assert CONTRACT.check("Page<EventSchema>", listed) == []
    assert listed["results"] == [created.json()]
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
    assert CONTRACT.check("Validation", answer.json()) == []
    found = [(error["property"], error["message"]) for error in answer.json()["errors"]]
    assert (answer.json()["valid"], found) == (not errors, errors)


def test_validating_needs_a_schema_and_a_payload(registered: Any) -> None:
    assert registered.post("/schemas/validate/", {"event_type": "other", "payload": {}}).status_code == 404
    for body in ({"payload": {}}, {"event_type": "order_placed"}, {"event_type": "order_placed", "payload": []}, []):
        assert registered.post("/schemas/validate/", body).status_code == 400


def test_a_schema_is_inferred_from_samples(api: Any) -> None:
    events = [
        {"event_type": "bought", "payload": {"n": 1, "t": "x", "b": True, "d": "2026-05-01T12:00:00Z", "l": [1]}},
        {"event_type": "bought", "payload": {"n": 2.5, "t": "y", "b": False, "d": "2026-05-02", "l": []}},
        {"event_type": "bought", "payload": {"n": 3, "t": None}},
    ]
    answer = api.post("/schemas/infer/", {"events": events})
    assert answer.status_code == 200
    assert answer.json() == {
        "event_type": "bought",
        "properties": [
            {"name": "n", "type": "number", "required": True},
            {"name": "t", "type": "string", "required": False},
            {"name": "b", "type": "boolean", "required": False},
            {"name": "d", "type": "datetime", "required": False},
            {"name": "l", "type": "array", "required": False},
        ],
    }
    assert api.get("/schemas/").json()["count"] == 0
    assert api.post("/schemas/", answer.json()).status_code == 201  # as it is


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2.5, -3], "number"),
        ([True, False], "boolean"),
        (["x", ""], "string"),
        ([None, None], "string"),
        ([["a"], []], "array"),
        (["2026-05-01", "2026-05-01T12:00:00+02:00", "2026-05-01 12:00"], "datetime"),
        (["2026-05-01", "tomorrow"], "string"),
        (["2026-02-30"], "string"),
        (["20260501"], "string"),  # an article number as well
        (["5", "6"], "string"),
        ([5, "6.5"], "number"),
        ([1, "1"], "number"),
        ([True, "no", 0], "boolean"),
        ([5, "much"], ["number", "string"]),
        ([True, 5], ["boolean", "number"]),
        ([{"a": 1}], ["object"]),
        ([{"a": 1}, [1], "x", {}], ["object", "array", "string"]),
        ([[1], "a,b"], ["array", "string"]),
        (["2026-05-01", 5], ["datetime", "number"]),
    ],
)
def test_the_proposed_type_is_one_that_all_samples_fit_or_there_is_none(api: Any, values: Any, kind: Any) -> None:
    events = [{"event_type": "e", "payload": {"p": value}} for value in values]
    found = api.post("/schemas/infer/", {"events": events}).json()
    assert CONTRACT.check("InferredSchema", found) == []
    if isinstance(kind, list):
        assert (found["properties"], found["conflicts"]) == ([], [{"property": "p", "types": kind}])
    else:
        assert found["properties"] == [{"name": "p", "type": kind, "required": None not in values}]
        assert "conflicts" not in found


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "5", "-1.5", "1_000", "1e400", "nan", "yes", "0", "2026-05-01", "2026-13-01", " 7 "]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from("xy"), st.integers(), max_size=1),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payloads=st.lists(st.dictionaries(st.sampled_from("abc"), _VALUES), min_size=1, max_size=4))
def test_what_a_schema_was_inferred_from_is_never_dropped_by_it(api: Any, payloads: list[dict[str, Any]]) -> None:
    events = [{"user_id": "u", "event_type": "e", "payload": payload} for payload in payloads]
    number = api.post("/schemas/", api.post("/schemas/infer/", {"events": events}).json()).json()["id"]
    try:
        for payload in payloads:
            answer = api.post("/schemas/validate/", {"event_type": "e", "payload": payload})
            assert answer.json() == {"valid": True, "errors": []}
        assert api.post("/ingestion/track/batch/", {"events": events}).json() == {"queued": len(events), "skipped": 0}
    finally:
        api.delete(f"/schemas/{number}/")


def test_several_event_types_are_inferred_side_by_side(api: Any) -> None:
    events = [{"event_type": "a", "payload": {"x": 1}}, {"event_type": "b"}, {"event_type": "a", "payload": {}}]
    body = api.post("/schemas/infer/", {"events": events}).json()
    assert (body["event_type"], [entry["event_type"] for entry in body["schemas"]]) == ("a", ["a", "b"])
    assert body["properties"] == [{"name": "x", "type": "number", "required": False}]
    assert body["schemas"][1]["properties"] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "This field is required."),
        ({"events": []}, "This field is required."),
        (5, "This field is required."),
        ({"events": "x"}, 'Expected a list of items but got type "str".'),
        ({"events": {}}, 'Expected a list of items but got type "dict".'),
        ({"events": [[]]}, "events[0]: Expected an object with event_type and payload."),
        ({"events": [{"payload": {}}]}, "events[0].event_type: This field is required."),
        ({"events": [{"event_type": "a"}, {"event_type": " "}]}, "events[1].event_type: This field may not be blank."),
        ({"events": [{"event_type": "a", "payload": []}]}, "events[0].payload: Expected an object."),
        ({"events": [{"event_type": "a", "payload": 0}]}, "events[0].payload: Expected an object."),
        (
            {"events": [{"event_type": "a", "payload": {"n": 10**400}}]},
            "events[0].payload: A number in it is too large.",
        ),
    ],
)
def test_inferring_from_an_invalid_event_says_which_and_why(api: Any, body: Any, message: str) -> None:
    answer = api.post("/schemas/infer/", body)
    assert (answer.status_code, answer.json()) == (400, {"events": [message]})


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"event_type": ["This field is required."]}),
        ({"event_type": ""}, {"event_type": ["This field may not be blank."]}),
        ({"event_type": "x" * 256}, {"event_type": ["Ensure this field has no more than 255 characters."]}),
        ({"event_type": "order_placed"}, {"event_type": ["Event schema with this event type already exists."]}),
        ({"properties": 1}, {"properties": ["Expected a list of properties."]}),
        (
            {"properties": ["total"]},
            {"properties": ["properties[0]: Expected an object with name, type and required."]},
        ),
        ({"properties": [{"type": "number"}]}, {"properties": ["properties[0].name: This field is required."]}),
        (
            {"properties": [{"name": "a", "type": "price"}, {"name": "b", "type": ["string"]}]},
            {
                "properties": [
                    'properties[0].type: "price" is not a valid choice.',
                    "properties[1].type: \"['string']\" is not a valid choice.",
                ]
            },
        ),
        (
            {"properties": [{"name": "a", "required": "yes"}]},
            {"properties": ["properties[0].required: Must be a valid boolean."]},
        ),
        ({"properties": [{"name": "a"}, {"name": "a"}]}, {"properties": ['"a" appears twice.']}),
    ],
)
def test_a_bad_schema_is_refused_and_nothing_is_stored(registered: Any, body: Any, errors: Any) -> None:
    before = registered.get("/schemas/").json()
    if "event_type" not in body and "properties" in body:
        body = {"event_type": "other", **body}
        patched = registered.patch("/schemas/1/", {"description": "changed", **body})
        assert (patched.status_code, patched.json()) == (400, errors)
    answer = registered.post("/schemas/", body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert registered.get("/schemas/").json() == before


def failures(api: Any) -> list[dict[str, Any]]:
    """The events that were dropped."""
    found: list[dict[str, Any]] = api.control("GET", "/ingestion-errors/")
    return found


@pytest.mark.parametrize("payload", [{"total": "12.50", "gift": "No"}, {"total": "1_000"}, {"total": 1, "when": 5}, {}])
def test_ingestion_and_validation_agree_and_a_dropped_event_can_be_looked_up(registered: Any, payload: Any) -> None:
    validated = registered.post("/schemas/validate/", {"event_type": "order_placed", "payload": payload}).json()
    event = {"user_id": "u", "event_type": "order_placed", "occurred_at": "2026-04-30T10:00:00Z", "payload": payload}
    batch = registered.post("/ingestion/track/batch/", {"events": [event]}).json()
    assert batch == {"queued": int(validated["valid"]), "skipped": int(not validated["valid"])}
    assert failures(registered) == (
        []
        if validated["valid"]
        else [
            {
                "tenant": "acme",
                "event_type": "order_placed",
                "occurred_at": "2026-04-30T10:00:00Z",
                "failure": "; ".join(f"{each['property']}: {each['message']}" for each in validated["errors"]),
                "received_at": "2026-05-01T12:00:00Z",
            }
        ]
    )


def test_a_schema_counts_from_the_next_event_on_and_no_longer_than_it_exists(registered: Any) -> None:
    event = {"user_id": "u", "event_type": "order_placed", "payload": {"total": "many"}}

    def queued() -> int:
        number: int = registered.post("/ingestion/track/batch/", {"events": [event]}).json()["queued"]
        return number

    assert queued() == 0
    registered.patch("/schemas/1/", {"properties": [{"name": "total", "type": "string"}]})
    assert queued() == 1
    registered.patch("/schemas/1/", {"properties": PROPERTIES})
    assert queued() == 0
    registered.delete("/schemas/1/")
    assert queued() == 1


def test_the_newest_1000_dropped_events_of_a_tenant_are_kept(registered: Any, other_tenant: Any) -> None:
    other_tenant.post("/schemas/", {"event_type": "order_placed", "properties": PROPERTIES})
    other_tenant.post("/ingestion/track/", {"user_id": "u", "event_type": "order_placed"})
    for batch in range(3):
        events = [
            {"user_id": "u", "event_type": "order_placed", "payload": {"total": 1, "note": batch}} for _ in range(450)
        ]
        assert registered.post("/ingestion/track/batch/", {"events": events}).json()["skipped"] == 450
    kept = failures(registered)
    assert [each["tenant"] for each in kept].count("globex") == 1
    assert len(kept) == 1001
    registered.control("DELETE", "/ingestion-errors/")
    assert failures(registered) == []
