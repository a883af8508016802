"""Simulated answers of assistants: text that depends only on its input, in each assistant's own style.

No assistant is asked: the platform, too, answers with placeholder text where a provider has no key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from segops_sandbox.ai.brands import Brand
from segops_sandbox.ai.names import clean, find

_MAX_BRANDS = 6
_NOTE = "[Simulated answer: no assistant was asked.]"
# Sentences about a brand, in three tones. {0} is the brand; a second line is for two that share a place.
_PRAISE = (
    ("{0} is widely praised for reliable quality.", "{0} are both praised for reliable quality."),
    ("{0} is a favourite of many buyers.", "{0} are favourites of many buyers."),
    ("{0} is the one most reviewers recommend.", "{0} are the ones most reviewers recommend."),
)
_PLAIN = (
    ("{0} comes up often and has a wide range.", "{0} come up often and have a wide range."),
    ("{0} covers the usual needs at a middling price.", "{0} cover the usual needs at a middling price."),
    ("{0} is sold in most shops.", "{0} are sold in most shops."),
)
_BLAME = (
    ("{0} is sometimes criticised as overpriced.", "{0} are sometimes criticised as overpriced."),
    ("{0} gets complaints about its customer service.", "{0} get complaints about their customer service."),
)
_TONES = (_PRAISE, _PLAIN, _PRAISE, _PLAIN, _BLAME)


@dataclass(frozen=True)
class Ground:
    """What an answer is drawn from.

    Attributes:
        source: what makes the draws of one workspace and seed its own.
        question: in one line.
        brands: the own one first.
        products: names of products that fit the question, the best first.
    """

    source: str
    question: str
    brands: tuple[Brand, ...]
    products: tuple[str, ...]


@dataclass(frozen=True)
class _Remark:
    """One sentence, about one brand or about two that share a place."""

    names: tuple[str, ...]
    template: str

    def said(self, mark: str = "") -> str:
        """The sentence, each name between marks ("**" is bold in Markdown)."""
        return self.template.format(" and ".join(f"{mark}{name}{mark}" for name in self.names))


def answer(provider: str, ground: Ground) -> str:
    """The text of one assistant's answer."""
    return "\n".join(
        [*_MANNERS[provider](echo(ground.question), _remarks(provider, ground), ground.products), "", _NOTE]
    )


def echo(question: str) -> str:
    """How an answer quotes the question."""
    return f"“{question}”"


def _remarks(provider: str, ground: Ground) -> list[_Remark]:
    """What is said, in the order of rank. One brand in four is passed over, unless the question names it."""
    question = clean(ground.question)
    asked_for = {m.thing for m in find(question, [(name, brand) for brand in ground.brands for name in brand.names])}
    drawn = {brand: _draw(ground.source, provider, ground.question, brand.name) for brand in ground.brands}
    shown = [brand for brand, number in drawn.items() if brand in asked_for or number % 4]
    shown = sorted(shown, key=lambda brand: (brand not in asked_for, drawn[brand], brand.name))[:_MAX_BRANDS]
    shown.sort(key=lambda brand: (drawn[brand], brand.name))
    remarks: list[_Remark] = []
    while shown:
        number = drawn[shown[0]] // 4
        together = 2 if number % 7 == 0 and len(shown) > 1 else 1
        names, shown = tuple(brand.name for brand in shown[:together]), shown[together:]
        templates = _TONES[number % len(_TONES)]
        remarks.append(_Remark(names, templates[number // 64 % len(templates)][together - 1]))
    return remarks


def _chatgpt(question: str, remarks: list[_Remark], products: tuple[str, ...]) -> list[str]:
    lines = [f"Here is how the brands compare for {question}:", "", *_numbered(remarks, "{}. ", "**")]
    if products:
        lines += ["", "Products to look at:", *(f"- {name}" for name in products)]
    return [*lines, "", "Would you like a closer comparison?"]


def _perplexity(question: str, remarks: list[_Remark], products: tuple[str, ...]) -> list[str]:
    cited = [f"{remark.said()[:-1]} [{number}]." for number, remark in enumerate(remarks, start=1)] or [_NOBODY]
    lines = [f"Sources on {question} agree on a few points.", "", " ".join(cited)]
    return [*lines, "", f"Models named in the sources: {_listed(products)}."] if products else lines


def _claude(question: str, remarks: list[_Remark], products: tuple[str, ...]) -> list[str]:
    lines = [f"For {question}, a few names are worth knowing. Which one fits depends on what matters to you.", ""]
    lines += [line for remark in remarks for line in (remark.said(), "")] or [_NOBODY, ""]
    if products:
        lines += [f"If you want something concrete, start with {_listed(products)}.", ""]
    return [*lines, "I may be out of date, so check current reviews before you buy."]


def _gemini(question: str, remarks: list[_Remark], products: tuple[str, ...]) -> list[str]:
    lines = [f"## Overview: {question}", "", *(f"* {remark.said('**')}" for remark in remarks)]
    lines += [] if remarks else [_NOBODY]
    return [*lines, "", "## Matching products", *(f"* {name}" for name in products)] if products else lines


def _grok(question: str, remarks: list[_Remark], products: tuple[str, ...]) -> list[str]:
    lines = [f"{question}, the short version:", *_numbered(remarks, "{}) ", "")]
    return [*lines, f"Just want a pick? {products[0]}."] if products else lines


_NOBODY = "No brand stands out."
_MANNERS: dict[str, Callable[[str, list[_Remark], tuple[str, ...]], list[str]]] = {
    "chatgpt": _chatgpt,
    "perplexity": _perplexity,
    "claude": _claude,
    "gemini": _gemini,
    "grok": _grok,
}


def _numbered(remarks: list[_Remark], number: str, mark: str) -> list[str]:
    """A ranked list; after two that share a place the next one is left free, as in sport."""
    lines, place = [], 1
    for remark in remarks:
        lines.append(number.format(place) + remark.said(mark))
        place += len(remark.names)
    return lines or [_NOBODY]


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _draw(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x00".join(parts).encode()).digest()[:4], "big")
