"""The table of hostile replies, played over real sockets: blocking, asyncio, and through ``requests``."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hostile_replies import HostileReply, hostile_replies
from sdk_client import KEY

from segops_admin import (
    AsyncHTTPTransport,
    AsyncSegOpsAdmin,
    HTTPTransport,
    RequestsTransport,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsTimeoutError,
)

NEXT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n[2]"
ROWS = hostile_replies()


class HostileServer:
    """Answers the first request with a row's bytes and does what it says, and any other with ``[2]``."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.row: HostileReply = ROWS[0]
        self.carried: list[int] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock, self.row), daemon=True).start()

    def _serve(self, sock: socket.socket, row: HostileReply) -> None:
        with contextlib.suppress(OSError), sock:
            sock.settimeout(20)
            with self._tls.wrap_socket(sock, server_side=True) if row.tls else sock as peer:
                self._answer(peer, row)

    def _answer(self, peer: Any, row: HostileReply) -> None:
        requests = 0
        while True:
            target = self._read(peer)
            if not target:
                return
            requests += 1
            self.carried.append(requests)
            if target == "/api/next/":
                peer.sendall(NEXT)
                continue
            peer.sendall(row.reply)
            if row.end == "notify":
                peer.unwrap().close()
            if row.end == "reset":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if row.end != "open":
                return

    def _read(self, peer: socket.socket) -> str:
        """A request's target, once its head and body have been read; nothing at the end."""
        head = b""
        while b"\r\n\r\n" not in head:
            block = peer.recv(65536)
            if not block:
                return ""
            head += block
        head, _, body = head.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                left = int(line.partition(b":")[2]) - len(body)
                while left > 0:
                    left -= len(peer.recv(left))
        return head.split(b" ")[1].decode()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def server(server_tls: ssl.SSLContext) -> Iterator[HostileServer]:
    made = HostileServer(server_tls)
    yield made
    made.close()


@pytest.fixture(scope="module")
def context(authority: Any) -> ssl.SSLContext:
    made = ssl.create_default_context()
    authority.configure_trust(made)
    return made


def make_call(client: Any, name: str) -> Any:
    """The row's call; for asyncio, something to await."""
    if name == "download":
        sink = io.BytesIO()
        written = client.segments.download_export(7, sink)
        if inspect.isawaitable(written):

            async def text() -> str:
                await written
                return sink.getvalue().decode()

            return text()
        return sink.getvalue().decode()
    calls = {
        "request": lambda: client.http.request("GET", "/x/"),
        "head": lambda: client.http.request("HEAD", "/x/"),
        "get": lambda: client.segments.get(7),
        "list": lambda: client.segments.list(),
        "create": lambda: client.segments.create({}),
        "delete": lambda: client.segments.delete(7),
    }
    return calls[name]()


def outcome_of(error: Exception) -> tuple[Any, ...]:
    if isinstance(error, SegOpsTimeoutError):
        return "error", "timeout", str(error)
    if isinstance(error, SegOpsConnectionError):
        return "error", "connection", None
    if isinstance(error, SegOpsDecodeError):
        return "error", "decode", None
    assert isinstance(error, SegOpsApiError), repr(error)
    return "error", "api", error.status


def address(server: HostileServer, row: HostileReply) -> str:
    server.row = row
    server.carried.clear()
    return f"{'https://localhost' if row.tls else 'http://127.0.0.1'}:{server.port}/api"


def judge(row: HostileReply, got: tuple[Any, ...], server: HostileServer) -> None:
    assert got in row.outcomes
    if not row.kept:
        assert 2 not in server.carried, "the connection carried another request"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_a_blocking_call_makes_of_it(row: HostileReply, server: HostileServer, context: ssl.SSLContext) -> None:
    transport = HTTPTransport(ssl_context=context)
    url = address(server, row)
    with SegOpsAdmin(KEY, base_url=url, max_retries=0, timeout=10.0, transport=transport) as client:
        try:
            got: tuple[Any, ...] = ("value", make_call(client, row.call))
        except Exception as error:  # noqa: BLE001 -- told as an outcome
            got = outcome_of(error)
        assert client.with_options(max_retries=1).http.request("GET", "/next/") == [2]
    judge(row, got, server)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_an_asyncio_call_makes_of_it(row: HostileReply, server: HostileServer, context: ssl.SSLContext) -> None:
    async def main() -> tuple[Any, ...]:
        transport = AsyncHTTPTransport(ssl_context=context)
        url = address(server, row)
        async with AsyncSegOpsAdmin(KEY, base_url=url, max_retries=0, timeout=10.0, transport=transport) as client:
            try:
                got: tuple[Any, ...] = ("value", await make_call(client, row.call))
            except Exception as error:  # noqa: BLE001 -- told as an outcome
                got = outcome_of(error)
            assert await client.with_options(max_retries=1).http.request("GET", "/next/") == [2]
        return got

    judge(row, asyncio.run(main()), server)


@pytest.fixture(scope="module")
def trusted(authority: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file that holds the authority's certificate."""
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_a_call_through_requests_makes_of_it(row: HostileReply, server: HostileServer, trusted: str) -> None:
    only_its_end = b"\r\n\r\n" in row.reply and not any(word in row.reply for word in (b"Length", b"chunked", b" 103 "))
    if sys.version_info < (3, 10) and row.end == "cut" and only_its_end:
        pytest.skip("urllib3's context on Python 3.9 takes a cut TLS connection for a closed one")
    url = address(server, row)
    with requests.Session() as session:
        session.verify, session.trust_env = trusted, False
        transport = RequestsTransport(session)
        with SegOpsAdmin(KEY, base_url=url, max_retries=0, timeout=10.0, transport=transport) as client:
            try:
                got: tuple[Any, ...] = ("value", make_call(client, row.call))
            except Exception as error:  # noqa: BLE001 -- told as an outcome
                got = outcome_of(error)
            assert client.with_options(max_retries=1).http.request("GET", "/next/") == [2]
    judge(row, got, server)
