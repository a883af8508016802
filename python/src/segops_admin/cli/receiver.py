"""A receiver of webhooks on this machine: what is signed is forwarded to another address as it came."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult

from .._call.reply import UNREADABLE, parse_json
from .._transport.failures import is_disconnected
from ..webhook import verify_webhook
from .output import say

__all__ = ["Receiver"]

_PATIENCE = 10.0
"""Seconds: as long as SegOps waits for a receiver."""
_TIDY = 0.5
"""Seconds: how long what is on its way may take to come as a whole once nothing else is taken."""

_MOST_BYTES = 10 << 20
_SIGNATURE = "X-SegOps-Signature"
_OF_A_CONNECTION = ("host", "connection", "content-length", "keep-alive", "expect")


class Receiver:
    """Listens on loopback, on a port that the system picks, until the ``with`` block is left.

    Args:
        target: where deliveries are forwarded.
        secret: what they are signed with; others are refused.
        deliver: is called with each that was forwarded, in a thread of its own.

    Attributes:
        url: where it listens.
    """

    def __init__(self, target: SplitResult, secret: str, deliver: Callable[[dict[str, Any]], object]) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.target, self._server.secret, self._server.deliver = target, secret, deliver
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Takes no further deliveries, and waits until those that have been taken are delivered.

        What has not come as a whole shortly after is given up: a sender that says nothing holds nobody up.
        """
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        until = time.monotonic() + _TIDY
        while self._server.reading and time.monotonic() < until:
            time.sleep(0.01)
        self._server.gives_up = True
        for connection in tuple(self._server.reading):
            _give_up(connection)
        for each in self._server.under_way:
            each.join()


class _Server(ThreadingHTTPServer):
    target: SplitResult
    secret: str
    deliver: Callable[[dict[str, Any]], object]
    under_way: tuple[threading.Thread, ...] = ()
    gives_up = False

    def __init__(self, *args: Any) -> None:
        self.reading: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handles a connection in a thread that can be waited for, and that does not keep a second Ctrl-C waiting."""
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self.under_way = (*(each for each in self.under_way if each.is_alive()), thread)
        thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: the sender has gone away, which it notes itself."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE
    default_request_version = "HTTP/1.0"  # not 0.9, whose answers are without a status
    server: Any  # the one above

    def setup(self) -> None:
        super().setup()
        self.server.reading.add(self.connection)
        if self.server.gives_up:
            _give_up(self.connection)

    def finish(self) -> None:
        self.server.reading.discard(self.connection)
        super().finish()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        if length is None:
            return self._answer(411)
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            return self._answer(400)
        if int(length) > _MOST_BYTES:
            return self._answer(413)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self._answer(400)
        self.server.reading.discard(self.connection)
        signature = self.headers.get(_SIGNATURE)
        if not verify_webhook(body, signature, self.server.secret):
            say("note: refused a request that is not signed with the webhook's secret")
            return self._answer(401)
        status, error, seconds = _forwarded(self.server.target, self.headers.items(), body)
        told = {"status": status, "error": error, "ms": round(seconds * 1000), "signature": signature}
        self.server.deliver({"body": _content(body), **told})  # first, so that lines come in the order of the answers
        return self._answer(502 if status is None else status)

    def _answer(self, status: int) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses what is no request, or none that posts something."""
        self._answer(code)

    def log_message(self, format: str, *args: object) -> None:
        """Each delivery has a line of its own."""


def _give_up(connection: socket.socket) -> None:
    """Ends the reading of what a sender says, as if it had ended it itself."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


def _forwarded(target: SplitResult, headers: Any, body: bytes) -> tuple[int | None, str | None, float]:
    """Posts a delivery: the status of the answer, else why there is none; and how many seconds it took."""
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    started = time.monotonic()
    connection = kind(target.hostname or "", target.port, timeout=_PATIENCE)
    status, error = None, None
    try:
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", target.netloc)
        for name, value in headers:
            if name.lower() not in _OF_A_CONNECTION:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Connection", "close")
        connection.endheaders(body)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as failure:
        error = _reason(failure)
    finally:
        connection.close()
    return status, error, time.monotonic() - started


def _reason(failure: Exception) -> str:
    """Why there is no answer: in the words of the system, or of OpenSSL, where they have some."""
    if isinstance(failure, (TimeoutError, socket.timeout)):  # two in Python 3.9
        return f"no answer within {_PATIENCE:g} s"
    if is_disconnected(failure):
        return "the connection was closed without an answer"
    if isinstance(failure, http.client.HTTPException):
        return "what was answered is no HTTP"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return "its certificate is not valid here"
    if isinstance(failure, ssl.SSLError) and failure.reason:  # such as WRONG_VERSION_NUMBER
        return failure.reason.lower().replace("_", " ")
    return getattr(failure, "strerror", None) or str(failure) or type(failure).__name__


def _content(body: bytes) -> Any:
    try:
        return parse_json(body.decode("utf-8"))
    except UNREADABLE:
        return body.decode("utf-8", "replace")
