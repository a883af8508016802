"""The life cycle of connections: kept, found dead, reaped, closed, proxied, verified."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import socket
import ssl
import threading
import warnings
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from scripted_server import Hangup, Raw, Reply, ScriptedServer, Tunnel
from sdk_client import KEY, eventually, shown

from segops_admin import (
    AsyncHTTPTransport,
    HTTPTransport,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsNotFoundError,
    SegOpsTimeoutError,
)
from segops_admin._transport import limits
from segops_admin._transport.connecting import open_socket
from segops_admin._transport.failures import connect_failure
from segops_admin._transport.origins import Origin
from segops_admin._transport.protocol import Request

# ------------------------------------------------------------------------------------------------ keep-alive


def test_calls_one_after_the_other_use_one_connection(serve: Any, connect: Any) -> None:
    server = serve(*[Reply(json={"id": number}) for number in range(20)])
    client = connect(server)
    assert [client.segments.get(7)["id"] for _ in range(20)] == list(range(20))
    assert server.connections == 1


@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("HEAD", lambda: Reply(length=500, body=b"", headers=[("Content-Type", "application/json")])),
        ("GET", lambda: Reply(204)),
        ("GET", lambda: Reply(200, body=b"")),
        ("DELETE", lambda: Reply(204)),
        ("GET", lambda: Reply(404, json={"detail": "Not found."})),
        ("GET", lambda: Reply(304)),
        ("GET", lambda: Reply(json=[1] * 5000, gzip=True)),
        ("GET", lambda: Reply(json=[1] * 50000, chunked=999)),
        ("POST", lambda: Reply(body=b"", chunked=9)),
    ],
    ids=["HEAD", "204", "empty", "DELETE 204", "404", "304", "gzip", "chunks", "no chunks"],
)
def test_a_connection_is_used_again_after(method: str, first: Any, serve: Any, connect: Any) -> None:
    server = serve(first(), Reply(json=[2]))
    client = connect(server)
    with contextlib.suppress(SegOpsApiError):
        client.http.request(method, "/x/")
    assert client.segments.list() == [2]
    assert server.connections == 1


def test_an_interim_reply_comes_before_the_final_one(serve: Any, connect: Any) -> None:
    server = serve(Raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]", close=False))
    assert connect(server).segments.list() == [1]


def test_a_connection_that_the_server_announces_to_close_is_not_kept(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1], close=True), Reply(json=[2]))
    client = connect(server)
    assert [client.segments.list(), client.segments.list()] == [[1], [2]]
    assert [seen.connection for seen in server.requests] == [1, 2]


def test_http_1_0_without_keep_alive_closes(serve: Any, connect: Any) -> None:
    server = serve(Raw(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n[1]"), Reply(json=[2]))
    client = connect(server)
    assert [client.segments.list(), client.segments.list()] == [[1], [2]]


@pytest.mark.parametrize(
    "stray", [b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[9]", b"y" * 12_000, b"y" * 30_000]
)
@pytest.mark.parametrize("size", [9, 9000])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_bytes_left_over_never_become_the_next_reply(
    stray: bytes, size: int, secure: bool, serve: Any, connect: Any, server_tls: Any, trusted: str
) -> None:
    # http.client reads 8 KiB ahead and a TLS record holds 16: what is left over lies in the one, the other, or neither.
    body = b"[1" + b" " * size + b"]"
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    spare, sent = Reply(json=[2]), threading.Event()

    server = serve(
        answer=lambda seen: Raw(head + body + stray, sent.set, close=False) if seen.target == "/api/first/" else spare,
        **({"tls": server_tls, "name": "localhost"} if secure else {}),
    )
    client = connect(server)
    assert client.http.request("GET", "/first/") == [1]
    # What is surplus may have closed the connection before the server was through.
    eventually(lambda: sent.is_set() or server.open_connections == 0, "the surplus has been sent or refused")
    assert client.http.request("GET", "/second/") == [2]


def test_small_requests_are_not_held_back(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1]))
    client = connect(server)
    client.segments.list()
    ((connection,),) = (line.idle for line in client._transport._made[0]._lines.values())
    assert connection._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


# ------------------------------------------------------------------------------------------------ idle connections


class Clock:
    """Stands in for the ``time`` module of the pool."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("segops_admin._transport.pool.time", clock)
    return clock


