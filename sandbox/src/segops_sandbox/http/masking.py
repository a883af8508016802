"""Redaction of credentials in what is kept of a request and shown on pages."""

from __future__ import annotations

import re

# The keys and tokens that the sandbox gives out; the start of a key says what it is, its end which one.
_KEY = re.compile(r"\b((?:sk|pk|mk)_(?:[a-z]+_)?)[A-Za-z0-9_-]{8,}([A-Za-z0-9_-]{4})")
_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HIDDEN = frozenset({"x-sandbox-token", "cookie", "proxy-authorization"})
_SHOWN_AS = "***"


def text(value: str) -> str:
    """A text with keys and tokens in it masked: `sk_test_***1a2b`."""
    masked = _KEY.sub(rf"\1{_SHOWN_AS}\2", value) if "k_" in value else value
    return _TOKEN.sub(_SHOWN_AS, masked) if "eyJ" in masked else masked


def header(name: str, value: str) -> str:
    """The value of a header; of one that holds nothing but a credential, its scheme at most."""
    lowered = name.lower()
    if lowered in _HIDDEN:
        return _SHOWN_AS
    masked = text(value)
    if masked == value and lowered in ("authorization", "x-api-key"):
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {_SHOWN_AS}" if space else _SHOWN_AS
    return masked
