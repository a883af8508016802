"""docs/api/pim, docs/pim, docs/pim/import, docs/pim/scoring, docs/pim/segments."""

from __future__ import annotations

from typing import Any

import pytest
from documented import computed, products, track

FIELD = {"name": "brand", "type": "string", "required": False, "description": ""}


def schema(api: Any, *fields: dict[str, Any]) -> Any:
    body = {"fields": list(fields or [FIELD]), "default_currency": "EUR", "default_locale": "fr_FR"}
    return api.put("/pim/schema/", body)


def upload(api: Any, text: str) -> dict[str, Any]:
    answer = api.post("/pim/import/csv/", files={"file": ("products.csv", text.encode(), "text/csv")})
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read_import(api: Any, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/pim/import/{number}/").json()
    return found


# The schema


@pytest.mark.parametrize("name", ["id", "fields", "default_currency", "default_locale", "created_at", "updated_at"])
def test_the_schema_has_the_named_key(api: Any, name: str) -> None:
    assert name in api.get("/pim/schema/").json()


def test_without_a_schema_there_are_no_fields(api: Any) -> None:
    assert api.get("/pim/schema/").json()["fields"] == []


def test_a_schema_is_replaced(api: Any) -> None:
    schema(api, FIELD)
    assert [each["name"] for each in schema(api, {**FIELD, "name": "size"}).json()["fields"]] == ["size"]


def test_replacing_answers_as_reading_does(api: Any) -> None:
    assert schema(api).json() == api.get("/pim/schema/").json()


def test_a_field_has_name_type_required_and_description(api: Any) -> None:
    assert schema(api).json()["fields"] == [FIELD]


@pytest.mark.parametrize("kind", ["string", "number", "boolean", "array", "url", "price", "multi_price", "datetime"])
def test_a_field_is_of_a_named_type(api: Any, kind: str) -> None:
    assert schema(api, {**FIELD, "type": kind}).status_code == 200


def test_a_schema_has_currency_and_locale(api: Any) -> None:
    answer = schema(api).json()
    assert (answer["default_currency"], answer["default_locale"]) == ("EUR", "fr_FR")


# Products


@pytest.mark.parametrize(
    "name", ["id", "sku", "name", "data", "source", "ai_readability_score", "created_at", "updated_at"]
)
def test_a_product_has_the_named_key(api: Any, name: str) -> None:
    assert name in api.get(f"/pim/products/{products(api, {'sku': 'A', 'name': 'a'})[0]}/").json()


def test_a_sku_is_there_once_a_tenant(api: Any) -> None:
    products(api, {"sku": "A", "name": "a"})
    assert api.post("/pim/products/", {"sku": "A", "name": "b"}).status_code == 400


def test_another_tenant_may_have_the_same_sku(api: Any, other_tenant: Any) -> None:
    products(api, {"sku": "A", "name": "a"})
    assert other_tenant.post("/pim/products/", {"sku": "A", "name": "b"}).status_code == 201


def test_a_product_is_created(api: Any) -> None:
    assert api.post("/pim/products/", {"sku": "A", "name": "a", "data": {"brand": "x"}}).status_code == 201


def test_the_raw_row_is_not_shown(api: Any) -> None:
    assert "raw_data" not in api.get(f"/pim/products/{products(api, {'sku': 'A', 'name': 'a'})[0]}/").json()


def test_what_came_by_the_api_says_so(api: Any) -> None:
    assert api.post("/pim/products/", {"sku": "A", "name": "a"}).json()["source"] == "api"


def test_a_product_without_a_score_has_null(api: Any) -> None:
    assert api.post("/pim/products/", {"sku": "A", "name": "a"}).json()["ai_readability_score"] is None


def test_products_are_found_by_a_part_of_their_name_in_any_case(api: Any) -> None:
    products(api, {"sku": "A", "name": "Trail Boot"}, {"sku": "B", "name": "Hat"})
    assert [each["sku"] for each in api.get("/pim/products/?q=BOOT").json()["results"]] == ["A"]


def test_products_are_filtered_by_a_field(api: Any) -> None:
    schema(api)
    products(api, {"sku": "A", "name": "a", "brand": "Acme"}, {"sku": "B", "name": "b", "brand": "acme"})
    assert [each["sku"] for each in api.get("/pim/products/?brand=Acme").json()["results"]] == ["A"]


def test_a_number_is_filtered_by_its_text(api: Any) -> None:
    schema(api, {**FIELD, "name": "size", "type": "number"})
    products(api, {"sku": "A", "name": "a", "size": 42})
    assert api.get("/pim/products/?size=42").json()["count"] == 1


@pytest.fixture
def many(api: Any) -> Any:
    """201 products."""
    products(api, *({"sku": f"S{number}", "name": "n"} for number in range(201)))
    return api


@pytest.mark.parametrize(("query", "size"), [("", 50), ("?page_size=200", 200), ("?page_size=500", 200)])
def test_a_page_has_50_products_and_at_most_200(many: Any, query: str, size: int) -> None:
    assert len(many.get(f"/pim/products/{query}").json()["results"]) == size


def test_the_first_page_is_the_first_one_asked_for(many: Any) -> None:
    assert many.get("/pim/products/?page=1").json() == many.get("/pim/products/").json()


def test_the_next_page_is_named_relatively(many: Any) -> None:
    assert many.get("/pim/products/").json()["next"] == "/api/pim/products/?page=2"


def test_a_product_is_read_by_its_number(api: Any) -> None:
    number = products(api, {"sku": "A", "name": "a"})[0]
    assert api.get(f"/pim/products/{number}/").json()["sku"] == "A"


@pytest.mark.parametrize("change", [{"name": "b"}, {"data": {"brand": "x"}}])
def test_name_and_data_are_changed(api: Any, change: dict[str, Any]) -> None:
    number = products(api, {"sku": "A", "name": "a"})[0]
    assert api.patch(f"/pim/products/{number}/", change).json().items() >= change.items()


def test_a_product_is_deleted(api: Any) -> None:
    number = products(api, {"sku": "A", "name": "a"})[0]
    api.delete(f"/pim/products/{number}/")
    assert api.get(f"/pim/products/{number}/").status_code == 404


def test_a_bulk_creates_and_updates_by_sku(api: Any) -> None:
    products(api, {"sku": "A", "name": "a"})
    products(api, {"sku": "A", "name": "changed"}, {"sku": "B", "name": "b"})
    found = api.get("/pim/products/").json()["results"]
    assert {each["sku"]: each["name"] for each in found} == {"A": "changed", "B": "b"}


def test_the_other_keys_of_a_bulks_row_are_its_data(api: Any) -> None:
    products(api, {"sku": "A", "name": "a", "brand": "x", "price": 9})
    assert api.get("/pim/products/").json()["results"][0]["data"] == {"brand": "x", "price": 9}


def test_facets_are_of_texts_and_lists_only(api: Any) -> None:
    schema(api, FIELD, {**FIELD, "name": "tags", "type": "array"}, {**FIELD, "name": "size", "type": "number"})
    products(api, {"sku": "A", "name": "a", "brand": "x", "tags": ["t"], "size": 1})
    assert api.get("/pim/facets/").json() == {"brand": ["x"], "tags": ["t"]}


def test_a_facet_has_at_most_100_values(api: Any) -> None:
    schema(api)
    products(api, *({"sku": f"S{number}", "name": "n", "brand": f"b{number}"} for number in range(120)))
    assert len(api.get("/pim/facets/").json()["brand"]) == 100


def test_facets_look_at_the_first_1000_products(api: Any) -> None:
    schema(api)
    rows = [{"sku": f"S{number}", "name": "n", "brand": "early"} for number in range(1000)]
    api.post("/pim/products/bulk/", {"products": [*rows, {"sku": "last", "name": "n", "brand": "late"}]})
    assert api.get("/pim/facets/").json() == {"brand": ["early"]}


# Scores


def scored(api: Any) -> int:
    number = products(api, {"sku": "A", "name": "a", "brand": "x"})[0]
    assert api.post(f"/pim/products/{number}/score/").status_code == 202
    return number


def score(api: Any, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/pim/products/{number}/score/").json()
    return found


def test_a_score_is_asked_for_and_accepted(api: Any) -> None:
    number = products(api, {"sku": "A", "name": "a"})[0]
    assert api.post(f"/pim/products/{number}/score/").status_code == 202


def test_before_it_there_is_none(api: Any) -> None:
    number = products(api, {"sku": "A", "name": "a"})[0]
    assert api.get(f"/pim/products/{number}/score/").status_code == 404


@pytest.mark.parametrize("name", ["id", "score", "dimension_scores", "recommendations", "scored_at"])
def test_a_score_has_the_named_key(api: Any, name: str) -> None:
    assert name in score(api, scored(api))


def test_a_score_has_four_dimensions(api: Any) -> None:
    assert set(score(api, scored(api))["dimension_scores"]) == {
        "schema_coverage",
        "answer_format",
        "factual_completeness",
        "ai_visibility_alignment",
    }


def test_each_of_25_at_most(api: Any) -> None:
    assert all(0 <= each <= 25 for each in score(api, scored(api))["dimension_scores"].values())


def test_and_is_their_sum(api: Any) -> None:
    found = score(api, scored(api))
    assert found["score"] == pytest.approx(sum(found["dimension_scores"].values()))


@pytest.mark.parametrize("name", ["dimension", "action", "estimated_impact", "priority"])
def test_advice_has_the_named_key(api: Any, name: str) -> None:
    assert name in score(api, scored(api))["recommendations"][0]


def test_a_score_is_shown_on_its_product(api: Any) -> None:
    number = scored(api)
    assert api.get(f"/pim/products/{number}/").json()["ai_readability_score"] == score(api, number)["score"]


def test_all_products_are_scored_at_once(api: Any) -> None:
    products(api, {"sku": "A", "name": "a"}, {"sku": "B", "name": "b"})
    answer = api.post("/pim/score-all/")
    assert (answer.status_code, answer.json()["product_count"]) == (202, 2)


def test_scoring_again_overwrites(api: Any) -> None:
    number = scored(api)
    before = score(api, number)
    api.advance(60)
    api.post(f"/pim/products/{number}/score/")
    assert (score(api, number)["id"], score(api, number)["scored_at"] > before["scored_at"]) == (before["id"], True)


def test_products_are_scored_again_each_night(api: Any) -> None:
    number = scored(api)
    api.control("POST", "/clock/", {"now": "2026-05-02T12:00:00Z"})
    assert score(api, number)["scored_at"].startswith("2026-05-02T")


# Imports


TABLE = "SKU,Product Name,Brand\n" + "".join(f"A{number},Boot {number},Acme\n" for number in range(7))


@pytest.mark.parametrize("name", ["job_id", "headers", "sample_rows", "suggested_schema", "suggested_mapping"])
def test_an_upload_answers_with_the_named_key(api: Any, name: str) -> None:
    assert name in upload(api, TABLE)


def test_an_upload_shows_its_first_five_rows(api: Any) -> None:
    assert len(upload(api, TABLE)["sample_rows"]) == 5


def test_all_rows_are_counted(api: Any) -> None:
    assert read_import(api, upload(api, TABLE)["job_id"])["row_count"] == 7


def test_an_upload_awaits_its_mapping(api: Any) -> None:
    assert read_import(api, upload(api, TABLE)["job_id"])["status"] == "mapping"


def test_a_byte_order_mark_is_no_part_of_a_header(api: Any) -> None:
    assert upload(api, "\ufeff" + TABLE)["headers"][0] == "SKU"


def test_a_file_that_is_not_utf_8_is_refused(api: Any) -> None:
    answer = api.post("/pim/import/csv/", files={"file": ("p.csv", b"SKU\n\xff\xfe", "text/csv")})
    assert answer.status_code == 400


@pytest.mark.parametrize(("rows", "status"), [(100_000, 201), (100_001, 400)])
def test_a_file_has_at_most_100_000_rows(api: Any, rows: int, status: int) -> None:
    content = b"SKU\n" + b"1\n" * rows
    assert api.post("/pim/import/csv/", files={"file": ("p.csv", content, "text/csv")}).status_code == status


def test_a_confirmation_starts_the_import(api: Any) -> None:
    api.jobs("manual")
    number = upload(api, TABLE)["job_id"]
    api.post(f"/pim/import/{number}/confirm/", {})
    assert read_import(api, number)["status"] == "importing"


@pytest.mark.parametrize("name", ["status", "filename", "row_count", "imported_count", "mapping"])
def test_an_import_has_the_named_key(api: Any, name: str) -> None:
    assert name in read_import(api, upload(api, TABLE)["job_id"])


@pytest.fixture
def imported(api: Any) -> dict[str, Any]:
    """An import that has finished, with a mapping of its own."""
    number = upload(api, TABLE)["job_id"]
    body = {"mapping": {"SKU": "sku", "Product Name": "name", "Brand": "maker"}, "schema": [{**FIELD, "name": "maker"}]}
    assert api.post(f"/pim/import/{number}/confirm/", body).status_code == 202
    return read_import(api, number)


def test_an_import_ends_done(imported: dict[str, Any]) -> None:
    assert (imported["status"], imported["imported_count"]) == ("done", 7)


def test_an_import_that_cannot_continue_has_failed(breakable: Any) -> None:
    api, run = breakable
    number = upload(api, TABLE)["job_id"]
    api.post(f"/pim/import/{number}/confirm/", {})
    run("DROP TABLE sandbox_product_score")
    run("DROP TABLE sandbox_product")
    api.run_jobs()
    assert read_import(api, number)["status"] == "failed"


def test_columns_go_where_they_are_mapped(api: Any, imported: dict[str, Any]) -> None:
    assert api.get("/pim/products/").json()["results"][0]["data"] == {"maker": "Acme"}


def test_what_came_by_a_file_says_so(api: Any, imported: dict[str, Any]) -> None:
    assert api.get("/pim/products/").json()["results"][0]["source"] == "csv"


def test_a_mapping_is_remembered_and_beats_a_suggestion(api: Any, imported: dict[str, Any]) -> None:
    assert upload(api, TABLE)["suggested_mapping"]["Brand"] == "maker"


@pytest.mark.parametrize(("column", "target"), [("SKU", "sku"), ("Product Name", "name")])
def test_sku_and_name_are_targets_of_their_own(api: Any, column: str, target: str) -> None:
    assert upload(api, TABLE)["suggested_mapping"][column] == target


def test_and_no_fields_of_the_schema(api: Any) -> None:
    names = {each["name"] for each in upload(api, TABLE)["suggested_schema"]}
    assert names.isdisjoint({"sku", "name"})


# Product segments


@pytest.fixture
def shelf(api: Any) -> Any:
    """Three products of every type of value."""
    schema(
        api,
        FIELD,
        {**FIELD, "name": "size", "type": "number"},
        {**FIELD, "name": "price", "type": "price"},
        {**FIELD, "name": "sale", "type": "boolean"},
        {**FIELD, "name": "tags", "type": "array"},
        {**FIELD, "name": "link", "type": "url"},
    )
    products(
        api,
        {"sku": "A", "name": "a", "brand": "Acme", "size": 1, "price": {"amount": 10, "currency": "EUR"}, "sale": True,
         "tags": ["red", "new"], "link": "https://a.test"},
        {"sku": "B", "name": "b", "brand": "Bolt", "size": 5, "price": {"amount": 50, "currency": "EUR"}, "sale": False,
         "tags": ["blue"], "link": "https://b.test"},
        {"sku": "C", "name": "c", "tags": []},
    )  # fmt: skip
    return api


def skus(api: Any, *conditions: dict[str, Any], logic: str = "AND") -> list[str]:
    body = {"definition": {"logic": logic, "conditions": list(conditions)}}
    answer = api.post("/product-segments/preview/", body)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["sample_skus"]
    return sorted(found)


@pytest.mark.parametrize("name", ["id", "name", "definition", "computed_count", "last_computed_at"])
def test_a_product_segment_has_the_named_key(api: Any, name: str) -> None:
    assert name in api.post("/product-segments/", {"name": "s"}).json()


def test_a_compute_sets_count_and_time(shelf: Any) -> None:
    rules = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "is_set"}]}
    number = shelf.post("/product-segments/", {"name": "s", "definition": rules}).json()["id"]
    shelf.post(f"/product-segments/{number}/compute/")
    found = shelf.get(f"/product-segments/{number}/").json()
    assert (found["computed_count"], found["last_computed_at"] is None) == (2, False)


