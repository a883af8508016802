"""Pages of listings by number (50, 200 at most; past the end is a 404), and the `limit` of other listings."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class PageNumbers(PageNumberPagination):
    """`{count, next, previous, results}`; a larger page_size is clamped, an unreadable one is the default."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"


class RelativePageNumbers(PageNumbers):
    """The same with links that start at `/api/`, as the product reference shows them."""

    def get_next_link(self) -> str | None:
        """The next page's path and query."""
        return _relative(super().get_next_link())

    def get_previous_link(self) -> str | None:
        """The previous page's path and query."""
        return _relative(super().get_previous_link())


def limit_of(request: Request, *, default: int, most: int) -> int:
    """`limit` of a listing: an unreadable one, or one below 1, is the default, a larger one the most."""
    text = request.query_params.get("limit", "")
    if not (text.isascii() and text.isdigit()):
        return default
    return min(int(text[:10]), most) or default


def _relative(link: str | None) -> str | None:
    return link and urlunsplit(("", "", *urlsplit(link)[2:]))
