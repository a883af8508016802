# Derived from resources/products.py by `make generate`. Change that.
"""The product catalogue (PIM). Source: https://segops.ai/docs/api/pim"""

from __future__ import annotations

from .._wire.bodies import checked_object, checked_rows
from .._wire.paths import path
from ._crud import AsyncCollection
from .product_imports import AsyncProductImports

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._types import Id
    from ..types import (
        BulkUpsert,
        Facets,
        Product,
        ProductCreate,
        ProductListParams,
        ProductPage,
        ProductRow,
        ProductSchema,
        ProductSchemaInput,
        ProductScore,
        ProductUpdate,
        Queued,
    )

__all__ = ["AsyncProducts"]


class AsyncProducts(
    AsyncCollection["Product", "ProductPage", "ProductCreate", "ProductUpdate", "ProductListParams"], AsyncProductImports
):
    """The product catalogue: records, schema, CSV imports, and how readable products are to AI assistants."""

    _name = "products"
    _path = "/pim/products/"

    async def bulk_upsert(self, rows: Iterable[ProductRow], *, idempotency_key: str | None = None) -> BulkUpsert:
        """Creates or updates products by SKU. A row that is refused does not stop the others.

        Args:
            rows: flat rows, each with its ``sku``; every key but ``sku`` and ``name`` goes into ``data``.
            idempotency_key: key for safe retries (default: a new UUID).

        Returns:
            How many were created and updated, and the rows that were refused, with their reasons.
        """
        body = {"products": checked_rows("rows", rows)}
        answer: BulkUpsert = await self._mutate("bulk_upsert", "POST", "/pim/products/bulk/", body, key=idempotency_key)
        return answer

    async def score(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues the scoring of one product and returns at once.

        Args:
            id: the product's id (not its SKU).
            idempotency_key: key for safe retries (default: a new UUID).

        Source: https://segops.ai/docs/pim/scoring
        """
        answer: Queued = await self._mutate("score", "POST", path("/pim/products/{}/score/", id), key=idempotency_key)
        return answer

    async def score_all(self, *, idempotency_key: str | None = None) -> Queued:
        """Queues the scoring of every product and returns at once.

        Args:
            idempotency_key: key for safe retries (default: a new UUID).

        Source: https://segops.ai/docs/pim/scoring
        """
        answer: Queued = await self._mutate("score_all", "POST", "/pim/score-all/", key=idempotency_key)
        return answer

    async def get_score(self, id: Id) -> ProductScore:
        """A product's newest score, 0 to 100, in four dimensions of up to 25, with recommendations.

        Args:
            id: the product's id.

        Raises:
            SegOpsNotFoundError: the product has never been scored.

        Source: https://segops.ai/docs/pim/scoring
        """
        score: ProductScore = await self._read("get_score", path("/pim/products/{}/score/", id))
        return score

    async def facets(self) -> Facets:
        """The distinct values of the catalogue's text and list fields, up to 100 for each."""
        answer: Facets = await self._read("facets", "/pim/facets/")
        return answer

    async def schema(self) -> ProductSchema:
        """The catalogue's schema: its fields, default currency and default locale."""
        answer: ProductSchema = await self._read("schema", "/pim/schema/")
        return answer

    async def replace_schema(self, body: ProductSchemaInput, *, idempotency_key: str | None = None) -> ProductSchema:
        """Replaces the catalogue's schema and returns it.

        Args:
            body: ``{"fields": [...], "default_currency": "USD", "default_locale": "en_US"}``.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        answer: ProductSchema = await self._mutate(
            "replace_schema", "PUT", "/pim/schema/", checked_object("body", body), key=idempotency_key
        )
        return answer
