"""Visibility of the brand in stored answers: mention rate, position, share of voice, sentiment, win rate.

https://segops.ai/docs/ai-reach, https://segops.ai/docs/ai-reach/competitors
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segops_sandbox.ai.brands import Brand, competing_brands, own_brand
from segops_sandbox.ai.names import fold
from segops_sandbox.models import AIQuery, Competitor, QueryResult, Tenant

_SENTIMENT = {"negative": 0.0, "neutral": 0.5, "positive": 1.0}
_TOP_BRANDS = 10
# How many answers are held at a time while figures are drawn from all of them.
_CHUNK = 1000


@dataclass
class _Tally:
    """Running sums over answers. Positions and tones count only where they are known."""

    results: int = 0
    naming: int = 0
    mentions: int = 0
    own_mentions: int = 0
    positions: int = 0
    position_sum: int = 0
    tones: int = 0
    tone_sum: float = 0.0

    def add(self, mentions: list[dict[str, Any]], own: frozenset[str]) -> None:
        """Count one answer."""
        mine = [mention for mention in mentions if fold(mention["name"]) in own]
        self.results += 1
        self.naming += bool(mine)
        self.mentions += len(mentions)
        self.own_mentions += len(mine)
        for mention in mine:
            if mention.get("position") is not None:
                self.positions += 1
                self.position_sum += mention["position"]
            if mention.get("sentiment") in _SENTIMENT:
                self.tones += 1
                self.tone_sum += _SENTIMENT[mention["sentiment"]]

    def figures(self) -> dict[str, Any]:
        """Rates 0 to 1; position and sentiment are null when the brand is never named."""
        return {
            "mention_rate": _share(self.naming, self.results),
            "avg_position": round(self.position_sum / self.positions, 2) if self.positions else None,
            "share_of_voice": _share(self.own_mentions, self.mentions),
            "sentiment_score": round(self.tone_sum / self.tones, 4) if self.tones else None,
        }


def dashboard(tenant: Tenant) -> dict[str, Any]:
    """The roll-up over all answers to registered queries, in one pass; simulations are not part of it."""
    own = own_brand(tenant).folded
    total, of_provider, of_day = _Tally(), defaultdict[str, _Tally](_Tally), defaultdict[str, _Tally](_Tally)
    brands: Counter[str] = Counter()
    for provider, captured_at, mentions in _answers(tenant):
        for tally in (total, of_provider[provider], of_day[captured_at.date().isoformat()]):
            tally.add(mentions, own)
        brands.update(mention["name"] for mention in mentions)
    queries = AIQuery.objects.filter(tenant=tenant)
    return {
        "total_queries": queries.count(),
        "active_queries": queries.filter(is_active=True).count(),
        "total_results": total.results,
        **total.figures(),
        "by_provider": [
            {"provider": provider, "result_count": tally.results, **tally.figures()}
            for provider, tally in sorted(of_provider.items())
        ],
        "trend": [{"day": day, "mention_rate": t.figures()["mention_rate"]} for day, t in sorted(of_day.items())],
        "top_brands": [
            {"name": name, "mentions": count}
            for name, count in sorted(brands.items(), key=lambda item: (-item[1], item[0]))[:_TOP_BRANDS]
        ],
    }


def win_rates(tenant: Tenant) -> list[dict[str, Any]]:
    """Wins, losses and ties against each active competitor, the best rate first; competitors of one rate by id."""
    own = own_brand(tenant).folded
    rivals = [
        (competitor, Brand(competitor.name, tuple(competitor.brand_aliases)).folded, Counter[str]())
        for competitor in Competitor.objects.filter(tenant=tenant, is_active=True).order_by("pk")
    ]
    for _, _, mentions in _answers(tenant):
        ours = _rank(mentions, own)
        for _, names, score in rivals:
            score[_outcome(ours, _rank(mentions, names))] += 1
    rates = [_rate(competitor, score) for competitor, _, score in rivals]
    return sorted(rates, key=lambda rate: (-rate["win_rate"], rate["competitor_id"]))


def diff(tenant: Tenant, results: Iterable[QueryResult], providers: list[str]) -> list[dict[str, Any]]:
    """Which of the providers name which brand: all of them, some, or none (of the brands that are tracked)."""
    named: dict[str, list[str]] = {brand.name.lower(): [] for brand in [own_brand(tenant), *competing_brands(tenant)]}
    for result in results:
        for mention in result.mentioned_brands:
            mentioned_by = named.setdefault(mention["name"].lower(), [])
            if result.provider not in mentioned_by:
                mentioned_by.append(result.provider)
    return [
        {
            "brand_name": name,
            "mentioned_by": by,
            "status": "none" if not by else "all" if len(by) == len(providers) else "some",
        }
        for name, by in sorted(named.items())
    ]


def _answers(tenant: Tenant) -> Iterator[tuple[str, datetime, list[dict[str, Any]]]]:
    """Provider, time and mentioned brands of each answer to a registered query; never their long texts."""
    found = QueryResult.objects.filter(tenant=tenant, query__isnull=False).order_by("pk")
    return found.values_list("provider", "captured_at", "mentioned_brands").iterator(chunk_size=_CHUNK)


def _rank(mentions: list[dict[str, Any]], names: frozenset[str]) -> float | None:
    """The best place under any of the names: None when absent, infinity when named without a place."""
    places = [mention.get("position") for mention in mentions if fold(mention["name"]) in names]
    return min((float("inf") if place is None else place for place in places), default=None)


def _outcome(ours: float | None, theirs: float | None) -> str:
    if ours is None and theirs is None:
        return "not comparable"
    if theirs is None or (ours is not None and ours < theirs):
        return "wins"
    return "losses" if ours is None or theirs < ours else "ties"


def _rate(competitor: Competitor, score: Counter[str]) -> dict[str, Any]:
    wins, losses, ties = (score[outcome] for outcome in ("wins", "losses", "ties"))
    return {
        "competitor_id": competitor.pk,
        "competitor_name": competitor.name,
        "wins": wins,
        "losses": losses,
        "ties": ties,
        "win_rate": _share(wins, wins + losses + ties),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
