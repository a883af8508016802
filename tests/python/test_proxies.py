"""Proxies of the environment, and which failures of TLS and proxies are final: blocking and for asyncio."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from typing import Any

import pytest
from scripted_server import Raw, Reply
from sdk_client import KEY

from segops_admin import (
    AsyncHTTPTransport,
    AsyncSegOpsAdmin,
    HTTPTransport,
    SegOpsAdmin,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsError,
)
from segops_admin._transport.proxies import proxy_for
from segops_admin.testing import FakeTime

BOTH = pytest.mark.parametrize("lane", ["blocking", "asyncio"])


def create(lane: str, url: str, time: FakeTime, context: ssl.SSLContext | None) -> None:
    if lane == "blocking":
        transport = HTTPTransport(ssl_context=context)
        with SegOpsAdmin(KEY, base_url=url, timeout=20, transport=transport, _runtime=time) as client:
            client.segments.create({})
        return

    async def main() -> None:
        transport = AsyncHTTPTransport(ssl_context=context)
        async with AsyncSegOpsAdmin(KEY, base_url=url, timeout=20, transport=transport, _runtime=time) as client:
            await client.segments.create({})

    asyncio.run(main())


def failure(lane: str, url: str, time: FakeTime, context: ssl.SSLContext | None = None) -> SegOpsError:
    """The error of a create, with the default number of retries and a fake clock."""
    with pytest.raises(SegOpsError) as caught:
        create(lane, url, time, context)
    return caught.value


# ------------------------------------------------------------------------------------------------ NO_PROXY


@pytest.mark.parametrize(
    ("entry", "host", "port", "bypassed"),
    [
        ("api.example", "api.example", 443, True),
        ("api.example", "deep.api.example", 443, True),
        ("api.example", "myapi.example", 443, False),
        (".api.example", "deep.api.example", 443, True),
        ("*.api.example", "deep.api.example", 443, True),
        ("API.Example", "api.example", 443, True),
        ("api.example.", "api.example", 443, True),
        ("api.example:8443", "api.example", 8443, True),
        ("api.example:8443", "api.example", 443, False),
        ("other.example,api.example", "api.example", 443, True),
        ("other.example api.example", "api.example", 443, True),
        ("*", "api.example", 443, True),
        ("", "api.example", 443, False),
        (",, ,", "api.example", 443, False),
        (".", "api.example", 443, False),
        ("[::1]", "::1", 443, True),
        ("::1", "::1", 443, True),
        ("[::1]:8443", "::1", 8443, True),
        ("[::1]:8443", "::1", 443, False),
        ("[0:0:0:0:0:0:0:1]", "::1", 443, True),
        ("[::1]", "::2", 443, False),
        ("fd00::/8", "fd12::7", 443, True),
        ("fd00::/8", "fe80::7", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.0.0.7/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "ten.example", 443, False),
        ("10.0.0.0/99", "10.1.2.3", 443, False),
        ("10.0.0.0/8:443", "10.1.2.3", 443, True),
        ("10.0.0.0/8:80", "10.1.2.3", 443, False),
        ("127.0.0.1", "127.0.0.1", 443, True),
        ("0.0.1", "127.0.0.1", 443, False),
        ("127.0.0.1:80", "127.0.0.1", 443, False),
    ],
)
def test_no_proxy_names_servers_so(
    entry: str, host: str, port: int, bypassed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", entry)
    assert (proxy_for("https", host, port) is None) is bypassed


@BOTH
@pytest.mark.parametrize("entry", ["127.0.0.1:{port}", "127.0.0.0/8", "[::1]:{port}"])
def test_a_server_that_no_proxy_names_is_reached_without_one(
    entry: str, lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    server = serve(Reply(400, json={}), host="::1" if "[" in entry else "127.0.0.1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", entry.format(port=server.port))
    assert "answered 400" in str(failure(lane, server.url, time))


# ------------------------------------------------------------------------------------------------ errors


@BOTH
@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (407, "Give it in https_proxy, as http://user:password@host:port"),
        (401, "Give it in https_proxy, as http://user:password@host:port"),
        (403, "in NO_PROXY"),
        (405, "to a tunnel to segops.example:443"),
    ],
)
def test_a_refused_tunnel_names_proxy_and_variable_and_is_not_retried(
    status: int, advice: str, lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    proxy = serve(Raw(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status))
    monkeypatch.setenv("https_proxy", f"http://ada:hunter2@127.0.0.1:{proxy.port}")
    error = failure(lane, "https://segops.example/api", time)
    assert f"the proxy 127.0.0.1:{proxy.port} (from https_proxy) answered {status}" in str(error)
    assert advice in str(error)
    assert "hunter2" not in str(error)
    assert isinstance(error, SegOpsConnectionError)
    assert (error.sent, error.attempts, time.sleeps) == (False, 1, [])


def test_an_instrumented_http_client_reports_a_refused_tunnel_in_the_same_words(
    serve: Any, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    original = http.client.HTTPConnection.send

    def traced(connection: Any, data: Any) -> None:
        original(connection, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", traced)
    proxy = serve(Raw(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    error = failure("blocking", "https://segops.example/api", time)
    assert f"the proxy 127.0.0.1:{proxy.port} (from https_proxy) answered 407" in str(error)
    assert isinstance(error, SegOpsConnectionError)
    assert (error.sent, error.attempts, time.sleeps) == (False, 1, [])


@BOTH
def test_a_tunnel_that_fails_temporarily_is_retried(
    lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    proxy = serve(*[Raw(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") for _ in range(4)])
    monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{proxy.port}")
    error = failure(lane, "https://segops.example/api", time)
    assert "(from ALL_PROXY) answered 502" in str(error)
    assert (error.attempts, len(time.sleeps)) == (4, 3)  # type: ignore[attr-defined]


@BOTH
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_reached_is_named_with_its_variable(
    scheme: str, lane: str, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://ada:hunter2@127.0.0.1:1")
    monkeypatch.setattr("warnings.warn", lambda *args, **options: None)  # of plain http to another machine
    text = str(failure(lane, f"{scheme}://{scheme}.segops.example/api", time))
    assert f"the proxy 127.0.0.1:1 (from {scheme.upper()}_PROXY)" in text
    assert "hunter2" not in text


@BOTH
def test_versions_of_tls_that_do_not_meet_are_final(lane: str, serve: Any, authority: Any, time: FakeTime) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(old)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    server = serve(tls=old, name="localhost")
    error = failure(lane, server.url, time, context)
    assert "which versions of TLS both sides speak" in str(error)
    assert isinstance(error, SegOpsConnectionError)
    assert (error.sent, error.attempts, time.sleeps, server.connections) == (False, 1, [], 1)


@BOTH
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_authorities_that_are_not_there_are_a_config_error(
    variable: str, lane: str, serve: Any, server_tls: Any, monkeypatch: pytest.MonkeyPatch, time: FakeTime
) -> None:
    server = serve(tls=server_tls, name="localhost")
    monkeypatch.setenv(variable, "/nowhere/authorities")
    error = failure(lane, server.url, time)
    assert isinstance(error, SegOpsConfigError)
    assert str(error) == f"{variable} names '/nowhere/authorities', which does not exist."
