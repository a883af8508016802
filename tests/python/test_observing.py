"""What callers observe of a call and add to it: ``on_reply``, deprecation warnings, headers, ``maybe executed``."""

from __future__ import annotations

import asyncio
import copy
import pickle
import re
import warnings
from typing import Any

import pytest
from scripted_server import Hangup, Reply
from sdk_client import KEY

from segops_admin import (
    AsyncSegOpsAdmin,
    SegOpsAdmin,
    SegOpsBadRequestError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDeprecationWarning,
    SegOpsServerError,
)
from segops_admin._call import observe
from segops_admin.testing import FakeTime, Script, reply

BOTH = pytest.mark.parametrize("lane", ["blocking", "asyncio"])
FIELDS = ("operation", "method", "path", "status", "request_id", "attempt", "delay", "error")
DONE = {"id": 7}


def call(lane: str, server: Any, method: str, *arguments: Any, **options: Any) -> Any:
    """Calls a method of ``segments``, with a fake clock."""
    options = {"base_url": server.url, "timeout": 20, "_runtime": FakeTime(), **options}
    if lane == "blocking":
        with SegOpsAdmin(KEY, **options) as client:
            return getattr(client.segments, method)(*arguments)

    async def main() -> Any:
        async with AsyncSegOpsAdmin(KEY, **options) as client:
            return await getattr(client.segments, method)(*arguments)

    return asyncio.run(main())


# ------------------------------------------------------------------------------------------------ on_reply


@BOTH
def test_on_reply_is_called_for_each_attempt(lane: str, serve: Any) -> None:
    server = serve(
        Reply(503, headers=[("X-Request-Id", "r1"), ("Retry-After", "7")], close=True),
        Hangup(),
        Reply(500, headers=[("Request-Id", "r3")]),
        Reply(json=DONE, headers=[("X-Request-Id", "r4"), ("X-Echo", f"ApiKey {KEY}")]),
    )
    told: list[Any] = []
    assert call(lane, server, "list", {"search": "private"}, on_reply=told.append) == DONE
    assert [tuple(getattr(attempt, name) for name in FIELDS) for attempt in told] == [
        ("segments.list", "GET", "/segments/", 503, "r1", 1, 7.0, None),
        ("segments.list", "GET", "/segments/", None, None, 2, 2.0, "SegOpsConnectionError"),
        ("segments.list", "GET", "/segments/", 500, "r3", 3, 4.0, None),
        ("segments.list", "GET", "/segments/", 200, "r4", 4, None, None),
    ]
    shown = [re.sub(r"[\d.]+ s>", "0 s>", repr(attempt)) for attempt in told[:2]]
    assert shown[0] == "<Attempt 1 of segments.list: 503 after 0 s>"
    assert shown[1] == "<Attempt 2 of segments.list: SegOpsConnectionError after 0 s>"
    assert told[0].headers["retry-after"] == "7"
    assert list(told[1].headers) == []
    assert KEY.encode() not in pickle.dumps(told[3])  # before its headers have been read
    assert copy.copy(told[3]).headers["X-Echo"] == "ApiKey sk_***"
    assert told[3].headers["X-Echo"] == "ApiKey sk_***"
    assert all(isinstance(attempt.seconds, float) and attempt.seconds >= 0 for attempt in told)


def test_a_kept_connection_that_turned_out_to_be_closed_is_reported_and_costs_no_attempt(serve: Any) -> None:
    server = serve(Reply(json=DONE), Hangup(), Reply(json=DONE))
    told: list[Any] = []
    with SegOpsAdmin(KEY, base_url=server.url, on_reply=told.append, max_retries=0) as client:
        client.segments.get(7)
        client.segments.get(7)
    assert [(attempt.status, attempt.attempt, attempt.delay) for attempt in told] == [
        (200, 1, None),
        (None, 1, 0.0),
        (200, 1, None),
    ]


@BOTH
def test_on_reply_is_called_for_the_last_attempt_before_its_error_is_raised(lane: str, serve: Any) -> None:
    told: list[Any] = []
    with pytest.raises(SegOpsServerError):
        call(lane, serve(Reply(502)), "get", 7, on_reply=told.append, max_retries=0)
    assert [(attempt.status, attempt.delay) for attempt in told] == [(502, None)]


@BOTH
def test_what_on_reply_raises_reaches_the_caller_and_nothing_more_is_sent(lane: str, serve: Any) -> None:
    def on_reply(attempt: Any) -> None:
        raise LookupError(attempt.attempt)

    with pytest.raises(LookupError):
        call(lane, serve(Reply(503)), "get", 7, on_reply=on_reply)


@pytest.mark.parametrize("given", [7, "print", [print]])
def test_on_reply_must_be_callable(given: Any) -> None:
    with pytest.raises(SegOpsConfigError, match="on_reply"):
        SegOpsAdmin(KEY, on_reply=given)


# ------------------------------------------------------------------------------------------------ headers


@BOTH
def test_extra_headers_are_sent_and_with_options_replaces_them(lane: str, serve: Any) -> None:
    server = serve(Reply(503), Reply(json=DONE))
    assert call(lane, server, "get", 7, headers={"X-Tenant": "acme", "traceparent": "00-1"}) == DONE
    assert [(seen.header("X-Tenant"), seen.header("traceparent")) for seen in server.requests] == [("acme", "00-1")] * 2


