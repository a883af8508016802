"""What a transport takes and gives back.

A transport carries one request and brings one reply. It knows nothing of keys, retries or JSON: those live above it,
so any transport gets them. ``HTTPTransport`` and ``AsyncHTTPTransport`` are built in, ``RequestsTransport`` uses a
``requests.Session``, and ``segops_admin.testing`` has a scripted one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .._wire.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._wire.multipart import Multipart

__all__ = [
    "AsyncBody",
    "AsyncResponse",
    "AsyncTransport",
    "Body",
    "Headers",
    "Request",
    "Response",
    "Transport",
]


class Body(Protocol):
    """A reply's body: bytes that are read as they come."""

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes: all that are left, or ``amount`` at most; ``b""`` at the end."""
        ...

    def close(self) -> None:
        """Discards the rest of the body; the connection is not used again."""


class AsyncBody(Protocol):
    """A reply's body, for asyncio."""

    async def read(self, amount: int = -1, /) -> bytes:
        """The next bytes: all that are left, or ``amount`` at most; ``b""`` at the end."""
        ...

    def close(self) -> None:
        """Discards the rest of the body; the connection is not used again."""


class Request:
    """One HTTP request.

    Attributes:
        method: the verb, in capitals.
        url: the absolute address, encoded.
        headers: name and value pairs. The key is in here: the ``repr`` leaves them out.
        body: bytes, a ``Multipart`` that yields blocks of known total length, or None.
        timeout: seconds without progress (to connect, to send a block, to receive) after which to fail.
        operation: what is called, such as ``segments.get``; ``request`` for ``client.http.request``.
        attempt: 1 for the first attempt of a call.
        deadline: seconds that are left of the call's deadline, or None.
        while_waiting: what a transport may call, once or more, when the request is on its way: work for which there
            is time before the reply comes. It raises nothing and blocks nothing. None if there is none.
    """

    __slots__ = ("attempt", "body", "deadline", "headers", "method", "operation", "timeout", "url", "while_waiting")

    def __init__(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | Multipart | None = None,
        timeout: float = 60.0,
        *,
        operation: str = "request",
        attempt: int = 1,
        deadline: float | None = None,
        while_waiting: Callable[[], object] | None = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.operation = operation
        self.attempt = attempt
        self.deadline = deadline
        self.while_waiting = while_waiting

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


class AsyncResponse:
    """One HTTP reply, for asyncio."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: AsyncBody) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<AsyncResponse {self.status}>"


class Transport(Protocol):
    """Carries requests. Must be safe to use from several threads at once."""

    def send(self, request: Request) -> Response:
        """Sends the request and returns as soon as the reply's headers are in.

        Raises:
            SegOpsTimeoutError: nothing was received for ``request.timeout`` seconds, or the deadline has passed.
            SegOpsConnectionError: anything else that leaves no reply. ``sent`` tells whether the server can have
                seen the request, ``transient`` whether a retry can help.
        """
        ...

    def close(self) -> None:
        """Closes what is open. May be called more than once."""


class AsyncTransport(Protocol):
    """Carries requests for asyncio. Must be safe to use from several tasks at once.

    A cancelled ``send`` or ``read`` leaves neither a task nor an open connection behind.
    """

    async def send(self, request: Request) -> AsyncResponse:
        """Sends the request and returns as soon as the reply's headers are in; raises as ``Transport.send``."""
        ...

    async def close(self) -> None:
        """Closes what is open. May be called more than once."""
