"""One asyncio connection: TCP, the tunnel of a proxy, TLS, and one request at a time over it.

TLS runs over memory buffers here rather than in the event loop: only so does a connection that is cut look different
from one that was closed, on every version of Python and under uvloop.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

from .._wire.heads import SecretBytes, request_head
from .._wire.http1 import ReplyReader
from .async_body import ConnectionBody
from .failures import DISCONNECTED, FAILURES, exchange_failure, raise_as, without_frames
from .limits import Limits
from .protocol import AsyncResponse, Headers, Request

__all__ = ["AsyncConnection"]

_MOST_BUFFERED = 1024 * 1024


class AsyncConnection(asyncio.Protocol):
    """One connection, used by one request at a time. Whatever ends a request early closes it.

    Args:
        peer: host and port, for messages.
        host: what the Host header says.
        done: told when the connection is free for another request (True) or closed (False).
        through: headers for a proxy that takes whole addresses, or None.
    """

    def __init__(
        self,
        peer: str,
        host: str,
        done: Callable[[Any, bool], None],
        through: list[tuple[str, str]] | None = None,
    ) -> None:
        self.idle_since = 0.0
        self.fresh = True
        self.stale = False
        self.peer = peer
        self._host = host
        self._done = done
        self._through = through
        self._transport: Any = None
        self._received: list[bytes] = []
        self._size = 0
        self._ended = False
        self._lost: Exception | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    # What the event loop tells.

    def connection_made(self, transport: Any) -> None:
        """The connection is open."""
        self._transport = transport
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Something has come."""
        self._received.append(data)
        self._size += len(data)
        if self._size > _MOST_BUFFERED:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """Nothing more will come."""
        self._ended = True
        self._wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._ended, self._lost = True, exc
        self._wake()

    def pause_writing(self) -> None:
        """Enough is on its way."""
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._full = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self, seconds: float) -> None:
        """Waits for the next of these.

        Raises:
            TimeoutError: none came in time.
        """
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        timer = loop.call_later(seconds, self._wake)
        started = loop.time()
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None
        if loop.time() - started >= seconds and not self._received and not self._ended and not self._lost:
            raise TimeoutError

    # Bytes.

    async def _raw(self, limits: Limits) -> bytes:
        while not self._received:
            if self._lost is not None:
                raise self._lost
            if self._ended:
                return b""
            await self._wait(limits.step())
        data = self._received[0] if len(self._received) == 1 else b"".join(self._received)
        self._received.clear()
        if self._size > _MOST_BUFFERED:
            self._transport.resume_reading()
        self._size = 0
        return data

    async def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        if self._tls is None:
            return await self._raw(limits)
        while True:
            try:
                return self._tls.read(65536)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLWantReadError:
                await self._feed(limits)

    async def write(self, data: bytes, limits: Limits) -> None:
        """Sends bytes, and waits while too many are on their way."""
        if self._lost is not None or self._transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        if self._tls is not None:
            self._tls.write(data)
            self._flush()
        else:
            self._transport.write(data)
        while self._full:
            await self._wait(limits.step())
            if self._lost is not None:
                raise self._lost

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._transport.write(SecretBytes(data))

    async def _feed(self, limits: Limits) -> None:
        self._flush()
        data = await self._raw(limits)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def start_tls(self, context: ssl.SSLContext, host: str, limits: Limits) -> None:
        """Shakes hands."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._feed(limits)
        self._flush()

    def readable(self) -> bool:
        """Whether there is something to read while nothing has been asked: the end of it, or a stray reply."""
        pending = self._tls is not None and self._tls.pending() > 0
        return bool(self._received) or self._ended or pending or self._transport.is_closing()

    # A request.

    async def exchange(self, request: Request, target: str) -> AsyncResponse:
        """Sends the request and reads the reply's head.

        Raises:
            SegOpsError: there is no reply, or none that can be read. The connection is closed.
        """
        limits = Limits(request)
        reader = ReplyReader(request.method)
        try:
            broken = await self._send(request, target, limits)
            try:
                while not reader.head():
                    reader.feed(await self.receive(limits))
            except DISCONNECTED as error:
                raise broken or error from None
        except FAILURES as error:
            failure: Exception = error
        except BaseException:
            self.close()
            raise
        else:
            self.fresh = False
            body = ConnectionBody(self, reader, limits, keep=broken is None)
            return AsyncResponse(reader.status, Headers(reader.headers), body)
        self.stale = not self.fresh and isinstance(failure, DISCONNECTED)
        self.close()
        raise_as(exchange_failure(failure, self.peer, limits, stale=self.stale), failure)

    async def _send(self, request: Request, target: str, limits: Limits) -> OSError | None:
        body, headers = request.body, request.headers
        if self._through is not None:
            headers, target = [*headers, *self._through], request.url
        length = None
        if (body is None and request.method in ("POST", "PUT", "PATCH")) or isinstance(body, bytes):
            length = len(body or b"")
        try:
            head = request_head(request.method, target, self._host, headers, length)
            if body is None or isinstance(body, bytes):
                await self.write(SecretBytes(head + body) if body else head, limits)
                return None
            await self.write(head, limits)
            for block in body:
                await self.write(block, limits)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError) as error:
            return without_frames(error)  # type: ignore[no-any-return]
        return None

    def give_back(self) -> None:
        """The reply has been read to its end: the next request may have this connection."""
        self._done(self, True)

    def close(self) -> None:
        """Closes the socket at once. May be called more than once."""
        if self._transport is not None:
            self._transport.abort()
        self._done(self, False)
