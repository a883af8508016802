"""Python values as they travel: in a path, a query, a JSON body."""

from __future__ import annotations

import enum
import json
import math
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from .._errors import SegOpsArgumentError
from .bodies import checked_parameters
from .nesting import DEEPEST, is_too_deep
from .words import LARGEST_SAFE, described, is_a, number_text

if TYPE_CHECKING:
    import datetime

__all__ = ["encode_json", "encode_path", "encode_query"]

# What a path may hold as it is (RFC 3986 pchar, "/", and a query that the caller wrote out); the rest is encoded.
_PATH_SAFE = "/?%:@!$&'()*+,;=~-._"


def encode_path(text: str) -> str:
    """A path below the base URL, for calls that no method wraps.

    Raises:
        SegOpsArgumentError: it is no text, an address, or holds ``.`` or ``..`` segments, a fragment or control
            characters.
    """
    if not isinstance(text, str):
        raise SegOpsArgumentError(f"A path must be text, not {described(text)}.")
    before = text.partition("?")[0]
    if "://" in before or text.startswith("//"):
        raise SegOpsArgumentError(f"{text!r} is an address; give the path below the base URL, such as /segments/.")
    if "#" in text or any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise SegOpsArgumentError(f"The path {text!r} has a fragment or a control character.")
    segments = before.lower().replace("%2e", ".").split("/")
    if "." in segments or ".." in segments:
        raise SegOpsArgumentError(f"The path {text!r} has a dot segment: it would reach another path.")
    path = text.removesuffix("?")
    try:
        quoted = quote(path if path.startswith("/") else "/" + path, safe=_PATH_SAFE)
    except UnicodeEncodeError:
        raise SegOpsArgumentError(f"The path {text!r} has a character that UTF-8 cannot hold.") from None
    if "?" not in quoted:
        return quoted
    before, _, query = quoted.partition("?")
    return f"{before}?{query.replace(chr(39), '%27')}"  # as the URL standard writes a query, and so JavaScript


def encode_query(query: Mapping[str, Any] | None) -> str:
    """A query string without its ``?``: None left out, booleans ``true``/``false``, lists as repeated keys.

    Raises:
        SegOpsArgumentError: a value that has no place in a query (a mapping, bytes, ``NaN``).
    """
    pairs: list[str] = []
    try:
        for key, value in checked_parameters(query).items():
            name = str(key.value if isinstance(key, enum.Enum) else key)
            items = value if isinstance(value, (list, tuple)) else (value,)
            pairs += [f"{_quoted(name)}={_quoted(_query_value(name, item))}" for item in items if item is not None]
    except UnicodeEncodeError:
        raise SegOpsArgumentError("A query parameter has a character that UTF-8 cannot hold.") from None
    return "&".join(pairs)


def _quoted(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote_plus(text)


def _query_value(key: str, value: Any) -> str:
    if type(value) is int:  # most are, and need none of the questions below
        return str(value)
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not _is_finite(value):
        raise SegOpsArgumentError(f"The query parameter {key!r} is {described(value)}, which no server can read.")
    if isinstance(value, float):
        if abs(value) > LARGEST_SAFE:
            raise SegOpsArgumentError(
                f"The query parameter {key!r} is {described(value)}, which has lost digits: "
                "give numbers beyond 2^53 as text."
            )
        return number_text(value)
    if isinstance(value, str):
        return str.__str__(value)
    if is_a("decimal", "Decimal", value) or is_a("uuid", "UUID", value):
        return str(value)
    if is_a("datetime", "date", value):
        return iso8601(value)
    try:
        return str(operator.index(value))  # of a class of its own, such as numpy's
    except TypeError:
        raise SegOpsArgumentError(f"The query parameter {key!r} cannot be {described(value)}.") from None


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not is_a("decimal", "Decimal", value) or value.is_finite()


def iso8601(value: datetime.date) -> str:
    """A date as ``2026-04-25``, a time as ``2026-04-25T12:00:00Z``; a time without a zone is taken as UTC."""
    import datetime

    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    try:
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise SegOpsArgumentError(f"The time {value.isoformat()} has no form in UTC: it is out of range.") from None


def _json_default(value: Any) -> Any:
    if is_a("datetime", "date", value):
        return iso8601(value)
    if not _is_finite(value):
        raise ValueError("it is not finite")
    if is_a("decimal", "Decimal", value) or is_a("uuid", "UUID", value):
        # As text: a binary float would change a price, and the platform's own samples write prices as text.
        return str(value)
    raise TypeError("it has no JSON form")


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_json_default)


def encode_json(body: Any) -> bytes:
    """A JSON body: UTF-8, compact. Dates, decimals and UUIDs become text.

    Raises:
        SegOpsArgumentError: something in it has no JSON form (``NaN``, a set, a circular reference).
    """
    try:
        text = _ENCODER.encode(body)
        data = text.encode("utf-8")
        if is_too_deep(text, data):
            raise RecursionError
        return data
    except SegOpsArgumentError:  # a time out of range says so itself
        raise
    except (TypeError, ValueError, RecursionError) as error:
        raise SegOpsArgumentError(f"The body cannot be sent as JSON: {_obstacle(body)}.") from error


def _obstacle(body: Any) -> str:
    """Why a body has no JSON form, in the words that TypeScript has too."""
    left: list[tuple[Any, tuple[int, ...]]] = [(body, ())]
    while left:
        value, above = left.pop()
        if isinstance(value, (Mapping, list, tuple)):
            if id(value) in above:
                return "it holds itself"
            if len(above) >= DEEPEST:
                return "it is nested too deeply"
            inner = [*value.keys(), *value.values()] if isinstance(value, Mapping) else value
            left += [(each, (*above, id(value))) for each in reversed(inner)]
        else:
            try:
                _ENCODER.encode(value).encode("utf-8")
            except UnicodeEncodeError:
                return "it holds a character that UTF-8 cannot hold"
            except (TypeError, ValueError):
                return f"it holds {described(value)}"
    return "it has no JSON form"
