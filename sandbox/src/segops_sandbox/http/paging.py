"""Page numbers: `page` from 1, `page_size` 50 by default and 200 at most; past the end is a 404."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from rest_framework.pagination import PageNumberPagination


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


def _relative(link: str | None) -> str | None:
    return link and urlunsplit(("", "", *urlsplit(link)[2:]))
