"""Which redirects are followed, and what may go along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .._config import is_loopback, written_plainly

__all__ = ["MOST_REDIRECTS", "is_redirect", "next_hop"]

MOST_REDIRECTS = 5

_STATUSES = (301, 302, 303, 307, 308)
_ADDRESS_SAFE = "%:/?#[]@!$&()*+,;=~-._"  # RFC 3986: reserved, unreserved, and what is encoded already
_GO_ALONG = ("Accept-Encoding", "User-Agent")


def is_redirect(method: str, status: int, headers: Mapping[str, str]) -> bool:
    """Whether a reply may lead on: a GET that is told where to go."""
    return status in _STATUSES and method == "GET" and bool(headers.get("Location"))


def next_hop(
    url: str, base_url: str, status: int, location: str, headers: list[tuple[str, str]], allow_cross_origin: bool
) -> tuple[str, list[tuple[str, str]]] | None:
    """Where a redirect leads and which headers go along, or None if it is not followed.

    The key stays with the origin that it is meant for. ``allow_cross_origin`` allows a download to move on to a storage
    server, without the key.
    """
    address = resolve(location, url)
    if address is None:
        return None
    if _origin(address) != _origin(base_url):
        if not (allow_cross_origin and _is_confidential(urlsplit(address))):
            return None
        headers = [pair for pair in headers if pair[0] in _GO_ALONG]
    return address, headers


_REFERENCE = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?")
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


def resolve(location: str, url: str) -> str | None:
    """Where a Location leads, by RFC 3986, 5.2, or None if that is no http(s) address, or names a user.

    Headers arrive as Latin-1; what no address may hold is encoded byte by byte.
    """
    base = urlsplit(url)
    found = _REFERENCE.match(quote(location, safe=_ADDRESS_SAFE, encoding="latin-1"))
    assert found is not None  # it matches the empty text
    scheme, authority, path, query = found[1], found[2], found[3], found[4] or ""
    if scheme is not None and (scheme.lower() not in ("http", "https") or not authority):
        return None
    scheme = (scheme or base.scheme).lower()
    origin = f"{scheme}://{base.netloc if authority is None else written_plainly(scheme, authority)}"
    if authority is not None:
        if not _AUTHORITY.fullmatch(authority) or not _has_address(origin):
            return None
    elif not path:
        path, query = base.path, query or (f"?{base.query}" if base.query else "")
    elif not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return origin + _without_dots(path) + (query if query != "?" else "")


def _has_address(origin: str) -> bool:
    try:
        return urlsplit(origin).port != -1
    except ValueError:  # a port beyond 65535, or brackets around something else than an address
        return False


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4; dots that are encoded count as dots."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
        if plain in (".", "..") and index == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _origin(address: str) -> list[str]:
    """Scheme, host and port, which are written one way: what the key must not leave."""
    return address.split("/")[:3]


def _is_confidential(url: Any) -> bool:
    """Whether the connection is confidential: TLS, or this machine."""
    return url.scheme == "https" or is_loopback(url.hostname)
