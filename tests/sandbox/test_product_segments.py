"""Segments of products: definitions, compute, members, preview."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conformance import contract

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
    changed = catalogue.patch("/product-segments/1/", {"definition": definition})
    assert (changed.status_code, changed.json()["definition"]) == (200, {"logic": "AND", **definition})
    queued = catalogue.post("/product-segments/1/compute/")
    assert (queued.status_code, queued.json()) == (202, {"status": "queued"})
    computed = catalogue.get("/product-segments/1/").json()
    # The change of its rules was computed too, and two computes never look like one.
    assert (computed["computed_count"], computed["last_computed_at"]) == (2, "2026-05-01T12:00:01Z")
    assert contract().check("ProductSegment", computed) == []
    members = catalogue.get("/product-segments/1/members/").json()
    assert members == {
        "count": 2,
        "results": [{"sku": "A1", "name": "Trail Boot"}, {"sku": "A3", "name": "Sock"}],
        "next_cursor": None,
    }
    assert catalogue.delete("/product-segments/1/").status_code == 204
    assert catalogue.post("/product-segments/1/compute/").status_code == 404
    assert catalogue.get("/product-segments/1/members/").status_code == 404


def test_the_list_is_paged_and_counts_cannot_be_written(api: Any) -> None:
    api.post("/product-segments/", {"name": "a", "computed_count": 9})
    listed = api.get("/product-segments/").json()
    assert (listed["count"], listed["results"][0]["computed_count"]) == (1, 0)
    assert contract().check("Page<ProductSegment>", listed) == []


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


OPERATORS = {
    "string": "eq, neq, contains, does_not_contain, starts_with, ends_with, in, not_in, is_set, is_not_set",
    "number": "eq, neq, gt, gte, lt, lte, between, not_between, in, not_in, is_set, is_not_set",
    "price": "eq, neq, gt, gte, lt, lte, between, not_between, in, not_in, is_set, is_not_set",
    "boolean": "is_true, is_false",
    "array": "contains, does_not_contain, is_set, is_not_set",
    "url": "eq, is_set, is_not_set",
}
SIGNAL = {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": "1"}
AMONG_TYPES = "expected one of product_attribute, user_behavior_signal, ai_visibility_metric."
ONE_VALUE = "Expected a string, a boolean or a number up to 9000000000000000000, but got"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("text", ": Expected an object."),
        ({}, ".type: This field is required."),
        ({"logic": "OR", "conditions": []}, ".type: This field is required."),
        ({"type": "event_count"}, f'.type: "event_count" is not a valid choice; {AMONG_TYPES}'),
        ({"type": ["x"]}, f".type: \"['x']\" is not a valid choice; {AMONG_TYPES}"),
        (attribute("", "eq", "x"), ".property: This field may not be blank."),
        (attribute(5, "eq", "x"), ".property: Not a valid string."),  # type: ignore[arg-type]
        ({"type": "product_attribute", "operator": "is_set"}, ".property: This field is required."),
        ({"type": "product_attribute", "property": "a", "value": 1}, ".operator: This field is required."),
        (attribute("a", "eq", "x", valeu=1), ".valeu: Unknown field."),
        (
            attribute("a", "eq", 5, value_type="multi_price"),
            '.value_type: "multi_price" is not a valid choice; expected one of '
            "string, number, price, boolean, array, url.",
        ),
        (attribute("a", "eq"), ".value: This field may not be null."),
        ({"type": "product_attribute", "property": "a", "operator": "eq"}, ".value: This field is required."),
        (attribute("a", "eq", {"x": 1}), f".value: {ONE_VALUE} an object."),
        (attribute("a", "contains", ["x"]), f".value: {ONE_VALUE} a list."),
        (attribute("a", "eq", 10**19), f'.value: {ONE_VALUE} "10000000000000000000".'),
        (
            attribute("a", "contains", " ", value_type="array"),
            ".value: This field may not be blank: entries of a list never are.",
        ),
        (attribute("a", "in", "x"), '.value: Expected a list of items for "in".'),
        (attribute("a", "not_in", list(range(501))), ".value: Ensure this field has no more than 500 elements."),
        (attribute("a", "in", ["x", None]), f".value[1]: {ONE_VALUE} null."),
        (attribute("a", "in", [1, "x"], value_type="number"), ".value[1]: A valid number is required."),
        (attribute("a", "gt", "x", value_type="number"), ".value: A valid number is required."),
        (attribute("a", "gt", True, value_type="price"), ".value: A valid number is required."),
        (attribute("a", "eq", {"amount": 5}, value_type="price"), ".value: A valid number is required."),
        (attribute("a", "gt", 10**309, value_type="number"), ".value: The number is too large."),
        (attribute("a", "gt", "1e999", value_type="number"), ".value: A valid number is required."),
        (attribute("a", "between", 1, value_type="number"), ".value2: This field is required."),
        (attribute("a", "between", 1, value2="x", value_type="price"), ".value2: A valid number is required."),
        (attribute("a", "not_between", [1, 2], value2=3, value_type="price"), ".value: A valid number is required."),
        ({**SIGNAL, "segment_id": None}, ".segment_id: This field may not be null."),
        ({**SIGNAL, "segment_id": "9"}, '.segment_id: There is no user segment "9".'),
        ({**SIGNAL, "segment_id": 9}, '.segment_id: There is no user segment "9".'),
        ({**SIGNAL, "segment_id": "x"}, '.segment_id: Expected the id of a user segment, such as "7", but got "x".'),
        (
            {**SIGNAL, "segment_id": True},
            '.segment_id: Expected the id of a user segment, such as "7", but got "True".',
        ),
        (
            {**SIGNAL, "signal": "liked_by_segment"},
            '.signal: "liked_by_segment" is not a valid choice; '
            "expected one of purchased_by_segment, viewed_by_segment.",
        ),
        ({**SIGNAL, "event_type": 5}, ".event_type: Not a valid string."),
        ({**SIGNAL, "product_id_property": ""}, ".product_id_property: This field may not be blank."),
        ({**SIGNAL, "value": 5}, ".value: Unknown field."),
    ],
)
def test_a_wrong_condition_is_named_by_its_place_and_nothing_is_stored(api: Any, condition: Any, said: str) -> None:
    api.post("/segments/", {"name": "Users"})
    refused_everywhere(api, {"conditions": [attribute("a", "is_set"), condition]}, [f"conditions[1]{said}"])


@pytest.mark.parametrize("value_type", sorted(OPERATORS))
def test_an_operator_of_another_type_is_refused_with_those_of_this_one(api: Any, value_type: str) -> None:
    everything = {name for names in OPERATORS.values() for name in names.split(", ")} | {"matches_regex", "like"}
    wrong = sorted(everything - set(OPERATORS[value_type].split(", ")))
    conditions = [attribute("a", name, "1", value2="2", value_type=value_type) for name in wrong]
    expected = f"is not an operator of {value_type}; expected one of {OPERATORS[value_type]}."
    said = [f'conditions[{index}].operator: "{name}" {expected}' for index, name in enumerate(wrong)]
    refused_everywhere(api, {"conditions": conditions}, said)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ([], "Expected an object with logic and conditions."),
        ("x", "Expected an object with logic and conditions."),
        (None, "This field may not be null."),
        ({"conditions": {}}, "conditions: Expected a list of items."),
        ({"conditions": None}, "conditions: Expected a list of items."),
        ({"logic": "XOR"}, 'logic: "XOR" is not a valid choice; expected one of AND, OR.'),
        ({"logic": ["AND"]}, "logic: \"['AND']\" is not a valid choice; expected one of AND, OR."),
        ({"rules": []}, "rules: Unknown field."),
        (
            {"conditions": [{"type": "ai_visibility_metric"}] * 51},
            "conditions: Ensure this field has no more than 50 elements.",
        ),
    ],
)
def test_a_wrong_definition_is_refused(api: Any, definition: Any, said: str) -> None:
    refused_everywhere(api, definition, [said])


def refused_everywhere(api: Any, definition: Any, said: list[str]) -> None:
    """Preview, create and update answer 400 with these words, and the database is as before."""
    api.post("/product-segments/", {"name": "kept"})
    api.jobs("manual")
    before = api.get("/product-segments/").json()
    for answer in (
        api.post("/product-segments/preview/", {"definition": definition}),
        api.post("/product-segments/", {"name": "x", "definition": definition}),
        api.patch("/product-segments/1/", {"name": "x", "definition": definition}),
        api.put("/product-segments/1/", {"name": "x", "definition": definition}),
    ):
        assert (answer.status_code, answer.json()) == (400, {"definition": said})
    assert api.get("/product-segments/").json() == before
    assert api.run_jobs() == []


@pytest.mark.parametrize("limit", [0, 101, "x"])
def test_a_preview_shows_1_to_100_skus(api: Any, limit: Any) -> None:
    body = {"definition": {"conditions": []}, "limit": limit}
    assert list(api.post("/product-segments/preview/", body).json()) == ["limit"]
    rows = [{"sku": f"A{number:03}"} for number in range(20)]
    api.post("/pim/products/bulk/", {"products": rows})
    answer = api.post("/product-segments/preview/", {"definition": {"conditions": []}}).json()
    assert (answer["matched_products"], len(answer["sample_skus"])) == (20, 10)
    assert api.post("/product-segments/preview/", {}).json() == {"definition": ["This field is required."]}


def test_a_preview_shows_the_one_query_that_it_ran(start: Any, tmp_path: Path) -> None:
    file = tmp_path / "workspace.sqlite3"
    api = start("--db", str(file), "--jobs=instant")
    api.post("/pim/products/bulk/", {"products": PRODUCTS})
    conditions = [
        attribute("brand", "eq", "Acme"),
        attribute("tags", "is_set", value_type="array"),
        attribute("name", "neq", "O'Hara"),
    ]
    body = {"definition": {"logic": "AND", "conditions": conditions}, "limit": 1}
    answer = api.post("/product-segments/preview/", body).json()
    assert answer["sql"].startswith("SELECT p.sku\nFROM sandbox_product AS p\nWHERE p.tenant_id = ")
    assert (answer["matched_products"], answer["sample_skus"]) == (1, ["A1"])
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        # A plain value needs none of the functions that the sandbox lends to SQLite.
        database.create_function("segops_text", 1, str)
        assert database.execute(answer["sql"]).fetchall() == [("A1",)]


def test_members_are_paged_by_cursor_in_the_order_of_code_points(api: Any) -> None:
    skus = ["b", "B", "a", "ä", "10", "9", "Z"]
    api.post("/pim/products/bulk/", {"products": [{"sku": sku, "name": f"name of {sku}"} for sku in skus]})
    for name in ("first", "second"):
        api.post("/product-segments/", {"name": name, "definition": {"conditions": []}})
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = api.get("/product-segments/1/members/", params={"limit": 3, "cursor": cursor}).json()
        assert page["count"] == 7
        seen += [each["sku"] for each in page["results"]]
        assert [each["name"] for each in page["results"]] == [f"name of {each['sku']}" for each in page["results"]]
        cursor, pages = page["next_cursor"], pages + 1
        if pages == 1:
            first = cursor
    assert (seen, pages) == (sorted(skus), 3)
    # A cursor belongs to its listing.
    for path in ("/product-segments/2/members/", "/segments/1/members/"):
        api.post("/segments/", {"name": "Users"})
        answer = api.get(path, params={"cursor": first})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid cursor"})


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "é",
        '["product-segment:1", 5]',
        '["product-segment:1", "\\u0000"]',
        '["product-segment:1", "\\ud800"]',
        "[1]",
    ],
)
def test_a_cursor_that_no_page_gave_out_is_unknown(api: Any, key: str) -> None:
    api.post("/product-segments/", {"name": "a"})
    for cursor in (key, base64.urlsafe_b64encode(key.encode()).decode()):
        if cursor:
            answer = api.get("/product-segments/1/members/", params={"cursor": cursor})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid cursor"})


def kinds(jobs: list[dict[str, Any]]) -> list[str]:
    """The kinds of the jobs that ran."""
    return [job["kind"] for job in jobs]


def test_segments_follow_when_products_come_change_and_go(api: Any) -> None:
    rules = {"conditions": [attribute("brand", "eq", "Acme")]}
    api.post("/product-segments/", {"name": "Acme", "definition": rules})
    api.post("/product-segments/", {"name": "asleep", "definition": rules, "is_active": False})

    def count() -> int:
        number: int = api.get("/product-segments/1/").json()["computed_count"]
        assert api.get("/product-segments/1/members/").json()["count"] == number
        return number

    assert count() == 0
    one = api.post("/pim/products/", {"sku": "A1", "name": "Boot", "data": {"brand": "Acme"}}).json()["id"]
    assert count() == 1
    api.post("/pim/products/bulk/", {"products": [{"sku": "A2", "brand": "Acme"}, {"sku": "A3", "brand": "Other"}]})
    assert count() == 2
    job = api.post("/pim/import/csv/", files={"file": ("p.csv", "sku,brand\nA4,Acme\nA5,Acme\n")}).json()["job_id"]
    mapping = {"sku": "sku", "brand": "brand"}
    schema = [{"name": "brand", "type": "string", "required": False, "description": ""}]
    assert api.post(f"/pim/import/{job}/confirm/", {"mapping": mapping, "schema": schema}).status_code == 202
    assert count() == 4
    api.patch(f"/pim/products/{one}/", {"data": {"brand": "Other"}})
    assert count() == 3
    api.delete("/pim/products/2/")
    assert count() == 2
    asleep = api.get("/product-segments/2/").json()
    assert (asleep["computed_count"], asleep["last_computed_at"]) == (0, None)
    api.patch("/product-segments/2/", {"is_active": True})
    assert api.get("/product-segments/2/").json()["computed_count"] == 2


def test_a_batch_of_products_refreshes_once_and_many_requests_compute_once(api: Any) -> None:
    for name in ("one", "two"):
        api.post("/product-segments/", {"name": name})
    api.jobs("manual")
    api.post("/pim/products/bulk/", {"products": [{"sku": f"A{number}"} for number in range(1500)]})
    api.post("/pim/products/", {"sku": "B", "name": "b"})
    assert kinds(api.run_jobs()) == ["product_segments.refresh", *["product_segments.compute"] * 2]
    assert [each["computed_count"] for each in api.get("/product-segments/").json()["results"]] == [1501, 1501]
    for _ in range(3):
        assert api.post("/product-segments/1/compute/").status_code == 202
    assert kinds(api.run_jobs()) == ["product_segments.compute"]


def test_only_changed_rules_are_computed_again(api: Any) -> None:
    api.post("/product-segments/", {"name": "a", "definition": {"conditions": []}})
    api.jobs("manual")
    api.patch("/product-segments/1/", {"name": "b", "definition": {"logic": "AND", "conditions": []}})
    assert api.run_jobs() == []
    api.patch("/product-segments/1/", {"definition": {"logic": "OR", "conditions": []}})
    assert kinds(api.run_jobs()) == ["product_segments.compute"]


def users(api: Any, *names: str) -> int:
    """A computed user segment of those who fired `joined`."""
    for name in names:
        api.post("/ingestion/track/", {"user_id": name, "event_type": "joined"})
    rules = {"conditions": [{"type": "event_count", "event_type": "joined", "operator": "gte", "value": 1}]}
    number: int = api.post("/segments/", {"name": "Users", "definition": rules}).json()["id"]
    api.post(f"/segments/{number}/compute/")
    return number


def viewed(api: Any, user: str, product: Any) -> None:
    """The user views a product."""
    event = {"user_id": user, "event_type": "product_viewed", "payload": {"product_id": product}}
    assert api.post("/ingestion/track/", event).status_code == 202


def test_a_payload_names_skus_as_text_as_number_or_in_a_list(api: Any) -> None:
    rows = [{"sku": sku} for sku in ("5", "05", "A1", "A2", "true", "a3")]
    api.post("/pim/products/bulk/", {"products": rows})
    segment = users(api, "alice")
    for product in (5, ["A1", "A2", {"sku": "a3"}], None, {"id": "a3"}, "A3", ""):
        viewed(api, "alice", product)
    signal = {**SIGNAL, "segment_id": str(segment)}
    assert previewed(api, signal) == ["5", "A1", "A2"]
    assert previewed(api, {**signal, "segment_id": segment}) == ["5", "A1", "A2"]


def test_a_signal_counts_what_a_member_did_under_another_id(api: Any) -> None:
    api.post("/pim/products/bulk/", {"products": [{"sku": "A1"}, {"sku": "A2"}, {"sku": "A3"}]})
    segment = users(api, "alice")
    viewed(api, "anon_visitor", "A1")
    viewed(api, "bob", "A3")
    signal = {**SIGNAL, "segment_id": str(segment)}
    assert previewed(api, signal) == []
    assert api.post("/identity/alias/", {"anonymous_id": "visitor", "user_id": "alice"}).status_code < 300
    assert previewed(api, signal) == ["A1"]
    # The member itself becomes a part of another user, after the segment was computed.
    viewed(api, "carol", "A2")
    assert api.post("/identity/merge/", {"from_user_id": "alice", "into_user_id": "carol"}).status_code < 300
    assert previewed(api, signal) == ["A1", "A2"]


def test_a_segment_whose_user_segment_is_gone_keeps_what_it_had(api: Any) -> None:
    api.post("/pim/products/bulk/", {"products": [{"sku": "A1"}]})
    segment = users(api, "alice")
    viewed(api, "alice", "A1")
    signal = {**SIGNAL, "segment_id": str(segment)}
    api.post("/product-segments/", {"name": "seen", "definition": {"conditions": [signal]}})
    api.post("/product-segments/", {"name": "all", "definition": {"conditions": []}})
    api.delete(f"/segments/{segment}/")
    before = api.get("/product-segments/1/").json()
    assert before["computed_count"] == 1
    answer = api.post("/product-segments/1/compute/")
    said = {"definition": [f'conditions[0].segment_id: There is no user segment "{segment}".']}
    assert (answer.status_code, answer.json()) == (400, said)
    api.post("/pim/products/bulk/", {"products": [{"sku": "A2"}]})
    assert api.get("/product-segments/1/").json() == before
    assert api.get("/product-segments/2/").json()["computed_count"] == 2


def test_tenants_see_neither_products_nor_segments_nor_users_of_each_other(catalogue: Any, other_tenant: Any) -> None:
    segment = users(catalogue, "alice")
    viewed(catalogue, "alice", "A1")
    signal = {**SIGNAL, "segment_id": str(segment)}
    catalogue.post("/product-segments/", {"name": "mine", "definition": {"conditions": [signal]}})
    answer = other_tenant.post("/product-segments/", {"name": "x", "definition": {"conditions": [signal]}})
    said = f'conditions[0].segment_id: There is no user segment "{segment}".'
    assert (answer.status_code, answer.json()) == (400, {"definition": [said]})
    other_tenant.post("/pim/products/bulk/", {"products": [{"sku": "A1"}]})
    assert previewed(other_tenant) == ["A1"]
    assert other_tenant.get("/product-segments/").json()["count"] == 0
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "compute/"), ("GET", "members/")):
        body = {"json": {"name": "theirs"}} if method == "PATCH" else {}
        assert other_tenant.request(method, f"/product-segments/1/{path}", **body).status_code == 404
    # The same user id and SKU in the other tenant are others.
    theirs = users(other_tenant, "alice")
    assert previewed(other_tenant, {**SIGNAL, "segment_id": str(theirs)}) == []


def test_a_multi_price_matches_by_any_of_its_amounts(api: Any) -> None:
    prices = [{"amount": 10, "currency": "EUR", "locale": "fr_FR"}, {"amount": "12.50", "currency": "USD"}]
    api.post(
        "/pim/products/bulk/",
        {"products": [{"sku": "A1", "price": prices}, {"sku": "A2", "price": {"amount": "9.99"}}]},
    )

    def found(operator: str, value: Any, **more: Any) -> list[str]:
        return previewed(api, attribute("price", operator, value, value_type="price", **more))

    assert found("gt", 12) == ["A1"]
    assert found("between", 9.5, value2=10) == ["A1", "A2"]
    assert found("neq", 10) == ["A2"]
    assert found("not_in", [12.5, 3]) == ["A2"]
    assert previewed(api, attribute("price", "gt", 0, value_type="number")) == []