def test_members_are_skus(shelf: Any) -> None:
    rules = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "is_set"}]}
    number = shelf.post("/product-segments/", {"name": "s", "definition": rules}).json()["id"]
    shelf.post(f"/product-segments/{number}/compute/")
    assert [each["sku"] for each in shelf.get(f"/product-segments/{number}/members/").json()["results"]] == ["A", "B"]


def test_a_product_segment_follows_new_products(shelf: Any) -> None:
    rules = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "is_set"}]}
    number = shelf.post("/product-segments/", {"name": "s", "definition": rules}).json()["id"]
    products(shelf, {"sku": "D", "name": "d", "brand": "Acme"})
    assert shelf.get(f"/product-segments/{number}/").json()["computed_count"] == 3


def test_and_changed_rules(shelf: Any) -> None:
    number = shelf.post("/product-segments/", {"name": "s"}).json()["id"]
    rules = {"conditions": [{"type": "product_attribute", "property": "brand", "operator": "is_set"}]}
    shelf.patch(f"/product-segments/{number}/", {"definition": rules})
    assert shelf.get(f"/product-segments/{number}/").json()["computed_count"] == 2


OPERATORS = [
    ("string", "brand", "eq", "Acme", "A"),
    ("string", "brand", "neq", "Acme", "B"),
    ("string", "brand", "contains", "cm", "A"),
    ("string", "brand", "does_not_contain", "cm", "B"),
    ("string", "brand", "starts_with", "Bo", "B"),
    ("string", "brand", "ends_with", "lt", "B"),
    ("string", "brand", "in", ["Acme", "x"], "A"),
    ("string", "brand", "not_in", ["Acme", "x"], "B"),
    ("string", "brand", "is_set", None, "AB"),
    ("string", "brand", "is_not_set", None, "C"),
    *(
        (kind, field, operator, value, expected)
        for kind, field, low, high in (("number", "size", 1, 5), ("price", "price", 10, 50))
        for operator, value, expected in (
            ("eq", low, "A"),
            ("neq", low, "B"),
            ("gt", low, "B"),
            ("gte", low, "AB"),
            ("lt", high, "A"),
            ("lte", high, "AB"),
            ("in", [low], "A"),
            ("not_in", [low], "B"),
            ("is_set", None, "AB"),
            ("is_not_set", None, "C"),
        )
    ),
    ("boolean", "sale", "is_true", None, "A"),
    ("boolean", "sale", "is_false", None, "B"),
    ("array", "tags", "contains", "red", "A"),
    ("array", "tags", "does_not_contain", "red", "B"),
    ("array", "tags", "is_set", None, "AB"),
    ("array", "tags", "is_not_set", None, "C"),
    ("url", "link", "eq", "https://a.test", "A"),
    ("url", "link", "is_set", None, "AB"),
    ("url", "link", "is_not_set", None, "C"),
]


