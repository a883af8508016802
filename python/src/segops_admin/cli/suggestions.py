"""Suggestions for mistyped words."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["closest", "nearest"]

_SHORTEST = 3
"""Known words of fewer letters are near to nothing: every other such word would be a slip of one letter."""

_LONG = 8
"""From this length on, two slips are one word's; below it, one."""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that has most in common with the one given, or nothing if none has enough."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(_plain(word), list(known), 1)), "")


def nearest(word: str, known: Iterable[str], *, same: str = "-") -> str:
    """The known word that the one given is a slip of the keyboard for, or nothing.

    A slip is a letter too many, missing, or another, or two letters in each other's place. Capitals, and whether words
    are joined by dashes or underscores, make no difference.

    Args:
        same: what joins the words of those known.
    """
    typed = word.lower().replace("-", same).replace("_", same)
    best, least = "", _LONG
    for candidate in known:
        allowed = 0 if len(candidate) < _SHORTEST else 1 if len(candidate) < _LONG else 2
        slips = _slips(typed, candidate)
        if slips < least and slips <= allowed:
            best, least = candidate, slips
    return best


def _plain(word: str) -> str:
    return word.lower().replace("_", "-")


def _slips(a: str, b: str) -> int:
    """The optimal string alignment distance of two words."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            slips = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
    return row[-1]
