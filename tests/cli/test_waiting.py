"""Waiting for jobs: the progress shown meanwhile, and the result printed at the end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from terminals import Terminal

QUICK = "--interval=0.001"


def test_a_recompute_is_waited_for_until_the_members_are_newer(server: Any, cli: Any) -> None:
    server.reply({"id": 12, "status": "ready", "last_computed_at": "2026-01-01T00:00:00Z"})
    server.reply({"status": "queued"}, status=202)
    server.reply({"id": 12, "status": "ready", "last_computed_at": "2026-01-01T00:00:00Z"})
    for _ in range(2):
        server.reply({"id": 12, "status": "computing", "last_computed_at": "2026-01-01T00:00:00Z"})
    done = {"id": 12, "status": "ready", "last_computed_at": "2026-01-02T00:00:00Z", "member_count": 7}
    server.reply(done)
    result = cli("segments", "recompute", "12", "--wait", QUICK)
    get, compute = "GET /segments/12/", "POST /segments/12/compute/"
    assert server.lines == [get, compute, get, get, get, get]
    assert (result.code, result.json) == (0, done)
    # A state is reported when it changes, not at each poll.
    assert result.err.splitlines() == ["ready", "computing", "ready"]


def test_a_recompute_that_fails_is_1(server: Any, cli: Any) -> None:
    server.reply({"id": 12, "status": "ready", "last_computed_at": None})
    server.reply({"status": "queued"}, status=202)
    server.reply({"id": 12, "status": "computing", "last_computed_at": None})
    server.reply({"id": 12, "status": "ready", "last_computed_at": None})
    result = cli("segments", "recompute", "12", "--wait", QUICK)
    assert (result.code, result.out) == (1, "")
    assert "The recompute of segment 12 has failed" in result.err


def test_without_wait_a_job_is_only_started(server: Any, cli: Any) -> None:
    server.reply({"status": "queued"}, status=202)
    assert cli("segments", "recompute", "12").json == {"status": "queued"}
    assert server.lines == ["POST /segments/12/compute/"]


@pytest.mark.parametrize("started", [{"export_id": 14, "status": "pending"}, {"id": 14, "status": "pending"}])
def test_an_export_is_waited_for(started: dict[str, Any], server: Any, cli: Any) -> None:
    server.reply(started, status=202)
    server.reply({"id": 14, "status": "processing"})
    server.reply({"id": 14, "status": "complete", "download_url": "/x"})
    result = cli("segments", "export", "12", "--format=parquet", "--wait", QUICK)
    assert server.lines == ["POST /segments/12/export/", "GET /segments/12/export/", "GET /segments/12/export/"]
    assert server.requests[0].json == {"format": "parquet"}
    assert server.requests[1].query == {"export_id": ["14"]}
    assert (result.code, result.json) == (0, {"id": 14, "status": "complete", "download_url": "/x"})


@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_an_export_with_an_output_is_waited_for_and_downloaded(
    wait: list[str], server: Any, cli: Any, tmp_path: Path
) -> None:
    server.reply({"export_id": 14, "status": "pending"}, status=202)
    server.reply({"id": 14, "status": "complete"})
    server.reply(content=b"user_id\nu1\n")
    result = cli("segments", "export", "12", *wait, f"--to={tmp_path / 'members.csv'}", QUICK)
    assert server.lines[-1] == "GET /segments/exports/14/download/"
    assert (tmp_path / "members.csv").read_bytes() == b"user_id\nu1\n"
    assert (result.code, result.json) == (0, {"id": 14, "status": "complete"})


def test_an_export_with_dash_as_output_prints_the_file_and_nothing_else(server: Any, process: Any) -> None:
    server.reply({"export_id": 14, "status": "pending"}, status=202)
    server.reply({"id": 14, "status": "complete"})
    server.reply(content=b"user_id\nu1\n")
    result = process("segments", "export", "12", "--to=-", QUICK)
    assert (result.code, result.out) == (0, "user_id\nu1\n")


def test_an_export_that_fails_is_1_and_says_why(server: Any, cli: Any) -> None:
    server.reply({"export_id": 14, "status": "pending"}, status=202)
    server.reply({"id": 14, "status": "failed", "error": "out of space"})
    result = cli("segments", "export", "12", "--wait", QUICK)
    assert (result.code, result.out) == (1, "")
    assert "error: Export 14 has failed: out of space" in result.err


def test_an_export_without_an_id_is_1(server: Any, cli: Any) -> None:
    server.reply({"status": "pending"}, status=202)
    result = cli("segments", "export", "12", "--wait")
    assert result.code == 1
    assert "the answer has no export_id" in result.err


def test_a_wait_that_takes_too_long_is_1_and_names_the_job(server: Any, cli: Any) -> None:
    server.reply({"export_id": 14, "status": "pending"}, status=202)
    server.otherwise = lambda request: {"id": 14, "status": "processing"}
    result = cli("segments", "export", "12", "--wait", "--wait-timeout=0.01", "--interval=5")
    assert (result.code, result.out) == (1, "")
    assert "Export 14 did not finish within 0.01 s; it is still running." in result.err


def test_an_import_is_confirmed_with_the_mapping_given_and_waited_for(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"sku\n1\n")
    (tmp_path / "mapping.json").write_text('{"mapping": {"sku": "sku"}}')
    server.reply({"job_id": 3, "headers": ["sku"]}, status=201)
    server.reply({"job_id": 3, "status": "importing"}, status=202)
    server.reply({"id": 3, "status": "importing", "row_count": 2, "imported_count": 1})
    server.reply({"id": 3, "status": "done", "row_count": 2, "imported_count": 2})
    result = cli(
        "products", "import", str(tmp_path / "p.csv"), f"--confirm={tmp_path / 'mapping.json'}", "--wait", QUICK
    )
    assert server.lines == [
        "POST /pim/import/csv/",
        "POST /pim/import/3/confirm/",
        "GET /pim/import/3/",
        "GET /pim/import/3/",
    ]
    assert server.requests[1].json == {"mapping": {"sku": "sku"}}
    assert (result.code, result.json["status"]) == (0, "done")
    assert result.err.splitlines() == ["import 3 uploaded", "importing 1/2", "done 2/2"]


def test_an_import_is_confirmed_as_proposed_with_an_empty_object(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"sku\n1\n")
    server.reply({"job_id": 3}, status=201)
    server.reply({"job_id": 3, "status": "importing"}, status=202)
    result = cli("products", "import", str(tmp_path / "p.csv"), "--confirm={}")
    assert server.requests[1].json == {}
    assert (result.code, result.json) == (0, {"job_id": 3, "status": "importing"})


def test_a_bad_mapping_is_found_before_the_upload(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"sku\n1\n")
    assert cli("products", "import", str(tmp_path / "p.csv"), "--confirm={broken").code == 2
    assert cli("products", "import", str(tmp_path / "p.csv"), "--confirm=[]").code == 2
    assert server.requests == []


def test_a_confirmation_is_waited_for(server: Any, cli: Any) -> None:
    server.reply({"job_id": 3, "status": "importing"}, status=202)
    server.reply({"id": 3, "status": "failed", "error_message": "row 7 has no sku"})
    result = cli("products", "confirm-import", "3", "{}", "--wait", QUICK)
    assert server.lines == ["POST /pim/import/3/confirm/", "GET /pim/import/3/"]
    assert (result.code, result.out) == (1, "")
    assert "row 7 has no sku" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["segments", "recompute", "1", "--wait-timeout=5"], "--wait-timeout needs --wait"),
        (["segments", "export", "1", "--interval=5"], "--interval needs --wait"),
        (["products", "import", "/dev/null", "--wait"], "--wait needs --confirm"),
        (["segments", "list", "--prefetch=2"], "--prefetch needs --all"),
        (["segments", "recompute", "1", "--wait", "--interval=0"], "--interval must be a number of seconds above 0"),
        (["segments", "recompute", "1", "--wait", "--wait-timeout=x"], "--wait-timeout must be"),
        (["segments", "list", "--all", "--prefetch=some"], "--prefetch must be a whole number"),
        (["pages", "export", "1", "--wait"], "unknown flag --wait"),
        (["product-segments", "recompute", "1", "--wait"], "unknown flag --wait"),
    ],
)
def test_flags_that_make_no_sense_are_refused_before_anything_is_sent(
    words: list[str], said: str, server: Any, cli: Any
) -> None:
    result = cli(*words)
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert said in result.err


def on_a_terminal(words: list[str], environment: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Runs a command with a terminal as its standard error."""
    with Terminal(words, environment, streams=["stderr"]) as terminal:
        ended = terminal.ended()
    return ended.code, ended.out, ended.shown.encode()


