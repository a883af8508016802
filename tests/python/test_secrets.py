"""Tracebacks: no local variable of any frame holds the key, however a call ends."""

from __future__ import annotations

import asyncio
import http.client
import socket
import traceback
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY

from segops_admin import (
    AsyncSegOpsAdmin,
    Request,
    RequestsTransport,
    SegOpsAdmin,
    SegOpsConnectionError,
    SegOpsError,
)
from segops_admin._transport.async_connection import AsyncConnection
from segops_admin._transport.connection import Connection
from segops_admin._transport.exact_reply import ExactReply
from segops_admin.testing import FakeTime

BOTH = pytest.mark.parametrize("lane", ["blocking", "asyncio"])
ALL = pytest.mark.parametrize("lane", ["blocking", "asyncio", "requests"])
ECHO = f'{{"detail": "Invalid: ApiKey {KEY}"}}'


def ended(lane: str, url: str, **options: Any) -> BaseException:
    """What a create ends with."""
    options = {"base_url": url, "timeout": 20, "max_retries": 1, "_runtime": FakeTime(), **options}
    try:
        if lane == "asyncio":
            asyncio.run(create(options))
        else:
            transport = RequestsTransport() if lane == "requests" else None
            client = SegOpsAdmin(KEY, transport=transport, **options)
            client.segments.create({"name": "x"})
    except BaseException as error:  # noqa: BLE001 -- looked at by the tests
        return error
    raise AssertionError("it did not fail")


async def create(options: dict[str, Any]) -> None:
    client = AsyncSegOpsAdmin(KEY, **options)
    try:
        await client.segments.create({"name": "x"})
    finally:
        await client.close()


def recorded(error: BaseException) -> Iterator[str]:
    """The frames that a tracker records, local variables and causes included, but for those of this file."""
    todo, seen = [error], set()
    while todo:
        each = todo.pop()
        seen.add(id(each))
        yield f"{each!r} {each} {getattr(each, '__notes__', '')} {vars(each)}"
        told = traceback.TracebackException(type(each), each, each.__traceback__, capture_locals=True)
        for frame in told.stack:
            if frame.filename != __file__:
                yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.locals}"
        todo += [other for other in (each.__cause__, each.__context__) if other is not None and id(other) not in seen]


def assert_no_key(error: BaseException) -> None:
    frames = list(recorded(error))
    assert any("segops_admin" in frame for frame in frames[1:]), "no frame of the SDK was looked at"
    assert [frame for frame in frames if KEY in frame] == []


@ALL
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Hangup, id="closed"),
        pytest.param(lambda: Hangup(reset=True), id="reset"),
        pytest.param(lambda: Raw(b"nonsense\r\n\r\n"), id="no HTTP"),
        pytest.param(lambda: Raw(f"HTTP/1.1 200 {KEY}\x01\r\n\r\n".encode()), id="echo in a bad status line"),
        pytest.param(lambda: Raw(f"HTTP/1.1 200 OK\r\nContent-Length: {KEY}\r\n\r\n".encode()), id="echo as a length"),
        pytest.param(lambda: Raw(f"HTTP/1.1 200 OK\r\nX: {KEY}\r\nY : 1\r\n\r\n".encode()), id="echo in a bad head"),
        pytest.param(
            lambda: Raw(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]{KEY}".encode()),
            id="echo in place of a chunk",
        ),
        pytest.param(lambda: Reply(401, text=ECHO), id="echo in text"),
        pytest.param(lambda: Reply(400, json={"detail": [KEY], KEY: 1}), id="echo in JSON"),
        pytest.param(
            lambda: Reply(403, json={}, headers=[("X-Request-Id", KEY), ("X-Debug", f"ApiKey {KEY}")]),
            id="echo in headers",
        ),
        pytest.param(lambda: Reply(text=f"Welcome, {KEY}"), id="echo where a record was expected"),
        pytest.param(
            lambda: Reply(body=f'{{"key": "{KEY}", '.encode(), headers=[("Content-Type", "application/json")]),
            id="echo in broken JSON",
        ),
        pytest.param(lambda: Reply(302, headers=[("Location", f"http://{KEY}@127.0.0.1:1/")]), id="echo in a Location"),
    ],
)
def test_a_call_that_a_server_ends_shows_no_key(step: Any, lane: str, serve: Any) -> None:
    error = ended(lane, serve(step()).url)
    assert isinstance(error, SegOpsError)
    assert_no_key(error)


