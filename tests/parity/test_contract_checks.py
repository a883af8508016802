"""What is checked of every step, whatever its case is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from repository import ROOT

from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite

pytestmark = pytest.mark.needs_workspace


@pytest.fixture(scope="module")
def suite() -> Suite:
    return open_suite(Project(Path(ROOT)))


@pytest.mark.parametrize(
    ("kind", "status", "is_broken"),
    [
        ("SegOpsApiError", 429, True),
        ("SegOpsNotFoundError", 429, True),
        ("SegOpsServerError", 503, False),  # the class that its own status asks for: it is the status that is wrong
        ("SegOpsDecodeError", 429, False),
    ],
)
def test_an_error_of_another_class_than_its_status_asks_for_is_a_matter_of_that(
    suite: Suite, kind: str, status: int, is_broken: bool
) -> None:
    case = suite.cases["client/retry-after-that-is-not-waited-for"]
    seen = ideal(case)
    step = next(each for each in case.steps if each.outcome["error"]["kind"] == "SegOpsRateLimitError")
    place = case.steps.index(step)
    seen["steps"][place]["outcome"] = {"error": {"kind": kind, "message": "", "classes": [], "status": status}}
    checks = check_case(suite.contract, case, seen, "python")[step.name]
    assert bool(checks.get("error.by-status")) is is_broken


@pytest.mark.parametrize(
    ("was", "becomes", "broken"),
    [
        ("ø", "\\u00f8", {"cli.no-escapes"}),
        (": ", ":", {"cli.compact"}),
        ("ø", "o", set()),  # something else is printed: a matter of what the case is about
    ],
)
def test_json_that_is_printed_in_another_way_is_a_matter_of_its_escapes_or_its_blanks(
    suite: Suite, was: str, becomes: str, broken: set[str]
) -> None:
    case = suite.cases["products.facets/command"]
    seen = ideal(case)
    printed = seen["steps"][0]["outcome"]["ok"]
    assert was in printed["raw"]
    printed["raw"] = printed["raw"].replace(was, becomes)
    (checks,) = check_case(suite.contract, case, seen, "python").values()
    looked = ("cli.no-escapes", "cli.compact")
    assert {name for name in looked if checks[name]} == broken


def test_a_path_that_a_command_of_an_operation_gets_wrong_is_a_matter_of_commands(suite: Suite) -> None:
    case = suite.cases["cli/download"]
    seen = ideal(case)
    seen["steps"][0]["requests"][0]["path"] = "/segments/7/export/"
    (checks,) = check_case(suite.contract, case, seen, "python").values()
    assert [line["at"] for line in checks["cli.every-operation"]] == ["/requests/0/path"]


@pytest.mark.parametrize(
    ("printed", "is_broken"),
    [
        ("a\r\n\tb — ø 日\n", False),
        ("\x1b[31mred", True),
        ("a\x9b2J", True),
        ("\u202eabc", True),
        ("a\x00b", True),
        ("\x7f", True),
        ("a\x85b", True),
        ("a\x0bb", True),
    ],
)
def test_an_order_to_a_terminal_is_a_matter_of_escapes_whatever_is_printed(
    suite: Suite, printed: str, is_broken: bool
) -> None:
    for name in ("cli/terminal-csv", "cli/table-escapes"):  # one of them is on a terminal
        seen = ideal(suite.cases[name])
        seen["steps"][0]["outcome"]["ok"]["raw"] = printed
        (checks,) = check_case(suite.contract, suite.cases[name], seen, "python").values()
        told = [line["at"] for line in checks.get("cli.no-escapes", ()) if line["expected"] == "no control characters"]
        assert told == ["/ok/raw"] * (is_broken and name == "cli/terminal-csv")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["products", "import", "-"], ("products import", "cli.every-operation")),
        (["api", "GET", "/x/"], ("api", "cli.raw-request")),
        (["config", "set", "url", "x"], ("config", "cli.config")),
        (["doctor"], ("doctor", "cli.doctor")),
        (["completion", "bash"], None),
        ([], None),
    ],
)
def test_a_command_line_is_known_by_its_command(
    suite: Suite, words: list[str], command: tuple[str, str] | None
) -> None:
    assert suite.contract.command_of(words) == command
