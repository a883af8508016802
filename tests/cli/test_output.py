"""Standard output: its formats, and what happens when its reader is gone."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import segops_admin

ANSWER = {"name": "Größe 😀", "none": None, "list": []}


def test_a_result_is_json_indented_by_two(server: Any, cli: Any) -> None:
    server.reply(ANSWER)
    assert cli("segments", "get", "1").out == json.dumps(ANSWER, indent=2, ensure_ascii=False) + "\n"


def test_compact_puts_a_result_on_one_line(server: Any, cli: Any) -> None:
    server.reply(ANSWER)
    assert cli("segments", "get", "1", "--compact").out == '{"name":"Größe 😀","none":null,"list":[]}\n'


def test_nothing_is_printed_as_ok(server: Any, cli: Any) -> None:
    server.reply(status=204)
    assert cli("segments", "delete", "1", "--compact").out == '{"ok":true}\n'


@pytest.mark.parametrize("answer", [[], {}, [1], "text", 0, False])
def test_an_answer_that_is_false_or_no_object_is_printed_as_it_is(answer: Any, server: Any, cli: Any) -> None:
    server.reply(answer)
    result = cli("api", "GET", "/x/")
    assert (result.code, result.json) == (0, answer)


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_json_is_utf8_whatever_the_locale(variables: dict[str, str], server: Any, environment: Any) -> None:
    server.reply(ANSWER)
    # Without `site`: that reads an editable installation's path in the locale's encoding, which may have no ü.
    command = [sys.executable, "-S", "-m", "segops_admin", "segments", "get", "1"]
    env = {**environment, **variables, "PYTHONPATH": str(Path(segops_admin.__file__).parents[1])}
    done = subprocess.run(command, env=env, capture_output=True, timeout=60)
    assert json.loads(done.stdout.decode("utf-8")) == ANSWER


def test_half_a_surrogate_pair_is_still_json(server: Any, process: Any) -> None:
    server.reply(content=b'{"name": "\\ud83d"}', headers={"Content-Type": "application/json"})
    result = process("segments", "get", "1")
    assert result.out == '{\n  "name": "\\ud83d"\n}\n'
    assert result.json == {"name": "\ud83d"}


@pytest.mark.parametrize("words", [["--help"], ["segments", "--help"], ["products", "import", "--help"]])
def test_help_prints_where_only_ascii_can_be_printed(words: list[str], process: Any) -> None:
    result = process(*words, PYTHONIOENCODING="ascii")
    assert result.code in (0, 2)
    assert (result.out + result.err).isascii()


def test_messages_and_results_do_not_mix(server: Any, cli: Any, tmp_path: Path) -> None:
    server.reply({"export_id": 14, "status": "pending"})
    server.reply({"id": 14, "status": "complete"})
    server.reply(content=b"user_id\n")
    result = cli("segments", "export", "12", "--to", str(tmp_path / "x.csv"))
    assert result.json == {"id": 14, "status": "complete"}
    assert "export 14 of segment 12 started" in result.err
    assert "8 bytes written" in result.err


def test_verbose_logs_each_attempt_to_standard_error_without_the_key(server: Any, cli: Any) -> None:
    server.reply({"detail": "later"}, status=503, headers={"Retry-After": "0"})
    server.reply(ANSWER)
    server.reply(ANSWER)
    result = cli("-v", "segments", "get", "1", "--max-retries=1")
    assert result.json == ANSWER
    first, second = (line for line in result.err.splitlines() if not line.startswith("note: "))
    assert "GET /segments/1/ 503" in first
    assert first.endswith("attempt 1")
    assert "GET /segments/1/ 200" in second
    assert "sk_test" not in result.err
    assert cli("segments", "get", "1").err == ""


def reader_that_goes_away(command: list[str], environment: dict[str, str]) -> tuple[int, bytes]:
    """Runs a command whose output nobody reads: the other end of the pipe is closed before it starts."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, env=environment, stdout=write, stderr=subprocess.PIPE, timeout=30)
    os.close(write)
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["segments", "get", "--help"], ["completion", "bash"]])
def test_a_reader_that_went_away_is_no_error_for_help(words: list[str], command: Any, environment: Any) -> None:
    assert reader_that_goes_away(command(*words), environment) == (0, b"")


def test_a_reader_that_went_away_is_no_error_for_a_result(server: Any, command: Any, environment: Any) -> None:
    server.reply({"name": "x" * 200_000})
    assert reader_that_goes_away(command("segments", "get", "1"), environment) == (0, b"")


def test_a_reader_that_went_away_is_no_error_for_a_download(server: Any, command: Any, environment: Any) -> None:
    server.reply(content=b"x" * 500_000)
    assert reader_that_goes_away(command("segments", "download-export", "1", "-"), environment) == (0, b"")


def test_iteration_ends_when_its_reader_closes_the_pipe(server: Any, command: Any, environment: Any) -> None:
    """As in `segops-admin segments list --all | head -1`: the second page is not requested."""
    server.reply({"count": 4000, "next": "more", "results": [{"id": n, "pad": "x" * 100} for n in range(2000)]})
    iteration = subprocess.Popen(
        command("segments", "list", "--all"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert iteration.stdout is not None
    assert iteration.stderr is not None
    assert json.loads(iteration.stdout.readline())["id"] == 0
    iteration.stdout.close()
    assert iteration.stderr.read() == b""
    assert iteration.wait(30) == 0
    iteration.stderr.close()
    assert len(server.requests) == 1


def test_a_full_disk_is_a_failure_reported_once(server: Any, command: Any, environment: Any) -> None:
    server.reply(ANSWER)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("segments", "get", "1"), env=environment, stdout=full, stderr=subprocess.PIPE, timeout=30
        )
    assert done.returncode == 1
    assert done.stderr == b"error: standard output cannot be written to: No space left on device\n"


def test_a_closed_standard_output_is_a_failure(server: Any, command: Any, environment: Any) -> None:
    server.reply(ANSWER)
    line = shlex.join(command("segments", "get", "1")) + " >&-"
    done = subprocess.run(line, shell=True, env=environment, stderr=subprocess.PIPE, timeout=30)
    assert (done.returncode, done.stderr) == (1, b"error: standard output is closed\n")


def test_a_closed_standard_error_does_not_matter(server: Any, command: Any, environment: Any) -> None:
    server.reply({"detail": "no"}, status=404)
    line = shlex.join(command("segments", "get", "1")) + " 2>&-"
    assert subprocess.run(line, shell=True, env=environment, timeout=30).returncode == 1
