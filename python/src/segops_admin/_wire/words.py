"""Values in the words of messages, the same in both languages: those of JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["LARGEST_SAFE", "described", "is_a", "number_text"]

LARGEST_SAFE = 2**53 - 1
"""The largest whole number that a float holds with certainty."""


def described(value: Any) -> str:
    """A value as an error message shows it: text and numbers as they are, nothing larger whole."""
    if isinstance(value, str):
        return repr(str.__str__(value))
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 1024 else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "bytes"
    if is_a("datetime", "date", value):
        return "a date"
    if isinstance(value, (list, tuple)):
        return "an array"
    if isinstance(value, Mapping):
        return "an object"
    if callable(value) and not isinstance(value, type):
        return "a function"
    name = type(value).__name__
    return f"{'an' if name[:1] in 'AEIOaeio' else 'a'} {name}"


def is_a(module: str, name: str, value: Any) -> bool:
    """Whether a value is of a class of the standard library: it is not if nobody has loaded its module.

    The namespaces import this module, and are to load nothing dear.
    """
    return isinstance(value, getattr(sys.modules.get(module), name, ()))


def number_text(value: float) -> str:
    """A float as JavaScript writes it: the shortest digits that read back, with an exponent only where it is long."""
    import decimal

    if value == 0:
        return "0"
    digits = decimal.Decimal(repr(value))  # which writes what is not finite as JavaScript does
    if -7 < digits.adjusted() < 21:
        text = format(digits, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa}e{int(exponent):+d}"
