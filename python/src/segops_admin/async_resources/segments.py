# Derived from resources/segments.py by `make generate`. Change that.
"""Segments of users. Source: https://segops.ai/docs/api/segments"""

from __future__ import annotations

from .._wire.bodies import checked_object
from .._wire.paths import checked_id, path
from ._crud import AsyncCollection
from .segment_jobs import AsyncSegmentJobs

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .._types import Id
    from ..types import (
        Member,
        MemberPage,
        Membership,
        Segment,
        SegmentCreate,
        SegmentDefinition,
        SegmentEstimate,
        SegmentListParams,
        SegmentPage,
        SegmentPreview,
        SegmentsMembersParams,
        SegmentUpdate,
        SegmentVersion,
    )

__all__ = ["AsyncSegments"]


class AsyncSegments(
    AsyncCollection["Segment", "SegmentPage", "SegmentCreate", "SegmentUpdate", "SegmentListParams"], AsyncSegmentJobs
):
    """Segments of users: their definitions, members and exports."""

    _name = "segments"
    _path = "/segments/"

    async def preview(self, definition: SegmentDefinition) -> SegmentPreview:
        """Evaluates a definition without saving it: how many users match, and a sample of them.

        Args:
            definition: ``{"logic": "AND" | "OR", "conditions": [...]}``.

        Raises:
            SegOpsBadRequestError: the definition is not valid; the error names the condition.
        """
        answer: SegmentPreview = await self._post_read_only(
            "preview", "/segments/preview/", {"definition": checked_object("definition", definition)}
        )
        return answer

    async def estimate(self, id: Id) -> SegmentEstimate:
        """Estimates how many users a saved segment holds.

        Args:
            id: the segment's id.
        """
        answer: SegmentEstimate = await self._post_read_only("estimate", path("/segments/{}/estimate/", id))
        return answer

    async def versions(self, id: Id) -> list[SegmentVersion]:
        """The history of a segment's definition, newest first.

        Args:
            id: the segment's id.

        Source: https://segops.ai/docs/segments
        """
        answer: list[SegmentVersion] = await self._read("versions", path("/segments/{}/versions/", id))
        return answer

    async def members(self, id: Id, params: SegmentsMembersParams | None = None) -> MemberPage:
        """One page of a segment's members.

        Args:
            id: the segment's id.
            params: ``limit`` (1,000 at most) and ``cursor`` (the ``next_cursor`` of the page before).

        Source: https://segops.ai/docs/api
        """
        answer: MemberPage = await self._read("members", path("/segments/{}/members/", id), params)
        return answer

    def iterate_members(self, id: Id, params: SegmentsMembersParams | None = None) -> AsyncGenerator[Member, None]:
        """Iterates over all members of a segment. No request is sent before the first member is asked for.

        Args:
            id: the segment's id.
            params: ``limit`` is the size of a page, ``cursor`` where to begin.
        """
        return self._iterate_cursor("iterate_members", path("/segments/{}/members/", id), params)

    async def membership(self, user_id: str) -> Membership:
        """The segments that one user is in.

        Args:
            user_id: the user's id, an alias included.
        """
        answer: Membership = await self._read("membership", "/segments/membership/", {"user_id": checked_id(user_id)})
        return answer