@pytest.mark.parametrize(("seconds", "connections"), [(49.0, 1), (51.0, 2)])
def test_a_connection_is_kept_for_fifty_seconds(
    seconds: float, connections: int, serve: Any, connect: Any, clock: Clock
) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]))
    client = connect(server)
    client.segments.list()
    clock.now += seconds
    client.segments.list()
    assert server.connections == connections
    if connections == 2:
        server.wait_for_end(1)


def parallel(server: ScriptedServer, client: SegOpsAdmin, count: int, gate: threading.Event) -> None:
    """Makes ``count`` calls that are all under way at once."""
    workers = [threading.Thread(target=client.segments.get, args=(number + 1,)) for number in range(count)]
    before = len(server.requests)
    for worker in workers:
        worker.start()
    server.wait_for_requests(before + count)
    gate.set()
    for worker in workers:
        worker.join()


def test_overdue_connections_are_closed_when_another_is_given_back(serve: Any, connect: Any, clock: Clock) -> None:
    gate = threading.Event()
    server = serve(answer=lambda seen: Reply(json={}, after=gate))
    client = connect(server)
    parallel(server, client, 3, gate)
    clock.now += 40
    client.segments.list()  # keeps one of the three warm
    clock.now += 20
    client.segments.list()  # and the other two are overdue by now
    server.wait_for(lambda: server.open_connections == 1)
    assert server.connections == 3


def test_no_more_than_max_idle_connections_are_kept(serve: Any) -> None:
    gate = threading.Event()
    server = serve(answer=lambda seen: Reply(json={}, after=gate))
    with SegOpsAdmin(KEY, base_url=server.url, transport=HTTPTransport(max_idle=2)) as client:
        parallel(server, client, 5, gate)
        server.wait_for(lambda: server.open_connections == 2)


def test_the_connection_unused_for_longest_makes_room_wherever_it_leads(serve: Any) -> None:
    busy, other, new = (serve(answer=lambda seen: Reply(json={})) for _ in range(3))
    transport = HTTPTransport(max_connections=3)

    def call(server: Any) -> Any:
        return transport.send(Request("GET", f"{server.url}/x/", []))

    first, second = call(busy), call(busy)
    first.body.read()
    call(other).body.read()
    second.body.read()  # used after the one of the other server, while the first one's was used before it
    call(new).body.read()
    busy.wait_for(lambda: busy.open_connections == 1)
    assert (other.open_connections, new.open_connections) == (1, 1)
    call(busy).body.read()
    assert [seen.connection for seen in busy.requests] == [1, 2, 2]
    transport.close()


def test_a_call_that_waits_is_told_at_once_when_a_connection_is_free(serve: Any, monkeypatch: Any) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]))
    transport = HTTPTransport(max_connections=1)
    wait, waits = transport._free.wait, threading.Event()

    def until_told(seconds: float) -> bool:
        waits.set()
        return wait(30.0)  # in place of a look every second

    monkeypatch.setattr(transport._free, "wait", until_told)
    first = transport.send(Request("GET", f"{server.url}/x/", []))
    bodies: list[bytes] = []
    thread = threading.Thread(
        target=lambda: bodies.append(transport.send(Request("GET", f"{server.url}/x/", [], timeout=20.0)).body.read())
    )
    thread.start()
    assert waits.wait(30)
    first.body.read()
    thread.join(25)
    assert bodies == [b"[2]"]
    transport.close()


def test_the_connection_used_last_is_used_first(serve: Any, connect: Any) -> None:
    gate = threading.Event()
    server = serve(answer=lambda seen: Reply(json={}, after=gate))
    client = connect(server)
    parallel(server, client, 3, gate)
    for _ in range(5):
        client.segments.list()
    assert len({seen.connection for seen in server.requests[3:]}) == 1


