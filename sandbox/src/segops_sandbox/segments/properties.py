"""Property operators as an SQL condition on a row with the columns `kind` and `value`.

A property that is missing (or null) meets `is_not_set` only; the compiler asks for that as the opposite of `is_set`.
A negative operator means: the property is there, and the positive one does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segops_sandbox.segments.dialects import Dialect, either, one_of
from segops_sandbox.segments.operators import OPPOSITES
from segops_sandbox.segments.sql import Sql, sql

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def condition(dialect: Dialect, operator: str, operand: Any) -> Sql:
    """The condition of an operator and its checked operand; `is_not_set` is not one of them."""
    if operator in OPPOSITES:
        positive = condition(dialect, OPPOSITES[operator], operand)
        return sql("{there} AND ({positive}) IS NOT TRUE", there=dialect.present, positive=positive)
    if operator in _SIGNS:
        expression, operand = _comparable(dialect, operand)
        return sql(f"{{expression}} {_SIGNS[operator]} {{operand}}", expression=expression, operand=operand)
    return _CONDITIONS[operator](dialect, operand)


def _comparable(dialect: Dialect, operand: Any) -> tuple[Sql, Any]:
    if isinstance(operand, str):
        return dialect.text, operand
    return dialect.number, dialect.numeric(operand)


def _equal(dialect: Dialect, operand: Any) -> Sql:
    if isinstance(operand, bool):
        return dialect.boolean(operand)
    expression, operand = _comparable(dialect, operand)
    return sql("{expression} = {operand}", expression=expression, operand=operand)


def _between(dialect: Dialect, operand: Any) -> Sql:
    expression, low = _comparable(dialect, operand[0])
    _, high = _comparable(dialect, operand[1])
    return sql("{expression} BETWEEN {low} AND {high}", expression=expression, low=low, high=high)


def _one_of(dialect: Dialect, operand: Any) -> Sql:
    texts = [item for item in operand if isinstance(item, str)]
    numbers = [dialect.numeric(item) for item in operand if not isinstance(item, (str, bool))]
    found = [dialect.boolean(item) for item in (True, False) if any(item is given for given in operand)]
    if texts:
        found.append(one_of(dialect.text, texts))
    if numbers:
        found.append(one_of(dialect.number, numbers))
    return either(found)


def _contains(dialect: Dialect, operand: Any) -> Sql:
    item = dialect.has_item(operand)
    return either([dialect.holds(operand), item]) if isinstance(operand, str) else item


def _starts_with(dialect: Dialect, operand: Any) -> Sql:
    return sql("substr({text}, 1, {length}) = {operand}", text=dialect.text, length=len(operand), operand=operand)


def _ends_with(dialect: Dialect, operand: Any) -> Sql:
    return sql(
        "length({text}) >= {length} AND substr({text}, length({text}) - {length} + 1) = {operand}",
        text=dialect.text,
        length=len(operand),
        operand=operand,
    )


_CONDITIONS: dict[str, Callable[[Dialect, Any], Sql]] = {
    "eq": _equal,
    "between": _between,
    "in": _one_of,
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "matches_regex": lambda dialect, operand: dialect.matches(operand),
    "is_set": lambda dialect, operand: dialect.filled,
    "is_true": lambda dialect, operand: dialect.boolean(True),
    "is_false": lambda dialect, operand: dialect.boolean(False),
}
