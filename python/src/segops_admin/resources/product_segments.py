"""Segments of products. Source: https://segops.ai/docs/pim/segments"""

from __future__ import annotations

from .._wire.paths import path
from ._crud import Collection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from .._types import Id
    from ..types import (
        ProductSegment,
        ProductSegmentCreate,
        ProductSegmentListParams,
        ProductSegmentPage,
        ProductSegmentUpdate,
        Queued,
    )

__all__ = ["ProductSegments"]


class ProductSegments(
    Collection[
        "ProductSegment",
        "ProductSegmentPage",
        "ProductSegmentCreate",
        "ProductSegmentUpdate",
        "ProductSegmentListParams",
    ]
):
    """Segments of products: rules over the catalogue; their members are SKUs."""

    _name = "product_segments"
    _path = "/product-segments/"

    def recompute(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a recompute of a product segment and returns at once.

        Args:
            id: the product segment's id.
            idempotency_key: key for safe retries (default: a new UUID).

        Source: https://segops.ai/docs/sdks/admin-python
        """
        answer: Queued = self._mutate(
            "recompute", "POST", path("/product-segments/{}/compute/", id), key=idempotency_key
        )
        return answer
