"""A connection that ends after each byte of a reply: the whole value or an error, never a part of it, never a hang.

Real sockets and real TLS at every offset. The body is a number, so that every part of it would be a value too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sdk_client import KEY

from segops_admin import AsyncHTTPTransport, AsyncSegOpsAdmin, HTTPTransport, SegOpsAdmin, SegOpsConnectionError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
REPLIES = {
    "Content-Length": HEAD + b"Content-Length: 12\r\n\r\n123456789012",
    "chunked": HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n8;a=b\r\n56789012\r\n0\r\nX-Sum: 1\r\n\r\n",
}
WHOLE = 123456789012


class CuttingServer:
    """Answers one request a connection with ``reply``, as far as it goes, and ends the connection."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.reply = b""
        self.farewell = False
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        host = "http://127.0.0.1" if tls is None else "https://localhost"
        self.url = f"{host}:{self._listener.getsockname()[1]}/api"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), sock:
                sock.settimeout(20)
                with sock if self._tls is None else self._tls.wrap_socket(sock, server_side=True) as peer:
                    self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += peer.recv(65536)
        peer.sendall(self.reply)
        if self.farewell and isinstance(peer, ssl.SSLSocket):
            peer.setblocking(False)  # close_notify is sent; the client's own is not waited for
            peer.unwrap()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(params=["plain", "TLS cut", "TLS closed"])
def server(request: Any, server_tls: ssl.SSLContext) -> Iterator[CuttingServer]:
    made = CuttingServer(None if request.param == "plain" else server_tls)
    made.farewell = request.param == "TLS closed"
    yield made
    made.close()


@pytest.fixture
def context(authority: Any) -> ssl.SSLContext:
    made = ssl.create_default_context()
    authority.configure_trust(made)
    return made


async def at_every_offset(
    server: CuttingServer,
    reply: bytes,
    target: Path,
    request: Callable[[], Awaitable[Any]],
    download: Callable[[], Awaitable[Any]],
) -> None:
    for end in range(len(reply)):
        server.reply = reply[:end]
        for call in (request, download):
            try:
                got = await call()
            except Exception as error:  # noqa: BLE001 -- looked at below
                got = error
            # Exactly this class, not its subclass for timeouts: nothing has timed out.
            assert type(got) is SegOpsConnectionError, f"{end} of {len(reply)} bytes: {got!r}"
        assert list(target.parent.iterdir()) == [], f"{end} of {len(reply)} bytes left a file"
    server.reply = reply
    assert await request() == WHOLE
    assert await download() == 12
    assert target.read_bytes() == b"%d" % WHOLE


@pytest.mark.parametrize("framing", REPLIES)
def test_a_blocking_call_gives_all_or_an_error(
    framing: str, server: CuttingServer, context: ssl.SSLContext, tmp_path: Path
) -> None:
    target = tmp_path / "export.csv"
    transport = HTTPTransport(ssl_context=context)
    with SegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=20, transport=transport) as client:

        async def request() -> Any:
            return client.http.request("GET", "/x/")

        async def download() -> Any:
            return client.segments.download_export(7, target)

        asyncio.run(at_every_offset(server, REPLIES[framing], target, request, download))
    transport.close()


@pytest.mark.parametrize("framing", REPLIES)
def test_an_asyncio_call_gives_all_or_an_error(
    framing: str, server: CuttingServer, context: ssl.SSLContext, tmp_path: Path
) -> None:
    target = tmp_path / "export.csv"

    async def main() -> None:
        transport = AsyncHTTPTransport(ssl_context=context)
        async with AsyncSegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=20, transport=transport) as client:
            await at_every_offset(
                server,
                REPLIES[framing],
                target,
                lambda: client.http.request("GET", "/x/"),
                lambda: client.segments.download_export(7, target),
            )
        await transport.close()

    asyncio.run(main())


CLOSED = HEAD + b"\r\n123456789012"
"""A reply that ends with its connection, as HTTP/1.0 has it: only TLS can tell a whole one from a part of it."""


async def where_only_the_connection_ends_it(
    server: CuttingServer,
    target: Path,
    request: Callable[[], Awaitable[Any]],
    download: Callable[[], Awaitable[Any]],
) -> None:
    head = CLOSED.index(b"\r\n\r\n") + 4
    told = server.url.startswith("https") and not server.farewell  # cut, and TLS tells
    for end in range(len(CLOSED) + 1):
        server.reply = CLOSED[:end]
        for call in (request, download):
            try:
                got = await call()
            except Exception as error:  # noqa: BLE001 -- looked at below
                got = error
            if told or end < head:
                assert type(got) is SegOpsConnectionError, f"{end} of {len(CLOSED)} bytes: {got!r}"
                assert list(target.parent.iterdir()) == [], f"{end} of {len(CLOSED)} bytes left a file"
            elif call is download:
                assert got == end - head
                assert target.read_bytes() == CLOSED[head:end]
                target.unlink()
            else:
                assert got == (int(CLOSED[head:end]) if end > head else None)


def test_a_blocking_reply_that_ends_with_its_connection_is_believed_where_nothing_tells_otherwise(
    server: CuttingServer, context: ssl.SSLContext, tmp_path: Path
) -> None:
    target = tmp_path / "export.csv"
    transport = HTTPTransport(ssl_context=context)
    with SegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=20, transport=transport) as client:

        async def request() -> Any:
            return client.http.request("GET", "/x/")

        async def download() -> Any:
            return client.segments.download_export(7, target)

        asyncio.run(where_only_the_connection_ends_it(server, target, request, download))
    transport.close()


def test_an_asyncio_reply_that_ends_with_its_connection_is_believed_where_nothing_tells_otherwise(
    server: CuttingServer, context: ssl.SSLContext, tmp_path: Path
) -> None:
    target = tmp_path / "export.csv"

    async def main() -> None:
        transport = AsyncHTTPTransport(ssl_context=context)
        async with AsyncSegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=20, transport=transport) as client:
            await where_only_the_connection_ends_it(
                server,
                target,
                lambda: client.http.request("GET", "/x/"),
                lambda: client.segments.download_export(7, target),
            )
        await transport.close()

    asyncio.run(main())
