"""Retries: conditions, delays, and calls that are never retried."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
import uuid
from email.utils import formatdate
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import Hangup, Raw, Reply
from sdk_client import patiently

from segops_admin import (
    HTTPTransport,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsNotFoundError,
    SegOpsRateLimitError,
    SegOpsServerError,
    SegOpsTimeoutError,
)
from segops_admin._call.retry import delay, retry_after
from segops_admin.testing import FakeTime, Script, no_connection, reply

CSV = b"sku,name\nA-1,Lamp\n"

OPERATIONS: dict[str, Callable[[SegOpsAdmin], Any]] = {
    "GET": lambda client: client.segments.get(7),
    "read-like POST": lambda client: client.segments.preview({"logic": "AND", "conditions": []}),
    "mutating POST": lambda client: client.segments.create({"name": "Lapsed"}),
    "action POST": lambda client: client.segments.recompute(7),
    "PATCH": lambda client: client.segments.update(7, {"name": "Lapsed"}),
    "PUT": lambda client: client.segments.update(7, {"name": "Lapsed"}, method="PUT"),
    "DELETE": lambda client: client.segments.delete(7),
    "upload": lambda client: client.products.import_csv(CSV),
}
REPEATABLE = ["GET", "read-like POST", "PUT", "DELETE"]
AMBIGUOUS = ["mutating POST", "action POST", "PATCH", "upload"]
KEYED = ["mutating POST", "action POST", "PATCH", "PUT", "DELETE", "upload"]

DONE = {"id": 7}


def lost_replies() -> dict[str, Callable[[], Raw]]:
    """Every way in which a server that has read a request fails to answer it in full."""
    return {
        "closed": Hangup,
        "reset": lambda: Hangup(reset=True),
        "head cut short": lambda: Raw(b"HTTP/1.1 200 OK\r\nContent-Type: applica"),
        "head without its end": lambda: Raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"),
        "body cut short": lambda: Reply(json=DONE, length=4000, hang_up=True),
        "chunks cut short": lambda: Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n"),
        "last chunk missing": lambda: Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n"),
    }


@pytest.fixture(params=list(lost_replies()))
def lost_reply(request: pytest.FixtureRequest) -> Raw:
    return lost_replies()[request.param]()


# ------------------------------------------------------------------------------------------------ which statuses


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504, 505, 599])
def test_429_and_every_5xx_is_retried_whatever_the_operation(
    status: int, operation: str, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(status, json={"detail": "no"}), Reply(json=DONE))
    answer = OPERATIONS[operation](connect(server))
    assert answer == (None if operation == "DELETE" else DONE)
    assert time.sleeps == [1.0]
    assert [seen.line for seen in server.requests[:1]] * 2 == [seen.line for seen in server.requests]
    assert server.connections == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 422, 425, 451])
def test_any_other_4xx_is_raised_at_once(status: int, serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(Reply(status, json={"detail": "no"}, headers=[("Retry-After", "1")]))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.get(7)
    assert (caught.value.status, caught.value.attempts, time.sleeps) == (status, 1, [])


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_a_call_has_one_attempt_more_than_max_retries(retries: int, serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(*[Reply(503, json={"detail": "down"}) for _ in range(retries + 1)])
    with pytest.raises(SegOpsServerError) as caught:
        connect(server, max_retries=retries).segments.list()
    assert caught.value.attempts == len(server.requests) == retries + 1
    assert len(time.sleeps) == retries


def test_three_retries_by_default(serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(*[Reply(429, json={"detail": "slow down"}) for _ in range(4)])
    with pytest.raises(SegOpsRateLimitError) as caught:
        connect(server).segments.list()
    assert caught.value.attempts == 4
    assert time.sleeps == [1.0, 2.0, 4.0]


def test_the_last_failure_is_the_one_that_is_raised(serve: Any, connect: Any) -> None:
    server = serve(Reply(500, json={"detail": "first"}, close=True), Hangup(), Reply(400, json={"detail": "last"}))
    with pytest.raises(SegOpsApiError, match="last") as caught:
        connect(server).segments.get(7)
    assert (caught.value.status, caught.value.attempts) == (400, 3)


# ------------------------------------------------------------------------------------------------ delays


@pytest.mark.parametrize(
    ("random", "expected"),
    [
        (0.0, [1, 2, 4, 8, 16, 30, 30]),
        (0.5, [0.875, 1.75, 3.5, 7, 14, 26.25, 26.25]),
        (0.96, [0.76, 1.52, 3.04, 6.08, 12.16, 22.8, 22.8]),
    ],
)
def test_delays_double_up_to_thirty_seconds_less_a_random_quarter(
    random: float, expected: list[float], serve: Any
) -> None:
    server = serve(*[Reply(500) for _ in range(8)])
    time = FakeTime(random=random)
    with SegOpsAdmin("sk_test", base_url=server.url, max_retries=7, _runtime=time) as client:
        with pytest.raises(SegOpsServerError):
            client.segments.list()
    assert time.sleeps == pytest.approx(expected)


@given(retry=st.integers(0, 10_000), random=st.floats(0, 1, exclude_max=True))
def test_no_delay_is_longer_than_thirty_seconds_or_shorter_than_three_quarters(retry: int, random: float) -> None:
    whole = min(30, 2 ** min(retry, 5))
    assert whole * 0.75 <= delay(retry, random) <= whole


@pytest.mark.parametrize("status", [429, 503, 500])
@pytest.mark.parametrize(("value", "seconds"), [("5", 5.0), (" 7 ", 7.0), ("0", 0.0), ("60", 60.0)])
def test_retry_after_in_seconds_replaces_the_delay(
    status: int, value: str, seconds: float, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(status, headers=[("Retry-After", value)]), Reply(status), Reply(json=DONE))
    assert connect(server).segments.recompute(7) == DONE
    assert time.sleeps == [seconds, 2.0]


@pytest.mark.parametrize(("ahead", "seconds"), [(7, 7.0), (60, 60.0), (-3600, 0.0)])
def test_retry_after_as_a_date_is_measured_from_the_clients_clock(
    ahead: int, seconds: float, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(
        Reply(429, headers=[("Retry-After", formatdate(time.time + ahead, usegmt=True))]),
        Reply(json=DONE),
    )
    assert connect(server).segments.get(7) == DONE
    assert time.sleeps == [seconds]


@pytest.mark.parametrize(
    "value",
    ["Tue, 14 Nov 2023 22:13:27 GMT", "Tuesday, 14-Nov-23 22:13:27 GMT", "Tue Nov 14 22:13:27 2023"],
    ids=["current", "RFC 850", "asctime"],
)
def test_all_three_forms_of_an_http_date_are_read(value: str) -> None:
    assert retry_after({"Retry-After": value}, 1_700_000_000.0) == 7.0


@pytest.mark.parametrize("operation", ["GET", "mutating POST", "DELETE"])
@pytest.mark.parametrize("value", ["61", "86400", "9" * 40, formatdate(1_700_000_000 + 61, usegmt=True)])
def test_a_retry_after_of_more_than_a_minute_is_not_waited_for(
    value: str, operation: str, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(429, json={"detail": "Quota used up."}, headers=[("Retry-After", value)]))
    with pytest.raises(SegOpsRateLimitError) as caught:
        OPERATIONS[operation](connect(server))
    assert time.sleeps == []
    assert caught.value.attempts == 1
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 61


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "+3", "5, 5", "٣", "", "Tue, 99 Nov 2023 22:13:27 GMT"])
def test_an_unreadable_retry_after_is_ignored(value: str, serve: Any, connect: Any, time: FakeTime) -> None:
    raw = value.encode()
    server = serve(
        Raw(b"HTTP/1.1 429 No\r\nContent-Length: 0\r\nRetry-After: " + raw + b"\r\n\r\n", close=False),
        Reply(json=DONE),
    )
    assert connect(server).segments.get(7) == DONE
    assert time.sleeps == [1.0]


@pytest.mark.parametrize(
    "value",
    [
        "Tue, 14 Nov 2023 22:13:27",
        "Tue, 14 Nov 2023 22:13:27 EST",
        "Tue, 14 Nov 2023 22:13:27 +0000",
        "Tue, 14 Nov 2023 22:13:27 gmt",
        "tue, 14 nov 2023 22:13:27 GMT",
        "14 Nov 2023 22:13:27 GMT",
        "Tue, 14 Nov 0000 22:13:27 GMT",
        "2023-11-14T22:13:27Z",
    ],
)
def test_a_date_in_another_form_than_those_of_http_is_no_retry_after(value: str) -> None:
    assert retry_after({"Retry-After": value}, 1_700_000_000.0) is None


def test_two_digits_of_a_year_are_of_the_past_century_when_they_are_more_than_50_years_ahead() -> None:
    assert retry_after({"Retry-After": "Monday, 14-Nov-73 22:13:27 GMT"}, 1_700_000_000.0) > 1e9  # type: ignore[operator]
    assert retry_after({"Retry-After": "Wednesday, 14-Nov-74 22:13:27 GMT"}, 1_700_000_000.0) == 0


@given(value=st.text(), now=st.floats(0, 4e9))
def test_no_retry_after_raises_or_asks_for_less_than_nothing(value: str, now: float) -> None:
    seconds = retry_after({"Retry-After": value}, now)
    assert seconds is None or seconds >= 0


def test_clocks_and_sleep_are_looked_up_when_they_are_used_so_that_a_test_may_patch_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import random
    import time

    from segops_admin._runtime import Runtime

    runtime = Runtime()
    slept: list[float] = []
    monkeypatch.setattr(time, "time", lambda: 1.0)
    monkeypatch.setattr(time, "monotonic", lambda: 2.0)
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(random, "random", lambda: 0.5)
    runtime.sleep(3.0)
    assert (runtime.now(), runtime.monotonic(), runtime.random(), slept) == (1.0, 2.0, 0.5, [3.0])


# ------------------------------------------------------------------------------------------------ nothing sent


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_was_never_sent_is_retried_whatever_the_operation(operation: str) -> None:
    script = Script(no_connection(), no_connection(), reply(DONE))
    assert OPERATIONS[operation](script.client()) == (None if operation == "DELETE" else DONE)
    assert script.time.sleeps == [1.0, 2.0]
    script.assert_done()


class Unhurried(ssl.SSLContext):
    """A client's TLS that begins its handshake only after the server has acted."""

    begin: Callable[[], None]

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        self.begin()
        return super().wrap_socket(*args, **options)


