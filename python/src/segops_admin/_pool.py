"""Which connection does a request take? The built-in transport: a pool, kept warm and shared between threads."""

from __future__ import annotations

import http.client
import os
import ssl
import threading
import time
import weakref
from urllib.parse import urlsplit

from ._connection import Connection, Origin
from ._errors import SegOpsConfigError
from ._transport.protocol import Request, Response
from ._transport.proxies import Proxy, proxy_for

__all__ = ["HTTPTransport"]

_pools: weakref.WeakSet[HTTPTransport] = weakref.WeakSet()


class HTTPTransport:
    """A pool of HTTP/1.1 connections. Safe to share between threads, and across ``fork``.

    Proxies come from the environment (``HTTP_PROXY``, ``HTTPS_PROXY``, ``NO_PROXY``), certificate authorities from
    the system or ``SSL_CERT_FILE``.

    Args:
        ssl_context: a TLS context of your own, for client certificates or a private authority.
        max_idle: how many unused connections to keep for each server.
        idle_seconds: how long an unused connection is kept; many load balancers close theirs after 60 s.
    """

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, max_idle: int = 32, idle_seconds: float = 50.0
    ) -> None:
        self._context = ssl_context
        self._max_idle = max_idle
        self._idle_seconds = idle_seconds
        self._closed = False
        self._forget()
        _pools.add(self)

    def _forget(self) -> None:
        """Starts with nothing open. In a forked child the parent's connections are the parent's."""
        self._lock = threading.Lock()
        self._idle: dict[Origin, list[Connection]] = {}
        self._origins: dict[str, Origin] = {}
        self._routes: dict[Origin, Proxy | None] = {}

    def send(self, request: Request) -> Response:
        """Sends one request on a kept or a new connection; see ``Transport.send``."""
        if self._closed:
            raise SegOpsConfigError("This client is closed. Make a new one.")
        address, target = _split(request.url)
        origin = self._origins.get(address)
        if origin is None:
            origin = self._origins[address] = _origin(address)
        connection = self._kept(origin)
        if connection is None:
            connection = self._new(origin, request.timeout)
        else:
            connection.set_timeout(request.timeout)
        return connection.exchange(request, target)

    def close(self) -> None:
        """Closes the unused connections; those in use are closed when their reply has been read."""
        self._closed = True
        for origin in list(self._idle):
            self._discard(origin)

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self.close()

    def __repr__(self) -> str:
        idle = sum(map(len, self._idle.values()))
        return f"<HTTPTransport {'closed' if self._closed else f'{idle} idle'}>"

    def _kept(self, origin: Origin) -> Connection | None:
        """The connection used last that is still alive; dead and overdue ones are closed on the way."""
        oldest = time.monotonic() - self._idle_seconds
        while True:
            with self._lock:
                idle = self._idle.get(origin)
                if not idle:
                    return None
                connection = idle.pop()
            if connection.idle_since >= oldest and not connection.readable():
                return connection
            connection.close()

    def _keep(self, connection: Connection) -> None:
        connection.idle_since = time.monotonic()
        overdue: list[Connection] = []
        with self._lock:
            idle = self._idle.setdefault(connection.origin, [])
            oldest = connection.idle_since - self._idle_seconds
            while idle and (idle[0].idle_since < oldest or len(idle) >= self._max_idle):
                overdue.append(idle.pop(0))
            if self._closed:
                overdue.append(connection)
            else:
                idle.append(connection)
        for connection in overdue:
            connection.close()

    def _discard(self, origin: Origin) -> None:
        with self._lock:
            connections = self._idle.pop(origin, [])
        for connection in connections:
            connection.close()

    def _new(self, origin: Origin, timeout: float) -> Connection:
        scheme, host, port = origin
        if origin not in self._routes:
            self._routes[origin] = proxy_for(scheme, host)
        proxy = self._routes[origin]
        address = (proxy.host, proxy.port) if proxy is not None else (host, port)
        http_connection: http.client.HTTPConnection
        if scheme == "https":
            http_connection = http.client.HTTPSConnection(*address, timeout=timeout, context=self._tls())
            if proxy is not None:
                http_connection.set_tunnel(host, port, headers=proxy.headers)
        else:
            http_connection = http.client.HTTPConnection(*address, timeout=timeout)
        connection = Connection(self, origin, http_connection, proxy if scheme == "http" else None)
        connection.open()
        return connection

    def _tls(self) -> ssl.SSLContext:
        """One context for all connections: building it reads the whole list of authorities."""
        if self._context is None:
            with self._lock:
                if self._context is None:
                    self._context = ssl.create_default_context()
        return self._context


def _split(url: str) -> tuple[str, str]:
    """Scheme and host, and what goes on the request line; much cheaper than ``urlsplit``, which runs once an origin."""
    slash = url.find("/", url.index("://") + 3)
    return (url, "/") if slash < 0 else (url[:slash], url[slash:])


def _origin(address: str) -> Origin:
    url = urlsplit(address)
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, url.hostname or "", port


def _after_fork_in_child() -> None:
    for pool in list(_pools):
        for connections in pool._idle.values():
            for connection in connections:
                connection.drop()
        pool._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
