"""One blocking connection: it carries a request at a time, and reads the reply with the reader of ``_wire.http1``."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .._wire.http1 import ReplyReader
from .bodies import ReplyBody
from .failures import DISCONNECTED, FAILURES, exchange_failure, is_disconnected, raise_as
from .limits import Limits
from .outgoing import first_write, further_writes
from .protocol import Request, Response

__all__ = ["Connection", "Link"]

_RECEIVED = 64 * 1024
_RECORD = 16 * 1024


class Link:
    """What the pool needs of a connection, whoever speaks HTTP over it.

    Args:
        sock: connected, and past the TLS handshake; None for what plays a recording.
        peer: host and port, for messages.
        done: told when the connection is free for another request (True) or closed (False).

    Attributes:
        fresh: whether no reply has come over it yet.
        stale: whether it was kept from an earlier call and turned out to be closed.
        place: what the pool counts open connections by.
        line: the pool's list of connections like this one, which it returns to.
    """

    _sock: Any = None  # __del__ runs after an interrupted __init__ as well
    idle_since: float  # set by the pool when it takes it back

    def __init__(self, sock: socket.socket | None, peer: str, done: Callable[[Any, bool], None]) -> None:
        self._sock = sock
        self.fresh = True
        self.stale = False
        self.place: object = None
        self.line: Any = None
        self.peer = peer
        self._done = done
        self._timeout: float | None = None
        self._poll = None
        if isinstance(sock, socket.socket) and hasattr(select, "poll"):  # select() fails for descriptors above 1023
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def readable(self) -> bool:
        """Whether there is something to read while nothing has been asked: the end of it, or a stray reply."""
        try:
            if self._poll is not None:
                return bool(self._poll.poll(0))
            return self._sock is None or bool(select.select([self._sock], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        raise NotImplementedError

    def set_timeout(self, seconds: float) -> None:
        """How long each step may take from now on."""
        if self._sock is not None and seconds != self._timeout:
            self._sock.settimeout(seconds)
            self._timeout = seconds

    def give_back(self) -> None:
        """The reply has been read to its end: the next request may have this connection."""
        self._done(self, True)

    def fail(self, error: BaseException, *, begun: bool = False) -> None:
        """Closes the connection, and notes whether it was kept too long: what has begun to answer was not."""
        self.stale = not (self.fresh or begun) and is_disconnected(error)
        self.close()

    def close(self) -> None:
        """Closes the socket. May be called more than once."""
        self.drop()
        self._done(self, False)

    def drop(self) -> None:
        """Closes this process's descriptor and says nothing to the server: after a fork it is the parent's."""
        if self._sock is not None:
            self._sock.close()

    def __del__(self) -> None:
        self.drop()  # an interrupt between two steps may have left it to nobody


class Connection(Link):
    """One connection of the SDK's own, used by one request at a time.

    Args:
        host: what the Host header says.
        through: headers for a proxy that takes whole addresses, or None.
    """

    _sock: socket.socket

    def __init__(
        self,
        sock: socket.socket,
        peer: str,
        host: str,
        done: Callable[[Any, bool], None],
        through: list[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(sock, peer, done)
        self._host = host
        self._through = through
        # A TLS socket hands out a whole record at a time, so that what it holds always shows on the socket below it.
        self._most = _RECORD if isinstance(sock, ssl.SSLSocket) else _RECEIVED

    def exchange(self, request: Request, target: str) -> Response:
        """Sends the request and reads the reply's head.

        Raises:
            SegOpsError: there is no reply, or none that can be read. The connection is closed.
        """
        limits = Limits(request)
        reader = ReplyReader(request.method)
        try:
            self._send(request, target, limits)
            if request.while_waiting is not None:
                request.while_waiting()
            while not reader.head():
                reader.feed(self.receive(limits))
        except FAILURES as error:
            failure: Exception = error
        except BaseException:
            self.close()
            raise
        else:
            self.fresh = False
            return Response(reader.status, reader.headers, ReplyBody(self, reader, limits, keep=True))
        self.fail(failure, begun=reader.begun)
        raise_as(exchange_failure(failure, self.peer, limits, stale=self.stale), failure)

    def _send(self, request: Request, target: str, limits: Limits) -> None:
        """Sends the request. Where that breaks, a reply may have come before (413, 401): reading tells."""
        with suppress(*DISCONNECTED):
            self.set_timeout(limits.step())
            first = first_write(request, target, self._host, self._through)  # its bytes do not show themselves
            sent = self._sock.send(first)  # mostly all of it; sendall() of a TLS socket takes a longer way
            for block in further_writes(first, sent, request.body):
                self.set_timeout(limits.step())
                self._sock.sendall(block)

    def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        if limits.end is not None:  # else it is what it was when the request was sent
            self.set_timeout(limits.step())
        return self._sock.recv(self._most)
