# Derived from resources/queries.py by `make generate`. Change that.
"""Questions asked of AI assistants. Source: https://segops.ai/docs/api/ai-visibility"""

from __future__ import annotations

from .._wire.bodies import checked_object
from .._wire.paths import path
from ._crud import AsyncCollection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from .._types import Id
    from ..types import (
        AIQuery,
        AIQueryCreate,
        AIQueryListing,
        AIQueryListParams,
        AIQueryUpdate,
        Dashboard,
        QueriesWinRateParams,
        QueryResult,
        Queued,
        Simulation,
        SimulationRequest,
        WinRate,
    )

__all__ = ["AsyncQueries"]


class AsyncQueries(AsyncCollection["AIQuery", "AIQueryListing", "AIQueryCreate", "AIQueryUpdate", "AIQueryListParams"]):
    """Questions asked of AI assistants, and how visible the brand is in their answers."""

    _name = "queries"
    _path = "/ai-reach/queries/"

    async def run(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a run of a query on its providers and returns at once.

        Args:
            id: the query's id.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        answer: Queued = await self._mutate("run", "POST", path("/ai-reach/queries/{}/run/", id), key=idempotency_key)
        return answer

    async def results(self, id: Id) -> list[QueryResult]:
        """A query's newest results, 50 at most, of all providers.

        Args:
            id: the query's id.
        """
        answer: list[QueryResult] = await self._read("results", path("/ai-reach/queries/{}/results/", id))
        return answer

    async def simulate(self, body: SimulationRequest) -> Simulation:
        """Asks the providers now, without saving a query. The server takes up to 30 s.

        Args:
            body: ``query_text``, and optionally ``providers`` (all five unless given).

        Source: https://segops.ai/docs/segments/simulation
        """
        answer: Simulation = await self._post_read_only("simulate", "/ai-reach/simulate/", checked_object("body", body))
        return answer

    async def dashboard(self) -> Dashboard:
        """Visibility over all queries: mention rate, position, share of voice, sentiment."""
        answer: Dashboard = await self._read("dashboard", "/ai-reach/dashboard/")
        return answer

    async def win_rate(self, params: QueriesWinRateParams | None = None) -> list[WinRate]:
        """How often the brand ranks ahead of each competitor, highest first.

        Args:
            params: query parameters.

        Source: https://segops.ai/docs/ai-reach/competitors
        """
        answer: list[WinRate] = await self._read("win_rate", "/ai-reach/win-rate/", params)
        return answer
