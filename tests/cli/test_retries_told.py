"""Waits between attempts, as shown on a terminal."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from terminals import Terminal

from segops_admin.cli import retries


def test_a_wait_is_counted_down_on_a_terminal_and_taken_away(
    server: Any, command: Any, environment: dict[str, str]
) -> None:
    server.reply({"detail": "Slow down."}, status=429, headers={"Retry-After": "1"})
    server.reply({"id": 1, "name": "\x9b2J"})
    environment["SEGOPS_MAX_RETRIES"] = "1"
    with Terminal(command("segments", "get", "1", "--compact"), environment, streams=["stderr"]) as terminal:
        code, shown, out, _ = terminal.ended()
    assert code == 0
    lines = shown.split("\r")
    assert lines[1].rstrip() == "GET /segments/1/ answered 429; retrying in 1 s"
    assert lines[-2].strip() == ""  # overwritten with blanks
    assert lines[-1] == ""
    assert out == b'{"id":1,"name":"\\u009b2J"}\n'


def test_the_countdown_goes_down_each_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = [0.0]

    class Over(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            moments.append(moments[-1] + timeout)
            return False

    monkeypatch.setattr(retries, "time", SimpleNamespace(monotonic=lambda: moments[-1]))
    retries._count_down("GET /x/ answered 503", 2.5, Over())
    told = [line.strip().rpartition("; ")[2] for line in capsys.readouterr().err.split("\r")]
    assert told == ["", "retrying in 3 s", "retrying in 2 s", "retrying in 1 s", "", ""]
    assert moments == [0.0, 1.0, 2.0, 2.5]


def test_every_wait_is_a_line_with_v(server: Any, cli: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    server.reply({"detail": "Down."}, status=503)
    server.reply({"id": 1})
    result = cli("-v", "segments", "get", "1", SEGOPS_MAX_RETRIES="1")
    assert result.code == 0
    told = [line for line in result.err.splitlines() if line.startswith("note: ")]
    assert len(told) == 1
    assert told[0].startswith("note: GET /segments/1/ answered 503; retrying in 0.")
