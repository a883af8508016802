"""Bytes over one asyncio connection, plain or through TLS.

TLS runs over memory buffers here rather than in the event loop: only so does a connection that is cut look different
from one that was closed, on every version of Python and under uvloop.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from .limits import Limits

__all__ = ["AsyncStream"]

_BUFFER = 32 * 1024
_MOST_BUFFERED = 1024 * 1024
_RECORD = 16 * 1024


class AsyncStream(asyncio.BufferedProtocol):
    """One connection as a stream of bytes. One task at a time may wait for it.

    It brings a buffer of its own: the event loop would allocate 256 KiB for each read.
    """

    _until: float

    def __init__(self) -> None:
        self._transport: Any = None
        self._buffer = bytearray(_BUFFER)
        self._received: list[bytes] = []
        self._size = 0
        self._ended = False
        self._lost: Exception | None = None
        self._full = False
        self._waiter: asyncio.Future[bool] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    # What the event loop tells.

    def connection_made(self, transport: Any) -> None:
        """The connection is open."""
        self._transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where the next bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes have come."""
        with memoryview(self._buffer) as view:
            if self._tls is not None:
                self._size += self._incoming.write(view[:nbytes])
            else:
                self._received.append(bytes(view[:nbytes]))
                self._size += nbytes
        if self._size > _MOST_BUFFERED:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Nothing more will come."""
        self._ended = True
        if self._tls is not None:
            self._incoming.write_eof()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended: by an error, or where this side has closed it."""
        self._lost = exc
        if exc is not None:
            self._take_what_came()
        self._wake()

    def _take_what_came(self) -> None:
        """The event loop reads no more once it cannot write; a reply may have come before (413, 401)."""
        socket = self._transport.get_extra_info("socket")
        if socket is None:  # not every event loop has one
            return
        with suppress(OSError), socket.dup() as rest:
            rest.setblocking(False)
            while self._size <= _MOST_BUFFERED and (count := rest.recv_into(self._buffer)):
                self.buffer_updated(count)

    def pause_writing(self) -> None:
        """Enough is on its way."""
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._full = False
        self._wake()

    # Waiting.

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def _wait(self, seconds: float) -> None:
        """Waits for the next of these.

        Raises:
            TimeoutError: none came in time.
        """
        loop = asyncio.get_running_loop()
        self._until = loop.time() + seconds
        if self._timer is None or self._timer.when() > self._until:
            self._set_timer(loop, seconds)
        self._waiter = loop.create_future()
        try:
            in_time = await self._waiter
        finally:
            self._waiter = None
        if not in_time:
            raise TimeoutError

    def _set_timer(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """One timer serves many waits: setting and cancelling one for each would cost more than the waiting."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        left = self._until - loop.time()
        if left <= 0:
            self._waiter.set_result(False)
        else:
            self._set_timer(loop, left)

    # Bytes.

    async def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        if self._tls is None:
            return await self._plain(limits)
        while True:
            if not self._incoming.pending and not self._ended:
                await self._fill(limits)
            try:
                # A whole record at a time, so that nothing is left between the two buffers.
                return self._tls.read(_RECORD)
            except ssl.SSLWantReadError:
                await self._fill(limits)

    async def _plain(self, limits: Limits) -> bytes:
        while not self._received:
            if self._lost is not None:
                raise self._lost
            if self._ended:
                return b""
            await self._wait(limits.step())
        data = b"".join(self._received)  # of one, that itself
        self._received.clear()
        self._taken()
        return data

    async def _fill(self, limits: Limits) -> None:
        """Waits for more of what TLS is to read."""
        self._flush()
        self._taken()
        if self._lost is not None:
            raise self._lost
        if not self._ended:
            await self._wait(limits.step())

    def _taken(self) -> None:
        if self._size > _MOST_BUFFERED:
            self._transport.resume_reading()
        self._size = 0

    async def write(self, data: bytes | memoryview, limits: Limits) -> None:
        """Sends bytes, and waits while too many are on their way."""
        if self._transport.is_closing():  # what is written now would be lost, and nobody would wait
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
        if self._outgoing.pending:
            self._transport.write(self._outgoing.read())

    async def start_tls(self, context: ssl.SSLContext, host: str, limits: Limits) -> None:
        """Shakes hands. What this side says last goes with what is written next."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        for data in self._received:
            self._incoming.write(data)
        self._received.clear()
        if self._ended:
            self._incoming.write_eof()
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._fill(limits)

    def readable(self) -> bool:
        """Whether there is something to read while nothing has been asked: the end of it, or a stray reply."""
        return bool(self._received or self._incoming.pending or self._ended or self._transport.is_closing())

    def abort(self) -> None:
        """Closes the socket at once. May be called more than once."""
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()
