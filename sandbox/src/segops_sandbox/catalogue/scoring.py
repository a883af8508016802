"""How well an assistant can read a product: four dimensions of 25 points. https://segops.ai/docs/pim/scoring

| Dimension | What it looks at |
| --- | --- |
| schema_coverage | whether description, brand, category, price and image are there |
| answer_format | whether the description answers as an assistant would |
| factual_completeness | the share of the schema's fields that are filled |
| ai_visibility_alignment | how many of the AI answers to questions about it mention it |

The score is their sum. Each finding says what is missing, so that the advice can name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segops_sandbox.catalogue.fields import is_filled
from segops_sandbox.catalogue.visibility import Visibility
from segops_sandbox.models import Product, Tenant

FULL = 25.0
# The attributes that an assistant needs first, and the usual names of their fields.
_ESSENTIALS = {
    "description": ("description", "long_description", "short_description", "body"),
    "brand": ("brand", "vendor", "manufacturer", "label"),
    "category": ("category", "categories", "product_type", "genre"),
    "price": ("price", "prices", "list_price", "sale_price"),
    "image": ("image", "image_url", "images", "image_urls", "picture", "thumbnail"),
}
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]")
_PURPOSE = re.compile(
    r"\b(for|ideal|designed|suited|perfect|made to|helps?|when|für|geeignet|pour|idéale?|para|per)\b", re.IGNORECASE
)
_ENOUGH_WORDS, _ENOUGH_SENTENCES = 40, 2
_NAMED_AT_MOST = 10
# The missing points from which a recommendation has this priority.
_IMPACTS = ((12.5, "high"), (5.0, "medium"), (0.0, "low"))


@dataclass(frozen=True)
class Finding:
    """The points of one dimension, and how to gain the missing ones."""

    points: float
    action: str


@dataclass(frozen=True)
class Assessment:
    """The score of a product as it is now."""

    score: float
    dimension_scores: dict[str, float]
    recommendations: list[dict[str, Any]]


class Scorer:
    """Scores products of one tenant, by what its schema and its AI answers say at the moment."""

    def __init__(self, tenant: Tenant, fields: list[dict[str, Any]]) -> None:
        self._visibility = Visibility(tenant)
        self._fields = [field["name"] for field in fields]
        priced = tuple(field["name"] for field in fields if field["type"] in ("price", "multi_price"))
        self._essentials = {**_ESSENTIALS, "price": (*_ESSENTIALS["price"], *priced)}
        self._dimensions: dict[str, Callable[[Product], Finding]] = {
            "schema_coverage": self._schema_coverage,
            "answer_format": self._answer_format,
            "factual_completeness": self._factual_completeness,
            "ai_visibility_alignment": self._ai_visibility_alignment,
        }

    def assess(self, product: Product) -> Assessment:
        """The score, its parts, and advice; the largest gain first."""
        findings = {name: measure(product) for name, measure in self._dimensions.items()}
        points = {name: round(finding.points, 1) for name, finding in findings.items()}
        open_points = {name: FULL - had for name, had in points.items() if had < FULL}
        advice = [
            {
                "dimension": name,
                "action": findings[name].action,
                "estimated_impact": next(word for least, word in _IMPACTS if open_points[name] >= least),
                "priority": priority,
            }
            for priority, name in enumerate(sorted(open_points, key=lambda name: -open_points[name]), start=1)
        ]
        return Assessment(round(sum(points.values()), 1), points, advice)

    def _schema_coverage(self, product: Product) -> Finding:
        missing = [name for name in self._essentials if not is_filled(self._essential(product, name))]
        points = FULL * (len(self._essentials) - len(missing)) / len(self._essentials)
        return Finding(points, f"Add {', '.join(missing)}.")

    def _answer_format(self, product: Product) -> Finding:
        """How well a description serves as an assistant's answer: its length, its sentences, for whom, of what."""
        text = self._essential(product, "description")
        if not isinstance(text, str) or not text.strip():
            return Finding(0.0, f"Write a description of at least {_ENOUGH_WORDS} words in whole sentences.")
        words, sentences = len(_WORD.findall(text)), len(_SENTENCE.findall(text))
        names = [product.name, self._essential(product, "brand")]
        names = [name for name in names if isinstance(name, str) and name.strip()]
        named = any(name.casefold() in text.casefold() for name in names)
        parts = (
            (10.0, min(1.0, words / _ENOUGH_WORDS), f"write {_ENOUGH_WORDS} words or more (now {words})"),
            (5.0, min(1.0, sentences / _ENOUGH_SENTENCES), f"use {_ENOUGH_SENTENCES} whole sentences or more"),
            (5.0, float(bool(_PURPOSE.search(text))), "say whom or what it is for"),
            (5.0, float(named), f"name {' or '.join(names) or 'the product'}"),
        )
        todo = [what for _, share, what in parts if share < 1]
        return Finding(sum(most * share for most, share, _ in parts), f"In the description, {'; '.join(todo)}.")

    def _factual_completeness(self, product: Product) -> Finding:
        names = self._fields or list(product.data)
        if not names:
            return Finding(0.0, "Define the catalogue's schema and fill in its fields: there is no attribute at all.")
        blank = [name for name in names if not is_filled(product.data.get(name))]
        listed = ", ".join(blank[:_NAMED_AT_MOST]) + (", …" if len(blank) > _NAMED_AT_MOST else "")
        what = "schema fields" if self._fields else "attributes"
        action = f"Fill in {listed}: {len(blank)} of {len(names)} {what} are empty."
        return Finding(FULL * (len(names) - len(blank)) / len(names), action)

    def _ai_visibility_alignment(self, product: Product) -> Finding:
        seen = self._visibility.of(product)
        if not seen.asked:
            about = product.name or product.sku
            return Finding(
                0.0, f"Track an AI query about {about} and run it: none of those with answers asks about it."
            )
        silent = ", ".join(f'"{question}"' for question in seen.silent)
        action = f"Publish an AI page that answers {silent}: {seen.mentioned} of {seen.asked} AI answers mention it."
        return Finding(FULL * min(1.0, seen.mentioned / seen.asked), action)

    def _essential(self, product: Product, name: str) -> Any:
        """The first filled field of those that may hold it."""
        return next((value for key in self._essentials[name] if is_filled(value := product.data.get(key))), None)