def test_a_terminal_sees_one_line_that_redraws_itself_and_goes_away(
    server: Any, command: Any, environment: Any, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_bytes(b"sku,name,and,more\n" * 70_000)
    server.reply({"job_id": 3}, status=201)
    server.reply({"job_id": 3, "status": "importing"}, status=202)
    server.reply({"id": 3, "status": "importing", "row_count": 20, "imported_count": 1})
    server.reply({"id": 3, "status": "done", "row_count": 20, "imported_count": 20})
    words = command("products", "import", str(tmp_path / "p.csv"), "--confirm={}", "--wait", QUICK)
    code, out, shown = on_a_terminal(words, environment)
    assert code == 0
    assert out.startswith(b"{")
    assert b"sent [####################] 100%" in shown
    assert re.search(rb"\rimporting 1/20, \d+ s", shown)
    assert shown.endswith(b" \r")
    assert b"sku,name,and,more\n" * 70_000 in server.requests[0].content


def test_iteration_counts_its_items_on_a_terminal(server: Any, command: Any, environment: Any) -> None:
    server.reply({"count": 1, "next": None, "results": [{"id": 1}]})
    code, out, shown = on_a_terminal(command("segments", "list", "--all"), environment)
    assert (code, out) == (0, b'{"id":1}\n')
    assert b"1 items" in shown


def test_elsewhere_there_is_no_bar(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"sku,name,and,more\n" * 70_000)
    server.reply({"job_id": 3}, status=201)
    assert cli("products", "import", str(tmp_path / "p.csv")).err == ""
