"""Errors: which one is raised, its message, and pickling, as for workers."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import ssl
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY, full, shown

import segops_admin
from segops_admin import (
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsAuthenticationError,
    SegOpsBadRequestError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsError,
    SegOpsJobError,
    SegOpsNotFoundError,
    SegOpsPermissionError,
    SegOpsRateLimitError,
    SegOpsServerError,
    SegOpsTimeoutError,
    SegOpsWaitTimeout,
    SegOpsWebhookError,
    _errors,
)
from segops_admin.testing import API_KEY, Script, reply

TREE = {
    SegOpsConfigError: SegOpsError,
    SegOpsArgumentError: SegOpsError,
    SegOpsConnectionError: SegOpsError,
    SegOpsTimeoutError: SegOpsConnectionError,
    SegOpsApiError: SegOpsError,
    SegOpsBadRequestError: SegOpsApiError,
    SegOpsAuthenticationError: SegOpsApiError,
    SegOpsPermissionError: SegOpsApiError,
    SegOpsNotFoundError: SegOpsApiError,
    SegOpsRateLimitError: SegOpsApiError,
    SegOpsServerError: SegOpsApiError,
    SegOpsDecodeError: SegOpsError,
    SegOpsJobError: SegOpsError,
    SegOpsWaitTimeout: SegOpsError,
    SegOpsWebhookError: SegOpsError,
}


def test_the_tree_of_errors_is_this_one() -> None:
    classes = {value for _, value in inspect.getmembers(_errors, inspect.isclass) if issubclass(value, SegOpsError)}
    assert classes == {SegOpsError, *TREE}
    assert {kind: kind.__bases__[0] for kind in TREE} == TREE
    assert SegOpsError.__bases__ == (Exception,)


def test_errors_are_also_what_a_python_programmer_expects_them_to_be() -> None:
    assert issubclass(SegOpsArgumentError, ValueError)
    assert issubclass(SegOpsWebhookError, ValueError)
    assert issubclass(SegOpsWaitTimeout, TimeoutError)


def test_every_error_says_when_it_is_raised_and_is_exported() -> None:
    for kind in TREE:
        assert (kind.__doc__ or "").startswith("Raised ")
        assert getattr(segops_admin, kind.__name__) is kind


STATUSES = {
    400: SegOpsBadRequestError,
    401: SegOpsAuthenticationError,
    402: SegOpsApiError,
    403: SegOpsPermissionError,
    404: SegOpsNotFoundError,
    405: SegOpsApiError,
    409: SegOpsApiError,
    410: SegOpsApiError,
    413: SegOpsApiError,
    422: SegOpsBadRequestError,
    429: SegOpsRateLimitError,
    500: SegOpsServerError,
    503: SegOpsServerError,
    599: SegOpsServerError,
    302: SegOpsApiError,
    304: SegOpsApiError,
    699: SegOpsServerError,
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_class_and_the_error_carries_what_came_back(status: int, serve: Any, connect: Any) -> None:
    headers = [("X-Request-Id", "r-42"), ("X-Quota", "3")]
    server = serve(Reply(status, json={"detail": "Because."} if status != 304 else None, headers=headers))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server, max_retries=0).segments.list({"q": "x"})
    error = caught.value
    assert type(error) is STATUSES[status]
    assert (error.status, error.method, error.path, error.attempts) == (status, "GET", "/segments/?q=x", 1)
    assert (error.request_id, error.headers["x-quota"], error.retry_after) == ("r-42", "3", None)
    assert error.body == ({"detail": "Because."} if status != 304 else None)


@pytest.mark.parametrize("header", ["X-Request-Id", "x-request-id", "Request-Id", "X-Correlation-Id"])
def test_the_request_id_goes_by_several_names(header: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(404, headers=[(header, "r-1")]))
    with pytest.raises(SegOpsNotFoundError, match=r"request id r-1") as caught:
        connect(server).segments.get(1)
    assert caught.value.request_id == "r-1"


def test_retry_after_is_on_the_error(serve: Any, connect: Any) -> None:
    server = serve(Reply(429, headers=[("Retry-After", "90000")]))
    with pytest.raises(SegOpsRateLimitError, match="Try again in 90000 s") as caught:
        connect(server).segments.list()
    assert caught.value.retry_after == 90000.0


def test_seconds_to_wait_are_written_in_digits_as_typescript_writes_them() -> None:
    script = Script(reply(status=429, headers={"Retry-After": "99999999999"}))
    with pytest.raises(SegOpsRateLimitError, match="Try again in 99999999999 s"):
        script.client().segments.list()


BODIES: dict[str, Any] = {
    "detail": (b'{"detail": "Not allowed."}', {"detail": "Not allowed."}, "answered 403 Forbidden: Not allowed."),
    "field errors": (
        b'{"name": ["Required.", "Too short."], "definition": {"logic": ["Bad."]}}',
        {"name": ["Required.", "Too short."], "definition": {"logic": ["Bad."]}},
        'name: Required. Too short.; definition: {"logic":["Bad."]}',
    ),
    "a list": (b'["one", "two"]', ["one", "two"], '["one","two"]'),
    "a number": (b"7", 7, "answered 403 Forbidden: 7."),
    "text": (b"Forbidden by the firewall", "Forbidden by the firewall", "Forbidden by the firewall"),
    "html": (b"<html>\n  <body>no</body>\n</html>", "<html>\n  <body>no</body>\n</html>", "<html> <body>no</body>"),
    "not UTF-8": (b"caf\xe9", "caf\ufffd", "caf\ufffd"),
    "nothing": (b"", None, "answered 403 Forbidden. The key is valid"),
    "blank": (b" \n", " \n", "answered 403 Forbidden. The key is valid"),
    "broken JSON": (b'{"detail": ', '{"detail": ', '{"detail":'),
    "NaN": (b'{"a": NaN}', '{"a": NaN}', "NaN"),
    "null": (b"null", None, "answered 403 Forbidden."),
    "very long": (b"x" * 100_000, "x" * 100_000, "xxx..."),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_body_of_a_failure_is_read_as_well_as_it_can_be(name: str, serve: Any, connect: Any) -> None:
    raw, body, says = BODIES[name]
    server = serve(Reply(403, body=raw, headers=[("Content-Type", "application/json")]))
    with pytest.raises(SegOpsPermissionError) as caught:
        connect(server).segments.list()
    assert caught.value.body == body
    assert says in str(caught.value)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("depth", [100, 300, 600, 900, 5000, 100_000])
def test_a_failure_with_a_deeply_nested_body_is_still_that_failure(depth: int, serve: Any, connect: Any) -> None:
    server = serve(Reply(400, body=b'{"a":' + b"[" * depth + b"]" * depth + b"}"))
    with pytest.raises(SegOpsBadRequestError):
        connect(server).segments.list()


@given(raw=st.binary(max_size=200), status=st.integers(300, 999))
def test_no_body_and_no_status_hides_a_failure(raw: bytes, status: int) -> None:
    script = Script(reply(status=status, content=raw))
    with pytest.raises(SegOpsApiError) as caught:
        script.client(max_retries=0).segments.list()
    assert caught.value.status == status
    assert str(caught.value).startswith(f"GET /segments/ answered {status}")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "Fix the fields named above"),
        (401, "Check the API key"),
        (403, "does not allow this"),
        (404, "Check the id"),
        (405, "Check the method"),
        (409, "look before you repeat it"),
        (413, "Send less at once"),
        (422, "Fix the fields named above"),
        (429, "Try again later"),
        (500, "try again later"),
        (302, "check the base URL"),
    ],
)
def test_the_message_says_what_to_do(status: int, advice: str) -> None:
    with pytest.raises(SegOpsApiError, match=advice):
        Script(reply(status=status)).client(max_retries=0).segments.list()


def test_an_api_error_may_be_made_as_the_published_package_made_it() -> None:
    error = SegOpsApiError("No.", 418, {"detail": "teapot"})
    assert (str(error), error.status, error.body) == ("No.", 418, {"detail": "teapot"})


# ------------------------------------------------------------------------------------------------ pickling


def errors() -> list[SegOpsError]:
    """One error of each class, with every attribute set."""
    with_key = SegOpsConnectionError("closed", sent=True, stale=True)
    with_key.method, with_key.path, with_key.attempts, with_key.idempotency_key = "POST", "/segments/", 2, "key-1"
    api = {
        "headers": segops_admin.Headers([("X-A", "1")]),
        "method": "GET",
        "path": "/x/",
        "request_id": "r",
        "retry_after": 2.0,
        "attempts": 4,
        "idempotency_key": "k",
    }
    made: list[SegOpsError] = [with_key, SegOpsTimeoutError("silent", sent=False, transient=False)]
    made += [kind("No.", 400, {"detail": ["x"]}, **api) for kind in TREE if issubclass(kind, SegOpsApiError)]
    made += [kind("Why.") for kind in (SegOpsError, SegOpsConfigError, SegOpsArgumentError, SegOpsWebhookError)]
    made += [SegOpsDecodeError("bad", status=200, method="GET", path="/x/")]
    made += [SegOpsJobError("failed", {"id": 1}), SegOpsWaitTimeout("late", {"id": 2})]
    for error in made:
        error.__cause__ = ConnectionResetError(104, "reset by peer")
    return made


def test_there_is_one_of_each() -> None:
    assert {type(error) for error in errors()} == {SegOpsError, *TREE}


def same(one: BaseException, other: BaseException) -> None:
    assert type(one) is type(other)
    assert (str(one), one.args, repr(one.__cause__)) == (str(other), other.args, repr(other.__cause__))
    mine, yours = dict(vars(one)), dict(vars(other))
    for state in (mine, yours):
        if "headers" in state:
            state["headers"] = dict(state["headers"])
    assert mine == yours


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_error_survives_pickling_with_all_that_it_carries(protocol: int) -> None:
    for error in errors():
        same(pickle.loads(pickle.dumps(error, protocol)), error)


def test_every_error_survives_copying() -> None:
    for error in errors():
        same(copy.copy(error), error)
        same(copy.deepcopy(error), error)


def test_a_cause_that_cannot_be_pickled_does_not_keep_its_error_from_it() -> None:
    class Local(Exception):
        pass

    error = SegOpsConnectionError("closed")
    error.__cause__ = Local()
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.__cause__) == ("closed", None)


class OwnError(SegOpsApiError):
    """A subclass of a user's."""

    def __init__(self, needed: int, also: str) -> None:
        super().__init__(f"{needed} {also}", 400)
        self.needed = needed


