"""The table of hostile replies over real sockets: blocking (`http.client` instrumented too), asyncio, `requests`."""

from __future__ import annotations

import asyncio
import http.client
import inspect
import io
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hostile_replies import HostileReply, hostile_replies
from hostile_server import HostileServer
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

ROWS = hostile_replies()
CASES = [
    *(pytest.param(row, False, id=row.name) for row in ROWS if not row.tls),
    # Over TLS, what ends a connection is what differs.
    *(pytest.param(row, True, id=f"{row.name}, over TLS") for row in ROWS if row.tls or row.end != "open"),
]


@pytest.fixture(scope="module")
def plain() -> Iterator[HostileServer]:
    made = HostileServer()
    yield made
    made.close()


@pytest.fixture(scope="module")
def secure(server_tls: ssl.SSLContext) -> Iterator[HostileServer]:
    made = HostileServer(server_tls)
    yield made
    made.close()


@pytest.fixture
def server(row: HostileReply, over_tls: bool, plain: HostileServer, secure: HostileServer) -> HostileServer:
    """The server that the row is played by."""
    chosen = secure if over_tls else plain
    chosen.play(row)
    return chosen


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


def judge(row: HostileReply, got: tuple[Any, ...], server: HostileServer) -> None:
    assert got in row.outcomes
    if not row.kept:
        assert len(set(server.on)) == 2, "the connection carried another request"


def blocking(row: HostileReply, server: HostileServer, context: ssl.SSLContext) -> None:
    transport = HTTPTransport(ssl_context=context)
    with SegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=10.0, transport=transport) as client:
        try:
            got: tuple[Any, ...] = ("value", make_call(client, row.call))
        except Exception as error:  # noqa: BLE001 -- told as an outcome
            got = outcome_of(error)
        assert client.with_options(max_retries=1).http.request("GET", "/next/") == [2]
    judge(row, got, server)


@pytest.mark.parametrize(("row", "over_tls"), CASES)
def test_what_a_blocking_call_makes_of_it(row: HostileReply, server: HostileServer, context: ssl.SSLContext) -> None:
    blocking(row, server, context)


@pytest.mark.parametrize(("row", "over_tls"), CASES)
def test_what_a_call_through_an_instrumented_http_client_makes_of_it(
    row: HostileReply, server: HostileServer, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = http.client.HTTPConnection.putrequest
    seen = []

    def traced(connection: http.client.HTTPConnection, method: str, url: str, **options: Any) -> None:
        seen.append(url)
        original(connection, method, url, **options)

    monkeypatch.setattr(http.client.HTTPConnection, "putrequest", traced)
    blocking(row, server, context)
    assert seen[-1].endswith("/next/")


@pytest.mark.parametrize(("row", "over_tls"), CASES)
def test_what_an_asyncio_call_makes_of_it(row: HostileReply, server: HostileServer, context: ssl.SSLContext) -> None:
    async def main() -> tuple[Any, ...]:
        transport = AsyncHTTPTransport(ssl_context=context)
        options: dict[str, Any] = {"base_url": server.url, "max_retries": 0, "timeout": 10.0, "transport": transport}
        async with AsyncSegOpsAdmin(KEY, **options) as client:
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


@pytest.mark.parametrize(("row", "over_tls"), CASES)
def test_what_a_call_through_requests_makes_of_it(row: HostileReply, server: HostileServer, trusted: str) -> None:
    with requests.Session() as session:
        session.verify, session.trust_env = trusted, False
        transport = RequestsTransport(session)
        with SegOpsAdmin(KEY, base_url=server.url, max_retries=0, timeout=10.0, transport=transport) as client:
            try:
                got: tuple[Any, ...] = ("value", make_call(client, row.call))
            except Exception as error:  # noqa: BLE001 -- told as an outcome
                got = outcome_of(error)
            assert client.with_options(max_retries=1).http.request("GET", "/next/") == [2]
    judge(row, got, server)
