"""Texts as numbers and numbers as texts: the SQL functions that SQLite lacks, as PostgreSQL answers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

# As a regular expression of Python and of PostgreSQL: a plain number as people write it, not too long for a float.
NUMERAL: Final = r"[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?"
# What may stand around a text without meaning anything.
BLANKS: Final = " \t\n\r\v\f"
# Beyond it, integers are not exact everywhere: such a number has no text.
MOST_AS_TEXT: Final = 9 * 10**18
# Beyond it, a number is not a float everywhere.
MOST: Final = 1e308

_NUMERAL = re.compile(NUMERAL, re.ASCII)


def number_of(text: Any) -> float | None:
    """The number that a text is, blanks around it aside; None for any other text."""
    if not isinstance(text, str):
        return None
    text = text.strip(BLANKS)
    return float(text) if _NUMERAL.fullmatch(text) else None


def text_of(value: Any) -> str | None:
    """A text as it is, a boolean in small letters, a number in plain decimals; None for what has no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (int, float)) or not -MOST_AS_TEXT <= value <= MOST_AS_TEXT:
        return None
    number = Decimal(repr(value))
    return format(number if number else number.copy_abs(), "f")
