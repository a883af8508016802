"""Queries put together from fragments that carry their parameters, never by pasting values into text."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_FORMATTER = string.Formatter()


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with `%s` for each of its parameters, in order."""

    text: str
    params: tuple[Any, ...] = ()


def sql(template: str, **parts: Any) -> Sql:
    """Fill a template: `{name}` becomes the fragment of that name, or a parameter if it is a plain value.

    A fragment of several lines is indented like the line that it is put into. Templates hold no `%`.
    """
    text: list[str] = []
    params: list[Any] = []
    line = ""
    for literal, name, _spec, _conversion in _FORMATTER.parse(template):
        text.append(literal)
        line = (line + literal).rpartition("\n")[2]
        if name is None:
            continue
        part = parts[name]
        if isinstance(part, Sql):
            indent = line[: len(line) - len(line.lstrip())]
            text.append(part.text.replace("\n", "\n" + indent))
            params.extend(part.params)
        else:
            text.append("%s")
            params.append(part)
        line += "x"
    return Sql("".join(text), tuple(params))


def join(separator: str, fragments: Iterable[Sql]) -> Sql:
    """Fragments one after the other, with a text between them."""
    fragments = list(fragments)
    return Sql(
        separator.join(fragment.text for fragment in fragments),
        tuple(param for fragment in fragments for param in fragment.params),
    )


def values(items: Iterable[Any]) -> Sql:
    """A comma-separated list of parameters, for `IN (...)`."""
    items = tuple(items)
    return Sql(", ".join(["%s"] * len(items)), items)


def readable(fragment: Sql) -> str:
    """The query as a person reads it: parameters written in as SQL literals. For display, not for execution."""
    pieces = fragment.text.split("%s")
    literals = [_literal(param) for param in fragment.params]
    return "".join(piece + literal for piece, literal in zip(pieces, [*literals, ""], strict=True))


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (int, Decimal)) else repr(value)
