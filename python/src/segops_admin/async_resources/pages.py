# Derived from resources/pages.py by `make generate`. Change that.
"""Landing pages written for AI assistants. Source: https://segops.ai/docs/api/ai-pages"""

from __future__ import annotations

from .._errors import SegOpsArgumentError
from .._wire.bodies import checked_object, checked_parameters
from .._wire.paths import path
from .._wire.words import described
from ._crud import AsyncCollection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Literal

    from .._types import Id
    from ..types import (
        ExportJob,
        GeneratedPage,
        GeneratedPageCreate,
        GeneratedPageListing,
        GeneratedPageListParams,
        GeneratedPageUpdate,
        PageBatch,
        PageBuild,
        PageJob,
        PagesQueryParams,
        ProductQuery,
        Queued,
    )

__all__ = ["AsyncPages"]


class AsyncPages(
    AsyncCollection[
        "GeneratedPage", "GeneratedPageListing", "GeneratedPageCreate", "GeneratedPageUpdate", "GeneratedPageListParams"
    ]
):
    """Landing pages written for AI assistants, and the catalogue search behind them."""

    _name = "pages"
    _path = "/ai-pages/pages/"

    async def bulk_generate(self, body: PageBatch, *, idempotency_key: str | None = None) -> PageJob:
        """Queues a page for each active AI query and returns at once.

        Args:
            body: options; ``{}`` for none.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        answer: PageJob = await self._mutate(
            "bulk_generate", "POST", "/ai-pages/pages/bulk-generate/", checked_object("body", body), key=idempotency_key
        )
        return answer

    async def regenerate(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a rewrite of a page and returns at once.

        Args:
            id: the page's id.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        answer: Queued = await self._mutate(
            "regenerate", "POST", path("/ai-pages/pages/{}/regenerate/", id), key=idempotency_key
        )
        return answer

    async def build(self, id: Id, body: PageBuild, *, idempotency_key: str | None = None) -> Queued:
        """Builds a page from its blocks.

        Args:
            id: the page's id.
            body: options, such as ``{"template": "default"}``; ``{}`` for none.
            idempotency_key: key for safe retries (default: a new UUID).

        Source: https://segops.ai/docs/ai-reach/landing-pages
        """
        answer: Queued = await self._mutate(
            "build", "POST", path("/ai-pages/pages/{}/build/", id), checked_object("body", body), key=idempotency_key
        )
        return answer

    async def publish(self, id: Id, *, idempotency_key: str | None = None) -> GeneratedPage:
        """Publishes a built page and returns it.

        Args:
            id: the page's id.
            idempotency_key: key for safe retries (default: a new UUID).

        Source: https://segops.ai/docs/ai-reach/landing-pages
        """
        answer: GeneratedPage = await self._mutate(
            "publish", "POST", path("/ai-pages/pages/{}/publish/", id), key=idempotency_key
        )
        return answer

    async def export(
        self, id: Id, *, format: Literal["tsx", "html", "json"] = "html", idempotency_key: str | None = None
    ) -> ExportJob:
        """Starts writing a page to a file.

        Args:
            id: the page's id.
            format: ``tsx``, ``html`` or ``json``.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsArgumentError: an unknown format.

        Source: https://segops.ai/docs/ai-reach/landing-pages
        """
        if format not in ("tsx", "html", "json"):
            raise SegOpsArgumentError(f"format must be tsx, html or json, not {described(format)}.")
        job: ExportJob = await self._mutate(
            "export",
            "POST",
            path("/ai-pages/pages/{}/export/", id),
            {"format": format},
            key=idempotency_key,
        )
        return job

    async def query(self, q: str, params: PagesQueryParams | None = None) -> ProductQuery:
        """Searches the catalogue by meaning.

        Args:
            q: what to look for.
            params: ``limit`` (100 at most) and ``segment_id`` (a product segment).
        """
        answer: ProductQuery = await self._read("query", "/ai-pages/query", {"q": q, **checked_parameters(params)})
        return answer
