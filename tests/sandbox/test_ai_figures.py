"""Dashboard and win rate, drawn from answers that were put into the database by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from conformance import contract

CONTRACT = contract()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database."""
    if "DATABASE_URL" not in os.environ:
        os.environ["SEGOPS_SANDBOX_DB"] = str(tmp_path_factory.mktemp("figures") / "figures.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    import django

    django.setup()
    from django.db import connection

    from segops_sandbox import models, tables
    from segops_sandbox.ai import metrics

    tables.bring_up_to_date()
    yield SimpleNamespace(models=models, metrics=metrics)
    connection.close()


class Market:
    """A workspace of its own with one query, whose answers are written by hand."""

    def __init__(self, engine: SimpleNamespace, name: str = "Acme", aliases: tuple[str, ...] = ("ACM",)) -> None:
        self.models, self.metrics = engine.models, engine.metrics
        number = self.models.Tenant.objects.count()
        self.tenant = self.models.Tenant.objects.create(
            slug=f"market-{number}", name="Acme Inc", brand_name=name, brand_aliases=list(aliases)
        )
        self.query = self.models.AIQuery.objects.create(tenant=self.tenant, query_text="best boots?")

    def competitor(self, name: str, *aliases: str, is_active: bool = True) -> Any:
        """A competitor of the workspace."""
        return self.models.Competitor.objects.create(
            tenant=self.tenant, name=name, brand_aliases=list(aliases), is_active=is_active
        )

    def answer(self, *brands: tuple[Any, ...], provider: str = "claude", day: int = 1, simulation: bool = False) -> Any:
        """An answer that names brands, each (name, position) or (name, position, sentiment)."""
        mentions = [dict(zip(("name", "position", "sentiment"), (*b, "neutral")[:3], strict=True)) for b in brands]
        return self.models.QueryResult.objects.create(
            tenant=self.tenant,
            query=None if simulation else self.query,
            query_text="best boots?",
            provider=provider,
            raw_response="-",
            mentioned_brands=mentions,
            captured_at=datetime(2026, 5, day, 23, 59, tzinfo=timezone.utc),
        )

    def dashboard(self) -> dict[str, Any]:
        """The dashboard, which keeps to the contract."""
        board: dict[str, Any] = self.metrics.dashboard(self.tenant)
        assert CONTRACT.check("Dashboard", board) == []
        return board

    def scores(self) -> list[tuple[str, int, int, int, float]]:
        """The win rates, which keep to the contract, as (competitor, wins, losses, ties, rate)."""
        rates = self.metrics.win_rates(self.tenant)
        assert CONTRACT.check("WinRate[]", rates) == []
        return [(r["competitor_name"], r["wins"], r["losses"], r["ties"], r["win_rate"]) for r in rates]


@pytest.fixture
def market(engine: SimpleNamespace) -> Market:
    """A workspace whose own brand is Acme, also known as ACM."""
    return Market(engine)


@pytest.mark.parametrize(
    ("brands", "outcome"),
    [
        ([("Acme", 1), ("Rival", 2)], (1, 0, 0, 1.0)),
        ([("Acme", 3)], (1, 0, 0, 1.0)),
        ([("Rival", 1), ("Acme", 2)], (0, 1, 0, 0.0)),
        ([("Rival", 5)], (0, 1, 0, 0.0)),
        ([("Acme", 1), ("Rival", 1)], (0, 0, 1, 0.0)),
        ([("Other", 1)], (0, 0, 0, 0.0)),
        ([], (0, 0, 0, 0.0)),
        ([("acme", 1), ("RIVAL", 2)], (1, 0, 0, 1.0)),
        ([("ACM", 1), ("Rv", 2)], (1, 0, 0, 1.0)),
        ([("Rv", 4), ("Acme", 2), ("Rival", 1)], (0, 1, 0, 0.0)),
        ([("Acme", None), ("Rival", 9)], (0, 1, 0, 0.0)),
        ([("Acme", None), ("Rival", None)], (0, 0, 1, 0.0)),
    ],
    ids=[
        "ahead",
        "alone",
        "behind",
        "absent",
        "same place",
        "neither",
        "nobody",
        "any case",
        "aliases",
        "best place counts",
        "a place beats none",
        "both without",
    ],
)
def test_who_ranks_ahead_wins(market: Market, brands: Any, outcome: Any) -> None:
    market.competitor("Rival", "Rv")
    market.answer(*brands)
    assert market.scores() == [("Rival", *outcome)]


def test_the_win_rate_is_the_share_of_comparable_answers(market: Market) -> None:
    market.competitor("Rival")
    for brands in [[("Acme", 1)], [("Rival", 1)], [("Acme", 1), ("Rival", 1)], [("Other", 1)], []]:
        market.answer(*brands)
    assert market.scores() == [("Rival", 1, 1, 1, 0.3333)]


def test_the_best_rate_comes_first_and_only_active_competitors_count(market: Market) -> None:
    for name in ("Strong", "Weak", "Weak too"):
        market.competitor(name)
    market.competitor("Gone", is_active=False)
    market.answer(("Strong", 1), ("Acme", 2), ("Weak", 3), ("Weak too", 4), ("Gone", 5))
    assert [(name, rate) for name, *_, rate in market.scores()] == [("Weak", 1.0), ("Weak too", 1.0), ("Strong", 0.0)]


def test_simulations_win_nothing(market: Market) -> None:
    market.competitor("Rival")
    market.answer(("Acme", 1), simulation=True)
    assert market.scores() == [("Rival", 0, 0, 0, 0.0)]
    assert market.dashboard()["total_results"] == 0


def test_the_answers_of_another_workspace_do_not_count(engine: SimpleNamespace, market: Market) -> None:
    other = Market(engine)
    market.competitor("Rival")
    other.competitor("Rival")
    other.answer(("Acme", 1))
    assert market.scores() == [("Rival", 0, 0, 0, 0.0)]
    assert (market.dashboard()["total_results"], other.dashboard()["total_results"]) == (0, 1)


def test_the_dashboards_figures_follow_their_definitions(market: Market) -> None:
    market.answer(("Acme", 1, "positive"), ("Rival", 2), provider="claude", day=1)
    market.answer(("Rival", 1), ("Other", 2), ("ACM", 4, "negative"), provider="grok", day=1)
    market.answer(("Rival", 1), provider="grok", day=3)
    market.answer(provider="claude", day=3)
    board = market.dashboard()
    assert board == {
        "total_queries": 1,
        "active_queries": 1,
        "total_results": 4,
        "mention_rate": 0.5,  # 2 of 4 answers
        "avg_position": 2.5,  # (1 + 4) / 2
        "share_of_voice": 0.3333,  # 2 of 6 mentions
        "sentiment_score": 0.5,  # (1 + 0) / 2
        "by_provider": [
            {
                "provider": "claude",
                "result_count": 2,
                "mention_rate": 0.5,
                "avg_position": 1.0,
                "share_of_voice": 0.5,
                "sentiment_score": 1.0,
            },
            {
                "provider": "grok",
                "result_count": 2,
                "mention_rate": 0.5,
                "avg_position": 4.0,
                "share_of_voice": 0.25,
                "sentiment_score": 0.0,
            },
        ],
        "trend": [{"day": "2026-05-01", "mention_rate": 1.0}, {"day": "2026-05-03", "mention_rate": 0.0}],
        "top_brands": [
            {"name": "Rival", "mentions": 3},
            {"name": "ACM", "mentions": 1},
            {"name": "Acme", "mentions": 1},
            {"name": "Other", "mentions": 1},
        ],
    }


def test_a_brand_that_is_never_named_has_no_place_and_no_tone(market: Market) -> None:
    market.answer(("Rival", 1, "positive"))
    board = market.dashboard()
    assert (board["mention_rate"], board["share_of_voice"]) == (0.0, 0.0)
    assert (board["avg_position"], board["sentiment_score"]) == (None, None)


def test_a_mention_without_place_and_tone_counts_as_a_mention_only(market: Market) -> None:
    market.answer(("Acme", None, None))
    market.answer(("Acme", 3, "positive"))
    board = market.dashboard()
    assert (board["mention_rate"], board["avg_position"], board["sentiment_score"]) == (1.0, 3.0, 1.0)


def test_the_top_brands_are_ten(market: Market) -> None:
    for number in range(12):
        market.answer(*[(f"Brand{n:02}", 1) for n in range(number + 1)])
    assert [entry["name"] for entry in market.dashboard()["top_brands"]] == [f"Brand{n:02}" for n in range(10)]


def test_without_a_brand_the_workspaces_name_is_looked_for(engine: SimpleNamespace) -> None:
    market = Market(engine, name="", aliases=())
    market.answer(("Acme Inc", 2))
    assert market.dashboard()["avg_position"] == 2.0


def test_without_a_catalogue_nobody_searches_it(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search loads scikit-learn: a second and 100 MB."""
    from segops_sandbox.ai import answers

    searched: list[str] = []
    monkeypatch.setattr(answers, "search", lambda tenant, question, limit: searched.append(question) or [])
    assert answers.ground_of(market.tenant, "best boots?").products == ()
    assert searched == []
    market.models.Product.objects.create(tenant=market.tenant, sku="A1", name="Trail Boot")
    answers.ground_of(market.tenant, "best boots?")
    assert searched == ["best boots?"]


def test_the_texts_of_answers_are_not_read_for_figures(
    market: Market, engine: SimpleNamespace, django_queries: Callable[[], list[str]]
) -> None:
    for _ in range(20):
        market.answer(("Acme", 1))
    market.competitor("Rival")
    market.competitor("Other")
    market.dashboard()
    market.scores()
    asked = django_queries()
    assert len(asked) < 12, asked  # none for each answer or competitor
    assert not any("raw_response" in sql for sql in asked if sql.startswith("SELECT"))


@pytest.fixture
def django_queries(engine: SimpleNamespace) -> Iterator[Callable[[], list[str]]]:
    """The SELECTs so far in the test."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        yield lambda: [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
