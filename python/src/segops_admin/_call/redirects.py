"""Which redirects are followed, and what may go along."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from .._config import is_loopback
from .._errors import SegOpsDecodeError

__all__ = ["MOST_REDIRECTS", "is_redirect", "next_hop"]

MOST_REDIRECTS = 5

_STATUSES = (301, 302, 303, 307, 308)
_ADDRESS_SAFE = "%:/?#[]@!$&'()*+,;=~-._"  # RFC 3986: reserved, unreserved, and what is encoded already
_GO_ALONG = ("Accept-Encoding", "User-Agent")


def is_redirect(method: str, status: int, headers: Mapping[str, str]) -> bool:
    """Whether a reply may lead on: a GET that is told where to go."""
    return status in _STATUSES and method == "GET" and bool(headers.get("Location"))


def next_hop(
    url: str, base_url: str, status: int, location: str, headers: list[tuple[str, str]], elsewhere: bool
) -> tuple[str, list[tuple[str, str]]] | None:
    """Where a redirect leads and which headers go along, or None if it is not followed.

    The key stays with the origin that it is meant for. ``elsewhere`` allows a download to move on to a storage
    server, without the key.

    Raises:
        SegOpsDecodeError: it leads to what is no address.
    """
    try:
        # Headers arrive as Latin-1. What no address may hold is encoded, as browsers do it.
        target = urlsplit(urljoin(url, quote(location, safe=_ADDRESS_SAFE, encoding="latin-1", errors="strict")))
        origin = _origin(target)
    except ValueError:
        raise SegOpsDecodeError("it redirects to what is no address", status=status) from None
    if origin != _origin(urlsplit(base_url)):
        if not (elsewhere and _is_confidential(target)):
            return None
        headers = [pair for pair in headers if pair[0] in _GO_ALONG]
    return urlunsplit(target._replace(path=target.path or "/", fragment="")), headers


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what the key must not leave."""
    return url.scheme, url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _is_confidential(url: SplitResult) -> bool:
    """Whether nobody on the way can read along."""
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or ""))
