"""Positions in an answer: by the numbers of its list; without one, in the order of first appearance."""

from __future__ import annotations

import re

from segops_sandbox.ai.names import Mention, Thing

# "1. ", "2) ", "#3 ", also behind Markdown's marks for bold, headings and quotes.
_ITEM = re.compile(r"^[ \t>*_#]*?(?:#(?P<hash>\d{1,3})[.):]?|(?P<number>\d{1,3})[.)])[ \t]+", re.MULTILINE)
_AND = re.compile(r"[\s*_]*(?:/|&|\+|,?\s*\b(?:and|or|as well as|tied with)\b)[\s*_]*", re.IGNORECASE)
_COMMA = re.compile(r"[\s*_]*,[\s*_]*")
# What follows one of these is a reference for comparison, not the subject of the sentence.
_REFERENCE = re.compile(r"\b(?:than|unlike|over|versus|vs\.?|compared (?:to|with))[\s*_]*$", re.IGNORECASE)


def positions(text: str, mentions: list[Mention[Thing]]) -> dict[Thing, int]:
    """Each thing's place, counted from 1, in the order of first appearance.

    The item of a numbered list ranks what it names first, and what is joined to that ("Acme and Rival" share the
    place). What no item ranks comes after the list. Only the first list counts.
    """
    ranked: dict[Thing, int] = {}
    groups = together(text, mentions)
    last = 0
    for number, start, end in _items(text):
        last = number
        for mention in next((group for group in groups if start <= group[0].start < end), []):
            ranked.setdefault(mention.thing, number)
    found: dict[Thing, int] = {}
    for mention in mentions:
        if mention.thing not in found:
            if mention.thing not in ranked:
                last += 1
            found[mention.thing] = ranked.get(mention.thing, last)
    return found


def together(text: str, mentions: list[Mention[Thing]]) -> list[list[Mention[Thing]]]:
    """The mentions grouped by enumeration: "Acme and Rival", or "Acme, Rival and North"."""
    groups: list[list[Mention[Thing]]] = []
    pending: list[Mention[Thing]] = []  # joined by commas only, so far
    for mention in mentions:
        if pending and _AND.fullmatch(text, pending[-1].end, mention.start):
            pending.append(mention)
            groups.append(pending)
            pending = []
        elif groups and not pending and _AND.fullmatch(text, groups[-1][-1].end, mention.start):
            groups[-1].append(mention)
        elif pending and not is_reference(text, pending[-1]) and _COMMA.fullmatch(text, pending[-1].end, mention.start):
            pending.append(mention)
        else:
            groups += [[one] for one in pending]
            pending = [mention]
    return groups + [[one] for one in pending]


def is_reference(text: str, mention: Mention[Thing]) -> bool:
    """Whether it is only the reference of a comparison: "better than Rival"."""
    return _REFERENCE.search(text, max(0, mention.start - 20), mention.start) is not None


def _items(text: str) -> list[tuple[int, int, int]]:
    """Number, start and end of the line of each item of the first list; it begins with 1 and counts upwards."""
    items: list[tuple[int, int, int]] = []
    for match in _ITEM.finditer(text):
        number = int(match["number"] or match["hash"])
        if number != 1 if not items else number <= items[-1][0]:
            if items:
                break
            continue
        end = text.find("\n", match.end())
        items.append((number, match.end(), len(text) if end < 0 else end))
    return items