# A reset that comes before the handshake leaves Python's own wrap_socket() with a socket that it does not close.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_nothing_is_sent_to_a_server_that_leaves_before_the_handshake(
    reset: bool, serve: Any, connect: Any, time: FakeTime, server_tls: Any, authority: Any
) -> None:
    server = serve(Hangup(read="nothing", reset=reset), Reply(201, json=DONE), tls=server_tls, name="localhost")
    context = Unhurried(ssl.PROTOCOL_TLS_CLIENT)
    context.begin = lambda: server.wait_for_end(1)
    authority.configure_trust(context)
    assert connect(server, transport=HTTPTransport(ssl_context=context)).segments.create({}) == DONE
    assert time.sleeps == [1.0]
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")  # as above, if the reset is fast
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_tls_handshake_that_is_cut_off_has_sent_nothing(
    operation: str, serve: Any, connect: Any, time: FakeTime, server_tls: Any, trusted: str
) -> None:
    server = serve(
        Hangup(read="nothing", reset=True), Hangup(read="nothing"), Reply(json=DONE), tls=server_tls, name="localhost"
    )
    OPERATIONS[operation](connect(server))
    assert time.sleeps == [1.0, 2.0]
    assert len(server.requests) == 1
    gc.collect()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refused_connection_ends_in_an_error_that_says_nothing_was_sent(
    operation: str, connect: Any, time: FakeTime
) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound, but not listening
        port = unheard.getsockname()[1]
        with pytest.raises(SegOpsConnectionError, match=rf"no connection to 127\.0\.0\.1:{port}") as caught:
            OPERATIONS[operation](connect(f"http://127.0.0.1:{port}/api"))
    assert (caught.value.sent, caught.value.attempts) == (False, 4)
    assert time.sleeps == [1.0, 2.0, 4.0]
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert "may have executed it" not in str(caught.value)


