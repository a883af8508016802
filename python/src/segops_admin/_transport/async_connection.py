"""One asyncio connection: one request at a time over a stream of bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .._wire.http1 import ReplyReader
from .async_stream import AsyncStream
from .bodies import AsyncReplyBody
from .failures import DISCONNECTED, FAILURES, exchange_failure, is_disconnected, raise_as
from .limits import Limits
from .outgoing import first_write, further_writes
from .protocol import AsyncResponse, Request

__all__ = ["AsyncConnection"]


class AsyncConnection(AsyncStream):
    """One connection, used by one request at a time. Whatever ends a request early closes it.

    Args:
        peer: host and port, for messages.
        host: what the Host header says.
        done: told when the connection is free for another request (True) or closed (False).
        through: headers for a proxy that takes whole addresses, or None.
    """

    idle_since: float

    def __init__(
        self,
        peer: str,
        host: str,
        done: Callable[[Any, bool], None],
        through: list[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__()
        self.fresh = True
        self.stale = False
        self.peer = peer
        self._host = host
        self._done = done
        self._through = through

    async def exchange(self, request: Request, target: str) -> AsyncResponse:
        """Sends the request and reads the reply's head.

        Raises:
            SegOpsError: there is no reply, or none that can be read. The connection is closed.
        """
        limits = Limits(request)
        reader = ReplyReader(request.method)
        try:
            await self._send(request, target, limits)
            if request.while_waiting is not None:
                request.while_waiting()
            while not reader.head():
                reader.feed(await self.receive(limits))
        except FAILURES as error:
            failure: Exception = error
        except BaseException:
            self.close()
            raise
        else:
            self.fresh = False
            return AsyncResponse(reader.status, reader.headers, AsyncReplyBody(self, reader, limits, keep=True))
        self.stale = not (self.fresh or reader.begun) and is_disconnected(failure)
        self.close()
        raise_as(exchange_failure(failure, self.peer, limits, stale=self.stale), failure)

    async def _send(self, request: Request, target: str, limits: Limits) -> None:
        """Sends the request. Where that breaks, a reply may have come before (413, 401): reading tells."""
        with suppress(*DISCONNECTED):
            first = first_write(request, target, self._host, self._through)
            for block in further_writes(first, 0, request.body):
                await self.write(block, limits)

    def give_back(self) -> None:
        """The reply has been read to its end: the next request may have this connection."""
        self._done(self, True)

    def close(self) -> None:
        """Closes the socket at once. May be called more than once."""
        self.abort()
        self._done(self, False)
