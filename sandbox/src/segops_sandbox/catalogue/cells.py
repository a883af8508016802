"""CSV cells as values of a field's type: https://segops.ai/docs/pim/import

Nothing is lost: text that is no value of the type stays as it is, and the caller learns of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_date, parse_datetime

from segops_sandbox.catalogue.fields import as_text, boolean_of, number_of

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_CURRENCY = r"([€$£¥]|[A-Z]{3})?"
_PRICE = re.compile(rf"{_CURRENCY}\s*(-?[\d.,]+)\s*{_CURRENCY}", re.ASCII)
_THOUSANDS = (
    re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII),  # 1,299.00
    re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)|-?\d{1,3}(\.\d{3}){2,}", re.ASCII),  # 1.299,00
)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}", re.ASCII)
_SHOWN = 60


def from_cell(text: str, field_type: str) -> tuple[Any, str | None]:
    """A cell as a value of a field's type (blank is null), and the problem if it had to stay text."""
    text = text.strip()
    if not text:
        return None, None
    if field_type not in _READERS:
        return text, None
    kind, read = _READERS[field_type]
    value = read(text)
    if value is not None:
        return value, None
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text, f"{json.dumps(shown, ensure_ascii=False)} is not {kind}; kept as text."


def reads_back(value: Any, cell: str) -> bool:
    """Whether the value of a cell, written as text, is the cell's text (without surrounding blanks)."""
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        return f"{as_text(value['amount'])} {value['currency']}" == cell.strip()
    return value is None or as_text(value) == cell.strip()


def keeps_its_figures(cell: str, price: Any) -> bool:
    """Whether a price has the very digits of its cell: `€ 59` and 59 EUR do, `1,299.00` and 1299.0 do not."""
    match = _PRICE.fullmatch(cell.strip())
    amount = price["amount"] if isinstance(price, dict) else price
    return match is not None and as_text(amount) == match.group(2)


def price_of(text: str) -> int | float | dict[str, Any] | None:
    """A plain amount, or `{amount, currency}` where the cell names a currency; None when it is no price."""
    text = text.strip()
    if text.startswith("{"):
        value = _json(text)
        return value if _is_price(value) else None
    match = _PRICE.fullmatch(text)
    if match is None or (match.group(1) and match.group(3)):
        return None
    amount = _amount(match.group(2))
    currency = match.group(1) or match.group(3)
    if amount is None or currency is None:
        return amount
    return {"amount": amount, "currency": _SYMBOLS.get(currency, currency)}


def multi_price_of(text: str) -> list[dict[str, Any]] | None:
    """`[{amount, currency, locale}]` as JSON, or prices with a currency each: `12 EUR | 14 USD`."""
    if text.startswith("["):
        value = _json(text)
        return value if isinstance(value, list) and all(map(_is_price, value)) else None
    prices = [price_of(part) for part in re.split(r"[|;]", text)]
    found = [price for price in prices if isinstance(price, dict)]
    return found if len(found) == len(prices) else None


def list_of(text: str) -> list[Any] | None:
    """A JSON array, or entries between bars, semicolons or commas, whichever of them comes first in that order."""
    if text.startswith("["):
        value = _json(text)
        return value if isinstance(value, list) else None
    separator = next((sign for sign in "|;," if sign in text), ",")
    return [entry for part in text.split(separator) if (entry := part.strip())]


def is_url(text: str) -> bool:
    """Whether it is an absolute http(s) address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", text)


def is_datetime(text: str) -> bool:
    """Whether it is a date or time of ISO 8601."""
    try:
        return (parse_datetime(text) or parse_date(text)) is not None
    except ValueError:  # well formed, but no valid day
        return False


def _amount(digits: str) -> int | float | None:
    plain = number_of(digits)
    if plain is not None:
        return plain
    if _THOUSANDS[0].fullmatch(digits):
        return number_of(digits.replace(",", ""))
    if _THOUSANDS[1].fullmatch(digits):
        return number_of(digits.replace(".", "").replace(",", "."))
    return number_of(digits.replace(",", ".")) if _DECIMAL_COMMA.fullmatch(digits) else None


def _is_price(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("currency"), str):
        return False
    amount = value.get("amount")
    return (isinstance(amount, (int, float)) and not isinstance(amount, bool)) or (
        isinstance(amount, str) and number_of(amount) is not None
    )


def _json(text: str) -> Any:
    """The JSON value, or None. Python would also read NaN, and numbers that could not be sent back."""
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _refused(word: str) -> Any:
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(digits)
    return number


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "number": ("a number", number_of),
    "boolean": ("true or false", boolean_of),
    "array": ("a list", list_of),
    "price": ("a price", price_of),
    "multi_price": ("a list of prices", multi_price_of),
    "url": ("an http(s) address", lambda text: text if is_url(text) else None),
    "datetime": ("a date or time of ISO 8601", lambda text: text if is_datetime(text) else None),
}
