"""The content of a page: blocks computed from its query and from the products that the search finds for it.

hero              title, text
product_grid      title, products: sku, name, text, price, url, image, relevance_score
comparison_table  title, columns, rows: sku, cells
faq               title, items: question, answer

Blocks whose sentences nobody wrote by hand carry `is_simulated`. A block that would be empty is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from segops_sandbox.ai.brands import own_brand
from segops_sandbox.catalogue.product_schema import schema_of
from segops_sandbox.catalogue.search import search
from segops_sandbox.models import GeneratedPage
from segops_sandbox.pages.card import attributes_of, card_of, price_text

TEMPLATES = ("default",)
_PRODUCTS, _COLUMNS = 6, 4

Block = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """All that a build writes."""

    title: str
    intro_copy: str
    product_skus: list[str]
    blocks: list[Block]


def content_of(page: GeneratedPage) -> Content:
    """A page's content from the catalogue as it is now."""
    topic = page.query.query_text if page.query else page.title or page.slug.replace("-", " ")
    title = page.title or topic
    matches = search(page.tenant, topic, _PRODUCTS)
    products, schema = [match.product for match in matches], schema_of(page.tenant)
    cards = [{**card_of(match.product, schema), "relevance_score": match.score} for match in matches]
    intro = _intro(topic, own_brand(page.tenant).name, cards)
    blocks = [
        {"type": "hero", "title": title, "text": intro, "is_simulated": True},
        _grid(cards),
        _comparison(cards, attributes_of(products, schema)),
        _faq(topic, cards),
    ]
    return Content(title, intro, [product.sku for product in products], [block for block in blocks if block])


def _intro(topic: str, brand: str, cards: list[dict[str, Any]]) -> str:
    if not cards:
        return f"[Simulated copy] {brand} on “{topic}”. The catalogue has no product that fits yet."
    return f"[Simulated copy] {brand} on “{topic}”: {_listed([card['name'] for card in cards])}."


def _grid(cards: list[dict[str, Any]]) -> Block | None:
    return {"type": "product_grid", "title": "Products", "products": cards} if cards else None


def _comparison(cards: list[dict[str, Any]], attributes: dict[str, list[str]]) -> Block | None:
    """A row a product, a column an attribute that at least two of them have."""
    prices = [price_text(card["price"]) for card in cards]
    columns = {**({"price": prices} if sum(map(bool, prices)) >= 2 else {}), **attributes}
    names = list(columns)[:_COLUMNS]
    if not names:
        return None
    rows = [
        {"sku": card["sku"], "cells": [card["name"], *(columns[name][number] for name in names)]}
        for number, card in enumerate(cards)
    ]
    labels = [name.replace("_", " ").strip().capitalize() or name for name in names]
    return {"type": "comparison_table", "title": "Compared", "columns": ["Product", *labels], "rows": rows}


def _faq(topic: str, cards: list[dict[str, Any]]) -> Block | None:
    if not cards:
        return None
    items = [(f"Which products fit “{topic}”?", f"{_listed([card['name'] for card in cards])}.")]
    priced = [card for card in cards if card["price"]]
    items += [(f"What does {card['name']} cost?", f"{price_text(card['price'])}.") for card in priced[:1]]
    if len(priced) > 1 and len({card["price"]["currency"] for card in priced}) == 1:
        cheapest = min(priced, key=lambda card: card["price"]["amount"])
        items.append(("Which of them costs least?", f"{cheapest['name']}, at {price_text(cheapest['price'])}."))
    answers = [{"question": question, "answer": answer} for question, answer in items]
    return {"type": "faq", "title": "Questions and answers", "items": answers, "is_simulated": True}


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
