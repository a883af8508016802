"""The product catalogue: CRUD, filters, bulk upsert, schema, facets, scores."""

from __future__ import annotations

from typing import Any

import pytest

DESCRIPTION = (
    "The Acme Trail Boot is a waterproof boot for long days in wet mountains. It is designed for hikers who carry "
    "heavy packs. The sole grips on rock, mud and snow, and the lining keeps feet warm down to minus ten degrees."
)
FIELDS = [
    {"name": "brand", "type": "string", "required": True, "description": "who makes it"},
    {"name": "colors", "type": "array"},
    {"name": "stock", "type": "number"},
]


def add(api: Any, sku: str, name: str = "Boot", **data: Any) -> int:
    """Create a product."""
    answer = api.post("/pim/products/", {"sku": sku, "name": name, "data": data})
    assert answer.status_code == 201, answer.text
    created: int = answer.json()["id"]
    return created


def skus(answer: Any) -> list[str]:
    """The SKUs of a page."""
    return [product["sku"] for product in answer.json()["results"]]


def test_a_product_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/pim/products/", {"sku": "A1", "name": "Boot", "data": {"size": 43}})
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "sku": "A1",
        "name": "Boot",
        "data": {"size": 43},
        "source": "api",
        "ai_readability_score": None,
        "created_at": "2026-05-01T12:00:00Z",
        "updated_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/pim/products/1/").json() == created.json()
    assert api.patch("/pim/products/1/", {"name": "Shoe"}).json()["data"] == {"size": 43}
    assert api.delete("/pim/products/1/").status_code == 204
    assert api.get("/pim/products/1/").status_code == 404


def test_data_is_replaced_not_merged_and_the_sku_stays(api: Any) -> None:
    add(api, "A1", size=43, color="red")
    changed = api.patch("/pim/products/1/", {"data": {"size": 44}, "sku": "B2", "source": "csv"})
    assert (changed.status_code, changed.json()["data"]) == (200, {"size": 44})
    assert (changed.json()["sku"], changed.json()["source"]) == ("A1", "api")
    replaced = api.put("/pim/products/1/", {"name": "Shoe", "data": {}})
    assert (replaced.json()["name"], replaced.json()["data"]) == ("Shoe", {})


def test_pages_link_to_each_other_by_relative_urls(api: Any) -> None:
    for number in range(5):
        add(api, f"A{number}")
    first = api.get("/pim/products/?page_size=2").json()
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == "/api/pim/products/?page=2&page_size=2"
    last = api.get("/pim/products/?page_size=2&page=3").json()
    assert (last["next"], last["previous"]) == (None, "/api/pim/products/?page=2&page_size=2")
    assert [product["sku"] for product in last["results"]] == ["A4"]


@pytest.mark.parametrize("page", ["0", "4", "-1", "x", "1.5", ""])
def test_a_page_that_is_none_is_a_404(api: Any, page: str) -> None:
    add(api, "A1")
    answer = api.get(f"/pim/products/?page={page}")
    expected = (200, None) if page == "" else (404, "Invalid page.")
    assert (answer.status_code, answer.json().get("detail")) == expected


@pytest.mark.parametrize(("page_size", "got"), [("500", 200), ("x", 50), ("0", 50), ("-3", 50), ("7", 7)])
def test_page_size_is_50_by_default_and_200_at_most(api: Any, page_size: str, got: int) -> None:
    api.post("/pim/products/bulk/", {"products": [{"sku": f"A{number}"} for number in range(230)]})
    assert len(skus(api.get(f"/pim/products/?page_size={page_size}"))) == got


def test_q_looks_into_names_whatever_the_case(api: Any) -> None:
    for sku, name in (("A1", "Trail Boot"), ("A2", "Rain jacket"), ("A3", "100% wool_sock")):
        add(api, sku, name)
    assert skus(api.get("/pim/products/?q=bOOt")) == ["A1"]
    assert skus(api.get("/pim/products/?q=100%25")) == ["A3"]  # no wildcard
    assert skus(api.get("/pim/products/?q=zzz")) == []
    assert skus(api.get("/pim/products/?q=")) == ["A1", "A2", "A3"]


