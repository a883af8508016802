"""What a page shows of a product: https://segops.ai/docs/ai-reach/landing-pages"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from segops_sandbox.catalogue.cells import price_of
from segops_sandbox.catalogue.fields import as_text, is_filled, number_of
from segops_sandbox.models import Product, ProductSchema

_IMAGE = re.compile(r"image|img|photo|picture", re.IGNORECASE)
_LONGEST = 80
_TEXT = "description"


def card_of(product: Product, schema: ProductSchema) -> dict[str, Any]:
    """A product as its page shows it; `price` is `{amount, currency}` or null."""
    return {
        "sku": product.sku,
        "name": product.name or product.sku,
        "text": product.data[_TEXT] if isinstance(product.data.get(_TEXT), str) else "",
        "price": _price(product, schema),
        "url": _address(product, schema, image=False),
        "image": _address(product, schema, image=True),
    }


def attributes_of(products: list[Product], schema: ProductSchema) -> dict[str, list[str]]:
    """Field to each product's value as short text, for the fields that at least two of the products fill.

    Prices, addresses and descriptions have a place of their own on a page.
    """
    kinds = {field["name"]: field["type"] for field in schema.fields}
    names = dict.fromkeys([*kinds, *(name for product in products for name in product.data)])
    found: dict[str, list[str]] = {}
    for name in names:
        if name == _TEXT or kinds.get(name) in ("url", "price", "multi_price") or name == "price":
            continue
        values = [_cell(product.data.get(name)) for product in products]
        if sum(map(bool, values)) >= 2:
            found[name] = values
    return found


def price_text(price: dict[str, Any] | None) -> str:
    """`59 EUR`, `129.90 EUR`, or nothing."""
    return "" if price is None else f"{amount_text(price['amount'])} {price['currency']}"


def amount_text(amount: float) -> str:
    """Whole amounts without, others with two decimals."""
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}"


def _price(product: Product, schema: ProductSchema) -> dict[str, Any] | None:
    """The first price of the product, in the catalogue's currency where it names none."""
    fields = [field["name"] for field in schema.fields if field["type"] in ("price", "multi_price")]
    for name in dict.fromkeys(["price", *fields]):
        value = product.data.get(name)
        for option in value if isinstance(value, list) else [value]:
            if (price := _amount(option)) is not None:
                amount, currency = price
                return {"amount": amount, "currency": currency or schema.default_currency}
    return None


def _amount(value: Any) -> tuple[float, str] | None:
    if isinstance(value, str):
        value = price_of(value)
    currency = ""
    if isinstance(value, dict):
        named = value.get("currency")
        currency = named.strip()[:3].upper() if isinstance(named, str) else ""
        value = value.get("amount")
        value = number_of(value) if isinstance(value, str) else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value, currency


def _address(product: Product, schema: ProductSchema, *, image: bool) -> str | None:
    """The first web address among the product's fields; one of another scheme could run as a script."""
    fields = [field["name"] for field in schema.fields if field["type"] == "url"]
    for name in dict.fromkeys([*fields, "image", "image_url", "url", "link", "product_url"]):
        value = product.data.get(name)
        if bool(_IMAGE.search(name)) is image and isinstance(value, str) and _is_web(value):
            return value
    return None


def _is_web(text: str) -> bool:
    if not text.isprintable() or any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _cell(value: Any) -> str:
    """A value for a table, empty when it does not fit into a cell."""
    if not is_filled(value) or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            return ""
        text = ", ".join(as_text(item) for item in value if is_filled(item))
    else:
        text = as_text(value).strip()
    return text if len(text) <= _LONGEST and not text.startswith(("http://", "https://")) else ""
