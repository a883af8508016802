"""The products that match a definition, in plain Python, from the reference and the sandbox's README.

Written to disagree with the compiler where the compiler is wrong: nothing of the sandbox is imported.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from segment_oracle import Event, Identities

BLANK = " \t\n\r\x0b\x0c"
DEFAULT_EVENT = {"purchased_by_segment": "order_completed", "viewed_by_segment": "product_viewed"}
NEGATIVES = {"neq": "eq", "not_between": "between", "not_in": "in", "does_not_contain": "contains"}
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@dataclass(frozen=True)
class Product:
    """A product of the catalogue."""

    sku: str
    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def matching(
    definition: dict[str, Any],
    products: Iterable[Product],
    events: list[Event],
    identities: Identities,
    stored: dict[int, set[str]],
) -> set[str]:
    """The SKUs that match; `stored` holds the raw ids of the user segments' stored members."""
    conditions = definition.get("conditions", [])
    combine = any if definition.get("logic") == "OR" and conditions else all

    def meets(product: Product, condition: dict[str, Any]) -> bool:
        if condition["type"] == "ai_visibility_metric":
            return True
        if condition["type"] == "user_behavior_signal":
            return product.sku in named(condition, events, identities, stored)
        return attribute(product, condition)

    return {product.sku for product in products if combine(meets(product, each) for each in conditions)}


def named(
    condition: dict[str, Any], events: list[Event], identities: Identities, stored: dict[int, set[str]]
) -> set[str]:
    """The product ids in the events of the members."""
    people = {identities.canonical(raw_id) for raw_id in stored[int(condition["segment_id"])]}
    wanted = condition.get("event_type") or DEFAULT_EVENT[condition["signal"]]
    found: set[str] = set()
    for event in events:
        if event.type == wanted and identities.canonical(event.raw_id) in people:
            value = event.payload.get(condition.get("product_id_property") or "product_id")
            found |= {text for each in entries(value) if (text := as_text(each)) is not None}
    return found


def attribute(product: Product, condition: dict[str, Any]) -> bool:
    """Whether one product meets a product_attribute."""
    name, kind, test = condition["property"], condition.get("value_type") or "string", condition["operator"]
    value = {"sku": product.sku, "name": product.name}.get(name, product.data.get(name))
    if kind == "array" and isinstance(value, str):
        value = value.split(",")
    filled = entries(value)
    if test in ("is_set", "is_not_set"):
        return bool(filled) == (test == "is_set")
    readings = [reading for each in filled if (reading := READ[kind](each)) is not None]
    if test in NEGATIVES:
        return bool(readings) and not any(holds(kind, NEGATIVES[test], each, condition) for each in readings)
    return any(holds(kind, test, each, condition) for each in readings)


def entries(value: Any) -> list[Any]:
    """What is filled in: the items of a list, or the value."""
    items = value if isinstance(value, list) else [value]
    return [each for each in items if not (each is None or each in ([], {}) or (each == "" or is_blank(each)))]


def is_blank(value: Any) -> bool:
    """Whether it is a text of blanks."""
    return isinstance(value, str) and value.strip(BLANK) == ""


def holds(kind: str, test: str, reading: Any, condition: dict[str, Any]) -> bool:
    """Whether one reading meets a positive operator."""
    if test in ("is_true", "is_false"):
        return bool(reading == (test == "is_true"))
    read = number if kind in ("number", "price") else as_text
    value = condition["value"]
    if test == "in":
        return reading in [read(each) for each in value]
    if test == "between":
        return bool(read(value) <= reading <= read(condition["value2"]))
    wanted = read(value)
    if kind == "array":
        return bool(reading == wanted.strip(BLANK))
    if test in ORDER:
        return ORDER[test](reading, wanted)
    return bool(
        {"contains": operator.contains, "starts_with": str.startswith, "ends_with": str.endswith}[test](reading, wanted)
    )


def as_text(value: Any) -> str | None:
    """A text; a number as plain decimals; None for a list, an object and integers that not every database holds."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)) and abs(value) <= 9_000_000_000_000_000_000:
        text = f"{Decimal(repr(value)):f}"
        return text.removeprefix("-") if value == 0 else text
    return None


def number(value: Any) -> float | None:
    """A number, or the one that a text is."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", value.strip(BLANK), re.I | re.A):
        return float(value.strip(BLANK))
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def price(value: Any) -> float | None:
    """A number, or that of `{amount, currency}`."""
    return number(value.get("amount") if isinstance(value, dict) else value)


def truth(value: Any) -> bool | None:
    """Yes or no, as people write it."""
    word = (as_text(value) or "").strip(BLANK).lower()
    return {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}.get(
        word
    )


def entry(value: Any) -> str | None:
    """An entry of a list."""
    text = as_text(value)
    return None if text is None else text.strip(BLANK)


READ: dict[str, Callable[[Any], Any]] = {
    "string": as_text,
    "url": as_text,
    "number": number,
    "price": price,
    "boolean": truth,
    "array": entry,
}
