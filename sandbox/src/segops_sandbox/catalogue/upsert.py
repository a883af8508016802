"""How do many product rows get in at once? Keyed on SKU, in chunks, a bad row beside good ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from segops_sandbox import clock
from segops_sandbox.models import Product, Tenant

CHUNK = 500
_MAX_SKU, _MAX_NAME = 255, 500
T = TypeVar("T")


@dataclass
class Outcome:
    """What became of the rows."""

    created: int = 0
    updated: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One valid row: its place in the input, its SKU, name (None leaves it) and the data to merge."""

    index: int
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
            good.append(_flat(index, row))
        else:
            sku = row.get("sku") if isinstance(row, dict) else None
            outcome.errors.append(
                {"index": index, "sku": sku if isinstance(sku, str) and sku else None, "error": problem}
            )
    for chunk in chunks(good, CHUNK):
        upsert_chunk(tenant, chunk, "api", outcome)
    return outcome


def upsert_chunk(tenant: Tenant, rows: list[Row], source: str, outcome: Outcome) -> None:
    """Write one chunk of valid rows; a SKU that comes twice is created by its first row and updated by the second."""
    known = {
        product.sku: product for product in Product.objects.filter(tenant=tenant, sku__in={row.sku for row in rows})
    }
    new: dict[str, Product] = {}
    changed: dict[str, Product] = {}
    now = clock.now()
    for row in rows:
        product = known.get(row.sku) or new.get(row.sku)
        if product is None:
            product = new[row.sku] = Product(tenant=tenant, sku=row.sku, data={}, source=source)
            outcome.created += 1
        else:
            outcome.updated += 1
            if row.sku in known:
                changed[row.sku] = product
        product.name = product.name if row.name is None else row.name
        product.data = {**product.data, **row.data}
        product.raw_data = product.raw_data if row.raw is None else row.raw
        product.updated_at = now
    Product.objects.bulk_create(new.values())
    Product.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "data", "raw_data", "updated_at"],
    )


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _flat(index: int, row: dict[str, Any]) -> Row:
    nested = row.get("data")
    data = {key: value for key, value in row.items() if key not in ("sku", "name")}
    if isinstance(nested, dict):
        # By the letter of the reference this would become data.data, which nobody means.
        del data["data"]
        data.update(nested)
    return Row(index, row["sku"].strip(), row.get("name"), data)


def _problem(row: Any) -> str | None:
    if not isinstance(row, dict):
        return f"Expected an object, but got {type(row).__name__}."
    sku, name = row.get("sku"), row.get("name")
    if sku is None or sku == "":
        return "sku: This field is required."
    if not isinstance(sku, str) or not sku.strip():
        return "sku: Not a valid string."
    if len(sku.strip()) > _MAX_SKU:
        return f"sku: Ensure this field has no more than {_MAX_SKU} characters."
    if name is not None and not isinstance(name, str):
        return "name: Not a valid string."
    if name is not None and len(name) > _MAX_NAME:
        return f"name: Ensure this field has no more than {_MAX_NAME} characters."
    return None
