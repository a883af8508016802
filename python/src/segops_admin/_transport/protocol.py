"""What does a transport take and give back?

A transport carries one request and brings one reply. It knows nothing of keys, retries or JSON: those live above it,
so any transport gets them. ``HTTPTransport`` is built in, ``RequestsTransport`` uses a ``requests.Session``, and
``segops_admin.testing`` has a scripted one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from .._wire.multipart import Multipart

__all__ = ["Body", "Headers", "Request", "Response", "Transport", "read_all"]


class Headers(Mapping[str, str]):
    """HTTP headers. Look-ups ignore case; a header sent twice reads as one value joined by ``, ``."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        items = cast("Iterable[tuple[str, str]]", pairs.items() if isinstance(pairs, Mapping) else pairs)
        joined: dict[str, tuple[str, str]] = {}
        for name, value in items:
            key = name.lower()
            joined[key] = (joined[key][0], f"{joined[key][1]}, {value}") if key in joined else (name, value)
        self._pairs = joined

    def __getitem__(self, name: str) -> str:
        return self._pairs[name.lower()][1]

    def get(self, name: str, default: Any = None) -> Any:  # Mapping's own goes through KeyError: slow on the hot path
        """The header's value, or ``default``."""
        pair = self._pairs.get(name.lower())
        return default if pair is None else pair[1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"

    def __reduce__(self) -> tuple[type[Headers], tuple[list[tuple[str, str]]]]:
        return Headers, (list(self.items()),)


class Body(Protocol):
    """A reply's body: bytes that are read as they come."""

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes: all that are left, or ``amount`` at most; ``b""`` at the end."""
        ...

    def close(self) -> None:
        """Gives the body up. What has not been read is lost; the connection is not used again."""


class Request:
    """One HTTP request.

    Attributes:
        method: the verb, in capitals.
        url: the absolute address, encoded.
        headers: name and value pairs. The key is in here: the ``repr`` leaves them out.
        body: bytes, a ``Multipart`` that yields blocks of known total length, or None.
        timeout: seconds without progress (to connect, to send a block, to receive) after which to give up.
    """

    __slots__ = ("body", "headers", "method", "timeout", "url")

    def __init__(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | Multipart | None = None,
        timeout: float = 60.0,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"


class Response:
    """One HTTP reply: ``status``, ``headers`` and a ``body`` to read."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: Body) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


class Transport(Protocol):
    """Carries requests. Must be safe to use from several threads at once."""

    def send(self, request: Request) -> Response:
        """Sends the request and returns as soon as the reply's headers are in.

        Raises:
            SegOpsTimeoutError: nothing was heard for ``request.timeout`` seconds.
            SegOpsConnectionError: anything else that leaves no reply. ``sent`` tells whether the server can have
                seen the request, ``transient`` whether trying again can help.
        """
        ...

    def close(self) -> None:
        """Closes what is open. May be called more than once."""


def read_all(body: Body, limit: int | None = None) -> bytes:
    """The whole body, or one byte more than ``limit`` if it is longer than that."""
    if limit is None:
        return body.read()
    blocks = []
    left = limit + 1
    while left > 0:
        block = body.read(left)
        if not block:
            break
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)
