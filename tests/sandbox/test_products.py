"""The product catalogue: CRUD, filters, bulk upsert, schema, facets, scores."""

from __future__ import annotations

from typing import Any

import pytest
from conformance import contract

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
def test_an_invalid_page_is_a_404(api: Any, page: str) -> None:
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
    assert skus(api.get("/pim/products/", params={"colors": '["red", "blue"]'})) == ["A1"]
    assert skus(api.get("/pim/products/?brand=Acme&stock=6")) == []
    assert skus(api.get("/pim/products/?other=Acme")) == ["A1", "A2", "A3"]  # no field of the schema


# Each as PostgreSQL prints it with `->>`.
TEXTS = [
    ("Größe 44", "Größe 44"),
    ("", ""),
    (True, "true"),
    (False, "false"),
    (5, "5"),
    (-7, "-7"),
    (129.99, "129.99"),
    (1.0, "1.0"),
    (0.0, "0.0"),
    (1e-7, "0.0000001"),
    (1e20, "100000000000000000000"),
    (2**70, "1180591620717411303424"),
    ([], "[]"),
    (["rot", "grün", 'a"b', "x\ny", None, 1.5, True], '["rot", "grün", "a\\"b", "x\\ny", null, 1.5, true]'),
    ({"currency": "EUR", "amount": 5}, '{"amount": 5, "currency": "EUR"}'),
    ({"bb": 1, "a": {}}, '{"a": {}, "bb": 1}'),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_a_field_is_compared_as_the_database_prints_it(api: Any, value: Any, text: str) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "x", "type": "string"}]})
    add(api, "A1", x=value)
    add(api, "A2", x="else")
    assert skus(api.get("/pim/products/", params={"x": text})) == ["A1"]
    assert skus(api.get("/pim/products/", params={"x": text + " "})) == []


def test_what_is_missing_or_null_equals_no_text(api: Any) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "x", "type": "string"}]})
    add(api, "A1", x=None)
    add(api, "A2")
    assert [skus(api.get("/pim/products/", params={"x": text})) for text in ("null", "None", "")] == [[], [], []]


@pytest.mark.parametrize(
    "name", ["größe", "2024", "0", 'a"b', "a\\b", "a.b", "a b", "$", "it's", "per%", "{x}", "a[0]"]
)
def test_any_name_of_a_field_can_be_filtered_by(api: Any, name: str) -> None:
    api.put("/pim/schema/", {"fields": [{"name": name, "type": "number"}]})
    add(api, "A1", **{name: 5})
    add(api, "A2", **{name: "5"})
    add(api, "A3", **{name: 6})
    assert skus(api.get("/pim/products/", params={name: "5"})) == ["A1", "A2"]


def test_filters_are_all_applied_and_stay_in_the_links(api: Any) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    rows = [
        {"sku": f"A{number}", "name": "Trail Boot" if number % 2 else "Shoe", "brand": "Ac & me", "stock": number % 4}
        for number in range(12)
    ]
    api.post("/pim/products/bulk/", {"products": rows})
    query = {"q": "TRAIL", "brand": "Ac & me", "stock": "1", "page_size": "2", "unknown": "x"}
    first = api.get("/pim/products/", params=query).json()
    assert (first["count"], [product["sku"] for product in first["results"]]) == (3, ["A1", "A5"])
    assert first["next"].startswith("/api/pim/products/?")
    second = api.get(first["next"].removeprefix("/api")).json()
    assert (second["count"], [product["sku"] for product in second["results"]]) == (3, ["A9"])
    assert api.get(second["previous"].removeprefix("/api")).json() == first
    past = api.get("/pim/products/", params={**query, "page": "3"})
    assert (past.status_code, past.json()) == (404, {"detail": "Invalid page."})


