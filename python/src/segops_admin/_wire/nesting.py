"""How deep a JSON text is nested."""

from __future__ import annotations

import re

__all__ = ["DEEPEST", "is_too_deep"]

DEEPEST = 500
"""Levels of arrays and objects. A page has a handful; code that recurses into a value fails beyond some hundreds."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
"""Strings, the last of which may never be closed, and what opens or closes a level."""


def is_too_deep(text: str, encoded: bytes | None = None) -> bool:
    """Whether a JSON text has more than ``DEEPEST`` levels.

    Args:
        encoded: the same in UTF-8, where it is at hand.
    """
    if len(text) <= 2 * DEEPEST:
        return False
    data = text.encode("utf-8", "replace") if encoded is None else encoded
    if _count(data, b"[", b"{") <= DEEPEST:
        return False
    # Whatever is nested that deep is opened that often before its innermost place, and closed that often after it: one
    # of the two lies wholly in one half.
    half = len(data) // 2
    if _count(data[:half], b"[", b"{") <= DEEPEST and _count(data[half:], b"]", b"}") <= DEEPEST:
        return False
    level = 0
    for token in _BRACKETS.finditer(text):
        mark = token[0]
        if mark in "[{":
            level += 1
            if level > DEEPEST:
                return True
        elif mark in "]}":
            level -= 1
    return False


def _count(data: bytes, one: bytes, other: bytes) -> int:
    """How often two bytes occur. bytes.replace() finds them many times faster than count() does."""
    return 2 * len(data) - len(data.replace(one, b"")) - len(data.replace(other, b""))
