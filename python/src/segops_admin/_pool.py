"""How do bytes travel? The built-in transport: ``http.client`` connections, kept warm and shared between threads."""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import threading
import time
import weakref
from typing import IO, NoReturn
from urllib.parse import urlsplit

from ._errors import SegOpsConfigError, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from ._proxies import Proxy, proxy_for
from ._transport import Headers, Request, Response

__all__ = ["HTTPTransport"]

_BLOCK = 256 * 1024

_Origin = tuple[str, str, int]

# What a peer that closed a kept connection looks like from here; TLS has its own way of saying it.
_DISCONNECTED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ssl.SSLEOFError)

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
        self._idle: dict[_Origin, list[_Connection]] = {}
        self._origins: dict[str, _Origin] = {}
        self._routes: dict[_Origin, Proxy | None] = {}

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

    def _kept(self, origin: _Origin) -> _Connection | None:
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

    def _keep(self, connection: _Connection) -> None:
        connection.idle_since = time.monotonic()
        overdue: list[_Connection] = []
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

    def _discard(self, origin: _Origin) -> None:
        with self._lock:
            connections = self._idle.pop(origin, [])
        for connection in connections:
            connection.close()

    def _new(self, origin: _Origin, timeout: float) -> _Connection:
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
        connection = _Connection(self, origin, http_connection, proxy if scheme == "http" else None)
        connection.open()
        return connection

    def _tls(self) -> ssl.SSLContext:
        """One context for all connections: building it reads the whole list of authorities."""
        if self._context is None:
            with self._lock:
                if self._context is None:
                    self._context = ssl.create_default_context()
        return self._context


