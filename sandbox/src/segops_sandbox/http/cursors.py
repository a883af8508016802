"""Opaque cursors of cursor pagination: what is listed, and the last key shown."""

from __future__ import annotations

import base64
import binascii
import json


class BadCursor(ValueError):
    """A cursor that is damaged, or of another listing."""


def encode(listing: int | str, last: str) -> str:
    """The cursor after a key of a listing."""
    return base64.urlsafe_b64encode(json.dumps([listing, last]).encode()).decode()


def decode(listing: int | str, cursor: str) -> str:
    """The key of the next page's start. Raises BadCursor for a text that no page of this listing has given out."""
    try:
        parts = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
        whole = isinstance(parts, list) and len(parts) == 2 and parts[0] == listing and _is_text(parts[1])
        whole = whole and encode(listing, parts[1]) == cursor
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor("not a cursor") from None
    if not whole:
        raise BadCursor("a cursor of another listing")
    return str(parts[1])


def _is_text(key: object) -> bool:
    """Whether a database could look for it: a NUL or a lone surrogate is in no text that is stored."""
    return isinstance(key, str) and "\0" not in key and not any("\ud800" <= sign <= "\udfff" for sign in key)
