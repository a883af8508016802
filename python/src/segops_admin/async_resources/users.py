# Derived from resources/users.py by `make generate`. Change that.
"""Users and their events (the explorer). Source: https://segops.ai/docs/api/explorer"""

from __future__ import annotations

from .._wire.bodies import checked_object
from .._wire.paths import path
from ._crud import AsyncNamespace

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from .._types import Id
    from ..types import (
        Event,
        Explanation,
        SandboxResult,
        UserEvents,
        UserProfile,
        UserSearch,
        UserSegment,
        UsersEventsParams,
        UsersSearchParams,
    )

__all__ = ["AsyncUsers"]


class AsyncUsers(AsyncNamespace):
    """Users and their events (the explorer); read-only."""

    _name = "users"

    async def search(self, params: UsersSearchParams | None = None) -> UserSearch:
        """Finds users by their id.

        Args:
            params: ``q`` (a part of the id) and ``limit``.
        """
        answer: UserSearch = await self._read("search", "/explorer/users/", params)
        return answer

    async def get(self, user_id: str) -> UserProfile:
        """One user's profile: event counts, first and last seen, current properties.

        Args:
            user_id: the user's id.

        Raises:
            SegOpsNotFoundError: there is no such user.
        """
        answer: UserProfile = await self._read("get", path("/explorer/users/{}/", user_id))
        return answer

    async def events(self, user_id: str, params: UsersEventsParams | None = None) -> UserEvents:
        """One user's events, newest first.

        Args:
            user_id: the user's id.
            params: ``event_type``, ``since`` (a date or time) and ``limit``.
        """
        answer: UserEvents = await self._read("events", path("/explorer/users/{}/events/", user_id), params)
        return answer

    async def segments(self, user_id: str) -> list[UserSegment]:
        """The segments that one user is in, with their sizes.

        Args:
            user_id: the user's id.
        """
        answer: list[UserSegment] = await self._read("segments", path("/explorer/users/{}/segments/", user_id))
        return answer

    async def explain(self, user_id: str, segment_id: Id) -> list[Explanation]:
        """Why a user is, or is not, in a segment: each condition with the user's own value.

        Args:
            user_id: the user's id; a member or not.
            segment_id: the segment's id.
        """
        address = path("/explorer/users/{}/segments/{}/explain/", user_id, segment_id)
        answer: list[Explanation] = await self._read("explain", address)
        return answer

    async def publish_sandbox(self, event: Event) -> SandboxResult:
        """Simulates an event: the segments that the user would enter or leave. Nothing is stored.

        Args:
            event: ``user_id``, ``event_type``, and optionally ``occurred_at`` and ``payload``.

        Source: https://segops.ai/docs/sandbox
        """
        answer: SandboxResult = await self._post_read_only(
            "publish_sandbox", "/explorer/sandbox/publish/", checked_object("event", event)
        )
        return answer
