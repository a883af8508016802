"""How deep a JSON text is nested."""

from __future__ import annotations

import re

__all__ = ["DEEPEST", "is_too_deep"]

DEEPEST = 500
"""Levels of arrays and objects. A page has a handful; code that recurses into a value fails beyond some hundreds."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


def is_too_deep(text: str) -> bool:
    """Whether a JSON text has more than ``DEEPEST`` levels."""
    if text.count("[") + text.count("{") <= DEEPEST:
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
