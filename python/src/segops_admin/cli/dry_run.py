"""``--dry-run``: the request is made by everything that makes real ones, and stopped at the last moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from .settings import masked

if TYPE_CHECKING:
    from .._transport.protocol import Request
    from .._wire.multipart import Multipart

__all__ = ["DryRun", "NotSent", "described"]


class NotSent(Exception):
    """Raised in place of sending; ``request`` is what would have gone out, as JSON."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__()
        self.request = request


class DryRun:
    """A transport that sends nothing."""

    def send(self, request: Request) -> NoReturn:
        """Raises ``NotSent``."""
        raise NotSent(described(request))  # now, while the file in it is open

    def close(self) -> None:
        """Nothing is open."""


def described(request: Request) -> dict[str, Any]:
    """A request as JSON, its key masked; a file in it by its size and name."""
    query: dict[str, Any] = {}
    for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True):
        if name not in query:
            query[name] = value
        elif isinstance(query[name], list):
            query[name].append(value)
        else:
            query[name] = [query[name], value]
    headers = {name: _shown(name, value) for name, value in request.headers}
    found: dict[str, Any] = {"method": request.method, "url": request.url, "query": query, "headers": headers}
    if isinstance(request.body, bytes):
        import json

        found["body"] = json.loads(request.body)
    elif request.body is not None:
        found["multipart"] = _part(request.body)
    return found


def _shown(name: str, value: str) -> str:
    if name.lower() != "authorization":
        return value
    scheme, _, key = value.partition(" ")
    return f"{scheme} {masked(key)}"


def _part(body: Multipart) -> dict[str, Any]:
    """The head of the one part that a form has, and the size of what follows it."""
    head = next(iter(body))
    lines = head.decode("utf-8").split("\r\n")
    names = dict(item.split("=", 1) for item in lines[1].split("; ")[1:])
    tail = len(lines[0]) + len("\r\n") + len("--\r\n")
    return {
        "field": names["name"].strip('"'),
        "filename": names["filename"].strip('"'),
        "content_type": lines[2].partition(": ")[2],
        "bytes": body.length - len(head) - tail,
    }
