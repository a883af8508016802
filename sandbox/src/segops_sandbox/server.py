"""How do requests reach the application? A threaded HTTP/1.1 server (cheroot) that only says JSON."""

from __future__ import annotations

import json
import logging
from typing import Any

from cheroot import server as cheroot_server
from cheroot import wsgi as cheroot_wsgi

from segops_sandbox.http.wire import Application

log = logging.getLogger("segops_sandbox.server")

THREADS = 16
# A client may keep its connection for a while between two requests.
IDLE_TIMEOUT_S = 60
MAX_HEADER_BYTES = 64 << 10


class Request(cheroot_server.HTTPRequest):
    """A request whose refusal by the server itself (bad request line, huge headers) is JSON as well."""

    def simple_response(self, status: Any, msg: str = "") -> None:
        """Answer and close: after a request that could not be read, what follows can't be trusted."""
        status = str(status)
        body = json.dumps({"detail": msg or status[4:] + "."}).encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        self.close_connection = True
        try:
            self.conn.wfile.write(head.encode("latin-1") + body)
        except OSError:
            log.debug("the client left before it was told: %s", status)


class Connection(cheroot_server.HTTPConnection):
    """A connection that a fault may have ended already."""

    RequestHandlerClass = Request

    def _close_kernel_socket(self) -> None:
        if self.socket.fileno() != -1:
            super()._close_kernel_socket()  # type: ignore[misc]


class Gateway(cheroot_wsgi.Gateway_10):
    """WSGI with two extras for `http/wire.py`: the headers as they were sent, and the server's request."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        """The WSGI environment of the request."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["segops_sandbox.request"] = self.req
        environ["segops_sandbox.headers"] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in self.req.inheaders.items()
        }
        return environ


class Server(cheroot_wsgi.Server):
    """cheroot's server with the classes above and limits for a test server."""

    ConnectionClass = Connection
    keep_alive_conn_limit = 1000
    max_request_header_size = MAX_HEADER_BYTES
    expiration_interval = 0.1

    def __init__(self, host: str, port: int, application: Application) -> None:
        super().__init__(
            (host, port),
            application,
            numthreads=THREADS,
            server_name="segops-sandbox",
            request_queue_size=128,
            timeout=IDLE_TIMEOUT_S,
            shutdown_timeout=2,
        )
        self.gateway = Gateway

    @property
    def url(self) -> str:
        """The base URL of the API, once the server is prepared."""
        host, port = self.bind_addr[:2]
        return f"http://[{host}]:{port}/api" if ":" in host else f"http://{host}:{port}/api"

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """cheroot's complaints go to the log."""
        log.log(level, msg, exc_info=traceback)