def test_q_knows_the_case_of_every_script(api: Any) -> None:
    for sku, name in (("A1", "Größe ÄPFEL"), ("A2", "ПАЛАТКА 50% off_x"), ("A3", "Straße"), ("A4", "Apfel")):
        add(api, sku, name)
    found = {
        q: skus(api.get("/pim/products/", params={"q": q})) for q in ("äpfel", "палатка", "STRASSE", "%", "_", "Ä")
    }
    assert found == {"äpfel": ["A1"], "палатка": ["A2"], "STRASSE": ["A3"], "%": ["A2"], "_": ["A2"], "Ä": ["A1"]}
    api.patch("/pim/products/1/", {"name": "Kirsche"})
    api.post("/pim/products/bulk/", {"products": [{"sku": "A4", "name": "ÄHRE"}]})
    assert skus(api.get("/pim/products/", params={"q": "äpfel"})) == []
    assert skus(api.get("/pim/products/", params={"q": "ähr"})) == ["A4"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"sku": ["This field is required."], "name": ["This field is required."]}),
        ({"sku": "", "name": ""}, {"sku": ["This field may not be blank."], "name": ["This field may not be blank."]}),
        ({"sku": "A1", "name": "x"}, {"sku": ["Product with this sku already exists."]}),
        ({"sku": "A2", "name": "x", "data": []}, {"data": ["Expected an object."]}),
        ({"sku": "A2", "name": "x", "data": None}, {"data": ["This field may not be null."]}),
    ],
)
def test_a_bad_product_is_refused_and_nothing_is_stored(api: Any, body: Any, said: Any) -> None:
    add(api, "A1")
    answer = api.post("/pim/products/", body)
    assert (answer.status_code, answer.json()) == (400, said)
    assert skus(api.get("/pim/products/")) == ["A1"]


def test_skus_are_unique_in_a_workspace_only(api: Any, other_tenant: Any) -> None:
    add(api, "A1", "Ours")
    add(other_tenant, "A1", "Theirs")
    other_tenant.post("/pim/products/bulk/", {"products": [{"sku": "A1", "size": 1}, {"sku": "A2"}]})
    assert [product["data"] for product in api.get("/pim/products/").json()["results"]] == [{}]
    assert skus(other_tenant.get("/pim/products/")) == ["A1", "A2"]


def test_a_page_of_products_is_what_the_contract_says(api: Any) -> None:
    add(api, "A1", colors=["red"])
    api.put("/pim/schema/", {"fields": FIELDS})
    bulk = api.post("/pim/products/bulk/", {"products": [{"sku": "A2"}, {}]}).json()
    for record, payload in (
        ("Page<Product>", api.get("/pim/products/").json()),
        ("Product", api.get("/pim/products/1/").json()),
        ("ProductSchema", api.get("/pim/schema/").json()),
        ("Facets", api.get("/pim/facets/").json()),
        ("BulkUpsert", bulk),
    ):
        assert contract().check(record, payload) == [], record


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


def test_bulk_rows_merge_in_their_order(api: Any) -> None:
    rows = [
        {"sku": " A1 ", "name": "First", "size": 1, "data": {"size": 2, "deep": {"a": 1}}},
        {"sku": "A1", "name": None, "size": None, "deep": {"b": 2}},
        {"sku": "A1", "data": "not an object"},
    ]
    assert api.post("/pim/products/bulk/", {"products": rows}).json() == {"created": 1, "updated": 2, "errors": []}
    [product] = api.get("/pim/products/").json()["results"]
    assert (product["sku"], product["name"]) == ("A1", "First")
    assert product["data"] == {"size": None, "deep": {"b": 2}, "data": "not an object"}