def test_when_one_kept_connection_turns_out_dead_its_like_are_dropped(serve: Any, connect: Any) -> None:
    gate = threading.Event()
    hang_up = threading.Event()
    server = serve(
        answer=lambda seen: Hangup() if hang_up.is_set() and seen.connection <= 3 else Reply(json={}, after=gate)
    )
    client = connect(server, max_retries=0)
    parallel(server, client, 3, gate)
    hang_up.set()
    assert client.segments.get(9) == {}
    assert server.connections == 4


# ------------------------------------------------------------------------------------------------ threads


def test_sixteen_threads_share_a_client_with_no_more_connections_and_no_mixed_replies(serve: Any, connect: Any) -> None:
    server = serve(answer=lambda seen: Reply(json={"id": seen.segments[3]}, gzip=len(seen.target) % 2 == 0))
    client = connect(server)
    wrong: list[Any] = []
    start = threading.Barrier(16)

    def work(thread: int) -> None:
        start.wait()
        for number in range(40):
            wanted = f"{thread}-{number}"
            got = client.segments.get(wanted)["id"]
            if got != wanted:
                wrong.append((wanted, got))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
    assert len(server.requests) == 640
    assert server.connections <= 16


def test_closing_while_calls_are_under_way_lets_them_end_and_closes_their_connections(serve: Any, connect: Any) -> None:
    gate = threading.Event()
    server = serve(answer=lambda seen: Reply(json={"id": 1}, after=gate))
    client = connect(server)
    answers: list[Any] = []
    workers = [threading.Thread(target=lambda: answers.append(client.segments.get(1))) for _ in range(4)]
    for worker in workers:
        worker.start()
    server.wait_for_requests(4)
    client.close()
    gate.set()
    for worker in workers:
        worker.join()
    assert answers == [{"id": 1}] * 4
    server.wait_for(lambda: server.open_connections == 0)


# ------------------------------------------------------------------------------------------------ closing


def test_closing_a_client_closes_its_connections_and_may_be_done_again(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1]))
    client = connect(server)
    client.segments.list()
    client.close()
    server.wait_for_end(1)
    client.close()
    with pytest.raises(SegOpsConfigError, match="closed"):
        client.segments.list()


def test_a_client_is_closed_at_the_end_of_its_block_also_by_an_error(serve: Any) -> None:
    server = serve(Reply(json=[1]))
    client = SegOpsAdmin(KEY, base_url=server.url)

    def work() -> None:
        with client:
            client.segments.list()
            raise KeyError

    with pytest.raises(KeyError):
        work()
    server.wait_for_end(1)
    assert client.http.closed


def test_with_options_shares_the_connections_and_leaves_the_first_client_as_it_was(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1]), Reply(500), Reply(json=[3]), Reply(500), Reply(json=[4]))
    client = connect(server)
    client.segments.list()
    other = client.with_options(max_retries=0, timeout=5)
    with pytest.raises(SegOpsApiError):
        other.segments.list()
    assert other.segments.list() == [3]
    assert client.segments.list() == [4]
    assert server.connections == 1
    assert (client.http.max_retries, client.http.timeout) == (3, 20.0)
    assert (other.http.max_retries, other.http.timeout) == (0, 5.0)


def test_with_options_checks_what_it_is_given(connect: Any) -> None:
    client = connect("https://api.segops.test/api")
    with pytest.raises(SegOpsConfigError):
        client.with_options(timeout=0)
    with pytest.raises(SegOpsConfigError):
        client.with_options(max_retries=-1)


def test_a_client_that_is_dropped_leaves_no_socket_open(serve: Any) -> None:
    server = serve(*[Reply(json=[1])] * 3, Reply(404), Hangup(), Reply(json=[1], length=99, hang_up=True))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client = SegOpsAdmin(KEY, base_url=server.url, max_retries=0)
        for _ in range(3):
            client.segments.list()
        with pytest.raises(SegOpsNotFoundError):
            client.segments.list()
        for _ in range(2):
            with pytest.raises(SegOpsConnectionError):
                client.segments.create({})
        del client
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    server.wait_for(lambda: server.open_connections == 0)