def test_an_error_class_of_the_users_own_survives_too() -> None:
    again = pickle.loads(pickle.dumps(OwnError(1, "x")))
    assert (str(again), again.needed, again.status) == ("1 x", 1, 400)


def fail_in_a_worker(url: str) -> None:
    with segops_admin.SegOpsAdmin(KEY, base_url=url, max_retries=0) as client:
        client.segments.create({})


def test_an_error_comes_home_from_a_worker_process(serve: Any) -> None:
    server = serve(Reply(400, json={"name": ["Required."]}), Hangup())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(SegOpsBadRequestError, match="name: Required") as caught:
            pool.submit(fail_in_a_worker, server.url).result()
        assert caught.value.body == {"name": ["Required."]}
        with pytest.raises(SegOpsConnectionError, match="may have executed it"):
            pool.submit(fail_in_a_worker, server.url).result()


# ------------------------------------------------------------------------------------------------ causes, the key


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        (Hangup, "CutShort"),
        (lambda: Hangup(reset=True), "ConnectionResetError"),
        (lambda: Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1"), "CutShort"),
        (lambda: Raw(b"nonsense\r\n\r\n"), "MalformedReply"),
        (lambda: Reply(body=b"{", headers=[("Content-Type", "application/json")]), "ValueError"),
    ],
)
def test_the_cause_is_kept(step: Any, cause: str, serve: Any, connect: Any) -> None:
    with pytest.raises(SegOpsError) as caught:
        connect(serve(step()), max_retries=0).segments.list()
    assert type(caught.value.__cause__).__name__ == cause


