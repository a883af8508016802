"""The exit code and the message of each error."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import pytest

from segops_admin.cli import failures


def test_success_is_0(server: Any, cli: Any) -> None:
    server.reply({"id": 1})
    assert cli("segments", "get", "1").code == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 422, 429, 500, 503])
def test_an_unsuccessful_answer_exits_1(status: int, server: Any, cli: Any) -> None:
    server.reply({"detail": "Nope."}, status=status, headers={"Retry-After": "3600"})
    result = cli("segments", "get", "1")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"error: GET /segments/1/ answered {status}")
    assert "Nope." in result.err


def test_no_connection_is_1(cli: Any) -> None:
    result = cli("segments", "get", "1")
    assert (result.code, result.out) == (1, "")
    assert "no connection to 127.0.0.1:9" in result.err


@pytest.mark.parametrize("content", [b"<html>", b'{"a":'])
def test_an_answer_that_cannot_be_read_is_1(content: bytes, server: Any, cli: Any) -> None:
    server.reply(content=content, headers={"Content-Type": "application/json"})
    result = cli("segments", "get", "1")
    assert (result.code, result.out) == (1, "")
    assert "cannot be read" in result.err


def test_a_page_of_another_program_is_1_and_blames_the_base_url(server: Any, cli: Any) -> None:
    server.reply(content=b"<html>hello</html>", headers={"Content-Type": "text/html"})
    result = cli("segments", "list")
    assert (result.code, result.out) == (1, "")
    assert "Check the base URL" in result.err


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, "SEGOPS_API_KEY is not set"),
        ("", "SEGOPS_API_KEY is not set"),
        ("pk_live_123", "is a public key"),
        ("mk_live_123", "is a MCP key"),
        ("hunter2hunter2", "is not a SegOps API key"),
        ("sk_live_secret\n", "holds a blank, a line end"),
    ],
)
def test_a_missing_or_wrong_key_is_2_and_is_not_shown(key: str | None, said: str, server: Any, cli: Any) -> None:
    result = cli("segments", "list", SEGOPS_API_KEY=key)
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert said in result.err.replace("an MCP", "a MCP")
    assert len(result.err.splitlines()) <= 2
    if key:
        assert key.strip() not in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--api-url", "not an address"], "--api-url"),
        (["--api-url=ftp://x/api"], "--api-url"),
        (["--api-url="], "--api-url is empty"),
        (["--api-url=https://u:hunter2@x/api"], "--api-url must not carry a user"),
        (["--timeout=0"], "--timeout must be a number of seconds above 0, not '0'"),
        (["--timeout=nan"], "--timeout"),
        (["--timeout=soon"], "--timeout"),
        (["--max-retries=-1"], "--max-retries must be a whole number from 0 up, not '-1'"),
        (["--max-retries=1.5"], "--max-retries"),
    ],
)
def test_an_unusable_option_is_2_and_is_named(words: list[str], said: str, server: Any, cli: Any) -> None:
    result = cli(*words, "segments", "list")
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert said in result.err
    assert "hunter2" not in result.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SEGOPS_API_URL", "ftp://x"), ("SEGOPS_TIMEOUT", "soon"), ("SEGOPS_MAX_RETRIES", "-1")],
)
def test_an_unusable_variable_is_2_and_is_named(variable: str, value: str, server: Any, cli: Any) -> None:
    result = cli("segments", "list", **{variable: value})
    assert (result.code, server.requests) == (2, [])
    assert variable in result.err


def test_a_flag_comes_before_the_environment(server: Any, cli: Any) -> None:
    for _ in range(3):
        server.reply({"detail": "later"}, status=503, headers={"Retry-After": "0"})
    assert cli("segments", "list", "--max-retries=2", SEGOPS_MAX_RETRIES="9", SEGOPS_TIMEOUT="soon").code == 2
    assert cli("segments", "list", "--max-retries=2", SEGOPS_MAX_RETRIES="soon", SEGOPS_TIMEOUT="5").code == 1
    assert len(server.requests) == 3


def test_the_environment_comes_before_the_default(server: Any, cli: Any) -> None:
    server.reply({"detail": "later"}, status=503, headers={"Retry-After": "0"})
    server.reply({"detail": "later"}, status=503, headers={"Retry-After": "0"})
    assert cli("segments", "list", SEGOPS_MAX_RETRIES="1").code == 1
    assert len(server.requests) == 2


def test_the_timeout_is_that_of_the_environment(server: Any, cli: Any) -> None:
    server.reply({}, held=True)
    result = cli("segments", "list", SEGOPS_TIMEOUT="0.05")
    assert result.code == 1
    assert "silent for too long" in result.err


def test_plain_http_to_a_distant_host_warns_on_one_line(cli: Any) -> None:
    result = cli("segments", "list", "--api-url=http://segops.example/api", "--dry-run")
    assert result.code == 0
    assert "warning: The API key travels unencrypted to segops.example" in result.err


def test_a_mutation_without_a_reply_says_how_to_repeat_it(server: Any, cli: Any) -> None:
    server.reply({}, held=True)
    result = cli("segments", "recompute", "1", "--timeout=0.05", "--idempotency-key=run-1")
    assert result.code == 1
    assert "--idempotency-key='run-1'" in result.err


def test_a_message_of_the_server_cannot_steer_the_terminal_or_add_lines(server: Any, cli: Any) -> None:
    server.reply({"detail": "a\x1b[2Jb\nerror: c\u202e"}, status=400)
    result = cli("segments", "get", "1")
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err
    assert "\\x1b[2Jb error: c\\u202e" in result.err


def interrupted(words: list[str], environment: dict[str, str], server: Any, after: int = 1) -> tuple[int, bytes, bytes]:
    """Runs a command and interrupts it once it has made that many requests."""
    running = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(after):
        assert server.arrived.acquire(timeout=20)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    return running.returncode, out, err


def test_an_interrupt_is_130_and_one_line(server: Any, command: Any, environment: Any) -> None:
    server.reply({}, held=True)
    code, out, err = interrupted(command("segments", "get", "1"), environment, server)
    assert (code, out) == (130, b"")
    assert err == b"error: interrupted. What was under way may have been executed.\n"


def test_an_interrupt_while_waiting_for_a_job_is_130(server: Any, command: Any, environment: Any) -> None:
    server.reply({"job_id": 3})
    server.reply({"id": 3, "status": "importing"})
    words = command("products", "confirm-import", "3", "{}", "--wait", "--interval=20")
    code, out, err = interrupted(words, environment, server, after=2)
    assert (code, out) == (130, b"")
    assert err.splitlines()[-2:] == [
        b"error: interrupted. What was started is still running at the server.",
        b"To keep waiting: segops-admin products import-status 3 --wait",
    ]
    assert b"Traceback" not in err


def test_an_error_is_never_a_traceback(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from segops_admin.cli import running

    def fail(*args: object) -> int:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(running, "run", fail)
    result = cli("segments", "list")
    assert result.code == 1
    assert result.err.startswith("error: unexpected ZeroDivisionError: oops")
    assert len(result.err.splitlines()) == 1


def test_an_error_of_the_system_says_what_the_system_says(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from segops_admin.cli import running

    def fail(*args: object) -> int:
        raise FileNotFoundError(2, "No such file or directory", "x")

    monkeypatch.setattr(running, "run", fail)
    result = cli("--json-errors", "segments", "list")
    assert (result.code, json.loads(result.err)["kind"]) == (1, "system")
    assert json.loads(result.err)["message"] == "x: No such file or directory"


def test_segops_debug_shows_where_without_the_key(server: Any, cli: Any, environment: Any) -> None:
    key = environment["SEGOPS_API_KEY"]
    server.reply({"detail": f"bad {key}"}, status=400)
    result = cli("segments", "get", "1", SEGOPS_DEBUG="1")
    assert result.code == 1
    assert "Traceback (most recent call last)" in result.err
    assert result.err.splitlines()[-1].startswith("error: ")
    assert key not in result.err


def test_no_message_shows_the_key(cli: Any, environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from segops_admin.cli import running

    def fail(*args: object) -> int:
        raise RuntimeError(f"with {environment['SEGOPS_API_KEY']} in it")

    monkeypatch.setattr(running, "run", fail)
    for debug in ("", "1"):
        result = cli("segments", "list", SEGOPS_DEBUG=debug)
        assert "with sk_*** in it" in result.err
        assert environment["SEGOPS_API_KEY"] not in result.err


def test_every_error_of_the_sdk_has_an_exit_code() -> None:
    """2 for what the caller can fix on the command line, 1 for the rest."""
    from segops_admin import _errors

    codes = {}
    for name in _errors.__all__:
        error = getattr(_errors, name)
        codes[name] = failures.exit_code(error.__new__(error))
    assert {name for name, code in codes.items() if code == 2} == {"SegOpsConfigError", "SegOpsArgumentError"}
    assert set(codes.values()) == {1, 2}
