"""Query parameters that several listings share."""

from __future__ import annotations

from rest_framework.request import Request


def limit_of(request: Request, *, default: int, most: int) -> int:
    """`limit` of a listing: an unreadable one, or one below 1, is the default, a larger one the most."""
    text = request.query_params.get("limit", "")
    if not (text.isascii() and text.isdigit()):
        return default
    return min(int(text[:10]), most) or default
