"""A receiver of webhooks for a test: a server on loopback that keeps what it gets."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

__all__ = ["WebhookReceiver", "WebhookRequest"]


class WebhookRequest(NamedTuple):
    """A delivery as it arrived. `body` is what the signature is made of."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class WebhookReceiver:
    """A server for webhook deliveries.

    Attributes:
        url: the address to give to the sandbox.
        requests: what has arrived, oldest first.
        status: what to answer.
    """

    def __init__(self) -> None:
        self.requests: list[WebhookRequest] = []
        self.status = 200
        self._changed = threading.Condition()
        self._answering = threading.Event()
        self._answering.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def wait(self, number: int = 1, timeout: float = 20.0) -> list[WebhookRequest]:
        """Wait until so many have arrived and return them; TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= number, timeout):
                raise TimeoutError(f"{len(self.requests)} of {number} webhooks arrived within {timeout:g} s.")
            return self.requests[:]

    def hold(self) -> None:
        """Take deliveries in, but do not answer them until `release`."""
        self._answering.clear()

    def release(self) -> None:
        """Answer, also those that wait for it."""
        self._answering.set()

    def close(self) -> None:
        """Stop. May be called twice."""
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, request: WebhookRequest) -> int:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        self._answering.wait()
        return self.status


def _handler(receiver: WebhookReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = receiver._take(WebhookRequest(self.path, dict(self.headers), body))
            self.send_response(status)
            if 300 <= status < 400:  # no server listens there: a sender that follows the redirect fails
                self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            try:
                self.end_headers()
            except OSError:  # the sender disconnected before the answer
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler
