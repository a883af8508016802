"""Segments of products: definitions, compute, members, preview."""

from __future__ import annotations

from typing import Any

import pytest

PRODUCTS = [
    {
        "sku": "A1",
        "name": "Trail Boot",
        "brand": "Acme",
        "price": 129.99,
        "stock": 5,
        "tags": ["warm", "dry"],
        "new": True,
    },
    {
        "sku": "A2",
        "name": "Rain Boot",
        "brand": "Rival",
        "price": "59",
        "stock": 0,
        "tags": "dry, cheap",
        "new": "false",
    },
    {
        "sku": "A3",
        "name": "Sock",
        "brand": "Acme",
        "price": {"amount": 9, "currency": "EUR"},
        "tags": [],
        "url": "http://x/",
    },
    {"sku": "A4", "name": "Nothing"},
]


def attribute(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A product_attribute condition."""
    return {"type": "product_attribute", "property": name, "operator": operator, "value": value, **more}


@pytest.fixture
def catalogue(api: Any) -> Any:
    """Four products."""
    assert api.post("/pim/products/bulk/", {"products": PRODUCTS}).json()["created"] == 4
    return api


def previewed(api: Any, *conditions: Any, logic: str = "AND") -> list[str]:
    """The SKUs that a definition matches."""
    answer = api.post("/product-segments/preview/", {"definition": {"logic": logic, "conditions": list(conditions)}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["matched_products"] == len(answer.json()["sample_skus"])
    found: list[str] = answer.json()["sample_skus"]
    return found


def test_a_segment_is_created_computed_and_deleted(catalogue: Any) -> None:
    created = catalogue.post("/product-segments/", {"name": "Acme"})
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "name": "Acme",
        "description": "",
        "definition": {"logic": "AND", "conditions": []},
        "is_active": True,
        "computed_count": 0,
        "last_computed_at": None,
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
    }
    definition = {"conditions": [attribute("brand", "eq", "Acme")]}
    assert catalogue.patch("/product-segments/1/", {"definition": definition}).status_code == 200
    queued = catalogue.post("/product-segments/1/compute/")
    assert (queued.status_code, queued.json()) == (202, {"status": "queued"})
    computed = catalogue.get("/product-segments/1/").json()
    assert (computed["computed_count"], computed["last_computed_at"]) == (2, "2026-05-01T12:00:00Z")
    members = catalogue.get("/product-segments/1/members/").json()
    assert members == {
        "count": 2,
        "results": [{"sku": "A1", "name": "Trail Boot"}, {"sku": "A3", "name": "Sock"}],
        "next_cursor": None,
    }
    catalogue.patch("/pim/products/1/", {"data": {"brand": "Rival"}})
    catalogue.post("/product-segments/1/compute/")
    assert catalogue.get("/product-segments/1/").json()["computed_count"] == 1
    assert catalogue.delete("/product-segments/1/").status_code == 204
    assert catalogue.post("/product-segments/1/compute/").status_code == 404


def test_the_list_is_paged_and_counts_cannot_be_written(api: Any) -> None:
    api.post("/product-segments/", {"name": "a", "computed_count": 9})
    listed = api.get("/product-segments/").json()
    assert (listed["count"], listed["results"][0]["computed_count"]) == (1, 0)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (attribute("brand", "eq", "Acme"), ["A1", "A3"]),
        (attribute("brand", "neq", "Acme"), ["A2"]),
        (attribute("name", "contains", "Boot"), ["A1", "A2"]),
        (attribute("name", "does_not_contain", "Boot"), ["A3", "A4"]),
        (attribute("sku", "starts_with", "A"), ["A1", "A2", "A3", "A4"]),
        (attribute("name", "ends_with", "ck"), ["A3"]),
        (attribute("brand", "in", ["Rival", "x"]), ["A2"]),
        (attribute("brand", "not_in", ["Rival"]), ["A1", "A3"]),
        (attribute("brand", "is_set"), ["A1", "A2", "A3"]),
        (attribute("brand", "is_not_set"), ["A4"]),
        (attribute("price", "gt", 59, value_type="price"), ["A1"]),
        (attribute("price", "lte", "59", value_type="price"), ["A2", "A3"]),
        (attribute("price", "between", 9, value2=59, value_type="price"), ["A2", "A3"]),
        (attribute("price", "not_between", 9, value2=59, value_type="price"), ["A1"]),
        (attribute("stock", "eq", 0, value_type="number"), ["A2"]),
        (attribute("stock", "in", [5, 6], value_type="number"), ["A1"]),
        (attribute("brand", "gt", 0, value_type="number"), []),
        (attribute("new", "is_true", value_type="boolean"), ["A1"]),
        (attribute("new", "is_false", value_type="boolean"), ["A2"]),
        (attribute("tags", "contains", "dry", value_type="array"), ["A1", "A2"]),
        (attribute("tags", "does_not_contain", "warm", value_type="array"), ["A2"]),
        (attribute("tags", "is_not_set", value_type="array"), ["A3", "A4"]),
        (attribute("url", "eq", "http://x/", value_type="url"), ["A3"]),
        ({"type": "ai_visibility_metric"}, ["A1", "A2", "A3", "A4"]),
    ],
)
def test_each_operator_matches_what_it_says(catalogue: Any, condition: Any, expected: list[str]) -> None:
    assert previewed(catalogue, condition) == expected


def test_and_needs_every_condition_or_needs_one(catalogue: Any) -> None:
    conditions = (attribute("brand", "eq", "Acme"), attribute("name", "contains", "Boot"))
    assert previewed(catalogue, *conditions) == ["A1"]
    assert previewed(catalogue, *conditions, logic="OR") == ["A1", "A2", "A3"]
    assert len(previewed(catalogue)) == 4


def test_a_behaviour_signal_reads_the_events_of_a_segments_members(catalogue: Any) -> None:
    for user, kind, payload in [
        ("alice", "product_viewed", {"product_id": "A1"}),
        ("alice", "order_completed", {"product_id": "A2"}),
        ("bob", "product_viewed", {"product_id": "A3"}),
        ("alice", "looked", {"item": "A4"}),
    ]:
        catalogue.post("/ingestion/track/", {"user_id": user, "event_type": kind, "payload": payload})
    buyers = {"conditions": [{"type": "event_count", "event_type": "order_completed", "operator": "gte", "value": 1}]}
    segment = catalogue.post("/segments/", {"name": "Buyers", "definition": buyers}).json()["id"]
    catalogue.post(f"/segments/{segment}/compute/")
    signal = {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": str(segment)}
    assert previewed(catalogue, signal) == ["A1"]
    assert previewed(catalogue, {**signal, "signal": "purchased_by_segment"}) == ["A2"]
    assert previewed(catalogue, {**signal, "event_type": "looked", "product_id_property": "item"}) == ["A4"]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("text", "conditions[0]: Expected an object."),
        ({"type": "event_count"}, 'conditions[0].type: "event_count" is not a valid choice.'),
        (attribute("", "eq", "x"), "conditions[0].property: This field is required."),
        (attribute("a", "like", "x"), 'conditions[0].operator: "like" is not an operator for string.'),
        (attribute("a", "gt", 5), 'conditions[0].operator: "gt" is not an operator for string.'),
        (attribute("a", "eq", 5, value_type="blob"), 'conditions[0].value_type: "blob" is not a valid choice.'),
        (attribute("a", "eq", 5, value_type=["x"]), "conditions[0].value_type: \"['x']\" is not a valid choice."),
        (attribute("a", "eq"), "conditions[0].value: This field is required."),
        (attribute("a", "in", "x"), "conditions[0].value: Expected a list."),
        (attribute("a", "gt", "x", value_type="number"), "conditions[0].value: A valid number is required."),
        (attribute("a", "between", 1, value_type="number"), "conditions[0].value2: This field is required."),
        (attribute("a", "eq", {"x": 1}), "conditions[0].value: Expected a single value."),
        (
            {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": "9"},
            'conditions[0].segment_id: There is no segment "9".',
        ),
    ],
)
def test_a_wrong_condition_is_named_by_its_place(api: Any, condition: Any, said: str) -> None:
    for path, body in (
        ("/product-segments/preview/", {"definition": {"conditions": [condition]}}),
        ("/product-segments/", {"name": "x", "definition": {"conditions": [condition]}}),
    ):
        answer = api.post(path, body)
        assert (answer.status_code, answer.json()) == (400, {"definition": [said]})


@pytest.mark.parametrize("limit", [0, 101, "x"])
def test_a_preview_shows_1_to_100_skus(api: Any, limit: Any) -> None:
    body = {"definition": {"conditions": []}, "limit": limit}
    assert list(api.post("/product-segments/preview/", body).json()) == ["limit"]
    rows = [{"sku": f"A{number:03}"} for number in range(20)]
    api.post("/pim/products/bulk/", {"products": rows})
    answer = api.post("/product-segments/preview/", {"definition": {"conditions": []}}).json()
    assert (answer["matched_products"], len(answer["sample_skus"])) == (20, 10)
