"""A request as it goes out over a connection of our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._wire.heads import SecretBytes, request_head
from .protocol import Request

if TYPE_CHECKING:
    from .._wire.multipart import Multipart

__all__ = ["first_write", "further_writes"]

_BLOCK = 128 * 1024


def first_write(request: Request, target: str, host: str, through: list[tuple[str, str]] | None) -> bytes:
    """What is written first: the head, and with it the body if that is bytes.

    Args:
        target: the path and query.
        host: what the Host header says.
        through: headers for a proxy that takes whole addresses, or None.
    """
    body, headers = request.body, request.headers
    if through is not None:
        headers, target = [*headers, *through], request.url
    length = None
    # Multipart bodies bring their length along. A write without a body says so: some servers insist.
    if isinstance(body, bytes) or (body is None and request.method in ("POST", "PUT", "PATCH")):
        length = len(body or b"")
    head = request_head(request.method, target, host, headers, length)
    return SecretBytes(head + body) if isinstance(body, bytes) else head


def further_writes(first: bytes, sent: int, body: bytes | Multipart | None) -> Iterator[bytes | memoryview]:
    """What is to be written after so many bytes of the first write, in blocks: each has the timeout to itself."""
    for start in range(sent, len(first), _BLOCK):
        yield memoryview(first)[start : start + _BLOCK]
    if body is not None and not isinstance(body, bytes):
        yield from body
