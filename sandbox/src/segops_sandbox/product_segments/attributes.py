"""Conditions on a field of a product, as an SQL test of the product `p`.

A field is a list of entries: those of its JSON list, or the one value that it is. Of each entry the value type reads
something: a text, a number, the amount of a price. An operator holds when it does for one reading; a negative one
(`neq`, `not_in`, ...) when there is a reading and none for which its opposite holds. So a field that is missing, or
holds nothing that its type could read, meets `is_not_set` at most. `is_set` asks whether any entry is filled in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segops_sandbox.product_segments.definition import ProductAttribute
from segops_sandbox.segments.dialects import Dialect, either, one_of
from segops_sandbox.segments.operators import OPPOSITES
from segops_sandbox.segments.sql import Sql, sql

# Columns of the product itself.
_COLUMNS = ("sku", "name")
# What people write for yes and no.
_TRUE, _FALSE = ["true", "yes", "y", "1"], ["false", "no", "n", "0"]
_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_READING = sql("reading")


def test(condition: ProductAttribute, dialect: Dialect) -> Sql:
    """Whether the product meets the condition."""
    entries = _entries(condition, dialect)
    if condition.operator == "is_set":
        return sql("EXISTS (\n  {entries}\n)", entries=entries)
    if condition.operator == "is_not_set":
        return sql("NOT EXISTS (\n  {entries}\n)", entries=entries)
    readings = sql(
        "SELECT {reading} AS reading\nFROM (\n  {entries}\n) AS filled",
        reading=_reading(condition.value_type, dialect),
        entries=entries,
    )
    if condition.operator in OPPOSITES:
        # The largest of 0s is 0, of nothing null: there is a reading, and none of them holds.
        template = (
            "(\n  SELECT MAX(CASE WHEN {holds} THEN 1 ELSE 0 END)\n  FROM (\n    {readings}\n  ) AS r\n"
            "  WHERE reading IS NOT NULL\n) = 0"
        )
    else:
        template = "EXISTS (\n  SELECT 1\n  FROM (\n    {readings}\n  ) AS r\n  WHERE {holds}\n)"
    return sql(template, readings=readings, holds=_holds(condition, dialect))


def _entries(condition: ProductAttribute, dialect: Dialect) -> Sql:
    if condition.property in _COLUMNS:
        field = dialect.column(Sql(f"p.{condition.property}"))
    else:
        field = dialect.property(sql("p.data"), condition.property, escaped=True)
    return dialect.entries(sql("SELECT {field}", field=field), split=condition.value_type == "array")


def _reading(value_type: str, dialect: Dialect) -> Sql:
    if value_type == "number":
        return dialect.plain_number
    if value_type == "price":
        return dialect.amount
    if value_type == "boolean":
        return sql("LOWER({text})", text=dialect.trimmed)
    return dialect.trimmed if value_type == "array" else dialect.plain_text


def _holds(condition: ProductAttribute, dialect: Dialect) -> Sql:
    """Whether one reading meets the operator, or the opposite of a negative one."""
    operator, operand = OPPOSITES.get(condition.operator, condition.operator), condition.operand
    if operator == "contains" and condition.value_type == "array":
        operator = "eq"  # an entry of the list is the reading
    if operator in _SIGNS:
        return sql(f"reading {_SIGNS[operator]} {{operand}}", operand=operand)
    return _TESTS[operator](dialect, operand)


def _starts_with(dialect: Dialect, operand: str) -> Sql:
    return sql("substr(reading, 1, {length}) = {operand}", length=len(operand), operand=operand)


def _ends_with(dialect: Dialect, operand: str) -> Sql:
    return sql(
        "length(reading) >= {length} AND substr(reading, length(reading) - {length} + 1) = {operand}",
        length=len(operand),
        operand=operand,
    )


_TESTS: dict[str, Callable[[Dialect, Any], Sql]] = {
    "between": lambda dialect, bounds: sql("reading BETWEEN {low} AND {high}", low=bounds[0], high=bounds[1]),
    "in": lambda dialect, items: one_of(_READING, items) if items else either([]),
    "contains": lambda dialect, part: dialect.holds(part, _READING),
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "is_true": lambda dialect, operand: one_of(_READING, _TRUE),
    "is_false": lambda dialect, operand: one_of(_READING, _FALSE),
}
