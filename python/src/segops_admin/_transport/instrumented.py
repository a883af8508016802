"""A connection through ``http.client``, where something has taken its place or listens in on it.

Heads and bodies are read by the reader of ``_wire.http1`` here as well, unless what answers is a recording.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Callable
from typing import Any

from .._errors import SegOpsConnectionError
from .._wire.heads import CutShort, MalformedReply
from .bodies import ReplyBody
from .connection import Link
from .exact_reply import ExactReply
from .failures import DISCONNECTED, FAILURES, connect_failure, exchange_failure, raise_as, without_frames
from .limits import Limits
from .origins import Origin
from .protocol import Body, Headers, Request, Response
from .proxies import Proxy, way_to
from .tunnel import refusal

__all__ = ["InstrumentedConnection", "open_instrumented"]


def open_instrumented(
    origin: Origin,
    proxy: Proxy | None,
    context: Callable[[], ssl.SSLContext],
    limits: Limits,
    done: Callable[[Any, bool], None],
) -> InstrumentedConnection:
    """A connection to a server, opened by ``http.client``. Whatever fails here, the server has seen no request.

    Raises:
        SegOpsConnectionError: there is none.
    """
    address, peer = way_to(origin, proxy)
    made: http.client.HTTPConnection
    if origin.scheme == "https":
        made = http.client.HTTPSConnection(*address, timeout=limits.step(), context=context())
        if proxy is not None:
            named = {name: str(value) for name, value in proxy.headers}
            made.set_tunnel(origin.host, origin.port, headers={"Host": origin.address, **named})
    else:
        made = http.client.HTTPConnection(*address, timeout=limits.step())
    try:
        made.connect()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        failure: Exception = error
    else:
        return InstrumentedConnection(made, str(origin), done, proxy if origin.scheme == "http" else None)
    made.close()
    answered = re.match(r"Tunnel connection failed: (\d{3})\b", str(failure))
    if proxy is not None and answered is not None:
        raise refusal(int(answered[1]), proxy, origin) from without_frames(failure)
    if isinstance(failure, http.client.RemoteDisconnected):  # only a proxy has been asked for anything
        raise SegOpsConnectionError(f"{proxy} closed the connection", sent=False) from without_frames(failure)
    raise connect_failure(failure, peer, origin.host, limits) from without_frames(failure)


class InstrumentedConnection(Link):
    """One connection of ``http.client``, used by one request at a time."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        peer: str,
        done: Callable[[Any, bool], None],
        proxy: Proxy | None,
    ) -> None:
        super().__init__(connection.sock, peer, done)
        self._replies: list[ExactReply] = []
        connection.response_class = _kept_in(self._replies)  # type: ignore[assignment]
        self._http = connection
        self._proxy = proxy
        self._reply: Any = None

    def exchange(self, request: Request, target: str) -> Response:
        """Sends the request and reads the reply's head; see ``Connection.exchange``."""
        limits = Limits(request)
        self._replies.clear()
        try:
            self.set_timeout(limits.step())
            broken = self._send(request, request.url if self._proxy is not None else target)
            try:
                reply = self._http.getresponse()
            except DISCONNECTED as error:
                raise broken or CutShort from error
            self._reply = reply
            self.fresh = False
            return Response(reply.status, *self._received(reply, limits, keep=broken is None))
        except (http.client.HTTPException, *FAILURES) as error:
            failure: Exception = error
        except BaseException as error:  # noqa: BLE001 -- raised again
            self.close()
            # http.client's frames hold the key; a bare `raise` brings them back on Python 3.9 and 3.10.
            raise error.with_traceback(None)  # noqa: B904 -- it is the same one
        self.fail(failure, begun=any(reply.has_begun for reply in self._replies))
        if isinstance(failure, http.client.HTTPException):
            failure = MalformedReply(type(failure).__name__)
        raise_as(exchange_failure(failure, self.peer, limits, stale=self.stale), failure)

    def _received(self, reply: Any, limits: Limits, *, keep: bool) -> tuple[Headers, Body]:
        reader = getattr(reply, "reader", None)
        if reader is not None:
            return reader.headers, ReplyBody(self, reader, limits, keep)
        return Headers(reply.headers.raw_items()), _RecordedBody(self, reply)

    def _send(self, request: Request, target: str) -> OSError | None:
        body = request.body
        try:
            self._http.putrequest(request.method, target, skip_accept_encoding=True)
            for name, value in [*request.headers, *(self._proxy.headers if self._proxy is not None else [])]:
                self._http.putheader(name, str(value))  # a Secret is a str of ours, which recorders cannot write
            if body is None or isinstance(body, bytes):
                if body is not None or request.method in ("POST", "PUT", "PATCH"):
                    self._http.putheader("Content-Length", str(len(body or b"")))
                self._http.endheaders(body)
                return None
            self._http.endheaders()
            for block in body:
                self._http.send(block)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError) as error:
            return without_frames(error)  # type: ignore[no-any-return]
        return None

    def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        self.set_timeout(limits.step())
        received: bytes = self._reply.fp.read1(65536)
        return received

    def give_back(self) -> None:
        """The reply has been read to its end: the next request may have this connection, if no more has come."""
        if not self._reply.in_step():
            self.close()
            return
        self._reply.close()
        super().give_back()

    def close(self) -> None:
        """Closes the socket."""
        self._http.close()
        if self._reply is not None:
            self._reply.close()
        super().close()


def _kept_in(replies: list[ExactReply]) -> Callable[..., ExactReply]:
    """What makes replies, and keeps each: ``http.client`` gives none whose head is cut short."""

    def made(*args: Any, **options: Any) -> ExactReply:
        replies.append(ExactReply(*args, **options))
        return replies[-1]

    return made


class _RecordedBody:
    """The body of a reply that was not read from a network but from a recording."""

    def __init__(self, connection: InstrumentedConnection, reply: Any) -> None:
        self._connection = connection
        self._reply = reply

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        try:
            block: bytes = self._reply.read(None if amount < 0 else amount)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise SegOpsConnectionError(f"the reply cannot be read: {error}") from without_frames(error)
        if amount < 0 or (not block and amount):
            self.close()
        return block

    def close(self) -> None:
        """Discards what has not been read."""
        self._reply.close()
        self._connection.close()
