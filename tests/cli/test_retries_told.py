"""Waits between attempts, as shown on a terminal."""

from __future__ import annotations

from typing import Any

from terminals import Terminal


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


def test_every_wait_is_a_line_with_v(server: Any, cli: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    server.reply({"detail": "Down."}, status=503)
    server.reply({"id": 1})
    result = cli("-v", "segments", "get", "1", SEGOPS_MAX_RETRIES="1")
    assert result.code == 0
    told = [line for line in result.err.splitlines() if line.startswith("note: ")]
    assert len(told) == 1
    assert told[0].startswith("note: GET /segments/1/ answered 503; retrying in 0.")
