"""Logging: one line an attempt, without secrets."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from scripted_server import Hangup, Reply
from sdk_client import KEY

from segops_admin import SegOpsApiError, SegOpsDecodeError


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "segops_admin"]


def test_each_attempt_is_one_line_with_method_path_status_milliseconds_and_number(
    serve: Any, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "segops_admin")
    server = serve(Reply(503, close=True), Hangup(), Reply(json=[1]))
    connect(server).segments.list({"email": "ada@example.test"})
    assert lines(caplog) == [
        "GET /segments/ 503 0 ms attempt 1",
        "GET /segments/ SegOpsConnectionError 0 ms attempt 2",
        "GET /segments/ 200 0 ms attempt 3",
    ]
    assert {record.levelno for record in caplog.records} == {logging.DEBUG}


def test_milliseconds_are_those_of_the_clients_clock(
    serve: Any, connect: Any, time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "segops_admin")

    def slow(seen: Any) -> Reply:
        time.time += 1.25
        return Reply(json=[])

    connect(serve(answer=slow)).segments.list()
    assert lines(caplog) == ["GET /segments/ 200 1250 ms attempt 1"]


def test_keys_queries_and_bodies_are_left_out(serve: Any, connect: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = serve(
        Reply(201, json={"secret": "in the reply"}),
        Reply(400, json={"detail": f"ApiKey {KEY} in the failure"}),
        Reply(body=b"{broken", headers=[("Content-Type", "application/json")]),
    )
    client = connect(server)
    client.segments.create({"name": "in the body"}, idempotency_key="idem-1")
    with pytest.raises(SegOpsApiError):
        client.segments.list({"q": "in the query"})
    with pytest.raises(SegOpsDecodeError):
        client.http.request("GET", "/x/?q=in+the+path")
    logged = "\n".join(lines(caplog))
    assert logged.count("\n") == 2
    for secret in (KEY, "in the", "in+the", "idem-1", "broken"):
        assert secret not in logged


def test_nothing_is_logged_above_debug(serve: Any, connect: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "segops_admin")
    connect(serve(Reply(500), Reply(json=[]))).segments.list()
    assert lines(caplog) == []


PROGRAM = """
import sys
{first}
from segops_admin import SegOpsAdmin
from segops_admin.testing import FakeTime
client = SegOpsAdmin("sk_test", base_url=sys.argv[1], _runtime=FakeTime())
print(client.segments.list())
client.close()
"""


@pytest.mark.parametrize(
    ("first", "logged"),
    [("", 0), ("import logging", 0), ("import logging; logging.basicConfig(level=logging.DEBUG)", 2)],
    ids=["no logging", "logging imported", "logging set up"],
)
def test_nothing_is_printed_unless_the_program_has_set_up_logging(first: str, logged: int, serve: Any) -> None:
    server = serve(Reply(503), Reply(json=[1]))
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first), server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.stdout == "[1]\n"
    assert ran.stderr.count("DEBUG:segops_admin:GET /segments/") == logged
    assert bool(ran.stderr) is bool(logged)
