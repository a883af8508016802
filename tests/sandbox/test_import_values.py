"""What a CSV cell becomes as a value of each field type, and which type is proposed for a column."""

from __future__ import annotations

import json
from typing import Any

import pytest

PRICES = '[{"amount": 5, "currency": "EUR", "locale": "de_DE"}]'


def imported(api: Any, kind: str, cell: str) -> tuple[Any, list[str]]:
    """The value that a cell becomes in a field of a type, and what the import says about it."""
    quoted = '"' + cell.replace('"', '""') + '"'
    files = {"file": ("p.csv", f"sku,x\nA1,{quoted}\n".encode(), "text/csv")}
    job = api.request("POST", "/pim/import/csv/", files=files).json()["job_id"]
    answer = api.post(f"/pim/import/{job}/confirm/", {"schema": [{"name": "x", "type": kind}]})
    assert answer.status_code == 202, answer.text
    value = api.get("/pim/products/").json()["results"][0]["data"]["x"]
    return value, [entry["error"] for entry in api.get(f"/pim/import/{job}/").json()["errors"]]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("string", " 007 ", "007"),
        ("string", "", None),
        ("number", "  ", None),
        ("number", "7", 7),
        ("number", "-1.50", -1.5),
        ("number", "1e3", 1000.0),
        ("number", "+5", 5),
        ("boolean", "YES", True),
        ("boolean", "0", False),
        ("array", "red|dark, blue", ["red", "dark, blue"]),
        ("array", "red; blue ;", ["red", "blue"]),
        ("array", "red, blue", ["red", "blue"]),
        ("array", "red", ["red"]),
        ("array", '["a, b", 5, null]', ["a, b", 5, None]),
        ("price", "129.99", 129.99),
        ("price", "€ 1.299,50", {"amount": 1299.5, "currency": "EUR"}),
        ("price", "1,299.00 USD", {"amount": 1299.0, "currency": "USD"}),
        ("price", "59,9 EUR", {"amount": 59.9, "currency": "EUR"}),
        ("price", "1,299", 1299),
        ("price", "$-5", {"amount": -5, "currency": "USD"}),
        ("price", '{"amount": 5, "currency": "EUR"}', {"amount": 5, "currency": "EUR"}),
        ("multi_price", PRICES, json.loads(PRICES)),
        ("multi_price", "5 EUR | $6", [{"amount": 5, "currency": "EUR"}, {"amount": 6, "currency": "USD"}]),
        ("url", "https://x.test/a?b=ü", "https://x.test/a?b=ü"),
        ("datetime", "2026-02-28", "2026-02-28"),
        ("datetime", "2026-02-28T12:00:00+02:00", "2026-02-28T12:00:00+02:00"),
    ],
)
def test_a_cell_becomes_a_value_of_its_fields_type(api: Any, kind: str, cell: str, value: Any) -> None:
    got, told = imported(api, kind, cell)
    assert (got, told) == (value, [])
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "what"),
    [
        ("number", "1_000", "a number"),
        ("number", "nan", "a number"),
        ("number", "1e999", "a number"),
        ("number", "٣", "a number"),
        ("number", "9" * 5000, "a number"),
        ("boolean", "maybe", "true or false"),
        ("array", '["a",', "a list"),
        ("array", "[1e999]", "a list"),
        ("array", "[NaN]", "a list"),
        ("array", "[" * 100_000, "a list"),
        ("price", "free", "a price"),
        ("price", "€5 USD", "a price"),
        ("price", "-$5", "a price"),
        ("price", "1,2,3", "a price"),
        ("price", '{"amount": true, "currency": "EUR"}', "a price"),
        ("multi_price", "5 | 6", "a list of prices"),
        ("multi_price", "[5]", "a list of prices"),
        ("url", "x.test/a", "an http(s) address"),
        ("url", "javascript:alert(1)", "an http(s) address"),
        ("url", "https://[", "an http(s) address"),
        ("datetime", "2026-02-30", "a date or time of ISO 8601"),
        ("datetime", "28.02.2026", "a date or time of ISO 8601"),
    ],
)
def test_text_that_cannot_be_converted_stays_text_and_is_reported(api: Any, kind: str, cell: str, what: str) -> None:
    value, told = imported(api, kind, cell)
    assert value == cell
    shown = cell if len(cell) <= 60 else cell[:60] + "…"
    assert told == [f"{json.dumps(shown, ensure_ascii=False)} is not {what}; kept as text."]


