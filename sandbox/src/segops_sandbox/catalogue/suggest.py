"""Where does each column of a CSV file probably belong, and of what type is it?

What an earlier import confirmed for a column beats any guess. The guesses look at the column's name and its values.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from segops_sandbox.catalogue.csv_file import CsvFile
from segops_sandbox.catalogue.fields import RESERVED, boolean_of, number_of, price_of
from segops_sandbox.models import RememberedColumn, Tenant

_LOOKED_AT = 1000
_SKU_NAMES = ("sku", "product_sku", "item_sku", "variant_sku", "article_number", "item_number", "product_code")
_NAME_NAMES = ("name", "product_name", "title", "product_title", "item_name")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_URL = re.compile(r"https?://\S+")
_PRICE_NAME = re.compile(r"(^|_)(price|cost|amount|msrp|rrp)(_|$)")


def suggest(tenant: Tenant, file: CsvFile, known_types: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A mapping (column to field, None to leave it out) and a schema for the mapped fields."""
    sample = list(islice(file.rows(), _LOOKED_AT))
    mapping = suggest_mapping(tenant, file.headers, sample)
    schema = [
        {
            "name": field,
            "type": known_types.get(field) or type_of(field, [row[column] for row in sample]),
            "required": bool(sample) and all(row[column].strip() for row in sample),
            "description": "",
        }
        for column, field in mapping.items()
        if field is not None and field not in RESERVED
    ]
    return mapping, schema


def suggest_mapping(tenant: Tenant, headers: list[str], sample: list[dict[str, str]]) -> dict[str, str | None]:
    """Where each column goes; no target is given twice."""
    remembered = dict(RememberedColumn.objects.filter(tenant=tenant, column__in=headers).values_list("column", "field"))
    mapping: dict[str, str | None] = {}
    taken: set[str] = set()
    # What is remembered is placed first, so that no guess takes its target.
    for column in [*(c for c in headers if c in remembered), *(c for c in headers if c not in remembered)]:
        field = remembered[column] if column in remembered else _guess(column, taken)
        mapping[column] = None if field in taken else field
        if field is not None:
            taken.add(field)
    if "sku" not in taken:
        _find_sku(mapping, remembered, sample)
    return {column: mapping[column] for column in headers}


def type_of(field: str, cells: list[str]) -> str:
    """The field type that all filled cells fit, by name where values alone can't tell a price from a number."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return "string"
    if all(price_of(cell) is not None for cell in filled):
        with_currency = any(isinstance(price_of(cell), dict) for cell in filled)
        if with_currency or _PRICE_NAME.search(field):
            return "price"
    if all(number_of(cell) is not None for cell in filled):
        return "number"
    if all(boolean_of(cell) is not None for cell in filled):
        return "boolean"
    if all(_URL.fullmatch(cell) for cell in filled):
        return "url"
    if all(_DATETIME.fullmatch(cell) for cell in filled):
        return "datetime"
    return "array" if _looks_like_lists(filled) else "string"


def slug_of(column: str) -> str:
    """A column's name as a field name: `Product Name` is `product_name`."""
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_") or column.strip()


def _guess(column: str, taken: set[str]) -> str | None:
    slug = slug_of(column)
    if slug in _SKU_NAMES and "sku" not in taken:
        return "sku"
    if slug in _NAME_NAMES and "name" not in taken:
        return "name"
    return slug


def _find_sku(mapping: dict[str, str | None], remembered: dict[str, str | None], sample: list[dict[str, str]]) -> None:
    """Take the first column that is called an id or code and has a different value in every row."""
    for column in mapping:
        values = [row[column].strip() for row in sample]
        identifies = re.search(r"(^|_)(id|code|number|key|ref)$", slug_of(column))
        if column not in remembered and identifies and all(values) and len(set(values)) == len(values):
            mapping[column] = "sku"
            return


def _looks_like_lists(cells: list[str]) -> bool:
    """Most cells are JSON arrays, or short words between commas, bars or semicolons (prose has longer parts)."""

    def is_list(cell: str) -> bool:
        if cell.startswith("[") and cell.endswith("]"):
            return True
        parts = re.split(r"[|;,]", cell)
        return len(parts) > 1 and all(part.strip() and len(part.split()) <= 3 for part in parts)

    return sum(map(is_list, cells)) * 2 > len(cells)
