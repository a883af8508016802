"""The share of AI answers that mention a product, of those to questions about it.

Looked at is the newest answer of each provider to each registered query, as in a snapshot: simulations belong to no
query, and what was answered before says nothing about today.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from segops_sandbox.catalogue.words import asked_words, words_of
from segops_sandbox.models import Product, QueryResult, Tenant

_CHUNK = 500
_SHOWN = 3


@dataclass
class _Question:
    text: str
    # Provider to the SKUs that its newest answer mentions.
    answers: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """The answers to questions about a product: all, those that name it; and the first questions where some do not."""

    asked: int
    mentioned: int
    silent: list[str]


class Visibility:
    """The newest answers of one tenant, by question."""

    def __init__(self, tenant: Tenant) -> None:
        questions: dict[int, _Question] = {}
        results = QueryResult.objects.filter(tenant=tenant, query__isnull=False).order_by("captured_at", "pk")
        columns = ("query_id", "query__query_text", "provider", "mentioned_products")
        for query_id, text, provider, mentioned in results.values_list(*columns).iterator(chunk_size=_CHUNK):
            assert query_id is not None
            question = questions.setdefault(query_id, _Question(text))
            question.answers[provider] = frozenset(entry["sku"] for entry in mentioned if entry.get("sku"))
        self._questions = questions
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._by_sku: dict[str, set[int]] = defaultdict(set)
        for query_id, question in questions.items():
            for word in asked_words(question.text):
                self._by_word[_stem(word)].add(query_id)
            for sku in frozenset().union(*question.answers.values()):
                self._by_sku[sku].add(query_id)

    def of(self, product: Product) -> Seen:
        """A question is about a product when it shares a word with its name, or when an answer to it mentions it."""
        about = set(self._by_sku.get(product.sku, ()))
        for word in words_of(product.name):
            about |= self._by_word.get(_stem(word), set())
        asked = mentioned = 0
        silent: list[str] = []
        for query_id in sorted(about):
            question = self._questions[query_id]
            named = sum(product.sku in skus for skus in question.answers.values())
            asked += len(question.answers)
            mentioned += named
            if named < len(question.answers) and len(silent) < _SHOWN:
                silent.append(question.text)
        return Seen(asked, mentioned, silent)


def _stem(word: str) -> str:
    """Without a plural s, so that `boots` asks about a boot."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
