"""What is a catalogue field, and when is a value of it filled in? https://segops.ai/docs/pim"""

from __future__ import annotations

import json
import re
from typing import Any

FIELD_TYPES = ("string", "number", "boolean", "array", "url", "price", "multi_price", "datetime")
# Columns of the product itself, never fields of its data.
RESERVED = ("sku", "name")
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_PRICE = re.compile(r"([€$£¥]|[A-Z]{3})?\s*(-?\d+(?:[.,]\d{1,2})?)\s*([€$£¥]|[A-Z]{3})?")


def is_filled(value: Any) -> bool:
    """Whether a value says anything: not null, blank, or an empty list or object."""
    return not (value is None or value in ([], {}) or (isinstance(value, str) and not value.strip()))


def as_list(value: Any) -> list[str]:
    """The entries of an `array` value: a JSON array, or comma-separated text."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return []
    return [text for entry in value if is_filled(entry) and (text := as_text(entry).strip())]


def as_text(value: Any) -> str:
    """A value as the database's `->>` gives it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def number_of(text: str) -> int | float | None:
    """The number that a cell holds, or None. Infinity and NaN are not numbers that JSON could carry."""
    try:
        number = float(text)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(text) if re.fullmatch(r"-?\d+", text.strip()) else number


def boolean_of(text: str) -> bool | None:
    """The truth value that a cell holds, or None."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def price_of(text: str) -> int | float | dict[str, Any] | None:
    """A plain amount, or `{amount, currency}` where the cell names a currency; None when it is no price."""
    match = _PRICE.fullmatch(text.strip())
    if match is None:
        return None
    amount = number_of(match.group(2).replace(",", "."))
    currency = match.group(1) or match.group(3)
    if currency is None:
        return amount
    return {"amount": amount, "currency": _SYMBOLS.get(currency, currency)}


def from_cell(text: str, field_type: str) -> Any:
    """A CSV cell as a value of a field's type; text that does not fit stays text, and blank is null."""
    text = text.strip()
    if not text:
        return None
    if field_type == "number":
        value: Any = number_of(text)
    elif field_type == "boolean":
        value = boolean_of(text)
    elif field_type == "price":
        value = price_of(text)
    elif field_type in ("array", "multi_price"):
        value = _json_list(text)
        if value is None and field_type == "array":
            value = as_list(text.replace("|", ","))
    else:
        value = text
    return text if value is None else value


def _json_list(text: str) -> list[Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None