def test_a_host_that_has_no_address_is_a_connection_error(connect: Any, time: FakeTime) -> None:
    with pytest.raises(SegOpsConnectionError, match=r"no connection to nowhere\.invalid:443") as caught:
        connect("https://nowhere.invalid/api", max_retries=1).segments.list()
    assert (caught.value.sent, caught.value.attempts) == (False, 2)


@pytest.mark.parametrize("host", ["a" * 64 + ".example"])
def test_a_host_that_no_name_can_be_is_a_connection_error(host: str, connect: Any) -> None:
    with pytest.raises(SegOpsConnectionError, match="no connection to a"):
        connect(f"https://{host}/api", max_retries=0).segments.list()


def test_a_certificate_that_does_not_verify_is_not_retried(
    serve: Any, connect: Any, time: FakeTime, server_tls: Any
) -> None:
    server = serve(tls=server_tls, name="localhost")
    with pytest.raises(SegOpsConnectionError, match="certificate of localhost does not verify") as caught:
        connect(server).segments.list()
    assert (caught.value.sent, caught.value.transient, caught.value.attempts) == (False, False, 1)
    assert time.sleeps == []
    assert server.connections == 1
    assert server.requests == []


# ------------------------------------------------------------------------------------------------ lost replies


@pytest.mark.parametrize("operation", REPEATABLE)
def test_a_lost_reply_is_retried_where_the_operation_is_idempotent(
    operation: str, lost_reply: Raw, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(lost_reply, Reply(json=DONE))
    assert OPERATIONS[operation](connect(server)) == (None if operation == "DELETE" else DONE)
    assert time.sleeps == [1.0]
    first, second = server.requests
    assert (first.line, first.body) == (second.line, second.body)


@pytest.mark.parametrize("operation", AMBIGUOUS)
def test_a_lost_reply_to_a_mutating_post_or_patch_is_not_retried(
    operation: str, lost_reply: Raw, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(lost_reply)
    with pytest.raises(SegOpsConnectionError) as caught:
        OPERATIONS[operation](connect(server))
    assert time.sleeps == []
    key = server.requests[0].header("Idempotency-Key")
    assert (caught.value.sent, caught.value.attempts, caught.value.idempotency_key) == (True, 1, key)
    text = str(caught.value)
    assert "may have executed it" in text
    assert f"idempotency_key={key!r}" in text
    assert text.startswith(f"{server.requests[0].method} {server.requests[0].target[len('/api') :]} got no reply")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_silence_is_a_timeout_and_a_lost_reply(operation: str, serve: Any, connect: Any, time: FakeTime) -> None:
    never = threading.Event()
    repeated = operation in REPEATABLE
    server = serve(*[Raw(never) for _ in range(2 if repeated else 1)])
    with pytest.raises(SegOpsTimeoutError, match="silent for too long") as caught:
        OPERATIONS[operation](connect(server, timeout=0.1, max_retries=1))
    assert caught.value.attempts == (2 if repeated else 1)
    assert caught.value.sent
    server.wait_for_requests(caught.value.attempts)
    assert isinstance(caught.value.__cause__, (socket.timeout, TimeoutError))


def test_a_reply_that_stalls_in_the_middle_is_a_timeout(serve: Any, connect: Any, time: FakeTime) -> None:
    def attempt(timeout: float) -> None:
        time.sleeps.clear()
        stalled = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1,2", threading.Event())
        assert connect(serve(stalled, Reply(json=[1, 2])), timeout=timeout, max_retries=1).segments.list() == [1, 2]
        assert time.sleeps == [1.0]

    patiently(attempt)


def test_the_timeout_is_for_each_step_and_not_for_the_whole_reply(serve: Any, connect: Any) -> None:
    def attempt(timeout: float) -> None:
        # Four pauses of three tenths of the timeout are longer than it together, but none of them is alone.
        pauses = [threading.Event() for _ in range(4)]
        timers = [threading.Timer(0.3 * timeout * (n + 1), pause.set) for n, pause in enumerate(pauses)]
        parts = [part for pause in pauses for part in (pause, b"1")]
        server = serve(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", *parts, close=False))
        for timer in timers:
            timer.start()
        assert connect(server, timeout=timeout, max_retries=0).http.request("GET", "/slow/") == 1111
        for timer in timers:
            timer.join()

    patiently(attempt)


def test_what_is_not_http_is_a_decode_error_and_not_retried(serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"))
    with pytest.raises(SegOpsDecodeError, match="is not HTTP") as caught:
        connect(server).segments.get(7)
    assert (caught.value.method, caught.value.path) == ("GET", "/segments/7/")
    assert time.sleeps == []


# ------------------------------------------------------------------------------------------------ kept connections


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_kept_connection_that_the_server_has_closed_is_found_before_use(
    operation: str, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(json=DONE, hang_up=True), Reply(json=DONE))
    client = connect(server)
    client.segments.get(1)
    server.wait_for_end(1)
    OPERATIONS[operation](client)
    assert time.sleeps == []
    assert [seen.connection for seen in server.requests] == [1, 2]


@pytest.mark.parametrize("operation", REPEATABLE)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_ends_on_the_next_request_is_reopened_without_a_retry(
    operation: str, reset: bool, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(json=DONE), Hangup(reset=reset), Reply(json=DONE))
    client = connect(server, max_retries=0)
    client.segments.get(1)
    assert OPERATIONS[operation](client) == (None if operation == "DELETE" else DONE)
    assert time.sleeps == []
    assert [seen.connection for seen in server.requests] == [1, 1, 2]


def test_it_is_reopened_once_and_then_costs_retries(serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(Reply(json=DONE), Hangup(), Hangup(), Hangup())
    client = connect(server, max_retries=1)
    client.segments.get(1)
    with pytest.raises(SegOpsConnectionError):
        client.segments.get(1)
    assert time.sleeps == [1.0]
    assert len(server.requests) == 4


def test_a_second_kept_connection_that_ends_costs_a_retry() -> None:
    ended = [SegOpsConnectionError("closed the connection", stale=True) for _ in range(2)]
    script = Script(*ended, reply(DONE))
    assert script.client().segments.get(7) == DONE
    assert script.time.sleeps == [1.0]


@pytest.mark.parametrize("operation", AMBIGUOUS)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_ends_on_a_mutating_post_or_patch_is_not_reopened(
    operation: str, reset: bool, serve: Any, connect: Any, time: FakeTime
) -> None:
    server = serve(Reply(json=DONE), Hangup(reset=reset))
    client = connect(server)
    client.segments.get(1)
    with pytest.raises(SegOpsConnectionError, match="may have executed it") as caught:
        OPERATIONS[operation](client)
    assert caught.value.stale
    assert caught.value.idempotency_key == server.requests[1].header("Idempotency-Key")
    assert time.sleeps == []


# ------------------------------------------------------------------------------------------------ DELETE, then 404


@pytest.mark.parametrize(
    "first",
    [lambda: Reply(500), lambda: Reply(503), Hangup, lambda: Hangup(reset=True)],
    ids=["500", "503", "closed", "reset"],
)
def test_a_retried_delete_that_meets_404_has_succeeded(first: Any, serve: Any, connect: Any) -> None:
    server = serve(first(), Reply(404, json={"detail": "Not found."}))
    assert connect(server).segments.delete(7) is None
    assert len(server.requests) == 2


def test_a_delete_repeated_on_a_new_connection_that_meets_404_has_succeeded(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=DONE), Hangup(), Reply(404, json={"detail": "Not found."}))
    client = connect(server)
    client.segments.get(7)
    assert client.segments.delete(7) is None


@pytest.mark.parametrize(
    "script",
    [
        [reply(status=404)],
        [reply(status=429), reply(status=404)],
        [no_connection(), reply(status=404)],
    ],
    ids=["at once", "after 429", "after no connection"],
)
def test_a_delete_that_cannot_have_been_carried_out_meets_a_real_404(script: list[Any]) -> None:
    with pytest.raises(SegOpsNotFoundError):
        Script(*script).client().segments.delete(7)


def test_nothing_but_a_delete_takes_404_for_success(serve: Any, connect: Any) -> None:
    server = serve(Reply(500), Reply(404))
    with pytest.raises(SegOpsNotFoundError):
        connect(server).segments.update(7, {}, method="PUT")


# ------------------------------------------------------------------------------------------------ Idempotency-Key


@pytest.mark.parametrize("operation", KEYED)
def test_all_attempts_of_a_call_carry_one_key_and_the_next_call_another(
    operation: str, serve: Any, connect: Any
) -> None:
    server = serve(Reply(500), Reply(429), Reply(503), Reply(json=DONE), Reply(json=DONE))
    client = connect(server)
    OPERATIONS[operation](client)
    OPERATIONS[operation](client)
    keys = [seen.header("Idempotency-Key") for seen in server.requests]
    assert len(set(keys[:4])) == 1
    assert keys[4] != keys[0]
    assert all(uuid.UUID(key).version == 4 for key in keys)


@pytest.mark.parametrize("operation", ["GET", "read-like POST"])
def test_what_changes_nothing_carries_no_key(operation: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(500), Reply(json=DONE))
    OPERATIONS[operation](connect(server))
    assert [seen.all("Idempotency-Key") for seen in server.requests] == [[], []]


def test_the_callers_own_key_is_sent_as_it_is(serve: Any, connect: Any) -> None:
    server = serve(Reply(500), *[Reply(json=DONE)] * 6)
    client = connect(server)
    own = "order 17/retry?#"
    client.segments.create({}, idempotency_key=own)
    client.segments.update(7, {}, idempotency_key=own)
    client.segments.delete(7, idempotency_key=own)
    client.segments.recompute(7, idempotency_key=own)
    client.products.import_csv(CSV, idempotency_key=own)
    client.http.request("POST", "/x/", idempotency_key=own)
    assert [seen.header("Idempotency-Key") for seen in server.requests] == [own] * 7


@pytest.mark.parametrize("key", ["", "x" * 256, "a\r\nX-Evil: 1", "é", "a\x00"])
def test_a_key_that_is_not_printable_ascii_is_refused_before_anything_is_sent(key: Any) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="idempotency key"):
        script.client().segments.create({}, idempotency_key=key)
    assert script.requests == []


def test_the_error_of_a_failed_write_carries_its_key(serve: Any, connect: Any) -> None:
    server = serve(Reply(400, json={"name": ["This field is required."]}))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.create({})
    assert caught.value.idempotency_key == server.requests[0].header("Idempotency-Key")


@pytest.mark.parametrize("operation", ["mutating POST", "upload"])
def test_a_retry_sends_the_same_bytes(operation: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(503), Reply(503), Reply(json=DONE))
    OPERATIONS[operation](connect(server))
    assert len({seen.body for seen in server.requests}) == 1
    assert server.requests[0].body
