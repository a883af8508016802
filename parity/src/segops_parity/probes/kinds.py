"""The kinds of values that probes are made of: text, numbers, JSON, each as odd as callers and servers make it."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

from segops_parity.wire import number_text

__all__ = [
    "LARGEST_SAFE",
    "UNRESERVED",
    "as_javascript",
    "encoded",
    "has_half_characters",
    "is_held",
    "json_values",
    "line",
    "nested",
    "number_text",
    "numbers",
    "rarely",
    "scalars",
    "text",
]

LARGEST_SAFE = 2**53 - 1
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

PRINTABLE = "".join(map(chr, range(32, 127)))
ODD_TEXTS = (
    *(PRINTABLE, PRINTABLE[:48], PRINTABLE[48:]),
    *("", " ", ".", "..", "...", "~", "%", "%2e%2e", "%2F", "+", "a b", "a/b", "a\\b", "?", "#", "&=", "a\tb", "\n"),
    *("\x00", "\x1f", "\x7f", "\x85", "é", "e\u0301", "ﬀ", "İ", "ß", "\u00a0", "\u2028", "\u202e", "\ufeff", "😀"),
    *("👩‍👩‍👧", "\ud800", "a\udfffb", "null", "true", "NaN", "1.0", "01", "-0", "1e3", "٣", "２", "__proto__"),
    *(
        "constructor",
        "'",
        '"',
        "<b>",
        "{}",
        "{0}",
        "{id}",
        "$1",
        "$&",
        "%s",
        "sk_",
        "-",
        "--",
        "*",
        "(a)",
        "a!b@c:d;e,f",
    ),
)

text = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.sampled_from(ODD_TEXTS),
    st.text(st.sampled_from(PRINTABLE), max_size=40),  # long, so that each shows many characters
    st.text(st.characters(exclude_categories=()), max_size=4),
)
"""Text of any kind, halves of characters included."""

line = st.one_of(
    st.sampled_from([each for each in ODD_TEXTS if not set(each) & {"\x00", "\n"} and each.isprintable()]),
    st.text(st.sampled_from(PRINTABLE), max_size=12),
    st.text(st.characters(exclude_categories=("C", "Z")), max_size=4),
)
"""Text that a person could type on one line."""

EDGES = (0, 1, -1, 2**31 - 1, 2**31, 2**32, LARGEST_SAFE, 2**53, 2**53 + 1, -LARGEST_SAFE, -(2**53), 2**63, 10**20)
whole = st.one_of(st.integers(-999, 9999), st.sampled_from(EDGES), st.integers(-(2**70), 2**70))
ODD_FLOATS = (
    *(0.0, -0.0, 1.0, 10.0, -3.0, 0.1, 1.5, 1e-6, 1e-7, 1.5e-7, 5e-324, 1e15, 1e16, 1.5e16, 123456789.125, 1e20),
    *(1e21, 1.5e21, 1e22, 1e100, 1.7976931348623157e308, 9007199254740993.0, 0.30000000000000004, -2.5e-9),
)
fractions = st.one_of(st.sampled_from(ODD_FLOATS), st.floats(allow_nan=False, allow_infinity=False))
numbers = st.one_of(whole, fractions)
scalars = st.one_of(st.none(), st.booleans(), numbers, text)
held_scalars = scalars.filter(lambda value: not isinstance(value, (int, float)) or abs(value) <= LARGEST_SAFE)
"""Those of them that JavaScript holds as they are."""

_dates = st.dates().map(lambda day: {"$date": day.isoformat()})
_times = st.datetimes().flatmap(
    lambda moment: st.sampled_from(["+00:00", "+02:00", "-11:30", "+05:45"]).map(
        lambda zone: {"$time": moment.replace(microsecond=moment.microsecond // 1000 * 1000).isoformat() + zone}
    )
)
not_json = st.sampled_from([{"$number": "NaN"}, {"$number": "Infinity"}, {"$number": "-Infinity"}])
tagged = st.one_of(not_json, st.binary(max_size=3).map(lambda data: {"$bytes": base64.b64encode(data).decode()}))

# A tagged value begins with a dollar. V8 13.6 (Node 24), once it has seen the key "\\", takes a key that begins with an
# escape for that one: the drivers' own lines would come out wrong.
_keys = text.filter(lambda key: not key.startswith(("$", "\\")))


def json_values(leaves: st.SearchStrategy[Any] = scalars, size: int = 6) -> st.SearchStrategy[Any]:
    """JSON values, a few levels deep; no object looks like a tagged value."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_keys, inner, max_size=4)),
        max_leaves=size,
    )


def rarely(common: st.SearchStrategy[Any], rare: st.SearchStrategy[Any], one_in: int = 8) -> st.SearchStrategy[Any]:
    """Mostly the one, now and then the other."""
    return st.integers(0, one_in - 1).flatmap(lambda drawn: rare if drawn == one_in - 1 else common)


def nested(levels: int) -> Any:
    """An array within an array, so many levels deep."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def has_half_characters(value: Any) -> bool:
    """Whether some text in it is not Unicode: half of a surrogate pair."""
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(has_half_characters(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(has_half_characters(item) for item in value)


def is_held(value: Any) -> bool:
    """Whether JavaScript holds all the numbers in it: no integer is beyond 2^53."""
    if isinstance(value, dict):
        return all(map(is_held, value.values()))
    if isinstance(value, list):
        return all(map(is_held, value))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return not is_number or abs(value) <= LARGEST_SAFE or (isinstance(value, float) and not value.is_integer())


def encoded(value: str, safe: str = "") -> str:
    """Text percent-encoded as UTF-8, all but unreserved characters and those of `safe`."""
    kept = UNRESERVED | frozenset(safe.encode())
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in value.encode())


def as_javascript(value: Any) -> Any:
    """A value with what JavaScript cannot hold made equal: the behaviours of the area ``limit``."""
    if isinstance(value, dict):
        return {key: as_javascript(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_javascript(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if isinstance(value, int) and abs(value) > LARGEST_SAFE:
        return float(value) if abs(value) < 10**308 else value
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_SAFE else value
