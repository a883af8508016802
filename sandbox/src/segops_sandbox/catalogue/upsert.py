"""Upserts of many product rows: keyed on SKU, in chunks, a bad row beside good ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from segops_sandbox import clock
from segops_sandbox.catalogue.fields import MAX_NAME, MAX_SKU
from segops_sandbox.catalogue.locks import lock_catalogue
from segops_sandbox.catalogue.rows import Draft, insert_products, update_products
from segops_sandbox.models import Product, Tenant

CHUNK = 1000
# A SKU that others create meanwhile is found by the next attempt; each needs a new one to fail again.
_ATTEMPTS = 5
T = TypeVar("T")


@dataclass
class Outcome:
    """The outcome of an upsert."""

    created: int = 0
    updated: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One valid row: its SKU, name (None leaves it), the data to merge, and the row as it came."""

    sku: str
    name: str | None
    data: dict[str, Any]
    raw: dict[str, Any] | None = None


def upsert_flat(tenant: Tenant, rows: list[Any]) -> Outcome:
    """Create or update products from flat rows: every key but sku and name goes into the product's data."""
    outcome = Outcome()
    good: list[Row] = []
    for index, row in enumerate(rows):
        problem = _problem(row)
        if problem is None:
            good.append(_flat(row))
        else:
            sku = row.get("sku") if isinstance(row, dict) else None
            outcome.errors.append(
                {"index": index, "sku": sku if isinstance(sku, str) and sku else None, "error": problem}
            )
    with transaction.atomic():
        for chunk in chunks(good, CHUNK):
            created = upsert_chunk(tenant, chunk, "api")
            outcome.created += created
            outcome.updated += len(chunk) - created
    return outcome


def upsert_chunk(tenant: Tenant, rows: list[Row], source: str) -> int:
    """Write one chunk of valid rows within a transaction; returns how many of them created a product.

    A SKU that comes twice is created by its first row and updated by the second.
    """
    lock_catalogue(tenant)
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return _write(tenant, rows, source)
        except IntegrityError:  # a product of the same SKU was created one by one meanwhile
            continue
    return _write(tenant, rows, source)


def _write(tenant: Tenant, rows: list[Row], source: str) -> int:
    stored = Product.objects.select_for_update().filter(tenant=tenant, sku__in={row.sku for row in rows})
    columns = stored.order_by("pk").values_list("pk", "sku", "name", "data")
    known = {sku: Draft(pk, sku, name, data) for pk, sku, name, data in columns}
    new: dict[str, Draft] = {}
    changed: dict[str, Draft] = {}
    for row in rows:
        draft = known.get(row.sku) or new.get(row.sku)
        if draft is None:
            draft = new[row.sku] = Draft(None, row.sku, "", {})
        elif row.sku in known:
            changed[row.sku] = draft
        draft.name = draft.name if row.name is None else row.name
        draft.data = {**draft.data, **row.data}
        draft.raw = row.raw
    now = clock.now()
    insert_products(tenant, new.values(), source, now)
    update_products(tenant, changed.values(), now)
    return len(new)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _flat(row: dict[str, Any]) -> Row:
    nested = row.get("data")
    data = {key: value for key, value in row.items() if key not in ("sku", "name")}
    if isinstance(nested, dict):
        # Taken literally, the reference would make this data.data, which nobody intends.
        del data["data"]
        data.update(nested)
    return Row(row["sku"].strip(), row.get("name"), data)


def _problem(row: Any) -> str | None:
    if not isinstance(row, dict):
        return f"Expected an object, but got {type(row).__name__}."
    sku, name = row.get("sku"), row.get("name")
    if sku is None or sku == "":
        return "sku: This field is required."
    if not isinstance(sku, str) or not sku.strip():
        return "sku: Not a valid string."
    if len(sku.strip()) > MAX_SKU:
        return f"sku: Ensure this field has no more than {MAX_SKU} characters."
    if name is not None and not isinstance(name, str):
        return "name: Not a valid string."
    if name is not None and len(name) > MAX_NAME:
        return f"name: Ensure this field has no more than {MAX_NAME} characters."
    return None
