"""Catalogue fields: their types, when a value is filled in, and how it reads as text. https://segops.ai/docs/pim"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

FIELD_TYPES = ("string", "number", "boolean", "array", "url", "price", "multi_price", "datetime")
# Columns of the product itself, never fields of its data.
RESERVED = ("sku", "name")
MAX_FIELD_NAME, MAX_SKU, MAX_NAME = 255, 255, 500
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}
# Python accepts more as a number than is meant here: 1_000, nan, digits of other scripts.
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


def is_filled(value: Any) -> bool:
    """Whether a value is filled: not null, blank, or an empty list or object."""
    return not (value is None or value in ([], {}) or (isinstance(value, str) and not value.strip()))


def as_list(value: Any) -> list[str]:
    """The entries of an `array` value: a JSON array, or comma-separated text."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return []
    return [text for entry in value if is_filled(entry) and (text := as_text(entry).strip())]


def as_text(value: Any) -> str:
    """A value as PostgreSQL's `->>` gives it: text as it is, all else as a jsonb value is printed."""
    return value if isinstance(value, str) else _jsonb(value)


def number_of(text: str) -> int | float | None:
    """The number that a text holds, or None. Infinity and NaN are not numbers that JSON could carry."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return None
    return int(text) if _WHOLE.fullmatch(text.strip()) else number


def boolean_of(text: str) -> bool | None:
    """The truth value that a text holds, or None."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def slug_of(column: str) -> str:
    """A column's name as a field name: `Product Name` is `product_name`."""
    slug = re.sub(r"\W+", "_", column.strip().lower()).strip("_") or column.strip()
    return slug[:MAX_FIELD_NAME]


def _jsonb(value: Any) -> str:
    """JSON with PostgreSQL's spaces, its order of keys (the shorter first) and its numbers without exponents."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_jsonb, value)) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_jsonb(key)}: {_jsonb(value[key])}" for key in keys) + "}"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if value else "0.0"
    return json.dumps(value, ensure_ascii=False)
