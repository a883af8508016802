"""Keys, retries, redirects and decoding are the same over a ``requests`` session."""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY, patiently, shown

from segops_admin import (
    Request,
    RequestsTransport,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsTimeoutError,
)
from segops_admin.testing import FakeTime

DONE = {"id": 7}


@pytest.fixture
def connect(time: FakeTime) -> Any:
    """Clients over a ``requests`` session."""
    made: list[SegOpsAdmin] = []

    def make(server: Any, **options: Any) -> SegOpsAdmin:
        options = {"base_url": getattr(server, "url", server), "timeout": 20.0, **options}
        made.append(SegOpsAdmin(KEY, transport=RequestsTransport(), _runtime=time, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


def test_requests_and_replies_are_those_of_the_built_in_transport(serve: Any, connect: Any) -> None:
    server = serve(
        Reply(json=DONE, gzip=True),
        Reply(201, json=DONE),
        Reply(202, json=DONE),
        Reply(204),
        Reply(json=[1], chunked=1),
    )
    client = connect(server)
    assert client.segments.get("a/b") == DONE
    assert client.segments.create({"name": "Ä"}) == DONE
    assert client.segments.recompute(7) == DONE
    assert client.segments.delete(7) is None
    assert client.segments.list({"q": "a b"}) == [1]
    get, create, action, delete, listing = server.requests
    assert get.raw_path == "/api/segments/a%2Fb/"
    assert get.header("Authorization") == f"ApiKey {KEY}"
    assert get.header("Accept-Encoding") == "gzip"
    assert (get.header("User-Agent") or "").startswith("segops-admin-python/")
    assert create.json == {"name": "Ä"}
    assert (action.body, action.header("Content-Type"), action.header("Content-Length")) == (b"", None, "0")
    assert delete.header("Idempotency-Key")
    assert listing.query == [("q", "a b")]
    assert server.connections == 1


def test_an_upload_is_streamed_with_its_length_and_sent_again_on_a_retry(
    serve: Any, connect: Any, tmp_path: Path
) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes((b"s" * 39 + b"\n") * 99_000)
    server = serve(Reply(503), Reply(201, json=DONE))
    assert connect(server).products.import_csv(path) == DONE
    first, second = server.requests
    assert first.digest == second.digest
    assert first.header("Transfer-Encoding") is None
    assert first.header("Content-Length") == str(first.length)


def test_a_download_is_streamed(serve: Any, connect: Any, tmp_path: Path) -> None:
    content = b"user_id\n" * 100_000
    server = serve(Reply(body=content, gzip=True))
    assert connect(server).segments.download_export(5, tmp_path / "x.csv") == len(content)
    assert (tmp_path / "x.csv").read_bytes() == content


@pytest.mark.parametrize(
    "step",
    [
        Hangup,
        lambda: Hangup(reset=True),
        lambda: Reply(json=DONE, length=4000, hang_up=True),
        lambda: Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n"),
    ],
    ids=["closed", "reset", "cut short", "chunks cut short"],
)
def test_lost_replies_are_judged_as_by_the_built_in_transport(
    step: Any, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(step(), Reply(json=DONE), step())
    client = connect(server)
    assert client.segments.get(7) == DONE
    assert time.sleeps == [1.0]
    with pytest.raises(SegOpsConnectionError, match="may have executed it") as caught:
        client.segments.create({})
    assert caught.value.idempotency_key == server.requests[-1].header("Idempotency-Key")
    assert caught.value.__cause__ is not None or "cut short" in str(caught.value)


def test_a_refused_connection_has_sent_nothing(connect: Any, time: FakeTime) -> None:
    with pytest.raises(SegOpsConnectionError) as caught:
        connect("http://127.0.0.1:1/api", max_retries=1).segments.create({})
    assert (caught.value.sent, caught.value.attempts, time.sleeps) == (False, 2, [1.0])


def test_silence_is_a_timeout(serve: Any, connect: Any) -> None:
    def attempt(timeout: float) -> None:
        silent = Raw(threading.Event())
        stalled = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1", threading.Event())
        for reply, told in ((silent, "silent for too long"), (stalled, "stalled")):
            with pytest.raises(SegOpsTimeoutError, match=told):
                connect(serve(reply), timeout=timeout, max_retries=0).segments.list()

    patiently(attempt)


def test_what_is_not_http_is_a_decode_error(serve: Any, connect: Any) -> None:
    with pytest.raises(SegOpsDecodeError, match="is not HTTP"):
        connect(serve(Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"))).segments.list()


def test_a_certificate_that_does_not_verify_is_not_retried(
    serve: Any, connect: Any, time: FakeTime, server_tls: Any
) -> None:
    server = serve(tls=server_tls, name="localhost")
    with pytest.raises(SegOpsConnectionError, match="does not verify") as caught:
        connect(server).segments.list()
    assert (caught.value.sent, caught.value.transient, time.sleeps) == (False, False, [])


def test_tls_that_is_cut_after_a_request_was_sent_is_no_failed_handshake(
    serve: Any, time: FakeTime, server_tls: Any, authority: Any, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    server = serve(Hangup(), Reply(json=DONE), Hangup(), tls=server_tls, name="localhost")
    with requests.Session() as session:
        session.verify, session.trust_env = str(tmp_path / "authority.pem"), False
        with SegOpsAdmin(KEY, base_url=server.url, transport=RequestsTransport(session), _runtime=time) as client:
            assert client.segments.get(7) == DONE
            with pytest.raises(SegOpsConnectionError, match="may have executed it") as caught:
                client.segments.create({})
    assert (caught.value.sent, time.sleeps) == (True, [1.0])


def test_a_reply_that_comes_before_a_reset_over_tls_counts(
    serve: Any, time: FakeTime, server_tls: Any, authority: Any, tmp_path: Path
) -> None:
    # urllib3 looks for a reply where a pipe breaks, and a reset of TLS is none to it.
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    server = serve(Reply(413, json={"detail": "Too large."}, close=True, read="head"), tls=server_tls, name="localhost")
    with requests.Session() as session:
        session.verify, session.trust_env = str(tmp_path / "authority.pem"), False
        with SegOpsAdmin(KEY, base_url=server.url, transport=RequestsTransport(session), _runtime=time) as client:
            with pytest.raises(SegOpsApiError, match="Too large") as caught:
                client.products.import_csv((b"s" * 319 + b"\n") * 99_000)
    assert caught.value.status == 413


def test_redirects_and_the_key_are_kept_from_the_session(serve: Any, connect: Any) -> None:
    elsewhere = serve()
    server = serve(
        Reply(302, headers=[("Location", "/api/moved/")]),
        Reply(json=[1]),
        Reply(302, headers=[("Location", elsewhere.url)]),
    )
    client = connect(server)
    assert client.segments.list() == [1]
    assert server.requests[1].header("Authorization") == f"ApiKey {KEY}"
    with pytest.raises(SegOpsApiError):
        client.segments.list()
    assert elsewhere.connections == 0


def test_a_login_in_netrc_does_not_take_the_keys_place(
    serve: Any, connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(Reply(json=[]))
    connect(server).segments.list()
    assert server.requests[0].header("Authorization") == f"ApiKey {KEY}"


def test_no_error_shows_the_key(serve: Any, connect: Any) -> None:
    with pytest.raises(SegOpsConnectionError) as caught:
        connect(serve(Hangup()), max_retries=0).segments.create({})
    assert KEY not in shown(caught.value)


def test_threads_share_a_client(serve: Any, connect: Any) -> None:
    server = serve(answer=lambda seen: Reply(json={"id": seen.segments[3]}))
    client = connect(server)
    wrong: list[str] = []

    def work(thread: int) -> None:
        for number in range(20):
            wanted = f"{thread}-{number}"
            if client.segments.get(wanted)["id"] != wanted:
                wrong.append(wanted)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
    assert server.connections <= 8


def test_a_session_of_the_callers_is_used_and_never_closed(serve: Any) -> None:
    closed: list[bool] = []

    class Session(requests.Session):
        def close(self) -> None:
            closed.append(True)
            super().close()

    server = serve(Reply(json=[]))
    session = Session()
    session.headers["X-Team"] = "growth"
    with SegOpsAdmin(KEY, base_url=server.url, transport=RequestsTransport(session)) as client:
        client.segments.list()
    assert server.requests[0].header("X-Team") == "growth"
    assert closed == []
    with pytest.raises(SegOpsConfigError, match="closed"):
        client.segments.list()
    session.close()


def test_without_requests_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(SegOpsConfigError, match=r"pip install 'segops_admin\[requests\]'"):
        RequestsTransport()


def test_a_session_that_repeats_requests_by_itself_is_refused_for_writes(serve: Any) -> None:
    server = serve(Reply(json=DONE))
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=2))
    with SegOpsAdmin(KEY, base_url=server.url, transport=RequestsTransport(session)) as client:
        with pytest.raises(SegOpsConfigError, match="max_retries"):
            client.segments.create({})
        assert client.segments.get(7) == DONE
    session.close()


def test_an_interim_reply_never_becomes_the_reply_nor_the_next_callers(serve: Any, connect: Any) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]"
    server = serve(Raw(hints, close=False), Reply(json=[2]))
    client = connect(server, max_retries=0)
    assert client.segments.list() == [1]
    assert client.segments.list() == [2]


class Failing(requests.adapters.BaseAdapter):
    """An adapter of somebody's own, whose errors hold no others."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def send(self, *_: Any, **__: Any) -> Any:
        raise self._error

    def close(self) -> None:
        """It holds nothing."""


class CertificateError(ValueError):
    """As urllib3 before version 2 has one."""


@pytest.mark.parametrize(
    ("error", "told", "sent", "transient"),
    [
        (requests.exceptions.ConnectTimeout(), "no connection to api.segops.test:443 in time", False, True),
        (requests.exceptions.ReadTimeout(), "api.segops.test:443 was silent for too long", True, True),
        (requests.exceptions.SSLError(CertificateError("another host")), "does not verify: another host", False, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_other_adapters_are_told_in_the_same_words(
    error: Exception, told: str, sent: bool, transient: bool
) -> None:
    with requests.Session() as session:
        session.mount("https://", Failing(error))
        client = SegOpsAdmin(
            KEY, base_url="https://api.segops.test/api", max_retries=0, transport=RequestsTransport(session)
        )
        with pytest.raises(SegOpsConnectionError, match=told) as caught:
            client.segments.create({})
    assert (caught.value.sent, caught.value.transient) == (sent, transient)
    assert isinstance(caught.value, SegOpsTimeoutError) == ("Timeout" in type(error).__name__)


class Recorded(requests.adapters.BaseAdapter):
    """An adapter that answers from memory, as mocks do."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        from urllib3 import HTTPResponse  # which requests brings

        reply = HTTPResponse(io.BytesIO(b"id,name"), {"Content-Length": "9"}, 200, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, reply)

    def close(self) -> None:
        """It holds nothing."""


def test_a_body_from_memory_is_read_at_once_or_in_part_and_may_be_cut_short() -> None:
    with requests.Session() as session:
        session.mount("https://", Recorded())
        body = RequestsTransport(session).send(Request("GET", "https://api.segops.test/", [])).body
        assert [body.read(2), body.read(3)] == [b"id", b",na"]
        with pytest.raises(SegOpsConnectionError, match="cut short after 7 of 9 bytes"):
            body.read()


def test_an_adapter_is_made_exact_once(serve: Any) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]))
    with requests.Session() as session:
        client = SegOpsAdmin(KEY, base_url=server.url, transport=RequestsTransport(session))
        adapter: Any = session.get_adapter(server.url)
        assert client.segments.list() == [1]
        exact = adapter.get_connection_with_tls_context
        assert client.segments.list() == [2]
        assert adapter.get_connection_with_tls_context is exact
