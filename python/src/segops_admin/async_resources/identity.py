# Derived from resources/identity.py by `make generate`. Change that.
"""Which ids belong to one user. Source: https://segops.ai/docs/identity-resolution"""

from __future__ import annotations

from ._crud import AsyncNamespace

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from ..types import Alias, Merge

__all__ = ["AsyncIdentity"]


class AsyncIdentity(AsyncNamespace):
    """Which ids belong to one user. Events stay as they were stored; ids are resolved when they are read."""

    _name = "identity"

    async def alias(self, anonymous_id: str, user_id: str, *, idempotency_key: str | None = None) -> Alias:
        """Ties a visitor's id to a user. The first tie wins: a later one to another user changes nothing.

        Args:
            anonymous_id: the visitor's id, before login.
            user_id: the user.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        body = {"anonymous_id": anonymous_id, "user_id": user_id}
        answer: Alias = await self._mutate("alias", "POST", "/identity/alias/", body, key=idempotency_key)
        return answer

    async def merge(self, from_user_id: str, into_user_id: str, *, idempotency_key: str | None = None) -> Merge:
        """Folds one user into another, for good; overrides an earlier tie.

        Args:
            from_user_id: the user that is folded in.
            into_user_id: the user that stays.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsBadRequestError: both are the same user already.
        """
        body = {"from_user_id": from_user_id, "into_user_id": into_user_id}
        answer: Merge = await self._mutate("merge", "POST", "/identity/merge/", body, key=idempotency_key)
        return answer
