"""Facets: the values that the catalogue's text and list fields take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from segops_sandbox.catalogue.fields import as_list, as_text, is_filled
from segops_sandbox.catalogue.product_schema import field_types
from segops_sandbox.models import Product, Tenant

_PRODUCTS, _VALUES = 1000, 100


def facets_of(tenant: Tenant) -> dict[str, list[str]]:
    """Field to its distinct values, from the first 1,000 products."""
    products = Product.objects.filter(tenant=tenant).order_by("pk").values_list("data", flat=True)[:_PRODUCTS]
    return values_of(products, field_types(tenant))


def values_of(products: Iterable[dict[str, Any]], types: dict[str, str]) -> dict[str, list[str]]:
    """For each `string` and `array` field the distinct values in some products' data, sorted, at most 100."""
    found: dict[str, set[str]] = {name: set() for name, kind in types.items() if kind in ("string", "array")}
    for data in products:
        for name, values in found.items():
            value = data.get(name)
            if types[name] == "array":
                values.update(as_list(value))
            elif is_filled(value):
                values.add(as_text(value))
    return {name: sorted(values)[:_VALUES] for name, values in found.items()}
