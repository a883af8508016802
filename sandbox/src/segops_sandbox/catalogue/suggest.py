"""Suggestions for an import: where each column probably belongs, and of what type it is.

What an earlier import confirmed for a column beats any guess. The guesses look at the column's name and its values.
"""

from __future__ import annotations

import re
from typing import Any

from segops_sandbox.catalogue.columns import Column
from segops_sandbox.catalogue.csv_file import NAME_NAMES, SKU_NAMES, CsvFile
from segops_sandbox.catalogue.fields import RESERVED, slug_of
from segops_sandbox.catalogue.product_schema import schema_of
from segops_sandbox.models import RememberedColumn, Tenant

_PRICE_NAME = re.compile(r"(^|_)(price|cost|amount|msrp|rrp)(_|$)")
_ID_NAME = re.compile(r"(^|_)(id|code|number|key|ref)$")


def suggest(tenant: Tenant, file: CsvFile) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A mapping (column to field, None to leave it out) and a schema for the mapped fields."""
    fields = {field["name"]: field for field in schema_of(tenant).fields}
    mapping = suggest_mapping(tenant, file, list(fields))
    schema = [
        fields.get(field) or _new_field(field, file.columns[column])
        for column, field in mapping.items()
        if field is not None and field not in RESERVED
    ]
    return mapping, schema


def suggest_mapping(tenant: Tenant, file: CsvFile, fields: list[str]) -> dict[str, str | None]:
    """Where each column goes; no target is given twice."""
    columns = set(file.headers)
    confirmed = RememberedColumn.objects.filter(tenant=tenant).values_list("column", "field")
    remembered = {column: field for column, field in confirmed if column in columns}
    by_slug = {slug_of(field): field for field in reversed(fields)}
    mapping: dict[str, str | None] = {}
    taken: set[str] = set()
    # What is remembered is placed first, so that no guess takes its target.
    for column in sorted(file.headers, key=lambda column: column not in remembered):
        field = remembered[column] if column in remembered else _guess(column, fields, by_slug, taken)
        mapping[column] = None if field in taken else field
        if field is not None:
            taken.add(field)
    if "sku" not in taken:
        _find_sku(mapping, remembered, file.sample)
    return {column: mapping[column] for column in file.headers}


def type_of(field: str, column: Column) -> str:
    """The type that every cell of the file has without losing a character; by name where a price could be a number."""
    if not column.filled:
        return "string"
    if "price" in column.types and (_PRICE_NAME.search(field) or column.currencies):
        return "price"
    return next((kind for kind in column.types if kind != "price"), "string")


def _new_field(name: str, column: Column) -> dict[str, Any]:
    required = column.filled > 0 and not column.blank
    return {"name": name, "type": type_of(name, column), "required": required, "description": ""}


def _guess(column: str, fields: list[str], by_slug: dict[str, str], taken: set[str]) -> str | None:
    """The product's own columns by their usual names, then a field that is there already, then a new one."""
    slug = slug_of(column)
    if slug in SKU_NAMES and "sku" not in taken:
        return "sku"
    if slug in NAME_NAMES and "name" not in taken:
        return "name"
    return column if column in fields else by_slug.get(slug, slug)


def _find_sku(mapping: dict[str, str | None], remembered: dict[str, str | None], sample: list[dict[str, str]]) -> None:
    """Take the first column that is called an id or code and has a different value in every row."""
    for column in mapping:
        values = [row[column].strip() for row in sample]
        identifies = _ID_NAME.search(slug_of(column))
        if column not in remembered and identifies and all(values) and len(set(values)) == len(values):
            mapping[column] = "sku"
            return
