"""What would an assistant answer? Deterministic text, marked as simulated, and the facts extracted from it.

The text depends only on the question, the provider and the stored brands and products: the platform itself answers
with placeholder text where a provider has no key.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from typing import Any

from segops_sandbox import clock
from segops_sandbox.ai.brands import Brand, competing_brands, mentioned_brands, mentioned_products, own_brand
from segops_sandbox.ai.credits import spend
from segops_sandbox.catalogue.search import Match, search
from segops_sandbox.models import AIQuery, QueryResult, Tenant
from segops_sandbox.platform import jobs

PROVIDERS = ("chatgpt", "perplexity", "claude", "gemini", "grok")
LIMIT_S = 28.0
_PRODUCTS = 3
_OPINIONS = (
    "is praised as a reliable choice.",
    "is a favourite of many buyers.",
    "is often mentioned alongside the others.",
    "is well known, with a wide range.",
    "is sometimes criticised as overpriced.",
)


def ask(
    tenant: Tenant, query_text: str, providers: Iterable[str], query: AIQuery | None
) -> tuple[list[QueryResult], bool]:
    """Ask each provider and store its answer; also returns whether time ran out before all had answered."""
    deadline = time.monotonic() + LIMIT_S
    own, others = own_brand(tenant), competing_brands(tenant)
    matches = search(tenant, query_text, _PRODUCTS)
    results: list[QueryResult] = []
    for provider in providers:
        if time.monotonic() > deadline:
            return results, True
        text = answer(provider, query_text, [own, *others], matches)
        results.append(_stored(tenant, query_text, provider, text, query, own, others, matches))
    spend(tenant, "ai_answer", len(results))
    return results, False


def answer(provider: str, query_text: str, brands: list[Brand], matches: list[Match]) -> str:
    """The text of one simulated answer."""
    lines = [f"[Simulated answer of {provider}]", f"People who ask “{query_text}” usually compare these brands."]
    draws = sorted(
        ((_draw(provider, query_text, brand.name), brand) for brand in {b.name: b for b in brands}.values()),
        key=lambda draw: (draw[0], draw[1].name),
    )
    for number, brand in draws:
        # One brand in four is passed over, so that there is something to win and to lose.
        if number % 4:
            lines.append(f"{brand.name} {_OPINIONS[number % len(_OPINIONS)]}")
    lines += [f"{match.product.name} is worth a look." for match in matches if match.product.name]
    if len(lines) == 2:
        lines.append("None of them stands out.")
    return "\n".join(lines)


@jobs.handler("queries.run")
def _run(tenant: Tenant, query_id: int) -> None:
    query = AIQuery.objects.filter(tenant=tenant, pk=query_id).first()
    if query is None:
        return
    ask(tenant, query.query_text, query.providers or PROVIDERS, query)
    query.last_run_at = clock.now()
    query.save(update_fields=["last_run_at"])


def _stored(
    tenant: Tenant,
    query_text: str,
    provider: str,
    text: str,
    query: AIQuery | None,
    own: Brand,
    others: list[Brand],
    matches: list[Match],
) -> QueryResult:
    mentions = mentioned_brands(_body(text), [own, *others])
    mine: dict[str, Any] = next((mention for mention in mentions if own.is_named(mention["name"])), {})
    return QueryResult.objects.create(
        tenant=tenant,
        query=query,
        query_text=query_text,
        provider=provider,
        raw_response=text,
        mentioned_brands=mentions,
        mentioned_products=mentioned_products(_body(text), [match.product for match in matches]),
        position=mine.get("position"),
        sentiment=mine.get("sentiment"),
        is_simulated=True,
        captured_at=clock.now(),
    )


def _body(text: str) -> str:
    """The answer without its two opening lines: a brand in the question is not a mention by the assistant."""
    return "\n".join(text.split("\n")[2:])


def _draw(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x00".join(parts).encode()).digest()[:4], "big")
