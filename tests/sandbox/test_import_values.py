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
def test_text_that_is_no_value_stays_text_and_is_reported(api: Any, kind: str, cell: str, what: str) -> None:
    value, told = imported(api, kind, cell)
    assert value == cell
    shown = cell if len(cell) <= 60 else cell[:60] + "…"
    assert told == [f"{json.dumps(shown, ensure_ascii=False)} is not {what}; kept as text."]


@pytest.mark.parametrize(
    ("column", "cells", "kind"),
    [
        ("x", ["1", "2.5"], "number"),
        ("x", ["01067", "10115"], "string"),  # postcodes
        ("unit_price", ["1", "2.5"], "price"),
        ("x", ["1 EUR", "2"], "price"),
        ("x", ["1 EUR | 2 USD"], "multi_price"),
        ("x", ["yes", "no", ""], "boolean"),
        ("x", ["https://x.test/", "http://y.test/"], "url"),
        ("x", ["2026-01-02", "2026-01-02T10:00:00Z"], "datetime"),
        ("x", ["a;b", "c;d", "e"], "array"),
        ("x", ["Warm, dry and light in every kind of weather"], "string"),
        ("x", ["", ""], "string"),
    ],
)
def test_a_type_is_proposed_that_all_cells_fit(api: Any, column: str, cells: list[str], kind: str) -> None:
    rows = "".join(f'A{number},"{cell}"\n' for number, cell in enumerate(cells))
    files = {"file": ("p.csv", f"sku,{column}\n{rows}".encode(), "text/csv")}
    [field] = api.request("POST", "/pim/import/csv/", files=files).json()["suggested_schema"]
    assert (field["name"], field["type"], field["required"]) == (column, kind, all(cells))
