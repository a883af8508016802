"""The built-in blocking transport: a pool of connections, kept warm and shared between threads."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Union

from .._config import checked_connections
from .._errors import SegOpsTimeoutError
from .connecting import open_socket
from .connection import Connection
from .limits import Limits
from .origins import Origin, split_url
from .protocol import Request, Response
from .proxies import Proxy, proxy_for
from .standard_library import standard_library_way
from .tls import default_context, noticing_cuts

if TYPE_CHECKING:
    import ssl

    from .instrumented import InstrumentedConnection

__all__ = ["HTTPTransport"]

_pools: weakref.WeakSet[HTTPTransport] = weakref.WeakSet()

Kept = Union[Connection, "InstrumentedConnection"]


class _Line:
    """Idle connections to one server, by one way (see ``standard_library_way``): any of them will do."""

    __slots__ = ("idle", "origin", "way")

    def __init__(self, origin: Origin, way: object) -> None:
        self.origin = origin
        self.way = way
        self.idle: list[Kept] = []


class _Place:
    """One connection that is open or being opened. It is counted for as long as somebody holds it."""

    __slots__ = ("__weakref__",)


class HTTPTransport:
    """A pool of HTTP/1.1 connections. Safe to share between threads, and across ``fork``.

    Proxies come from the environment (``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``), certificate
    authorities from the system or ``SSL_CERT_FILE``. Where ``http.client`` has been replaced or instrumented (VCR.py,
    Sentry), requests go through it.

    Args:
        ssl_context: a TLS context of your own, for client certificates or a private authority.
        max_connections: how many connections may be open at once; further requests wait for one to be free.
        max_idle: how many unused connections to keep for each server.
        idle_seconds: how long an unused connection is kept; many load balancers close theirs after 60 s.
    """

    _closed = True  # until it is complete: __del__ runs after an interrupted __init__ as well

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 100,
        max_idle: int = 32,
        idle_seconds: float = 50.0,
    ) -> None:
        self._context = noticing_cuts(ssl_context) if ssl_context is not None else None
        self._max_connections = checked_connections(max_connections)
        self._max_idle = max_idle
        self._idle_seconds = idle_seconds
        self._forget()
        _pools.add(self)
        self._closed = False

    def _forget(self) -> None:
        """Starts with nothing open. In a forked child the parent's connections are the parent's."""
        # Taken without its condition wherever nobody has to be told: that is written in C.
        self._lock = threading.RLock()
        self._free = threading.Condition(self._lock)
        self._waiting = 0
        self._lines: dict[tuple[str, object], _Line] = {}
        # Weak, so that a connection that an interrupt left to nobody takes no other's place forever.
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._routes: dict[Origin, Proxy | None] = {}

    def send(self, request: Request) -> Response:
        """Sends one request on a kept or a new connection; see ``Transport.send``."""
        address, target = split_url(request.url)
        key = (address, standard_library_way())
        line = self._lines.get(key) or self._line(*key)
        return (self._kept(line) or self._acquire(line, request)).exchange(request, target)

    def close(self) -> None:
        """Closes the unused connections; those in use are closed when their reply has been read."""
        self._closed = True
        for line in list(self._lines.values()):
            self._discard(line)

    def __del__(self) -> None:
        if not self._closed:
            self.close()

    def __repr__(self) -> str:
        idle = sum(len(line.idle) for line in set(self._lines.values()))  # two addresses may share one
        return f"<HTTPTransport {'closed' if self._closed else f'{idle} idle'}>"

    def _line(self, address: str, way: object) -> _Line:
        """The line of an address that has not been asked for yet; a server may have several, such as with its port."""
        origin = Origin.of(address)
        with self._lock:
            same = [line for line in self._lines.values() if line.origin == origin and line.way == way]
            return self._lines.setdefault((address, way), same[0] if same else _Line(origin, way))

    def _acquire(self, line: _Line, request: Request) -> Kept:
        """A new connection as soon as there may be one more, or one that has become free meanwhile."""
        limits = Limits(request)
        until = time.monotonic() + limits.step()
        while True:
            with self._lock:
                place = None
                if not line.idle:
                    place = self._place()
                    if place is None:
                        self._wait(until)
            try:
                connection = self._kept(line) if place is None else self._connect(line, limits)
            except BaseException:
                self._leave(place)  # whoever keeps the error keeps this frame, and with it the place
                raise
            if connection is not None:
                if place is not None:
                    connection.place = place
                request.deadline = limits.left()  # waiting and connecting have taken some of it
                return connection

    def _wait(self, until: float) -> None:
        """Waits until a connection may have become free."""
        left = until - time.monotonic()
        if left <= 0:
            reason = f"all {self._max_connections} connections are in use (max_connections)"
            raise SegOpsTimeoutError(reason, sent=False)
        self._waiting += 1
        try:
            self._free.wait(min(left, 1.0))
        finally:
            self._waiting -= 1

    def _leave(self, place: _Place | None) -> None:
        """Gives up the room for a connection that has not come about."""
        with self._lock:
            self._open.discard(place)
            self._free.notify()

    def _place(self) -> _Place | None:
        """Room for one more connection; the one that has been unused for longest may have to make it."""
        while len(self._open) >= self._max_connections:
            lists = [line.idle for line in self._lines.values() if line.idle]
            if not lists:
                return None
            oldest = min(lists, key=lambda idle: idle[0].idle_since).pop(0)
            self._open.discard(oldest.place)
            oldest.drop()
        place = _Place()
        self._open.add(place)
        return place

    def _kept(self, line: _Line) -> Kept | None:
        """The connection used last that is still alive; dead and overdue ones are closed on the way."""
        while line.idle:
            with self._lock:
                if not line.idle:
                    return None
                connection = line.idle.pop()
            if connection.idle_since > time.monotonic() - self._idle_seconds and not connection.readable():
                return connection
            connection.close()
        return None

    def _done(self, connection: Kept, reusable: bool) -> None:
        """Takes a connection back, or notes that it is closed."""
        overdue: list[Kept] = []
        with self._lock:
            if reusable and not self._closed:
                connection.idle_since = time.monotonic()
                idle = connection.line.idle
                oldest = connection.idle_since - self._idle_seconds
                while idle and (idle[0].idle_since <= oldest or len(idle) >= self._max_idle):
                    overdue.append(idle.pop(0))
                idle.append(connection)
            elif reusable:
                overdue.append(connection)
            else:
                self._open.discard(connection.place)
            if self._waiting:
                self._free.notify()
        for old in overdue:
            old.close()
        if not reusable and connection.stale:
            self._discard(connection.line)  # whatever ended this one has most likely ended its like

    def _discard(self, line: _Line) -> None:
        with self._lock:
            connections, line.idle = line.idle, []
        for connection in connections:
            connection.close()

    def _connect(self, line: _Line, limits: Limits) -> Kept:
        origin = line.origin
        if origin not in self._routes:
            self._routes[origin] = proxy_for(*origin)
        proxy = self._routes[origin]
        connection: Kept
        if line.way is not None:
            from .instrumented import open_instrumented

            connection = open_instrumented(origin, proxy, self._tls, limits, self._done)
        else:
            through = proxy.headers if proxy is not None and origin.scheme == "http" else None
            sock = open_socket(origin, proxy, self._tls, limits)
            connection = Connection(sock, str(origin), origin.header, self._done, through)
        connection.line = line
        return connection

    def _tls(self) -> ssl.SSLContext:
        """One context for all connections: building it reads the whole list of authorities."""
        if self._context is None:
            with self._lock:
                if self._context is None:
                    self._context = default_context()
        return self._context


def _after_fork_in_child() -> None:
    for pool in list(_pools):
        for line in pool._lines.values():
            for connection in line.idle:
                connection.drop()
        pool._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
