"""Operators, and the value that each needs."""

from __future__ import annotations

import math
from typing import Any, Final

from segops_sandbox.segments import regex
from segops_sandbox.segments.regex_syntax import RegexError

COMPARISONS: Final = ("eq", "neq", "gt", "gte", "lt", "lte")
ORDERINGS: Final = ("gt", "gte", "lt", "lte")
RANGES: Final = ("between", "not_between")
LISTS: Final = ("in", "not_in")
TEXTS: Final = ("starts_with", "ends_with", "matches_regex")
PARTS: Final = ("contains", "does_not_contain")
BARE: Final = ("is_set", "is_not_set", "is_true", "is_false")
ALL: Final = (*COMPARISONS, *RANGES, *LISTS, *PARTS, *TEXTS, *BARE)

# An operator that is true when the property is there and its opposite is not true.
OPPOSITES: Final = {
    "neq": "eq",
    "not_between": "between",
    "not_in": "in",
    "does_not_contain": "contains",
}
SYMBOLS: Final = {"eq": "=", "neq": "≠", "gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}
VALUE_TYPES: Final = ("string", "number", "price", "boolean", "datetime", "array", "url")
# So that 50 conditions with full lists stay below the number of parameters that SQLite takes.
MAX_LIST: Final = 500

Scalar = str | int | float | bool


class BadValue(ValueError):
    """A value that an operator can't work with; the text says why."""


def number(value: Any) -> int | float:
    """A finite number, not a boolean; integers beyond 64 bits become floats. Raises BadValue."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValue("A valid number is required.")
    try:
        if not math.isfinite(value):
            raise BadValue("A finite number is required.")
        return value if isinstance(value, float) or -(2**63) <= value < 2**63 else float(value)
    except OverflowError:
        raise BadValue("The number is too large.") from None


def operand(operator: str, value: Any, value2: Any, value_type: str | None) -> Any:
    """The value that a property is compared with, checked for its operator.

    Returns None for operators that take none, a pair for ranges, a tuple for lists, otherwise a scalar.
    Raises BadValue.
    """
    if operator in BARE:
        return None
    if operator in RANGES:
        return _bounds(value, value2, value_type)
    if operator in LISTS:
        if not isinstance(value, list):
            raise BadValue(f'Expected a list of items for "{operator}".')
        if len(value) > MAX_LIST:
            raise BadValue(f"Ensure this field has no more than {MAX_LIST} elements.")
        return tuple(_scalar(item, value_type) for item in value)
    scalar = _scalar(value, value_type)
    if operator in ORDERINGS and isinstance(scalar, bool):
        raise BadValue(f'"{operator}" needs a number or a string.')
    if operator in TEXTS and not isinstance(scalar, str):
        raise BadValue(f'"{operator}" needs a string.')
    if operator == "matches_regex":
        try:
            regex.compile(str(scalar))
        except RegexError as exc:
            raise BadValue(f"Invalid regular expression: {exc}.") from None
    return scalar


def _bounds(value: Any, value2: Any, value_type: str | None) -> tuple[Scalar, Scalar]:
    if isinstance(value, list):
        if len(value) != 2 or value2 is not None:
            raise BadValue("Expected a lower and an upper bound: value and value2, or value as a list of two.")
        value, value2 = value
    if value2 is None:
        raise BadValue("The upper bound is missing: give value2, or value as a list of two.")
    low, high = _scalar(value, value_type), _scalar(value2, value_type)
    if isinstance(low, bool) or isinstance(high, bool) or isinstance(low, str) != isinstance(high, str):
        raise BadValue("The bounds must be two numbers or two strings.")
    return low, high


def _scalar(value: Any, value_type: str | None) -> Scalar:
    if isinstance(value, str):
        return _converted(value, value_type)
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return number(value)
    raise BadValue("Expected a string, a number or a boolean.")


def _converted(value: str, value_type: str | None) -> Scalar:
    """A text, or the number or boolean that it stands for when `value_type` says so (form fields send texts)."""
    if value_type in ("number", "price"):
        try:
            return number(float(value))
        except ValueError:
            raise BadValue("A valid number is required.") from None
    if value_type == "boolean":
        if value.lower() not in ("true", "false"):
            raise BadValue("Must be a valid boolean.")
        return value.lower() == "true"
    return value