@pytest.mark.parametrize(
    "step",
    [
        lambda: Raw(b"garbage\r\n\r\n"),
        lambda: Reply(json=[1], length=10**12),
        lambda: Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1", threading.Event()),
        lambda: Hangup(reset=True),
    ],
    ids=["garbage", "too large", "stalled", "reset"],
)
def test_a_failed_call_leaves_no_connection_behind(step: Any, serve: Any, connect: Any) -> None:
    server = serve(step())
    client = connect(server, max_retries=0, timeout=0.2)
    with pytest.raises((SegOpsConnectionError, SegOpsDecodeError)):
        client.segments.create({})
    assert not any(line.idle for line in client._transport._made[0]._lines.values())
    server.wait_for_end(1)


# ------------------------------------------------------------------------------------------------ TLS, IPv6


def test_certificates_are_verified_against_ssl_cert_file(
    serve: Any, connect: Any, server_tls: Any, trusted: str
) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]), tls=server_tls, name="localhost")
    client = connect(server)
    assert [client.segments.list(), client.segments.list()] == [[1], [2]]
    assert server.connections == 1


def test_a_certificate_for_another_name_does_not_verify(serve: Any, connect: Any, authority: Any, trusted: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)
    server = serve(tls=context, name="localhost")
    with pytest.raises(SegOpsConnectionError, match="certificate of localhost does not verify"):
        connect(server).segments.list()
    assert server.connections == 1


def test_a_tls_context_of_the_callers_is_used(serve: Any, authority: Any, server_tls: Any) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    server = serve(Reply(json=[1]), tls=server_tls, name="localhost")
    with SegOpsAdmin(KEY, base_url=server.url, transport=HTTPTransport(ssl_context=context)) as client:
        assert client.segments.list() == [1]


def test_the_tls_context_is_built_once(
    serve: Any, connect: Any, server_tls: Any, trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[object] = []
    create = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: built.append(1) or create())
    server = serve(*[Reply(json=[1], close=True)] * 4, tls=server_tls, name="localhost")
    client = connect(server)
    for _ in range(4):
        client.segments.list()
    assert (server.connections, built) == (4, [1])


def test_plain_http_where_tls_is_expected_is_a_connection_error(serve: Any, connect: Any) -> None:
    server = serve(Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", read="nothing"))
    with pytest.raises(SegOpsConnectionError) as caught:
        connect(server.url.replace("http:", "https:"), max_retries=0).segments.create({})
    assert not caught.value.sent


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_base_url_may_be_an_ipv6_address(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[1]), host="::1")
    assert server.url.startswith("http://[::1]:")
    assert connect(server).segments.list() == [1]
    assert server.requests[0].header("Host") == f"[::1]:{server.port}"


# ------------------------------------------------------------------------------------------------ proxies

PASSWORD = "se:cret@1"
LOGIN = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()