def test_fields_of_the_schema_filter_by_their_exact_text(api: Any) -> None:
    api.put("/pim/schema/", {"fields": [*FIELDS, {"name": "q", "type": "string"}]})
    add(api, "A1", brand="Acme", stock=5, colors=["red", "blue"])
    add(api, "A2", brand="acme", stock="5")
    add(api, "A3", brand="Rival", other="Acme")
    assert skus(api.get("/pim/products/?brand=Acme")) == ["A1"]
    assert skus(api.get("/pim/products/?stock=5")) == ["A1", "A2"]
    assert skus(api.get("/pim/products/", params={"colors": '["red","blue"]'})) == ["A1"]
    assert skus(api.get("/pim/products/?brand=Acme&stock=6")) == []
    assert skus(api.get("/pim/products/?other=Acme")) == ["A1", "A2", "A3"]  # no field of the schema


def test_bulk_creates_and_updates_by_sku_and_reports_bad_rows(api: Any) -> None:
    add(api, "A1", size=43)
    rows = [
        {"sku": "A1", "name": "Renamed", "color": "red"},
        {"sku": "A2", "name": "New", "data": {"size": 1}, "color": "blue"},
        {"name": "no sku"},
        "text",
        {"sku": 7, "name": "x"},
        {"sku": "A3", "name": ["x"]},
        {"sku": "A2", "color": "green"},
        {"sku": "B" * 256},
    ]
    answer = api.post("/pim/products/bulk/", {"products": rows})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["created"], body["updated"]) == (1, 2)
    assert [(error["index"], error["sku"]) for error in body["errors"]] == [
        (2, None),
        (3, None),
        (4, None),
        (5, "A3"),
        (7, "B" * 256),
    ]
    products = {product["sku"]: product for product in api.get("/pim/products/").json()["results"]}
    assert products["A1"]["name"] == "Renamed"
    assert products["A1"]["data"] == {"size": 43, "color": "red"}  # merged
    assert products["A2"]["name"] == "New"
    assert products["A2"]["data"] == {"size": 1, "color": "green"}
    assert set(products) == {"A1", "A2"}


def test_bulk_of_many_rows_twice_leaves_each_once(api: Any) -> None:
    rows = [{"sku": f"A{number}", "name": "x", "size": number} for number in range(1200)]
    assert api.post("/pim/products/bulk/", {"products": rows}).json()["created"] == 1200
    again = [{**row, "name": "y"} for row in rows]
    assert api.post("/pim/products/bulk/", {"products": again}).json()["updated"] == 1200
    listed = api.get("/pim/products/?page_size=1&page=1200").json()
    assert listed["count"] == 1200
    assert (listed["results"][0]["name"], listed["results"][0]["data"]) == ("y", {"size": 1199})


def test_the_schema_is_empty_at_first_and_replaced_by_put(api: Any) -> None:
    assert api.get("/pim/schema/").json() == {
        "id": None,
        "fields": [],
        "default_currency": "USD",
        "default_locale": "en_US",
        "created_at": None,
        "updated_at": None,
    }
    body = {"fields": FIELDS, "default_currency": "EUR", "default_locale": "fr_FR"}
    replaced = api.put("/pim/schema/", body)
    assert replaced.status_code == 200
    assert replaced.json()["fields"][0] == FIELDS[0]
    assert replaced.json()["fields"][1] == {"name": "colors", "type": "array", "required": False, "description": ""}
    assert api.get("/pim/schema/").json() == replaced.json()
    api.put("/pim/schema/", {"fields": []})
    assert api.get("/pim/schema/").json()["fields"] == []
    assert api.delete("/pim/schema/").status_code == 405


def test_a_schema_takes_every_type_and_names_each_problem(api: Any) -> None:
    types = ("string", "number", "boolean", "array", "url", "price", "multi_price", "datetime")
    fields = [{"name": kind, "type": kind} for kind in types]
    assert api.put("/pim/schema/", {"fields": fields}).status_code == 200
    bad = [{"name": "a", "type": "blob"}, "x", {"type": "string"}, {"name": "b", "required": "yes"}]
    problems = api.put("/pim/schema/", {"fields": bad}).json()["fields"]
    assert problems == [
        'fields[0].type: "blob" is not a valid choice.',
        "fields[1]: Expected an object with name and type.",
        "fields[2].name: This field is required.",
        "fields[3].required: Must be a valid boolean.",
    ]


