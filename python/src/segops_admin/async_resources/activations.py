# Derived from resources/activations.py by `make generate`. Change that.
"""Connectors that segments are synced to. Source: https://segops.ai/docs/api/activations"""

from __future__ import annotations

from .._wire.paths import path
from ._crud import AsyncCollection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from .._types import Id
    from ..types import Activation, ActivationCreate, ActivationListParams, ActivationPage, ActivationUpdate, Queued

__all__ = ["AsyncActivations"]


class AsyncActivations(
    AsyncCollection["Activation", "ActivationPage", "ActivationCreate", "ActivationUpdate", "ActivationListParams"]
):
    """Connectors that segments are synced to. The secrets in ``config`` come back as ``***``."""

    _name = "activations"
    _path = "/activations/"

    async def sync(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a sync of an activation's segment, without waiting for a recompute, and returns at once.

        Args:
            id: the activation's id.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        answer: Queued = await self._mutate("sync", "POST", path("/activations/{}/sync/", id), key=idempotency_key)
        return answer