class _Connection:
    """One connection to one origin, used by one request at a time."""

    def __init__(
        self,
        pool: HTTPTransport,
        origin: _Origin,
        connection: http.client.HTTPConnection,
        proxy: Proxy | None,
    ) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self._pool = pool
        self._http = connection
        self._proxy = proxy
        self._fresh = True
        connection.response_class = _Reply
        self._timeout = connection.timeout

    def open(self) -> None:
        """Connects; whatever fails here, the server has seen no request."""
        try:
            self._http.connect()
        except ssl.SSLCertVerificationError as error:
            self.close()
            reason = f"the certificate of {self.origin[1]} does not verify: {error.verify_message}"
            raise SegOpsConnectionError(reason, sent=False, transient=False) from error
        except (socket.timeout, TimeoutError) as error:
            self.close()
            raise SegOpsTimeoutError(f"no connection to {self._peer()} in time", sent=False) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise SegOpsConnectionError(f"no connection to {self._peer()}: {error}", sent=False) from error
        except UnicodeError as error:  # a host name with an empty or an overlong label
            reason = f"no connection to {self._peer()}: no host has such a name"
            raise SegOpsConnectionError(reason, sent=False, transient=False) from error

    def exchange(self, request: Request, target: str) -> Response:
        """Sends the request and reads the reply's head."""
        broken = self._send(request, request.url if self._proxy is not None else target)
        try:
            reply = self._http.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self._fail(broken or error)
        if broken is not None:
            # The server answered before it had taken the whole request (413, 401): the answer counts.
            reply.will_close = True
        self._fresh = False
        return Response(reply.status, Headers(reply.headers.raw_items()), _ReplyBody(self, reply))

    def _send(self, request: Request, target: str) -> OSError | None:
        body = request.body
        try:
            self._http.putrequest(request.method, target, skip_accept_encoding=True)
            for name, value in request.headers:
                self._http.putheader(name, value)
            if self._proxy is not None:
                for name, value in self._proxy.headers.items():
                    self._http.putheader(name, value)
            if body is None or isinstance(body, bytes):
                # Multipart bodies bring their length along. A write without a body says so: some servers insist.
                if body is not None or request.method in ("POST", "PUT", "PATCH"):
                    self._http.putheader("Content-Length", str(len(body or b"")))
                self._http.endheaders(body)
                return None
            self._http.endheaders()
            for block in body:
                self._http.send(block)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError) as error:
            return error
        except (OSError, http.client.HTTPException) as error:
            self._fail(error)
        except BaseException:
            self.close()
            raise
        return None

    def _fail(self, error: Exception) -> NoReturn:
        """Closes the connection and tells what happened in the SDK's own words."""
        self.close()
        if isinstance(error, (socket.timeout, TimeoutError)):
            raise SegOpsTimeoutError(f"{self._peer()} was silent for too long") from error
        if isinstance(error, _DISCONNECTED):
            if not self._fresh:
                self._pool._discard(self.origin)  # whatever ended this one has most likely ended its like
            raise SegOpsConnectionError(f"{self._peer()} closed the connection", stale=not self._fresh) from error
        if isinstance(error, http.client.HTTPException):
            raise SegOpsDecodeError(f"what {self._peer()} sent is not HTTP ({type(error).__name__})") from error
        raise SegOpsConnectionError(f"the connection to {self._peer()} failed: {error}") from error

    def readable(self) -> bool:
        """Whether there is something to read while nothing has been asked: the end of it, or a stray reply."""
        sock = self._http.sock
        if sock is None or (isinstance(sock, ssl.SSLSocket) and sock.pending()):
            return True  # what TLS has unwrapped already does not show on the socket
        try:
            if hasattr(select, "poll"):  # select() fails for descriptors above 1023
                poll = select.poll()
                poll.register(sock, select.POLLIN)
                return bool(poll.poll(0))
            return bool(select.select([sock], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def set_timeout(self, seconds: float) -> None:
        """How long each step may take from now on."""
        if self._http.sock is not None and seconds != self._timeout:
            self._http.sock.settimeout(seconds)
            self._timeout = seconds

    def give_back(self) -> None:
        """The reply has been read to its end: the next request may have this connection."""
        self._pool._keep(self)

    def close(self) -> None:
        """Closes the socket."""
        self._http.close()

    def drop(self) -> None:
        """Closes this process's descriptor and says nothing to the server: after a fork it is the parent's."""
        sock, self._http.sock = self._http.sock, None
        if sock is not None:
            sock.close()

    def _peer(self) -> str:
        return f"{self.origin[1]}:{self.origin[2]}"


class _Reply(http.client.HTTPResponse):
    """A reply whose head must be whole.

    ``http.client`` takes the end of the connection for the end of the head: what was cut off there would read as an
    empty success.
    """

    def begin(self) -> None:
        """Reads the head."""
        stream = self.fp
        lines = _Lines(stream)
        self.fp = lines  # type: ignore[assignment]
        try:
            super().begin()
        except http.client.BadStatusLine as error:
            if not lines.last.endswith(b"\n"):
                raise http.client.RemoteDisconnected("the status line was cut short") from error
            raise
        finally:
            if not stream.closed:
                self.fp = stream
        if lines.last not in (b"\r\n", b"\n"):
            raise http.client.RemoteDisconnected("the head was cut short")


class _Lines:
    """Reads lines and remembers the last one."""

    __slots__ = ("_stream", "close", "last")

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.close = stream.close
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        """The next line."""
        self.last = self._stream.readline(limit)
        return self.last


class _ReplyBody:
    """A reply's body. Reading it to the end returns the connection to the pool."""

    __slots__ = ("_connection", "_got", "_length", "_reply")

    def __init__(self, connection: _Connection, reply: http.client.HTTPResponse) -> None:
        self._connection: _Connection | None = connection
        self._reply = reply
        self._length: int | None = reply.length
        self._got = 0

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        if self._connection is None:
            return b""
        if amount >= 0:
            # http.client makes room for all that it is asked for: on Python 3.9 even beyond the announced length.
            amount = min(amount, _BLOCK if self._length is None else self._length - self._got)
        try:
            block: bytes = self._reply.read(amount) if amount >= 0 else self._reply.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._fail(error)
        self._got += len(block)
        if self._length is not None and self._got < self._length and (not block or amount < 0):
            self._fail(None)
        if amount < 0 or (not block and amount) or self._got == self._length:
            self._finish()
        return block

    def close(self) -> None:
        """Gives up what has not been read, and the connection with it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._reply.close()

    def _finish(self) -> None:
        connection, self._connection = self._connection, None
        will_close = self._reply.will_close
        self._reply.close()
        if connection is not None:
            if will_close:
                connection.close()
            else:
                connection.give_back()

    def _fail(self, error: Exception | None) -> NoReturn:
        self.close()
        if isinstance(error, (socket.timeout, TimeoutError)):
            raise SegOpsTimeoutError(f"the reply stalled after {self._got} bytes") from error
        whole = f" of {self._length}" if self._length is not None else ""
        raise SegOpsConnectionError(f"the reply was cut short after {self._got}{whole} bytes") from error


def _split(url: str) -> tuple[str, str]:
    """Scheme and host, and what goes on the request line; much cheaper than ``urlsplit``, which runs once an origin."""
    slash = url.find("/", url.index("://") + 3)
    return (url, "/") if slash < 0 else (url[:slash], url[slash:])


def _origin(address: str) -> _Origin:
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
