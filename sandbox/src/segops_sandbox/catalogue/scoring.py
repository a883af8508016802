"""How well can an assistant read a product? Four dimensions of 25 points: https://segops.ai/docs/pim/scoring"""

from __future__ import annotations

import re
from typing import Any

from segops_sandbox import clock
from segops_sandbox.catalogue.fields import is_filled
from segops_sandbox.catalogue.schema import schema_of
from segops_sandbox.models import Product, ProductScore, QueryResult, Tenant
from segops_sandbox.platform import jobs

FULL = 25.0
# What an assistant looks for first, and the field names that catalogues give it.
_ESSENTIALS = {
    "description": ("description", "long_description", "short_description", "body"),
    "brand": ("brand", "vendor", "manufacturer", "label"),
    "category": ("category", "categories", "product_type", "genre"),
    "price": ("price", "prices", "list_price", "sale_price"),
    "image": ("image", "image_url", "images", "picture", "thumbnail"),
}
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]")
_PURPOSE = re.compile(r"\b(for|ideal|designed|suited|perfect|made to|helps?|when)\b", re.IGNORECASE)
_ENOUGH_WORDS = 40


def score_product(product: Product, visibility: Visibility) -> ProductScore:
    """Compute and store the score of a product, in place of an earlier one."""
    text = _first(product.data, _ESSENTIALS["description"])
    missing = [name for name, keys in _ESSENTIALS.items() if not is_filled(_first(product.data, keys))]
    filled, of = _filled_fields(product, visibility.fields)
    dimensions = {
        "schema_coverage": FULL * (len(_ESSENTIALS) - len(missing)) / len(_ESSENTIALS),
        "answer_format": _answer_format(product, text if isinstance(text, str) else ""),
        "factual_completeness": FULL * filled / of if of else 0.0,
        "ai_visibility_alignment": FULL * visibility.share_of(product),
    }
    dimensions = {name: round(points, 1) for name, points in dimensions.items()}
    score = round(sum(dimensions.values()), 1)
    stored, _ = ProductScore.objects.update_or_create(
        product=product,
        defaults={
            "score": score,
            "dimension_scores": dimensions,
            "recommendations": _recommendations(dimensions, missing, of - filled),
            "scored_at": clock.now(),
        },
    )
    Product.objects.filter(pk=product.pk).update(ai_readability_score=score)
    return stored


class Visibility:
    """What scoring needs to know of the tenant: its schema's fields, and what stored AI answers mention."""

    def __init__(self, tenant: Tenant) -> None:
        self.fields: list[str] = [field["name"] for field in schema_of(tenant).fields]
        self._answers = 0
        self._mentions: dict[str, int] = {}
        for mentioned in QueryResult.objects.filter(tenant=tenant).values_list("mentioned_products", flat=True):
            self._answers += 1
            for sku in {entry.get("sku") for entry in mentioned if entry.get("sku")}:
                self._mentions[sku] = self._mentions.get(sku, 0) + 1

    def share_of(self, product: Product) -> float:
        """The share of stored answers that mention the product, 0 to 1."""
        return self._mentions.get(product.sku, 0) / self._answers if self._answers else 0.0


@jobs.handler("products.score")
def _score_one(tenant: Tenant, product_id: int) -> None:
    product = Product.objects.filter(tenant=tenant, pk=product_id).first()
    if product is not None:  # deleted in the meantime
        score_product(product, Visibility(tenant))


@jobs.handler("products.score_all")
def _score_all(tenant: Tenant) -> None:
    visibility = Visibility(tenant)
    for product in Product.objects.filter(tenant=tenant).order_by("pk").iterator(chunk_size=500):
        score_product(product, visibility)


def _first(data: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((data[key] for key in keys if is_filled(data.get(key))), None)


def _filled_fields(product: Product, fields: list[str]) -> tuple[int, int]:
    """How many fields are filled, of how many: the schema's, or the product's own where there is no schema."""
    names = fields or list(product.data)
    return sum(is_filled(product.data.get(name)) for name in names), len(names)


def _answer_format(product: Product, text: str) -> float:
    """Could an assistant read the description out as an answer? Long enough, in sentences, for whom, and of what."""
    if not text.strip():
        return 0.0
    words = len(_WORD.findall(text))
    points = 10.0 * min(1.0, words / _ENOUGH_WORDS)
    points += 2.5 * min(2, len(_SENTENCE.findall(text)))
    points += 5.0 * bool(_PURPOSE.search(text))
    named = [product.name, _first(product.data, _ESSENTIALS["brand"])]
    points += 5.0 * any(isinstance(name, str) and name and name.lower() in text.lower() for name in named)
    return points


def _recommendations(dimensions: dict[str, float], missing: list[str], blank: int) -> list[dict[str, Any]]:
    """What to do about each dimension that is not full, the largest gap first."""
    actions = {
        "schema_coverage": f"Add {', '.join(missing)}.",
        "answer_format": "Write the description as a full answer: what it is, for whom, and why, in whole sentences.",
        "factual_completeness": f"Fill in the {blank} empty schema field{'s' if blank != 1 else ''}.",
        "ai_visibility_alignment": "Publish an AI page for the queries whose answers do not mention this product.",
    }
    gaps = sorted(((FULL - points, name) for name, points in dimensions.items() if points < FULL), reverse=True)
    return [
        {
            "dimension": name,
            "action": actions[name],
            "estimated_impact": "high" if gap >= 12.5 else "medium" if gap >= 5 else "low",
            "priority": number,
        }
        for number, (gap, name) in enumerate(gaps, start=1)
    ]