def test_plain_http_goes_through_the_proxy_of_the_environment(
    serve: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(Reply(json=[1]), Reply(json=[2]))
    monkeypatch.setenv("HTTP_PROXY", f"http://ada:{quote(PASSWORD)}@127.0.0.1:{proxy.port}")
    with pytest.warns(UserWarning, match="unencrypted"):
        client = connect("http://segops.example:8000/api")
    assert [client.segments.list({"page": 1}), client.segments.list()] == [[1], [2]]
    seen = proxy.requests[0]
    assert seen.line == "GET http://segops.example:8000/api/segments/?page=1 HTTP/1.1"
    assert seen.header("Host") == "segops.example:8000"
    assert seen.header("Proxy-Authorization") == LOGIN
    assert proxy.connections == 1


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_https_goes_through_the_proxy_in_a_tunnel_that_sees_neither_key_nor_request(
    variable: str, serve: Any, connect: Any, server_tls: Any, trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]), tls=server_tls, name="localhost")
    proxy = serve(Tunnel("127.0.0.1", server.port))
    monkeypatch.setenv(variable, f"ada:{quote(PASSWORD)}@127.0.0.1:{proxy.port}")
    client = connect(server)
    assert [client.segments.list(), client.segments.list()] == [[1], [2]]
    (seen,) = proxy.requests
    assert seen.line.startswith(f"CONNECT localhost:{server.port} HTTP/1.")
    assert seen.header("Proxy-Authorization") == LOGIN
    assert seen.header("Authorization") is None
    assert all(request.header("Proxy-Authorization") is None for request in server.requests)
    client.close()


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # http.client's own, up to Python 3.10
def test_a_proxy_that_refuses_the_tunnel_is_a_connection_error_and_nothing_was_sent(
    serve: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(Raw(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(SegOpsConnectionError, match="407") as caught:
        connect("https://segops.example/api", max_retries=0).segments.create({})
    assert not caught.value.sent
    del caught
    gc.collect()


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*", "other.example, 127.0.0.1"])
def test_no_proxy_is_honoured(no_proxy: str, serve: Any, connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(Reply(json=[1]))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert connect(server).segments.list() == [1]


@pytest.mark.parametrize("address", ["socks5://ada:hunter2@127.0.0.1:1080", "http://", "http://ada:hunter2@host:port"])
def test_a_proxy_that_cannot_be_used_is_a_config_error_without_its_password(
    address: str, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(SegOpsConfigError, match="HTTPS_PROXY") as caught:
        connect("https://segops.example/api").segments.list()
    assert "hunter2" not in shown(caught.value)


def test_a_deadline_that_passes_between_two_steps_of_connecting_is_told_as_one(monkeypatch: Any) -> None:
    now = [100.0]
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def late() -> ssl.SSLContext:
        now[0] += 30
        return ssl.create_default_context()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = Origin("https", "127.0.0.1", listener.getsockname()[1])
        request = Request("GET", f"https://{origin}/", [], deadline=30.0)
        with pytest.raises(SegOpsTimeoutError, match=rf"no connection to {origin} before the deadline") as caught:
            open_socket(origin, None, late, limits.Limits(request))
    assert (caught.value.sent, caught.value.transient) == (False, False)


def test_an_error_of_the_system_without_a_word_is_told_by_its_kind() -> None:
    within = limits.Limits(Request("GET", "http://host.example/", []))
    failure = connect_failure(ConnectionAbortedError(), "host.example:80", "host.example", within)
    assert "no connection to host.example:80: ConnectionAbortedError" in str(failure)


def test_a_body_may_be_read_at_once_by_a_caller_of_the_transport(serve: Any) -> None:
    text = str([1] * 50000).replace(" ", "").encode()
    server = serve(*[Reply(body=text), Reply(body=text, chunked=999)] * 2)
    transport, request = HTTPTransport(), Request("GET", f"{server.url}/x/", [])
    for _ in range(2):
        body = transport.send(request).body
        assert (body.read(), body.read()) == (text, b"")
    transport.close()

    async def read_at_once() -> None:
        transport = AsyncHTTPTransport()
        for _ in range(2):
            body = (await transport.send(request)).body
            assert (await body.read(), await body.read()) == (text, b"")
        await transport.close()

    asyncio.run(read_at_once())
    assert server.connections == 2


def test_an_address_without_a_path_is_that_of_the_root(serve: Any) -> None:
    server = serve(Reply(json=1))
    transport = HTTPTransport()
    assert transport.send(Request("GET", server.url.removesuffix("/api"), [])).body.read() == b"1"
    transport.close()
    assert [seen.target for seen in server.requests] == ["/"]


@pytest.mark.parametrize("kind", [HTTPTransport, AsyncHTTPTransport])
@pytest.mark.parametrize("number", [0, 1.5, "5", True])
def test_a_transport_takes_a_whole_number_of_connections_and_nothing_else(kind: Any, number: object) -> None:
    with pytest.raises(SegOpsConfigError, match="max_connections"):
        kind(max_connections=number)
