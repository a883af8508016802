"""A request as it goes out over a connection of our own."""

from __future__ import annotations

from .._wire.heads import SecretBytes, request_head
from .protocol import Request

__all__ = ["first_write"]


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
