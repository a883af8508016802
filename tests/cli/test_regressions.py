"""Regression tests for the weaknesses of the published command line 0.2.2, one for each.

The numbers are those of the project's list of weaknesses of the published package (32 to 39 concern the shell).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segops_admin.cli.commands import RESOURCES, find, verbs
from segops_admin.testing import Script


@pytest.mark.parametrize("words", [["segments", "get"], ["schemas", "validate"], ["users", "explain", "u"]])
def test_32_a_missing_argument_is_a_usage_error_that_names_it(words: list[str], cli: Any) -> None:
    result = cli(*words)
    assert (result.code, result.out) == (2, "")
    assert " needs <" in result.err
    assert "index" not in result.err


def test_32_help_after_a_command_is_its_help_and_exits_0(cli: Any) -> None:
    assert cli("segments", "get", "--help").out.startswith("One record.")
    assert cli("segments", "get", "--help").code == 0


def test_33_a_public_key_is_one_line_and_exits_2(server: Any, process: Any) -> None:
    result = process("segments", "list", SEGOPS_API_KEY="pk_live_1")
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert result.err.startswith("error: SEGOPS_API_KEY is a public key")
    assert result.err.count("\n") == 1


def test_34_there_is_a_version_help_at_every_level_and_suggestions(cli: Any) -> None:
    assert cli("--version").code == 0
    assert "export-status" in cli("segments", "--help").out
    assert "--format=csv|parquet" in cli("segments", "export", "--help").out
    result = cli("segments", "lst")
    assert "Did you mean segops-admin segments list?" in result.err
    assert len(result.err.splitlines()) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["segments", "list", "--to", "table"],
        ["segments", "get", "1", "--verbos"],
        ["segments", "delete", "1", "--page=2"],
        ["segments", "get", "1", "extra"],
        ["analytics", "overview", "--page=2"],
    ],
)
def test_35_what_is_not_understood_is_refused_and_nothing_is_sent(words: list[str], server: Any, cli: Any) -> None:
    result = cli(*words)
    assert (result.code, result.out, server.requests) == (2, "", [])


def test_36_no_flag_swallows_an_argument_or_loses_its_meaning(server: Any, cli: Any) -> None:
    assert cli("segments", "get", "--verbose", "12", "--dry-run").json["url"].endswith("/segments/12/")
    assert cli("segments", "get", "--dry-run", "--", "12").json["url"].endswith("/segments/12/")
    shown = cli("segments", "export", "3", "-h")
    assert (shown.code, server.requests) == (0, [])
    assert "usage: segops-admin segments export" in shown.out


def test_37_dash_is_standard_input_and_a_bad_file_exits_2(cli: Any, tmp_path: Path) -> None:
    assert cli("segments", "create", "-", "--dry-run", stdin=b'{"a":1}').json["body"] == {"a": 1}
    (tmp_path / "bad.json").write_text("{")
    for path in (tmp_path / "bad.json", tmp_path / "missing.json"):
        assert cli("segments", "create", str(path)).code == 2


def test_38_every_method_has_a_command_and_the_everyday_flags_exist(cli: Any) -> None:
    client = Script().client()
    for resource, entry in RESOURCES.items():
        if entry.is_group:
            continue
        namespace = getattr(client, resource.replace("-", "_"))
        methods = {name for name in dir(namespace) if not name.startswith("_")}
        reached = {command.method for command in verbs(resource).values() if command.method}
        reached |= {name for verb in verbs(resource) for name in _behind_flags(resource, verb)}
        assert methods - {"recompute_and_wait"} == reached  # recompute --wait does the same
    for words in (["segments", "list", "--all"], ["segments", "list", "--compact"], ["-v", "segments", "list"]):
        assert cli(*words, "--dry-run").code == 0
    assert cli("completion", "bash").code == 0


def _behind_flags(resource: str, verb: str) -> list[str]:
    command = find(resource, verb)
    assert command is not None
    job = command.job
    return [name for name in (command.iteration, job and job.wait, job and job.split) if name]


def test_39_an_interrupt_is_no_traceback_and_help_needs_no_unicode(process: Any) -> None:
    """The interrupt itself is in test_exit_codes, the reader that goes away in test_output: both need a process."""
    result = process("--help", PYTHONIOENCODING="ascii")
    assert (result.code, result.err) == (0, "")
    assert result.out.isascii()
