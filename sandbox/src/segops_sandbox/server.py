"""The HTTP server: uvicorn with h11, whose event loop reads what clients send while threads do the work.

A client that is silent, or sends a head or a body drop by drop, costs a file descriptor and no thread. What cannot be
read as HTTP is refused in JSON too.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from http import HTTPStatus
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from segops_sandbox.http.heads import MAX_BYTES
from segops_sandbox.http.wire import Wire

log = logging.getLogger("segops_sandbox.server")

# How long a connection may wait for its next request, a head for its end, or a body for its next byte.
PATIENCE_S = 60
# Beyond this many, the connection that has been idle for longest is closed.
MOST_CONNECTIONS = 4000
# For the database, its journal, bodies and webhooks.
_OTHER_FILES = 256
_BACKLOG = 1024


class Connection(h11.Connection):
    """h11's, which keeps the head of the request as it was sent, and what was wrong with one that is none."""

    head: h11.Request | None = None
    problem: h11.RemoteProtocolError | None = None

    def next_event(self) -> Any:
        """The next event of the client."""
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as exc:
            self.problem = exc
            raise
        if isinstance(event, h11.Request):
            self.head = event
        return event


class Protocol(H11Protocol):
    """uvicorn's connection, with refusals in JSON, an end to waiting, and the means to play faults."""

    conn: Connection

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = Connection(h11.SERVER, MAX_BYTES)
        self.waits_since = time.monotonic()
        # `scope["state"]` of every request.
        self.app_state = {**self.app_state, "connection": self}

    def connection_made(self, transport: Any) -> None:
        """A client is there."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            connections: set[Any] = self.connections
            waiting = [each for each in connections if each.waits_for_a_request()]
            min(waiting, key=lambda each: each.waits_since, default=self).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Some bytes of it."""
        if self.reads_a_body():
            self.waits_since = time.monotonic()
        super().data_received(data)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes True for "leave it open"
        """The client sends no more; it may still wait for its answer."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        if cycle.more_body:
            self.conn.receive_data(b"")
            self.handle_events()  # which finds that the body is not whole
            return False
        cycle.keep_alive = False
        return True

    def on_response_complete(self) -> None:
        """The wait starts over."""
        self.waits_since = time.monotonic()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, and close: what follows it can't be trusted."""
        status, detail = _refusal(self.conn)
        body = json.dumps({"detail": detail}, separators=(",", ":")).encode()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            answer = h11.Response(
                status_code=status, headers=[*headers, ("Connection", "close")], reason=HTTPStatus(status).phrase
            )
            for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def waits_for_a_request(self) -> bool:
        """Whether nothing of ours is at work for this client."""
        return self.cycle is None or self.cycle.response_complete

    def reads_a_body(self) -> bool:
        """Whether a request is on its way in whose head is here."""
        return self.cycle is not None and not self.cycle.response_complete and self.cycle.more_body

    def head_as_sent(self) -> list[tuple[str, str]]:
        """The headers of the current request, names as the client spelt them."""
        assert self.conn.head is not None
        headers: Any = self.conn.head.headers
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw_items()]

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.cycle.disconnected = True
        wire: Any = self.transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.transport.abort()

    def drop(self) -> None:
        """End the connection in the middle of an answer, after what was sent of it."""
        self.cycle.disconnected = True
        self.transport.close()


class Server(uvicorn.Server):
    """A server on an address; `url` is known as soon as it is prepared."""

    def __init__(self, host: str, port: int, application: Wire) -> None:
        self.application = application
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._let_go_at = 0.0
        super().__init__(
            uvicorn.Config(
                application,
                http=Protocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=PATIENCE_S,
                timeout_graceful_shutdown=2,
            )
        )

    def prepare(self) -> None:
        """Take the port. Raises OSError when it is taken."""
        _allow_many_files()
        host, port = self._address
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # asyncio switches Nagle's algorithm off only where the protocol is named. With it, each answer on a kept
        # connection waits some 40 ms for the client to acknowledge its head.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host == "::":
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            self._socket.bind((host, port))
            self._socket.listen(_BACKLOG)
        except OSError:
            self._socket.close()
            raise

    @property
    def url(self) -> str:
        """The base URL of the API."""
        assert self._socket is not None
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}/api" if ":" in host else f"http://{host}:{port}/api"

    def serve_until_stopped(self) -> None:
        """Answer requests until `stop`."""
        assert self._socket is not None
        try:
            self.run(sockets=[self._socket])
        finally:
            self.application.close()

    def stop(self) -> None:
        """Have `serve_until_stopped` end: no new requests, and two seconds for those that are there."""
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Runs ten times a second; once a second, closes connections that are too slow."""
        now = time.monotonic()
        if now >= self._let_go_at:
            self._let_go_at = now + 1
            connections: list[Any] = list(self.server_state.connections)
            for each in connections:
                if now - each.waits_since > PATIENCE_S and (each.waits_for_a_request() or each.reads_a_body()):
                    each.transport.abort()
        return await super().on_tick(counter)


def _refusal(connection: Connection) -> tuple[int, str]:
    """Status and detail for a request that is no HTTP."""
    start, _ = connection.trailing_data
    hint = connection.problem.error_status_hint if connection.problem else 400
    if hint == 431 and b"\n" not in start:
        return 414, "The address is too long."
    if hint == 431:
        return 431, f"The headers exceed {MAX_BYTES} bytes."
    return hint, f"This is not HTTP: {connection.problem}." if connection.problem else "This is not HTTP."


def _allow_many_files() -> None:
    """Each connection is an open file, and systems begin with 1,024 or fewer."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (ValueError, OSError) as exc:
            log.info("open files stay limited to %d: %s", soft, exc)
