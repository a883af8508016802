"""Webhooks: managed over HTTP, delivered once, signed, and never off this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from conformance import contract

from segops_sandbox import clock
from segops_sandbox.delivery import post
from segops_sandbox.network import loopback_addresses

SEEN = {"conditions": [{"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}]}
PAYLOAD = {
    "event": "segment.recomputed",
    "tenant_slug": "acme",
    "segment_id": 1,
    "segment_name": "Seen",
    "member_count": 1,
    "computed_at": "2026-05-01T12:00:00Z",
}


@pytest.fixture
def segment(api: Any) -> int:
    """A segment with one member-to-be."""
    api.post("/ingestion/track/", {"user_id": "alice", "event_type": "seen"})
    created: int = api.post("/segments/", {"name": "Seen", "definition": SEEN}).json()["id"]
    return created


def deliveries(api: Any, webhook: int) -> list[dict[str, Any]]:
    """The log of a webhook."""
    found: list[dict[str, Any]] = api.get(f"/webhooks/{webhook}/deliveries/").json()["results"]
    return found


def test_a_webhook_is_created_read_changed_and_deleted(api: Any) -> None:
    created = api.post("/webhooks/", {"url": "https://example.com/h", "secret": "s3cret", "description": "d"})
    assert created.status_code == 201
    assert created.json() == {
        "id": 1,
        "url": "https://example.com/h",
        "description": "d",
        "is_active": True,
        "has_secret": True,
        "created_at": "2026-05-01T12:00:00Z",
    }
    assert api.get("/webhooks/").json()["results"] == [created.json()]
    assert api.patch("/webhooks/1/", {"is_active": False}).json()["is_active"] is False
    assert api.patch("/webhooks/1/", {"secret": ""}).json()["has_secret"] is False
    assert api.delete("/webhooks/1/").status_code == 204
    assert api.get("/webhooks/1/").status_code == 404


def test_a_recompute_is_delivered_once_with_a_signature_over_the_raw_body(
    api: Any, receiver: Any, segment: int
) -> None:
    api.post("/webhooks/", {"url": receiver.url, "secret": "gehéim"})
    api.post(f"/segments/{segment}/compute/")
    [(path, headers, body)] = receiver.requests
    assert path == "/hook?a=1"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == PAYLOAD
    assert contract().check("WebhookEvent", PAYLOAD) == []
    expected = hmac.new("gehéim".encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-SegOps-Signature"] == f"sha256={expected}"
    [delivery] = deliveries(api, 1)
    assert delivery == {
        "id": 1,
        "event": "segment.recomputed",
        "status": "success",
        "body": body.decode(),
        "status_code": 200,
        "error": "",
        "duration_ms": 0,  # by the sandbox's clock, which stands still here
        "attempted_at": "2026-05-01T12:00:00Z",
    }


def test_without_a_secret_nothing_is_signed(api: Any, receiver: Any, segment: int) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert "X-SegOps-Signature" not in receiver.requests[0][1]


def test_two_recomputes_are_two_deliveries_and_a_paused_webhook_gets_none(
    api: Any, receiver: Any, segment: int
) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post("/webhooks/", {"url": receiver.url, "is_active": False})
    api.post(f"/segments/{segment}/compute/")
    api.post(f"/segments/{segment}/compute/")
    assert len(receiver.requests) == 2
    assert deliveries(api, 2) == []


def test_a_failing_receiver_is_tried_once_and_noted(api: Any, receiver: Any, segment: int) -> None:
    receiver.status = 500
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert len(receiver.requests) == 1
    [delivery] = deliveries(api, 1)
    assert (delivery["status"], delivery["status_code"]) == ("error", 500)
    assert delivery["error"] == "The receiver answered 500."


def test_a_redirect_is_not_followed(api: Any, receiver: Any, segment: int) -> None:
    receiver.status = 307
    api.post("/webhooks/", {"url": receiver.url})
    api.post(f"/segments/{segment}/compute/")
    assert deliveries(api, 1)[0]["status_code"] == 307


def test_nothing_leaves_the_machine_and_a_dead_receiver_does_not_stop_the_others(
    api: Any, receiver: Any, segment: int
) -> None:
    for url in ("http://192.0.2.1/", "http://127.0.0.1:9/", "http://a-name.test/", receiver.url):
        api.post("/webhooks/", {"url": url})
    assert api.post(f"/segments/{segment}/compute/").status_code == 202
    refused = "Not sent: {} is not a loopback address, and the sandbox sends nowhere else."
    assert deliveries(api, 1)[0]["error"] == refused.format("192.0.2.1")
    assert "refused" in deliveries(api, 2)[0]["error"]
    assert deliveries(api, 3)[0]["error"] == refused.format("a-name.test")  # and no name server was asked
    assert [deliveries(api, number)[0]["status_code"] for number in (1, 2, 3)] == [None] * 3
    assert deliveries(api, 4)[0]["status_code"] == 200
    assert api.get(f"/segments/{segment}/").json()["status"] == "computed"


def test_all_receivers_are_notified_in_parallel(api: Any, receiver: Any, segment: int) -> None:
    """Each answers only when all have arrived; one after the other would never end."""
    for _ in range(4):
        api.post("/webhooks/", {"url": receiver.url})
    receiver.answer_when(4)
    api.post(f"/segments/{segment}/compute/")
    assert [deliveries(api, number)[0]["status_code"] for number in (1, 2, 3, 4)] == [200] * 4


def test_a_recompute_that_fails_notifies_nobody(api: Any, receiver: Any) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    api.post("/segments/", {"name": "Broken", "definition": {"conditions": [{"type": "event_count"}]}})
    assert api.post("/segments/1/compute/").status_code == 400
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": "example.com"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http://127.0.0.1:0/"}, "url"),
        ({"url": "http://127.0.0.1:99999/"}, "url"),
        ({"url": "http://[::1/"}, "url"),
        ({"url": "http://a b/"}, "url"),
        ({"url": "http://127.0.0.1/" + "x" * 2000}, "url"),
        ({"url": ["http://127.0.0.1/"]}, "url"),
        ({"url": "http://127.0.0.1/", "secret": "s" * 256}, "secret"),
        ({"url": "http://127.0.0.1/", "secret": None}, "secret"),
        ({"url": "http://127.0.0.1/", "is_active": "maybe"}, "is_active"),
        ({"url": "http://127.0.0.1/", "description": "d" * 501}, "description"),
    ],
)
def test_a_bad_webhook_is_refused_and_nothing_changes(api: Any, body: dict[str, Any], field: str) -> None:
    api.post("/webhooks/", {"url": "http://127.0.0.1:9/", "secret": "s3cret"})
    before = api.get("/webhooks/").json()
    for answer in (api.post("/webhooks/", body), api.put("/webhooks/1/", body)):
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert api.get("/webhooks/").json() == before


def test_the_newest_50_deliveries_of_a_webhook_are_kept(api: Any, segment: int) -> None:
    for _ in range(2):
        api.post("/webhooks/", {"url": "http://127.0.0.1:9/"})
    for _ in range(52):
        api.post(f"/segments/{segment}/compute/")
    log = api.get("/webhooks/2/deliveries/?page_size=200").json()
    assert (log["count"], log["results"][0]["id"], log["results"][-1]["id"]) == (50, 104, 6)


def test_a_webhook_deleted_during_its_delivery_does_not_cost_the_others_their_log(
    api: Any, receiver: Any, segment: int
) -> None:
    for _ in range(2):
        api.post("/webhooks/", {"url": receiver.url})
    api.jobs("background")
    receiver.hold()
    api.post(f"/segments/{segment}/compute/")
    receiver.wait(2)
    assert api.delete("/webhooks/1/").status_code == 204
    receiver.let_go()
    api.jobs("manual")
    api.run_jobs(1)  # it waits for the one under way
    assert [job["status"] for job in api.control("GET", "/jobs/")["jobs"]] == ["done", "done"]
    assert [each["status"] for each in deliveries(api, 2)] == ["success"]


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Answer one connection by a function; returns the port."""
    threads: list[threading.Thread] = []

    def start(answer: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener:
                connection, _ = listener.accept()
                with connection:
                    answer(connection)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield start
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def send(port: int, scheme: str = "http", **options: Any) -> Any:
    """One delivery, without a server."""
    return post(f"{scheme}://127.0.0.1:{port}/", b"{}", secret="", user_agent="test", **options)


@pytest.fixture
def running_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's clock, whatever another test of this process holds still."""
    monkeypatch.setattr(clock, "_frozen", None)


@pytest.mark.usefixtures("running_clock")
def test_a_silent_receiver_is_left_after_the_timeout(serve: Any) -> None:
    began = time.monotonic()
    attempt = send(serve(lambda connection: drain(connection)), timeout=0.2)
    took = (time.monotonic() - began) * 1000
    assert (attempt.status_code, attempt.error) == (None, "The receiver did not answer within 0.2 s.")
    assert 150 <= attempt.duration_ms <= took + 1


@pytest.mark.usefixtures("running_clock")
def test_a_delivery_takes_as_long_when_the_time_of_day_is_set_back(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter(range(24, 0, -1))
    monkeypatch.setattr(clock, "now_micros", lambda: next(hours) * 3_600_000_000)
    attempt = send(serve(lambda connection: drain(connection)), timeout=0.2)
    assert attempt.duration_ms >= 150


def drain(connection: socket.socket) -> None:
    """Read until the other side hangs up."""
    while connection.recv(1 << 16):
        pass


def test_the_timeout_is_for_the_whole_answer_and_not_for_each_byte_of_it(serve: Any) -> None:
    def dribble(connection: socket.socket) -> None:
        connection.settimeout(0.02)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            try:
                if not connection.recv(1 << 16):
                    return
            except TimeoutError:
                connection.sendall(b"x")

    attempt = send(serve(dribble), timeout=0.3)
    assert (attempt.status_code, attempt.error) == (None, "The receiver did not answer within 0.3 s.")


@pytest.mark.parametrize("answer", [b"", b"\x00\x01 what?\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_an_invalid_answer_is_a_readable_error(serve: Any, answer: bytes) -> None:
    def reply(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(answer)

    attempt = send(serve(reply))
    assert attempt.status_code is None
    assert attempt.error
    assert attempt.error.isprintable()


def test_an_https_receiver_may_have_a_certificate_of_its_own_making(serve: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def reply(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            received = b""
            while not received.endswith(b"{}"):
                received += secure.recv(1 << 16)
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    attempt = send(serve(reply), scheme="https")
    assert (attempt.status_code, attempt.error) == (204, "")


def test_a_receiver_that_speaks_no_tls_is_left_after_the_timeout_too(serve: Any) -> None:
    attempt = send(serve(drain), scheme="https", timeout=0.2)
    assert attempt.error == "The receiver did not answer within 0.2 s."


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", ("127.0.0.1",)),
        ("127.8.9.1", ("127.8.9.1",)),
        ("::1", ("::1",)),
        ("localhost", ("127.0.0.1", "::1")),
        ("Api.LocalHost.", ("127.0.0.1", "::1")),
        ("0.0.0.0", ()),
        ("10.0.0.1", ()),
        ("127.1", ()),
        ("2130706433", ()),
        ("0x7f000001", ()),
        ("localhost.example.com", ()),
        ("examplelocalhost", ()),
        ("::ffff:10.0.0.1", ()),
        ("", ()),
    ],
)
def test_only_loopback_addresses_and_localhost_stand_for_this_machine(host: str, addresses: tuple[str, ...]) -> None:
    assert loopback_addresses(host) == addresses
