"""What an error speaks of that should not have come: found by what the cases expect errors to say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from repository import ROOT

from segops_parity.cases import Case
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.project import Project
from segops_parity.sayings import Sayings
from segops_parity.suite import Suite, open_suite

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="module")
def suite() -> Suite:
    return open_suite(Project(Path(ROOT)))


def sayings(*said: tuple[str, str]) -> Sayings:
    """Of cases that expect an error of the SDK to say something, and what they show."""
    steps = [SimpleNamespace(outcome={"error": {"message": [text]}}, covers=shown.split()) for text, shown in said]
    return Sayings([cast(Case, SimpleNamespace(steps=steps))])


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("GET /x/: the timeout must be above 0, not -1.", "config.options-checked"),
        ("the timeout must be above 0 or null", "wait.timeout"),  # the longest text that fits
        ("nothing of the kind", None),
        ("A word that two share is expected.", None),
        ("A word that two share, though the timeout must be above 0", None),  # the longest tells nothing
    ],
)
def test_a_message_speaks_of_what_the_cases_show_that_expect_it(message: str, about: str | None) -> None:
    known = sayings(
        ("the timeout must be above 0", "config.options-checked error.wording"),
        ("the timeout must be above 0 or null", "wait.timeout"),
        *(("A word that two share, though the", f"some.behaviour-{n}") for n in range(2)),
        *(("A word that two share", f"some.behaviour-{n}") for n in range(2)),
    )
    assert known.about(message) == about


def test_the_flags_and_values_that_a_message_names_make_no_difference() -> None:
    known = sayings(("--interval takes no value: 'x' was given", "cli.flag-values"))
    assert known.about("error: --rows takes no value: '2' was given.", by_command=True) == "cli.flag-values"
    assert known.about("--rows takes no value: '2' was given.") is None  # what the SDK says is of no command


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


def test_an_error_of_the_sdk_is_raised_by_what_its_message_is_about(suite: Suite) -> None:
    message = "deadline must be more than 0 seconds, not 5."
    error = {"kind": "SegOpsConfigError", "message": message, "classes": []}
    raised = found(suite, "segments.get/happy", requests=[], outcome={"error": error})
    assert raised
    assert all(each == ["config.options-checked"] for each in raised)


def test_an_error_that_is_expected_is_raised_by_nothing_else(suite: Suite) -> None:
    assert not any(found(suite, "client/options-that-are-none"))