def test_with_options_replaces_extra_headers_or_leaves_them(serve: Any) -> None:
    server = serve(*[Reply(json=DONE) for _ in range(4)])
    with SegOpsAdmin(KEY, headers={"X-A": "1"}, base_url=server.url) as client:
        for options in ({}, {"timeout": 1}, {"headers": {"X-B": "2"}}, {"headers": None}):
            client.with_options(**options).segments.get(7)
    sent = [(seen.header("X-A"), seen.header("X-B")) for seen in server.requests]
    assert sent == [("1", None), ("1", None), (None, "2"), (None, None)]


@pytest.mark.parametrize(
    "name",
    ["Authorization", "AUTHORIZATION", "Accept", "Accept-Encoding", "User-Agent", "Content-Type", "Content-Length",
     "Transfer-Encoding", "Host", "Connection", "Idempotency-Key", "Proxy-Authorization", "TE", "Upgrade", "Expect"],
)  # fmt: skip
def test_headers_that_the_sdk_owns_are_refused_by_name(name: str) -> None:
    with pytest.raises(SegOpsConfigError, match=name) as caught:
        SegOpsAdmin(KEY, headers={name: "hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [{"X A": "1"}, {"": "1"}, {"X:": "1"}, {"X\r\nY": "1"}, {7: "1"}, {"X": "hunter2\r\nY: 1"}, {"X": "hunter2\x00"},
     {"X": "hunter2é"}, {"X": 7}, {"X": None}, "X: hunter2", 7],
)  # fmt: skip
def test_invalid_headers_are_refused_without_showing_their_value(headers: Any) -> None:
    with pytest.raises(SegOpsConfigError, match=r"[Hh]eader") as caught:
        SegOpsAdmin(KEY, headers=headers)
    assert "hunter2" not in str(caught.value)


# ------------------------------------------------------------------------------------------------ deprecation


@BOTH
def test_a_deprecated_operation_warns_once_at_the_callers_line(
    lane: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_warned", set())
    old = [("Deprecation", "@1688169599"), ("Sunset", "Sun, 30 Jun 2030 23:59:59 GMT")]
    server = serve(*[Reply(json=DONE, headers=old) for _ in range(3)], Reply(json=DONE, headers=old[1:]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            call(lane, server, "get", 7)
        call(lane, server, "list")
    ours = [each for each in caught if each.category is SegOpsDeprecationWarning]
    assert [str(each.message) for each in ours] == [
        "The server says that segments.get (GET /segments/7/) is deprecated (Deprecation: @1688169599; "
        "Sunset: Sun, 30 Jun 2030 23:59:59 GMT).",
        "The server says that segments.list (GET /segments/) is deprecated (Sunset: Sun, 30 Jun 2030 23:59:59 GMT).",
    ]
    assert {each.filename for each in ours} == {__file__}


# ------------------------------------------------------------------------------------------- what may have been done


EXISTS = {"detail": "A segment of that name already exists."}


@BOTH
@pytest.mark.parametrize("first", [lambda: Reply(502), lambda: Reply(504, text="gateway timeout")])
def test_a_refusal_after_a_lost_attempt_says_that_it_may_have_been_carried_out(
    first: Any, lane: str, serve: Any
) -> None:
    server = serve(first(), Reply(400, json=EXISTS))
    with pytest.raises(SegOpsBadRequestError, match="already exists") as caught:
        call(lane, server, "create", {"name": "x"})
    error = caught.value
    (key, again) = (seen.header("Idempotency-Key") for seen in server.requests)
    assert key == again == error.idempotency_key
    assert f"An earlier attempt may have been executed: look before you repeat it, and repeat it with " \
        f"idempotency_key='{key}'." in str(error)  # fmt: skip
    assert error.may_have_executed
    assert error.attempts == 2


@BOTH
def test_5xx_to_the_end_and_a_lost_reply_say_so_too(lane: str, serve: Any) -> None:
    for script, kind in (([Reply(502), Reply(502)], SegOpsServerError), ([Hangup()], SegOpsConnectionError)):
        server = serve(*script)
        with pytest.raises(kind) as caught:
            call(lane, server, "create", {"name": "x"}, max_retries=1)
        assert "The server may have executed it: look before you repeat it" in str(caught.value)
        assert str(server.requests[0].header("Idempotency-Key")) in str(caught.value)


@BOTH
@pytest.mark.parametrize(
    ("method", "argument", "script"),
    [
        ("create", {"name": "x"}, [Reply(400, json=EXISTS)]),
        ("create", {"name": "x"}, [Reply(429), Reply(400, json=EXISTS)]),
        ("get", 7, [Reply(502), Reply(400, json=EXISTS)]),
    ],
    ids=["refused at once", "held back before", "a read"],
)
def test_what_cannot_have_been_carried_out_is_not_said_to_be(
    method: str, argument: Any, script: list[Any], lane: str, serve: Any
) -> None:
    with pytest.raises(SegOpsBadRequestError) as caught:
        call(lane, serve(*script), method, argument)
    assert "carried" not in str(caught.value)
    assert not caught.value.may_have_executed


def test_a_transport_of_the_callers_own_is_told_what_is_called_and_which_attempt_it_is() -> None:
    script = Script(reply({}, status=503), reply(DONE))
    told: list[tuple[str, int]] = []

    class Told(Script):
        def send(self, request: Any) -> Any:
            told.append((request.operation, request.attempt))
            return script.send(request)

    assert Told().client().segments.get(7) == DONE
    assert told == [("segments.get", 1), ("segments.get", 2)]
