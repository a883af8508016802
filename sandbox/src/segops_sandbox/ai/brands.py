"""Which brands and products does a text mention, where, and how kindly?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from segops_sandbox.models import Competitor, Product, Tenant

_KIND = {"praised", "favourite", "excellent", "best", "reliable", "recommended", "great", "loved"}
_UNKIND = {"criticised", "poor", "unreliable", "overpriced", "disappointing", "avoid", "weak"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Brand:
    """A brand and the other names it goes by."""

    name: str
    aliases: tuple[str, ...] = field(default=())

    def is_named(self, name: str) -> bool:
        """Whether a mentioned name is this brand's, whatever its case."""
        return name.casefold() in {other.casefold() for other in (self.name, *self.aliases)}


def own_brand(tenant: Tenant) -> Brand:
    """The tenant's brand."""
    return Brand(tenant.brand_name or tenant.name, tuple(tenant.brand_aliases))


def competing_brands(tenant: Tenant) -> list[Brand]:
    """The tenant's active competitors."""
    found = Competitor.objects.filter(tenant=tenant, is_active=True).order_by("pk")
    return [Brand(competitor.name, tuple(competitor.brand_aliases)) for competitor in found]


def mentioned_brands(text: str, brands: Iterable[Brand]) -> list[dict[str, Any]]:
    """`{name, position, sentiment}` of each brand in the text; positions count from 1 in the order of first mention."""
    found = [(start, brand) for brand in brands if (start := _first_mention(text, (brand.name, *brand.aliases))) >= 0]
    return [
        {"name": brand.name, "position": position, "sentiment": _sentiment_at(text, start)}
        for position, (start, brand) in enumerate(sorted(found, key=lambda item: item[0]), start=1)
    ]


def mentioned_products(text: str, products: Iterable[Product]) -> list[dict[str, Any]]:
    """`{name, sku, position}` of each product whose name is in the text, in the order of first mention."""
    found = [(start, product) for product in products if (start := _first_mention(text, (product.name,))) >= 0]
    return [
        {"name": product.name, "sku": product.sku, "position": position}
        for position, (_, product) in enumerate(sorted(found, key=lambda item: (item[0], item[1].pk)), start=1)
    ]


def _first_mention(text: str, names: Iterable[str]) -> int:
    """Where the first of the names stands as a whole word, -1 if none does."""
    starts = [
        match.start()
        for name in names
        if name.strip() and (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
    ]
    return min(starts, default=-1)


def _sentiment_at(text: str, start: int) -> str:
    """positive, negative or neutral, by the words of the sentence around a place in the text."""
    begin = 0
    sentence = text
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = len(text) if match is None else match.start()
        if begin <= start < max(end, begin + 1):
            sentence = text[begin:end]
            break
        begin = end if match is None else match.end()
    words = set(re.findall(r"\w+", sentence.lower()))
    balance = len(words & _KIND) - len(words & _UNKIND)
    return "positive" if balance > 0 else "negative" if balance < 0 else "neutral"
