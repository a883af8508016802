"""Tables for people: columns side by side, fitted to the terminal."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from .csv_text import cell_text
from .failures import printable
from .widths import NONE, WIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["record_table", "table", "text_width"]

_GAP = "  "
_READABLE = 20
"""A column is readable from this width on; where it needs less, from that."""
_LEAST = 6
"""No column that was asked for is cut below this width."""


def table(rows: Iterable[Sequence[Any]], *, fit: bool) -> str:
    """Rows below a header, the first of them.

    Args:
        fit: whether columns that find no place on the line are left out; otherwise all are kept, and cut.
    """
    values = [list(row) for row in rows]
    if not values:
        return ""
    cells = [[_cell(value) for value in row] for row in values]
    natural = [max(map(text_width, column)) for column in zip(*cells)]
    room = line_width()
    kept = list(range(len(natural)))
    if fit and room is not None:
        kept = _fitting(natural, room)
    widths = _shrunk([natural[index] for index in kept], room)
    to_right = [_is_numeric([row[index] for row in values[1:]]) for index in kept]
    lines = []
    for row in cells:
        shown = [_padded(row[index], width, right) for index, width, right in zip(kept, widths, to_right)]
        lines.append(_GAP.join(shown).rstrip())
    return "".join(f"{line}\n" for line in lines)


def record_table(pairs: Sequence[tuple[str, Any]]) -> str:
    """One record: a line for each key."""
    names = [_cell(name) for name, _ in pairs]
    width = max(map(text_width, names), default=0)
    room = line_width()
    lines = []
    for name, (_, value) in zip(names, pairs):
        text = _cell(value)
        if room is not None:
            text = _cut(text, max(_LEAST, room - width - len(_GAP)))
        lines.append(f"{_padded(name, width, False)}{_GAP}{text}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def line_width() -> int | None:
    """How many columns a line has: COLUMNS, or the terminal's; None where there is no limit, as in a file."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return None


def text_width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(character: str) -> int:
    code = ord(character)
    if bisect_right(_NONE, code) % 2:
        return 0
    return 2 if bisect_right(_WIDE, code) % 2 else 1


def _edges(ranges: str) -> list[int]:
    """Where ranges of code points begin and, next, where they end: what is inside follows an odd number."""
    pairs = (each.split("-") for each in ranges.split())
    return [edge for first, last in pairs for edge in (int(first, 16), int(last, 16) + 1)]


_WIDE, _NONE = _edges(WIDE), _edges(NONE)


def _cell(value: Any) -> str:
    return printable(cell_text(value))


def _fitting(natural: list[int], room: int) -> list[int]:
    """The columns that can be read on a line, the first one in any case."""
    kept, taken = [0], min(natural[0], _READABLE)
    for index, width in enumerate(natural[1:], 1):
        more = len(_GAP) + min(width, _READABLE)
        if taken + more <= room:
            kept.append(index)
            taken += more
    return kept


def _shrunk(widths: list[int], room: int | None) -> list[int]:
    """Widths that fit, the widest cut first."""
    if room is None:
        return widths
    shrunk = [*widths]
    surplus = sum(shrunk) + len(_GAP) * (len(shrunk) - 1) - room
    while surplus > 0 and max(shrunk) > _LEAST:
        shrunk[shrunk.index(max(shrunk))] -= 1
        surplus -= 1
    return shrunk


def _is_numeric(values: list[Any]) -> bool:
    told = [value for value in values if value is not None]
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in told)


def _padded(text: str, width: int, to_right: bool) -> str:
    text = _cut(text, width)
    blanks = " " * (width - text_width(text))
    return blanks + text if to_right else text + blanks


def _cut(text: str, width: int) -> str:
    if text_width(text) <= width:
        return text
    kept, taken = "", 0
    for character in text:
        taken += _width(character)
        if taken > width - 1:
            break
        kept += character
    return f"{kept}\u2026"
