"""What is one connection? It carries a request at a time, and knows what a whole reply is."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from typing import IO, TYPE_CHECKING, NoReturn

from ._errors import SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from ._transport.protocol import Headers, Request, Response

if TYPE_CHECKING:
    from ._pool import HTTPTransport
    from ._transport.proxies import Proxy

__all__ = ["Connection", "Origin"]

_BLOCK = 256 * 1024

Origin = tuple[str, str, int]
"""Scheme, host and port."""

# What a peer that closed a kept connection looks like from here; TLS has its own way of saying it.
_DISCONNECTED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ssl.SSLEOFError)


class Connection:
    """One connection to one origin, used by one request at a time."""

    def __init__(
        self,
        pool: HTTPTransport,
        origin: Origin,
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
                self._http.putheader(name, str(value))  # a Secret is a str of ours, which recorders cannot write
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

    def __init__(self, connection: Connection, reply: http.client.HTTPResponse) -> None:
        self._connection: Connection | None = connection
        self._reply = reply
        # VCR.py, which many test suites put in http.client's place, gives the length as text and no will_close.
        length: object = reply.length
        self._length = int(length) if isinstance(length, (int, str)) else None
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
        will_close = getattr(self._reply, "will_close", False)
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
