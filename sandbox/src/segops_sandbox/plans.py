"""Plans: calls a minute and events a month. https://segops.ai/docs/api"""

from __future__ import annotations

from typing import Final, NamedTuple

UNLIMITED: Final = -1


class Plan(NamedTuple):
    """What one plan allows; UNLIMITED where it sets no limit. AI credits a month are the sandbox's own choice."""

    events_per_month: int
    calls_per_minute: int
    ai_credits_per_month: int


PLANS: Final[dict[str, Plan]] = {
    "free": Plan(500_000, 60, 100),
    "starter": Plan(5_000_000, 300, 1_000),
    "business": Plan(50_000_000, 1_000, 10_000),
    "enterprise": Plan(UNLIMITED, UNLIMITED, UNLIMITED),
}
DEFAULT: Final = "business"
# Of `GET /ai-pages/query`, for every tenant whatever its plan: https://segops.ai/docs/api/ai-pages
PAGE_QUERIES_PER_MINUTE: Final = 100
