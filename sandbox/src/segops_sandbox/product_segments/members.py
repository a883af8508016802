"""Members of a product segment by its last compute: its SKUs, by pages or as a filter of other queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate

from segops_sandbox.database import CODE_POINT_ORDER
from segops_sandbox.http import cursors
from segops_sandbox.models import Product, ProductSegment, ProductSegmentMembership


@dataclass(frozen=True)
class Page:
    """Some SKUs with the names that their products have now, and where the next page begins."""

    count: int
    members: list[tuple[str, str]]
    next_cursor: str | None


def skus_of(segment_id: int) -> QuerySet[Any, Any]:
    """The stored SKUs, as a subquery: `Product.objects.filter(sku__in=skus_of(...))`."""
    return ProductSegmentMembership.objects.filter(segment_id=segment_id).values_list("sku", flat=True)


def page(segment: ProductSegment, limit: int, cursor: str | None) -> Page:
    """SKUs from a cursor on, or from the first, in the order of their code points. Raises cursors.BadCursor.

    A product that was deleted since the last compute has no name.
    """
    listing = f"product-segment:{segment.pk}"
    order = Collate(F("sku"), CODE_POINT_ORDER[connection.vendor])
    rows: Any = ProductSegmentMembership.objects.filter(segment=segment)
    count = rows.count()
    rows = rows.annotate(key=order).order_by("key")
    if cursor is not None:
        rows = rows.filter(key__gt=cursors.decode(listing, cursor))
    found = list(rows.values_list("sku", flat=True)[: limit + 1])
    skus = found[:limit]
    products = Product.objects.filter(tenant_id=segment.tenant_id, sku__in=skus)
    names = dict(products.values_list("sku", "name"))
    more = cursors.encode(listing, skus[-1]) if len(found) > limit else None
    return Page(count, [(sku, names.get(sku, "")) for sku in skus], more)
