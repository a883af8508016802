"""Which products fit a question? Cosine similarity of word counts, rare words counting more (TF-IDF)."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from segops_sandbox.models import Product, ProductSegmentMembership, Tenant

_WORD = re.compile(r"\w+")
_STOP = frozenset({"a", "an", "and", "are", "best", "do", "for", "in", "is", "of", "on", "or", "the", "to", "what"})


@dataclass(frozen=True)
class Match:
    """A product and how well it fits, 0 to 1."""

    product: Product
    score: float


def search(tenant: Tenant, query: str, limit: int, product_segment_id: int | None = None) -> list[Match]:
    """The best matches first; products that share no word with the query do not match."""
    products = Product.objects.filter(tenant=tenant).order_by("pk")
    if product_segment_id is not None:
        skus = ProductSegmentMembership.objects.filter(segment_id=product_segment_id).values("sku")
        products = products.filter(sku__in=skus)
    counted = [(product, Counter(_words(_text_of(product)))) for product in products]
    rarity = _rarities([words for _, words in counted])
    wanted = _weighted(Counter(_words(query)), rarity)
    matches = [
        Match(product, round(score, 4))
        for product, words in counted
        if (score := _cosine(wanted, _weighted(words, rarity))) > 0
    ]
    return sorted(matches, key=lambda match: (-match.score, match.product.pk))[:limit]


def _text_of(product: Product) -> str:
    return " ".join([product.name, *_texts(product.data)])


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) and not value.startswith(("http://", "https://")) else []


def _words(text: str) -> list[str]:
    """Words in small letters, a plural s dropped, so that `shoes` finds `shoe`."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _STOP)
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words]


def _rarities(documents: list[Counter[str]]) -> dict[str, float]:
    seen = Counter(word for document in documents for word in document)
    return {word: 1 + math.log((1 + len(documents)) / (1 + count)) for word, count in seen.items()}


def _weighted(words: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    return {word: count * rarity.get(word, 1.0) for word, count in words.items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    dot = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    if not dot:
        return 0.0
    return dot / math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