@pytest.mark.parametrize("body", [{}, {"products": None}, {"products": {"sku": "A1"}}, {"products": "A1"}, [], [1]])
def test_a_bulk_body_without_a_list_of_rows_is_refused(api: Any, body: Any) -> None:
    answer = api.post("/pim/products/bulk/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["products"])
    assert api.post("/pim/products/bulk/", {"products": []}).json() == {"created": 0, "updated": 0, "errors": []}


def test_a_product_keeps_its_first_source_and_its_score_through_a_bulk_update(api: Any) -> None:
    add(api, "A1", description=DESCRIPTION)
    api.post("/pim/products/1/score/")
    before = api.get("/pim/products/1/").json()
    api.advance(60)
    api.post("/pim/products/bulk/", {"products": [{"sku": "A1", "size": 43}]})
    after = api.get("/pim/products/1/").json()
    assert after == {**before, "data": {**before["data"], "size": 43}, "updated_at": "2026-05-01T12:01:00Z"}


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
        f'fields[0] ("a").type: "blob" is not a valid choice. Choose one of: {", ".join(types)}.',
        "fields[1]: Expected an object with name and type, but got a text.",
        "fields[2].name: This field is required.",
        'fields[3] ("b").required: Must be a valid boolean: true or false.',
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("brand", "Expected a list of fields, but got a text."),
        ({"brand": "string"}, "Expected a list of fields, but got an object."),
        ([{"name": 5}], "fields[0].name: Not a valid string."),
        ([{"name": "  "}], "fields[0].name: Not a valid string."),
        ([{"name": "x" * 256}], "fields[0].name: Ensure this field has no more than 255 characters."),
        ([{"name": "a", "description": 5}], 'fields[0] ("a").description: Not a valid string.'),
        ([{"name": "a"}, {"name": " a "}], 'fields: "a" appears twice. Each name can be used once.'),
    ],
)
def test_a_bad_schema_is_refused_and_the_old_one_stays(api: Any, fields: Any, said: str) -> None:
    api.put("/pim/schema/", {"fields": FIELDS})
    answer = api.put("/pim/schema/", {"fields": fields, "default_currency": "EUR"})
    assert (answer.status_code, answer.json()) == (400, {"fields": [said]})
    kept = api.get("/pim/schema/").json()
    assert ([field["name"] for field in kept["fields"]], kept["default_currency"]) == (
        ["brand", "colors", "stock"],
        "USD",
    )


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("default_currency", "euro", "Expected a currency of ISO 4217, such as EUR."),
        ("default_currency", None, "This field may not be null."),
        ("default_locale", "fr-FR", "Expected a locale, such as fr or fr_FR."),
        ("default_locale", "French", "Expected a locale, such as fr or fr_FR."),
    ],
)
def test_an_invalid_currency_or_locale_is_refused(api: Any, key: str, value: Any, said: str) -> None:
    answer = api.put("/pim/schema/", {"fields": [], key: value})
    assert (answer.status_code, answer.json()) == (400, {key: [said]})
    assert api.get("/pim/schema/").json()["id"] is None


def test_sku_and_name_are_columns_of_the_product_and_no_fields(api: Any) -> None:
    fields = [{"name": "sku", "type": "string"}, {"name": "name", "type": "string"}, {"name": "brand"}]
    answer = api.put("/pim/schema/", {"fields": fields})
    assert answer.status_code == 200
    assert answer.json()["fields"] == [{"name": "brand", "type": "string", "required": False, "description": ""}]
    add(api, "A1", "Boot")
    add(api, "A2", "Shoe")
    assert skus(api.get("/pim/products/?name=Shoe&sku=A2")) == ["A1", "A2"]  # filters are for fields


def test_a_schema_is_replaced_as_a_whole(api: Any) -> None:
    first = api.put(
        "/pim/schema/", {"fields": FIELDS, "default_currency": "EUR", "default_locale": "zh_Hans_CN"}
    ).json()
    second = api.put("/pim/schema/", {"fields": [{"name": "brand", "type": "url"}]}).json()
    assert second["id"] == first["id"]
    assert second["fields"] == [{"name": "brand", "type": "url", "required": False, "description": ""}]
    assert (second["default_currency"], second["default_locale"]) == ("USD", "en_US")
    assert api.put("/pim/schema/", {"default_currency": "EUR"}).json() == {"fields": ["This field is required."]}


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