@pytest.mark.parametrize(
    "step", [Hangup, lambda: Hangup(reset=True), lambda: Reply(401), lambda: Raw(b"nonsense\r\n\r\n")]
)
def test_no_traceback_shows_the_key(step: Any, serve: Any, connect: Any) -> None:
    with pytest.raises(SegOpsError) as caught:
        connect(serve(step()), max_retries=0).segments.create({"name": "x"})
    assert KEY not in shown(caught.value)
    assert "Traceback" in full(caught.value)


PROGRAM = """
import sys
from segops_admin import SegOpsAdmin
SegOpsAdmin(base_url=sys.argv[1], max_retries=0).segments.list()
"""


def test_a_program_that_dies_of_an_error_does_not_print_the_key(serve: Any) -> None:
    server = serve(Reply(401, text=f"Invalid: ApiKey {KEY}"))
    died = subprocess.run(
        [sys.executable, "-c", PROGRAM, server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"SEGOPS_API_KEY": KEY, "PYTHONPATH": ":".join(sys.path)},
    )
    assert died.returncode == 1
    assert "SegOpsAuthenticationError: GET /segments/ answered 401 Unauthorized: Invalid: ApiKey sk_***" in died.stderr
    assert KEY not in died.stderr + died.stdout


def test_a_transport_that_raises_os_errors_still_ends_in_an_error_of_the_sdk() -> None:
    for raised in (ConnectionResetError(104, "reset"), ssl.SSLError("tls"), OSError("strange")):
        with pytest.raises(SegOpsConnectionError, match=re.escape(f"{type(raised).__name__}: {raised}")) as caught:
            Script(raised).client(max_retries=0).segments.list()
        assert caught.value.__cause__ is raised


def test_a_header_that_repeats_the_key_is_masked() -> None:
    script = Script(reply({"detail": "no"}, status=403, headers={"X-Debug": f"key={API_KEY}", "X-Other": "kept"}))
    with pytest.raises(SegOpsApiError) as caught:
        script.client().segments.get(1)
    assert (caught.value.headers["x-debug"], caught.value.headers["X-Other"]) == ("key=sk_***", "kept")


def test_half_a_character_within_an_answer_is_an_escape_in_the_message() -> None:
    script = Script(reply(status=400, content=b'["\\ud800"]', headers={"Content-Type": "application/json"}))
    with pytest.raises(SegOpsBadRequestError, match=r'answered 400 Bad Request: \["\\ud800"\]') as caught:
        script.client().segments.get(1)
    assert str(caught.value).encode()