@ALL
def test_a_call_that_no_server_answers_shows_no_key(lane: str, serve: Any) -> None:
    silent = serve(Raw(close=False))
    for url in ("http://127.0.0.1:1/api", "http://no.such.host.test/api", silent.url):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of plain http
            error = ended(lane, url, timeout=0.2, max_retries=0)
        assert isinstance(error, SegOpsConnectionError)
        assert_no_key(error)


@BOTH
def test_a_proxy_that_refuses_shows_no_key(lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(Raw(f"HTTP/1.1 407 {KEY}\r\nX: {KEY}\r\nContent-Length: 0\r\n\r\n".encode()))
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{KEY}@127.0.0.1:{proxy.port}")
    assert_no_key(ended(lane, "https://segops.example/api"))


FAILURES = [OSError(5, "Input/output error"), RuntimeError("a bug"), KeyboardInterrupt(), MemoryError()]


@BOTH
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("while_", ["sending", "receiving"])
def test_a_failure_within_an_exchange_shows_no_key(
    while_: str, failure: BaseException, lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise failure.with_traceback(None)

    async def fail_async(*_: Any) -> Any:
        raise failure.with_traceback(None)

    if lane == "blocking":
        where, name = (socket.socket, "send") if while_ == "sending" else (Connection, "receive")
        monkeypatch.setattr(where, name, fail)
    else:
        monkeypatch.setattr(AsyncConnection, "write" if while_ == "sending" else "receive", fail_async)
    server = serve(answer=lambda seen: Reply(json={}))
    error = ended(lane, server.url, max_retries=0)
    assert isinstance(error, SegOpsError if isinstance(failure, OSError) else type(failure))
    monkeypatch.undo()
    assert_no_key(error)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize(
    ("lane", "while_"), [("requests", "sending"), ("requests", "receiving"), ("blocking", "sending")]
)
def test_a_failure_within_requests_or_an_instrumented_http_client_shows_no_key(
    lane: str, while_: str, failure: BaseException, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise failure.with_traceback(None)

    where = (http.client.HTTPConnection, "send") if while_ == "sending" else (ExactReply, "begin")
    monkeypatch.setattr(*where, fail)
    error = ended(lane, serve(answer=lambda seen: Reply(json={})).url, max_retries=0)
    assert isinstance(error, SegOpsError if isinstance(failure, OSError) else type(failure))
    monkeypatch.undo()
    assert_no_key(error)


def test_a_cancelled_call_shows_no_key(serve: Any) -> None:
    server = serve(Raw(close=False))

    async def main() -> BaseException:
        client = AsyncSegOpsAdmin(KEY, base_url=server.url, timeout=20, max_retries=0)
        call = asyncio.ensure_future(client.segments.create({}))
        while not server.requests:
            await asyncio.sleep(0.005)
        call.cancel()
        try:
            await call
        except asyncio.CancelledError as error:
            return error
        finally:
            await client.close()
        raise AssertionError("it was not cancelled")

    assert_no_key(asyncio.run(main()))


class Given(Exception):
    """What a transport raises in place of an answer, with the request that it was given."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class RaisingTransport:
    def send(self, request: Request) -> Any:
        raise Given(request)


class AsyncRaisingTransport:
    async def send(self, request: Request) -> Any:
        raise Given(request)


@BOTH
def test_the_request_that_a_transport_is_given_prints_itself_without_the_key(lane: str) -> None:
    def call() -> None:
        if lane == "asyncio":
            asyncio.run(AsyncSegOpsAdmin(KEY, transport=AsyncRaisingTransport()).segments.get(7))
        else:
            SegOpsAdmin(KEY, transport=RaisingTransport()).segments.get(7)

    with pytest.raises(Given) as caught:
        call()
    request = caught.value.request
    headers = dict(request.headers)
    assert headers["Authorization"] == f"ApiKey {KEY}"
    for printed in (repr(request), repr(request.headers), repr(headers)):
        assert KEY not in printed


@BOTH
def test_a_callback_that_fails_is_shown_no_key(lane: str, serve: Any) -> None:
    def on_reply(attempt: Any) -> None:
        raise LookupError("the caller's own")

    server = serve(Reply(200, json={"id": 1}, headers=[("X-Debug", KEY)]))
    error = ended(lane, server.url, on_reply=on_reply, headers={"X-Tenant": KEY})
    assert isinstance(error, LookupError)
    assert_no_key(error)
