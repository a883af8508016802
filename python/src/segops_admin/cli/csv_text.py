"""CSV as RFC 4180 has it: a header, CRLF, quotes where a cell needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .output import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["cell_text", "csv_lines"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[list[Any]], *, spreadsheet: bool = False) -> Iterator[str]:
    """Each row as a line of CSV.

    Args:
        spreadsheet: whether spreadsheets are to take the file as it is meant: with a byte order mark, so that they read
            UTF-8, and with an apostrophe before text that they would take for a formula.
    """
    mark = "\ufeff" if spreadsheet else ""
    for row in rows:
        yield mark + ",".join(_quoted(_guarded(value) if spreadsheet else cell_text(value)) for value in row) + "\r\n"
        mark = ""


def cell_text(value: Any) -> str:
    """A value as text: what is no text, and holds something, as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def _guarded(value: Any) -> str:
    text = cell_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _quoted(text: str) -> str:
    if any(character in text for character in ',"\r\n') or text != text.strip(" \t"):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
