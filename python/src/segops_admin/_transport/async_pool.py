"""The built-in transport for asyncio: a pool of connections, kept warm and shared between tasks."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from typing import Any

from .._config import checked_connections
from .._errors import SegOpsConfigError, SegOpsConnectionError, SegOpsError, SegOpsTimeoutError
from .._wire.heads import MalformedReply
from .._wire.http1 import ReplyReader
from .async_connection import AsyncConnection
from .failures import connect_failure, raise_as
from .limits import Limits
from .origins import Origin, split_url
from .protocol import AsyncResponse, Request
from .proxies import Proxy, proxy_for, way_to
from .tls import default_context, noticing_cuts
from .tunnel import refused, tunnel_request

__all__ = ["AsyncHTTPTransport"]


class AsyncHTTPTransport:
    """A pool of HTTP/1.1 connections for one event loop. Safe to share between its tasks.

    Args:
        ssl_context: a TLS context of your own, for client certificates or a private authority.
        max_connections: how many connections may be open at once; further requests wait for one to be free.
        max_idle: how many unused connections to keep for each server.
        idle_seconds: how long an unused connection is kept; many load balancers close theirs after 60 s.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 100,
        max_idle: int = 100,
        idle_seconds: float = 50.0,
    ) -> None:
        self._context = noticing_cuts(ssl_context) if ssl_context is not None else None
        self._max_connections = checked_connections(max_connections)
        self._max_idle = max_idle
        self._idle_seconds = idle_seconds
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._origins: dict[str, Origin] = {}
        self._routes: dict[Origin, Proxy | None] = {}
        self._idle: dict[Origin, list[AsyncConnection]] = {}
        self._open: set[object] = set()
        self._queue: deque[asyncio.Future[None]] = deque()

    async def send(self, request: Request) -> AsyncResponse:
        """Sends one request on a kept or a new connection; see ``AsyncTransport.send``."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._loop is not None:
                raise SegOpsConfigError(
                    "This client has been used in another event loop, to which its connections belong. Make one for "
                    "each loop: within the coroutine that asyncio.run() runs."
                )
            self._loop = loop
        address, target = split_url(request.url)
        origin = self._origins.get(address)
        if origin is None:
            origin = self._origins[address] = Origin.of(address)
        connection = await self._acquire(origin, request)
        return await connection.exchange(request, target)

    async def close(self) -> None:
        """Closes the unused connections; those in use are closed when their reply has been read."""
        self._closed = True
        for origin in list(self._idle):
            self._discard(origin)

    def __repr__(self) -> str:
        idle = sum(map(len, self._idle.values()))
        return f"<AsyncHTTPTransport {'closed' if self._closed else f'{idle} idle'}>"

    async def _acquire(self, origin: Origin, request: Request) -> AsyncConnection:
        limits = Limits(request)
        until = time.monotonic() + limits.step()
        connection = self._kept(origin)
        while connection is None:
            if len(self._open) < self._max_connections or self._make_room():
                connection = await self._connect(origin, limits)
            else:
                await self._turn(until)
                connection = self._kept(origin)
        request.deadline = limits.left()  # waiting and connecting have taken some of it
        return connection

    def _kept(self, origin: Origin) -> AsyncConnection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.idle_since > time.monotonic() - self._idle_seconds and not connection.readable():
                return connection
            connection.close()
        return None

    def _make_room(self) -> bool:
        """Closes the connection that has been unused for longest, if there is one."""
        lists = [idle for idle in self._idle.values() if idle]
        if lists:
            min(lists, key=lambda idle: idle[0].idle_since).pop(0).close()
        return bool(lists)

    async def _turn(self, until: float) -> None:
        """Waits until a connection has become free or closed."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(max(0.0, until - time.monotonic()), _settle, waiter)
        self._queue.append(waiter)
        try:
            await waiter
        except BaseException:
            if not waiter.cancelled():
                self._next()  # it was its turn, which goes to the one behind it
            raise
        finally:
            timer.cancel()
            if waiter in self._queue:
                self._queue.remove(waiter)
        if time.monotonic() >= until:
            reason = f"all {self._max_connections} connections are in use (max_connections)"
            raise SegOpsTimeoutError(reason, sent=False)

    def _next(self) -> None:
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _done(self, connection: AsyncConnection, origin: Origin, reusable: bool) -> None:
        if reusable and not self._closed:
            connection.idle_since = time.monotonic()
            idle = self._idle.setdefault(origin, [])
            while idle and (idle[0].idle_since <= time.monotonic() - self._idle_seconds or len(idle) >= self._max_idle):
                idle.pop(0).close()
            idle.append(connection)
        elif reusable:
            connection.close()
        else:
            self._open.discard(connection)
            if connection.stale:
                self._discard(origin)
        self._next()

    def _discard(self, origin: Origin) -> None:
        for connection in self._idle.pop(origin, []):
            connection.close()

    async def _connect(self, origin: Origin, limits: Limits) -> AsyncConnection:
        if origin not in self._routes:
            self._routes[origin] = proxy_for(*origin)
        proxy = self._routes[origin]
        through = proxy.headers if proxy is not None and origin.scheme == "http" else None
        made = AsyncConnection(str(origin), origin.header, lambda each, free: self._done(each, origin, free), through)
        self._open.add(made)
        address, peer = way_to(origin, proxy)
        try:
            await _reach(made, address, limits)
            if origin.scheme == "https":
                if proxy is not None:
                    await _tunnel(made, origin, proxy, limits)
                    peer = f"{origin} through {proxy}"
                if self._context is None:
                    self._context = default_context()
                await made.start_tls(self._context, origin.host, limits)
            return made
        except (OSError, UnicodeError, MalformedReply, SegOpsConnectionError) as error:
            failure: Exception = error
        except BaseException:
            made.close()
            raise
        made.close()
        if isinstance(failure, SegOpsError) and not limits.over:
            raise failure
        raise_as(connect_failure(failure, peer, origin.host, limits), failure)


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


async def _reach(made: AsyncConnection, address: tuple[str, int], limits: Limits) -> None:
    """Opens the TCP connection. Whatever ends the wait leaves neither a task nor a socket behind."""
    loop = asyncio.get_running_loop()
    task: asyncio.Task[Any] = loop.create_task(loop.create_connection(lambda: made, *address))
    try:
        await asyncio.wait({task}, timeout=limits.step())
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        raise TimeoutError
    task.result()


async def _tunnel(made: AsyncConnection, origin: Origin, proxy: Proxy, limits: Limits) -> None:
    """Asks the proxy for a tunnel."""
    await made.write(tunnel_request(origin, proxy), limits)
    reader = ReplyReader("CONNECT")
    while not reader.head():
        received = await made.receive(limits)
        if not received:
            raise SegOpsConnectionError(f"{proxy} closed the connection", sent=False)
        reader.feed(received)
    refused(reader, proxy, origin)
