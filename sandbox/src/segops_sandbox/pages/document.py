"""What a page's HTML and its React component share: every text that they show, cleaned, and their data.

https://schema.org/ItemList, https://schema.org/Product, https://schema.org/FAQPage
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from segops_sandbox.models import GeneratedPage
from segops_sandbox.pages.card import amount_text, price_text

FOLDER: Final = Path(__file__).parent / "templates"
# Controls and code points that stand for no character: no HTML document may hold them, not even escaped.
_NO_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
# Inside of a script element, where an escaped character would be read as it is written.
_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_DESCRIPTION = 160


@dataclass(frozen=True)
class Document:
    """A page, ready to be put into a file."""

    title: str
    description: str
    style: str
    blocks: list[dict[str, Any]]
    json_ld: str


def document_of(page: GeneratedPage) -> Document:
    """A page's texts without characters that no document may hold, with prices as text."""
    blocks = _cleaned(page.blocks)
    for block in blocks:
        for product in block.get("products", ()):
            product["price_text"] = price_text(product["price"])
    title, intro = _cleaned(page.title), _cleaned(page.intro_copy)
    style = (FOLDER / "page.css").read_text(encoding="utf-8").strip()
    data = {"@context": "https://schema.org", "@graph": list(_graph(title, intro, blocks))}
    json_ld = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_SCRIPT_ESCAPES)
    return Document(title, _shortened(intro), style, blocks, json_ld)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_CHARACTERS.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 1].rstrip() + "…"


def _graph(title: str, intro: str, blocks: list[dict[str, Any]]) -> Any:
    products = [product for block in blocks for product in block.get("products", ())]
    yield {
        "@type": "CollectionPage",
        "name": title,
        "description": intro,
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "item": _product(product)}
                for position, product in enumerate(products, start=1)
            ],
        },
    }
    questions = [
        {
            "@type": "Question",
            "name": item["question"],
            "acceptedAnswer": {"@type": "Answer", "text": item["answer"]},
        }
        for block in blocks
        if block["type"] == "faq"
        for item in block["items"]
    ]
    if questions:
        yield {"@type": "FAQPage", "mainEntity": questions}


def _product(product: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Product", "sku": product["sku"], "name": product["name"]}
    found |= {key: value for key, value in (("description", product["text"]), ("url", product["url"])) if value}
    if product["image"]:
        found["image"] = product["image"]
    if price := product["price"]:
        amount = amount_text(price["amount"])
        found["offers"] = {"@type": "Offer", "price": amount, "priceCurrency": price["currency"]}
    return found