@pytest.mark.parametrize(("kind", "field", "operator", "value", "expected"), OPERATORS)
def test_an_operator_matches_the_products_it_says(
    shelf: Any, kind: str, field: str, operator: str, value: Any, expected: str
) -> None:
    condition = {"type": "product_attribute", "property": field, "operator": operator, "value_type": kind}
    assert skus(shelf, condition if value is None else {**condition, "value": value}) == list(expected)


@pytest.mark.parametrize(("operator", "expected"), [("between", ["A"]), ("not_between", ["B"])])
@pytest.mark.parametrize(("kind", "field", "bounds"), [("number", "size", (0, 2)), ("price", "price", (5, 20))])
def test_a_range_has_a_second_value(
    shelf: Any, operator: str, expected: list[str], kind: str, field: str, bounds: tuple[int, int]
) -> None:
    condition = {"type": "product_attribute", "property": field, "operator": operator, "value_type": kind}
    assert skus(shelf, {**condition, "value": bounds[0], "value2": bounds[1]}) == expected


@pytest.mark.parametrize(("logic", "expected"), [("AND", []), ("OR", ["A", "B"])])
def test_product_segments_know_both_logics(shelf: Any, logic: str, expected: list[str]) -> None:
    brand = {"type": "product_attribute", "property": "brand", "operator": "eq"}
    assert skus(shelf, {**brand, "value": "Acme"}, {**brand, "value": "Bolt"}, logic=logic) == expected


@pytest.mark.parametrize(
    ("signal", "event"), [("purchased_by_segment", "order_completed"), ("viewed_by_segment", "product_viewed")]
)
def test_a_signal_has_its_own_event_type(shelf: Any, signal: str, event: str) -> None:
    track(shelf, "alice", "seen")
    track(shelf, "alice", event, product_id="A")
    condition = {"type": "user_behavior_signal", "signal": signal, "segment_id": str(computed(shelf))}
    assert skus(shelf, condition) == ["A"]


def test_a_signal_may_name_another_event_and_another_property(shelf: Any) -> None:
    track(shelf, "alice", "seen", item="B")
    condition = {"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": str(computed(shelf)),
                 "event_type": "seen", "product_id_property": "item"}  # fmt: skip
    assert skus(shelf, condition) == ["B"]


def test_an_ai_metric_is_taken_by_its_type(shelf: Any) -> None:
    assert skus(shelf, {"type": "ai_visibility_metric"}) == ["A", "B", "C"]