def test_facets_are_the_values_of_text_and_list_fields(api: Any) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    add(api, "A1", brand="Acme", colors=["red", "blue"], stock=1)
    add(api, "A2", brand="", colors="blue, green")
    add(api, "A3", brand="Rival", other="x")
    assert api.get("/pim/facets/").json() == {"brand": ["Acme", "Rival"], "colors": ["blue", "green", "red"]}


def test_facets_hold_at_most_100_values_of_the_first_1000_products(api: Any) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "brand", "type": "string"}, {"name": "kind", "type": "string"}]})
    rows = [{"sku": f"A{number:04}", "brand": f"B{number:04}"} for number in range(1000)]
    api.post("/pim/products/bulk/", {"products": [*rows, {"sku": "Z", "kind": "late"}]})
    facets = api.get("/pim/facets/").json()
    assert (len(facets["brand"]), facets["kind"]) == (100, [])


def test_a_score_is_the_sum_of_four_dimensions_of_the_product(api: Any) -> None:
    add(
        api,
        "A1",
        "Trail Boot",
        brand="Acme",
        description=DESCRIPTION,
        price=129.99,
        category="boots",
        image="http://x/",
    )
    assert api.get("/pim/products/1/score/").json() == {"detail": "Not found."}
    queued = api.post("/pim/products/1/score/")
    assert (queued.status_code, queued.json()) == (202, {"status": "queued", "product_id": 1})
    score = api.get("/pim/products/1/score/").json()
    assert set(score) == {"id", "score", "dimension_scores", "recommendations", "scored_at"}
    assert score["dimension_scores"] == {
        "schema_coverage": 25.0,
        "answer_format": 25.0,
        "factual_completeness": 25.0,
        "ai_visibility_alignment": 0.0,
    }
    assert score["score"] == sum(score["dimension_scores"].values()) == 75.0
    assert api.get("/pim/products/1/").json()["ai_readability_score"] == 75.0
    assert [entry["dimension"] for entry in score["recommendations"]] == ["ai_visibility_alignment"]


def test_each_dimension_follows_the_product(api: Any) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    add(api, "A1", "Trail Boot", brand="Acme", description="Nice.")
    api.post("/pim/products/1/score/")
    poor = api.get("/pim/products/1/score/").json()
    assert poor["dimension_scores"]["schema_coverage"] == 10.0  # brand and description of five
    assert poor["dimension_scores"]["factual_completeness"] == 8.3  # one of three schema fields
    assert poor["dimension_scores"]["answer_format"] < 5
    assert "category, price, image" in str(poor["recommendations"])
    assert [entry["priority"] for entry in poor["recommendations"]] == [1, 2, 3, 4]
    data = {"brand": "Acme", "description": DESCRIPTION, "stock": 4, "colors": ["red"]}
    api.patch("/pim/products/1/", {"data": data})
    api.post("/ai-reach/queries/", {"query_text": "which trail boot?"})
    api.post("/ai-reach/queries/1/run/")
    api.post("/pim/products/1/score/")
    better = api.get("/pim/products/1/score/").json()
    assert better["dimension_scores"]["factual_completeness"] == 25.0
    assert better["dimension_scores"]["ai_visibility_alignment"] == 25.0  # every answer names it
    assert better["id"] == poor["id"]  # a new score takes the place of the old one
    assert better["score"] > poor["score"]


def test_score_all_scores_every_product(api: Any) -> None:
    for number in range(3):
        add(api, f"A{number}", description=DESCRIPTION * number)
    answer = api.post("/pim/score-all/")
    assert (answer.status_code, answer.json()) == (202, {"status": "queued", "product_count": 3})
    scores = [product["ai_readability_score"] for product in api.get("/pim/products/").json()["results"]]
    assert None not in scores
    assert scores[0] < scores[1]


def test_scoring_a_product_that_is_none_is_a_404(api: Any) -> None:
    assert api.post("/pim/products/1/score/").status_code == 404
    assert api.post("/pim/score-all/").json()["product_count"] == 0
