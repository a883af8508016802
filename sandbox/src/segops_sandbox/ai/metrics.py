"""How visible is the brand in stored answers? Mention rate, position, share of voice, sentiment, win rate.

https://segops.ai/docs/ai-reach, https://segops.ai/docs/ai-reach/competitors
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from segops_sandbox.ai.brands import Brand, competing_brands, own_brand
from segops_sandbox.models import AIQuery, Competitor, QueryResult, Tenant

_SENTIMENT = {"negative": 0.0, "neutral": 0.5, "positive": 1.0}
_TOP_BRANDS = 10


def dashboard(tenant: Tenant) -> dict[str, Any]:
    """The roll-up over all answers to registered queries; simulations are not part of it."""
    queries = AIQuery.objects.filter(tenant=tenant)
    results = list(QueryResult.objects.filter(tenant=tenant, query__isnull=False).order_by("pk"))
    own = own_brand(tenant)
    days = sorted({result.captured_at.date() for result in results})
    brands = Counter(mention["name"] for result in results for mention in result.mentioned_brands)
    return {
        "total_queries": queries.count(),
        "active_queries": queries.filter(is_active=True).count(),
        "total_results": len(results),
        **_figures(results, own),
        "by_provider": [
            {"provider": provider, "result_count": len(of_provider), **_figures(of_provider, own)}
            for provider in sorted({result.provider for result in results})
            if (of_provider := [result for result in results if result.provider == provider])
        ],
        "trend": [
            {
                "day": day.isoformat(),
                "mention_rate": _figures([r for r in results if r.captured_at.date() == day], own)["mention_rate"],
            }
            for day in days
        ],
        "top_brands": [
            {"name": name, "mentions": count}
            for name, count in sorted(brands.items(), key=lambda item: (-item[1], item[0]))[:_TOP_BRANDS]
        ],
    }


def win_rates(tenant: Tenant) -> list[dict[str, Any]]:
    """Wins, losses and ties against each active competitor, the best rate first."""
    own = own_brand(tenant)
    results = list(QueryResult.objects.filter(tenant=tenant, query__isnull=False))
    rates = [
        _against(competitor, own, results)
        for competitor in Competitor.objects.filter(tenant=tenant, is_active=True).order_by("pk")
    ]
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


def _figures(results: list[QueryResult], own: Brand) -> dict[str, Any]:
    """Rates 0 to 1; position and sentiment are null when the brand is never named."""
    mine = [m for result in results for m in result.mentioned_brands if own.is_named(m["name"])]
    everyone = sum(len(result.mentioned_brands) for result in results)
    naming = sum(any(own.is_named(m["name"]) for m in result.mentioned_brands) for result in results)
    return {
        "mention_rate": _share(naming, len(results)),
        "avg_position": round(sum(m["position"] for m in mine) / len(mine), 2) if mine else None,
        "share_of_voice": _share(len(mine), everyone),
        "sentiment_score": round(sum(_SENTIMENT[m["sentiment"]] for m in mine) / len(mine), 4) if mine else None,
    }


def _against(competitor: Competitor, own: Brand, results: list[QueryResult]) -> dict[str, Any]:
    brand = Brand(competitor.name, tuple(competitor.brand_aliases))
    wins = losses = ties = 0
    for result in results:
        ours, theirs = _position(result, own), _position(result, brand)
        if ours is None and theirs is None:
            continue  # not comparable
        if theirs is None or (ours is not None and ours < theirs):
            wins += 1
        elif ours is None or theirs < ours:
            losses += 1
        else:
            ties += 1
    return {
        "competitor_id": competitor.pk,
        "competitor_name": competitor.name,
        "wins": wins,
        "losses": losses,
        "ties": ties,
        "win_rate": _share(wins, wins + losses + ties),
    }


def _position(result: QueryResult, brand: Brand) -> int | None:
    return next((int(m["position"]) for m in result.mentioned_brands if brand.is_named(m["name"])), None)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
