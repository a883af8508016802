"""What is to blame for an error that should not come, and for a usage line that two SDKs print differently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from repository import ROOT

from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.project import Project
from segops_parity.raising import differing_usage
from segops_parity.sayings import Sayings
from segops_parity.suite import Suite, open_suite

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="module")
def suite() -> Suite:
    return open_suite(Project(Path(ROOT)))


def found(suite: Suite, name: str, **changed: Any) -> list[list[str]]:
    """What raises the error of a case's last step, each problem of it."""
    case = suite.cases[name]
    seen = ideal(case)
    seen["steps"][-1] |= changed
    checks = check_case(suite.contract, case, seen, "python", sayings=Sayings(suite.cases.values()))
    return [line.get("raised_by", []) for each in checks[case.steps[-1].name].values() for line in each]


def test_a_flag_that_is_refused_is_what_raises_the_error(suite: Suite) -> None:
    printed = {"exit": 2, "stderr": "error: segments get: unknown flag --compact.\n", "raw": "", "stdout": {}}
    raised = found(suite, "cli/select-digits", requests=[], outcome={"ok": printed})
    assert raised
    assert all(each == ["cli.compact"] for each in raised)


@pytest.mark.parametrize(
    ("name", "about"),
    [("cli/import-status-failed", "cli.status-waits"), ("cli/export-not-over", "cli.wait")],
)
def test_a_flag_that_one_kind_of_command_refuses_is_a_matter_of_those(suite: Suite, name: str, about: str) -> None:
    printed = {"exit": 2, "stderr": "error: unknown flag --wait.\n", "raw": "", "stdout": {}}
    raised = found(suite, name, requests=[], outcome={"ok": printed})
    assert raised
    assert all(each == [about] for each in raised)


def test_a_flag_that_a_command_has_for_what_it_does_is_a_matter_of_its_entry(suite: Suite) -> None:
    printed = {"exit": 2, "stderr": "error: unknown flag --interval.\n", "raw": "", "stdout": {}}
    raised = found(suite, "cli/terminal-of-an-hour-a-line", requests=[], outcome={"ok": printed})
    assert raised
    assert all(each == ["cli.every-operation"] for each in raised)


@pytest.mark.parametrize(("name", "about"), [("cli/cause-id", ["cli.verbose"]), ("cli/verbose", [])])
def test_what_is_logged_unasked_is_a_matter_of_the_flag_that_asks_for_it(
    name: str, about: list[str], suite: Suite
) -> None:
    printed = {
        "exit": 0,
        "stderr": "2026-05-01 12:00:00,250 DEBUG GET /x/ 404 0 ms attempt 1\n",
        "raw": "",
        "stdout": {},
    }
    raised = found(suite, name, outcome={"ok": printed})
    assert raised
    assert all(each == about for each in raised)


@pytest.mark.parametrize(("was", "becomes", "about"), [("87%", "0%", ["cli.progress"]), ("note", "Note", [])])
def test_a_bar_that_is_drawn_otherwise_is_a_matter_of_progress(
    was: str, becomes: str, about: list[str], suite: Suite
) -> None:
    name = "cli/terminal-upload-in-blocks"
    due = suite.cases[name].steps[-1].outcome["ok"]["stderr"]
    printed = {"exit": 0, "stderr": f"{due}note".replace(was, becomes), "raw": "", "stdout": {}}
    raised = found(suite, name, outcome={"ok": printed})
    assert raised
    assert all(each == about for each in raised)


def test_an_error_of_the_sdk_is_raised_by_what_its_message_is_about(suite: Suite) -> None:
    message = "deadline must be more than 0 seconds, not 5."
    error = {"kind": "SegOpsConfigError", "message": message, "classes": []}
    raised = found(suite, "segments.get/happy", requests=[], outcome={"error": error})
    assert raised
    assert all(each == ["config.options-checked"] for each in raised)


def test_an_error_that_only_waits_raise_is_raised_by_a_wait(suite: Suite) -> None:
    error = {"kind": "SegOpsWaitTimeout", "message": "deadline must be more than 0 seconds.", "classes": []}
    raised = found(suite, "segments.get/happy", requests=[], outcome={"error": error})
    assert raised
    assert all(each == ["wait.timeout"] for each in raised)


def test_an_error_that_is_expected_is_raised_by_nothing_else(suite: Suite) -> None:
    assert not any(found(suite, "client/options-that-are-none"))


USAGE = (
    "error: too little.\nusage: segops-admin segments export <id> [--wait]\n       [--interval=SECONDS]\n\nSee --x.\n"
)


@pytest.mark.parametrize(
    ("words", "was", "becomes", "about"),
    [
        ("segments export", " [--wait]", "", ["cli.wait"]),
        ("segments export 7", "[--interval=SECONDS]", "", ["cli.every-operation"]),
        ("segments export --help", "<id>", "<id> [--idempotency-key=KEY]", ["cli.idempotency-key"]),
        ("help segments export", "[--wait]", "[--compact]", ["cli.compact", "cli.wait"]),
        ("segments export", "<id>", "[<id>]", ["cli.help"]),
        ("segments export", "--x", "--y", []),  # not within the usage
        ("segments export", "usage: ", "", []),
    ],
)
def test_usage_lines_that_differ_are_a_matter_of_what_they_differ_in(
    words: str, was: str, becomes: str, about: list[str], suite: Suite
) -> None:
    assert was in USAGE
    other = USAGE.replace(was, becomes)
    assert differing_usage(suite.contract, words.split(), USAGE, other) == about
    assert differing_usage(suite.contract, words.split(), other, USAGE) == about
