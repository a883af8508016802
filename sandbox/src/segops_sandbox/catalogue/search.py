"""The product search: the best matches of a question by TF-IDF, from an index that follows the catalogue.

scikit-learn does it, of the extra `search`: a plain install has neither it nor numpy. A search of our own would be some
hundred lines of text processing to keep, which is not what the sandbox is for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from segops_sandbox import extras
from segops_sandbox.catalogue.fingerprint import Fingerprint, fingerprint_of
from segops_sandbox.catalogue.search_index import SearchIndex
from segops_sandbox.catalogue.words import text_of
from segops_sandbox.models import Product, Tenant
from segops_sandbox.product_segments.members import skus_of

METHOD: Final = "tf-idf"
_KEPT: Final = 8

_indexes: OrderedDict[int, tuple[Fingerprint, SearchIndex]] = OrderedDict()
_lock = threading.Lock()
# One index is built at a time: two threads that ask for the same one share it, and memory has one peak.
_building = threading.Lock()


@dataclass(frozen=True)
class Match:
    """A product and how well it fits, 0 to 1."""

    product: Product
    score: float


def search(tenant: Tenant, query: str, limit: int, product_segment_id: int | None = None) -> list[Match]:
    """The best matches first, equally good ones in the order of their ids; a score of 0 is no match.

    Raises MissingExtra where scikit-learn is not installed.
    """
    extras.SEARCH.need()
    index = _index_of(tenant)
    scores = index.scores(query)
    if product_segment_id is not None:
        scores = scores * _is_one_of(index.skus, set(skus_of(product_segment_id)))
    best = [int(row) for row in (-scores).argsort(kind="stable")[:limit] if scores[row] > 0]
    found = Product.objects.filter(tenant=tenant).in_bulk([index.pks[row] for row in best])
    matches = [(found.get(index.pks[row]), float(scores[row])) for row in best]
    # A product that was deleted after the index was looked at is no match any more.
    return [Match(product, round(score, 4)) for product, score in matches if product is not None]


def _index_of(tenant: Tenant) -> SearchIndex:
    """The index of the catalogue as it is now, kept until the catalogue changes."""
    current = fingerprint_of(tenant)
    index = _kept(tenant, current)
    if index is not None:
        return index
    with _building:
        # Taken before the rows are read: a write in between makes the index newer than it claims, never older.
        current = fingerprint_of(tenant)
        index = _kept(tenant, current) or SearchIndex(_rows(tenant))
    with _lock:
        _indexes[tenant.pk] = (current, index)
        _indexes.move_to_end(tenant.pk)
        while len(_indexes) > _KEPT:
            _indexes.popitem(last=False)
    return index


def _kept(tenant: Tenant, current: Fingerprint) -> SearchIndex | None:
    with _lock:
        known, index = _indexes.get(tenant.pk, (None, None))
        return index if known == current else None


def _rows(tenant: Tenant) -> Iterator[tuple[int, str, str]]:
    products = Product.objects.filter(tenant=tenant).order_by("pk").values_list("pk", "sku", "name", "data")
    for pk, sku, name, data in products.iterator(chunk_size=2000):
        yield pk, sku, text_of(sku, name, data)


def _is_one_of(skus: list[str], wanted: set[str]) -> Any:
    import numpy as np

    return np.fromiter((sku in wanted for sku in skus), dtype=bool, count=len(skus))
