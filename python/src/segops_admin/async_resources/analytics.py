# Derived from resources/analytics.py by `make generate`. Change that.
"""Figures over the workspace. Source: https://segops.ai/docs/api/analytics"""

from __future__ import annotations

from ._crud import AsyncNamespace

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from ..types import (
        AnalyticsActivation,
        AnalyticsOverlap,
        AnalyticsOverview,
        AnalyticsSegment,
        AnalyticsUsage,
    )

__all__ = ["AsyncAnalytics"]


class AsyncAnalytics(AsyncNamespace):
    """Figures over the workspace; read-only."""

    _name = "analytics"

    async def overview(self) -> AnalyticsOverview:
        """The workspace in five figures; an ``ai_credits_limit`` of -1 means unlimited."""
        answer: AnalyticsOverview = await self._read("overview", "/analytics/overview/")
        return answer

    async def segments(self) -> list[AnalyticsSegment]:
        """Active segments, each with its size on every day of the last 30."""
        answer: list[AnalyticsSegment] = await self._read("segments", "/analytics/segments/")
        return answer

    async def overlap(self) -> list[AnalyticsOverlap]:
        """The 20 pairs of segments that share most members; the share is of the smaller one, in percent."""
        answer: list[AnalyticsOverlap] = await self._read("overlap", "/analytics/overlap/")
        return answer

    async def activations(self) -> list[AnalyticsActivation]:
        """Activations with their success rate over 30 syncs, in percent, and the newest five."""
        answer: list[AnalyticsActivation] = await self._read("activations", "/analytics/activations/")
        return answer

    async def usage(self) -> AnalyticsUsage:
        """What the plan allows and what has been used of it; a limit of -1 means unlimited."""
        answer: AnalyticsUsage = await self._read("usage", "/analytics/usage/")
        return answer