@pytest.mark.parametrize(
    ("column", "cells", "kind"),
    [
        ("x", ["1", "-2.5", ""], "number"),
        ("x", ["01067", "10115"], "string"),  # postcodes
        ("x", ["1.9", "1.10"], "string"),  # versions
        ("x", ["1E5", "2"], "string"),
        ("x", ["+49301234", "5"], "string"),
        ("x", ["10,5", "7"], "string"),
        ("x", ["1,299.00"], "string"),
        ("x", ["Last, First", "Lovelace, Ada"], "string"),
        ("x", ["a;b", "c;d", "e"], "string"),
        ("x", ['[""a""]'], "string"),
        ("unit_price", ["1", "2.5"], "price"),
        ("unit_price", ["1.50", "2"], "string"),
        ("x", ["1 EUR", "2"], "price"),
        ("x", ["€ 59", "2.5"], "price"),
        ("x", ["€ 1.299,50"], "string"),
        ("x", ["1 EUR | 2 USD"], "string"),
        ("x", ["yes", "no", ""], "boolean"),
        ("x", ["yes", "no", "No"], "string"),
        ("x", ["https://x.test/", "http://y.test/"], "url"),
        ("x", ["2026-01-02", "2026-01-02T10:00:00Z"], "datetime"),
        ("x", ["Warm, dry and light in every kind of weather"], "string"),
        ("x", ["", ""], "string"),
    ],
)
def test_a_type_is_proposed_that_costs_no_cell_a_character(api: Any, column: str, cells: list[str], kind: str) -> None:
    rows = "".join(f'A{number},"{cell}"\n' for number, cell in enumerate(cells))
    files = {"file": ("p.csv", f"sku,{column}\n{rows}".encode(), "text/csv")}
    [field] = api.request("POST", "/pim/import/csv/", files=files).json()["suggested_schema"]
    assert (field["name"], field["type"], field["required"]) == (column, kind, all(cells))


def upload(api: Any, content: str) -> dict[str, Any]:
    """Upload a file; the answer."""
    answer = api.request("POST", "/pim/import/csv/", files={"file": ("p.csv", content.encode(), "text/csv")})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def take(api: Any, content: str, **body: Any) -> dict[str, Any]:
    """Import a file; its status afterwards."""
    job = upload(api, content)["job_id"]
    assert api.post(f"/pim/import/{job}/confirm/", body).status_code == 202
    status: dict[str, Any] = api.get(f"/pim/import/{job}/").json()
    assert (status["status"], status["error_count"]) == ("done", 0)
    return status


def values(api: Any, field: str) -> dict[str, Any]:
    """A field of every product, by SKU."""
    found = api.get("/pim/products/?page_size=200").json()["results"]
    return {product["sku"]: product["data"].get(field) for product in found}


def test_every_row_of_a_file_counts_for_a_type_not_only_the_first_thousand(api: Any) -> None:
    rows = "".join(f"A{number},{number + 1000}\n" for number in range(1000))
    status = take(api, f"sku,ean\n{rows}LAST,0012345678905\n")
    assert api.get("/pim/schema/").json()["fields"][0]["type"] == "string"
    [last] = api.get("/pim/products/?ean=0012345678905").json()["results"]
    assert (last["sku"], last["data"]["ean"]) == ("LAST", "0012345678905")
    assert (status["changed_count"], status["changes"]) == (0, [])


def test_a_later_file_keeps_the_text_that_an_earlier_guess_would_cost(api: Any) -> None:
    take(api, "sku,ean\nA1,4006381333931\n")
    assert values(api, "ean") == {"A1": 4006381333931}
    status = take(api, "sku,ean\nA2,4006381333932\nA3,0012345678905\nA4,\n")
    assert values(api, "ean") == {"A1": 4006381333931, "A2": "4006381333932", "A3": "0012345678905", "A4": None}
    change = {"column": "ean", "field": "ean", "type": "number", "action": "kept", "count": 1}
    assert status["changes"] == [{**change, "example": "0012345678905"}]
    assert status["changed_count"] == 1


def test_a_declared_type_converts_and_says_what_became_another_text(api: Any) -> None:
    kinds = {"weight": "number", "colours": "array", "size": "number", "new": "boolean"}
    fields = [{"name": name, "type": kind} for name, kind in kinds.items()]
    rows = 'A1,1.10,"red, blue",5,yes\nA2,1E5,"[""red""]",6,no\nA3,2.5,,7,\n'
    status = take(api, f"sku,weight,colours,size,new\n{rows}", schema=fields)
    assert values(api, "weight") == {"A1": 1.1, "A2": 100_000.0, "A3": 2.5}
    assert values(api, "colours") == {"A1": ["red", "blue"], "A2": ["red"], "A3": None}
    assert [(each["column"], each["action"], each["count"], each["example"]) for each in status["changes"]] == [
        ("weight", "converted", 2, "1.10"),
        ("colours", "converted", 1, "red, blue"),
        ("new", "converted", 2, "yes"),
    ]
    assert status["changed_count"] == 5


@pytest.mark.parametrize(
    "content",
    [
        "\n \r\nsku,x\nA1,5\n",
        "sep=;\nsku;x\nA1;5\n",
        '"sep=;"\r\n\r\nsku;x\r\nA1;5\r\n',
        "sep=\t\nsku\tx\nA1\t5\n",
        "sku,x\nA1,5\n\x1a",
        "sku,x\r\nA1,5\x1a\r\n",
    ],
)
def test_what_spreadsheets_put_around_the_rows_is_understood(api: Any, content: str) -> None:
    assert upload(api, content)["headers"] == ["sku", "x"]
    take(api, content)
    assert values(api, "x") == {"A1": 5}


def test_lines_are_counted_as_in_the_file(api: Any) -> None:
    job = upload(api, "sep=;\n\nsku;x\nA1;5\n;6\n")["job_id"]
    api.post(f"/pim/import/{job}/confirm/", {})
    assert [entry["line"] for entry in api.get(f"/pim/import/{job}/").json()["errors"]] == [5]


def test_a_long_cell_is_a_cell_like_any_other(api: Any) -> None:
    text = "long text " * 20_000
    take(api, f"sku,note\nA1,{text}\n")
    assert values(api, "note") == {"A1": text.strip()}
