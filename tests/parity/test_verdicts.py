"""Deviations, coverage, mutants, reports and the comparison of runs are as strict as they say."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import urllib.request
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from repository import ROOT, outside_make

from segops_parity import runner
from segops_parity.cassettes import Interaction
from segops_parity.coverage import measure, shown_by
from segops_parity.deviations import Deviation, apply_deviations, fingerprint, suggestions
from segops_parity.drift import classify
from segops_parity.project import find_lanes
from segops_parity.reports import ndjson, write_reports
from segops_parity.reports.difference import compare
from segops_parity.suite import Suite
from segops_parity.verdicts import CaseVerdict, Problem

TODAY = date(2026, 6, 1)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "segops_parity", *arguments]
    return subprocess.run(command, cwd=ROOT, env=outside_make(), capture_output=True, text=True, check=False)


def problem(expected: object = 1, found: object = 2) -> Problem:
    return Problem(
        "segments.get/happy",
        "python-http",
        "happy",
        "request.line",
        [{"at": "/x", "expected": expected, "found": found}],
    )


def known(**changes: object) -> Deviation:
    entry = Deviation(
        match="segments.get/*:request.line",
        lane="python-*",
        kind="bug",
        reason="They differ for a reason.",
        owner="me",
        added=date(2026, 5, 1),
        expires=date(2026, 7, 1),
        fingerprint=fingerprint([problem()]),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def states(suite: Suite, entries: list[Deviation], *problems: Problem) -> tuple[list[str], list[str]]:
    verdict = CaseVerdict(suite.cases["segments.get/happy"], problems=list(problems))
    judged = apply_deviations(entries, [verdict], TODAY)
    return [each.state for each in judged], [each.deviation for each in verdict.problems]


def test_a_known_deviation_is_allowed_as_it_was(suite: Suite) -> None:
    assert states(suite, [known()], problem()) == (["ok"], ["segments.get/*:request.line"])


@pytest.mark.parametrize(
    ("entry", "problems", "state"),
    [
        (known(), [], "gone"),
        (known(match="segments.put/*:request.line"), [problem()], "gone"),
        (known(lane="typescript-*"), [problem()], "gone"),
        (known(expires=date(2026, 5, 31)), [problem()], "expired"),
        (known(), [problem(found=3)], "different"),
        (known(), [problem(), problem(found=3)], "different"),
    ],
)
def test_a_deviation_that_is_not_as_it_was_allows_nothing(
    suite: Suite, entry: Deviation, problems: list[Problem], state: str
) -> None:
    found, allowed = states(suite, [entry], *problems)
    assert found == [state]
    assert not any(allowed)


def test_a_deviation_that_another_one_covers_is_redundant(suite: Suite) -> None:
    assert states(suite, [known(), known(match="segments.get/happy:request.line")], problem())[0] == ["ok", "redundant"]


def test_a_suggested_deviation_fits_what_it_was_suggested_for(suite: Suite) -> None:
    verdict = CaseVerdict(suite.cases["segments.get/happy"], problems=[problem()])
    (entry,) = suggestions([verdict], TODAY)
    assert entry["fingerprint"] == fingerprint([problem()])
    assert (entry["match"], entry["lane"]) == ("segments.get/happy:request.line", "python-http")


def test_the_coverage_is_whole(suite: Suite) -> None:
    found = measure(suite.contract, suite.scenarios, shown_by(suite.contract, suite.cases.values()))
    assert found.empty == ()
    assert found.idle_reasons == ()


def test_a_family_that_is_taken_away_leaves_empty_cells(suite: Suite) -> None:
    fewer = [case for case in suite.cases.values() if case.family != "jitter" and case.family != "server-errors"]
    found = measure(suite.contract, suite.scenarios, shown_by(suite.contract, fewer))
    assert ("segments.get", "retry.server-errors") in found.empty


def test_a_reason_for_what_is_shown_is_idle(suite: Suite) -> None:
    more = replace(suite.scenarios, reasons=({"behaviours": ["request.line"], "reason": "none"},))
    found = measure(suite.contract, more, shown_by(suite.contract, suite.cases.values()))
    assert found.idle_reasons == ("request.line",)


@pytest.mark.needs_workspace
def test_the_reports_tell_a_failure_in_every_form(suite: Suite, tmp_path: Path) -> None:
    case = suite.cases["segments.get/happy"]
    wrong = replace(case, steps=(replace(case.steps[0], outcome={"ok": {"id": "<script>"}}),))
    broken = type(suite)(suite.project, suite.contract, suite.scenarios, {case.id: wrong})
    lanes = [each for each in find_lanes(suite.project) if each.name in ("python-http", "typescript-current")]
    outcome = runner.check(broken, lanes, whole=False)
    assert outcome.exit_code == 1
    lines = ndjson.write_ndjson(tmp_path / "report.ndjson", ndjson.records(outcome))
    write_reports(tmp_path, lines)
    junit = Xml.parse(tmp_path / "junit.xml").getroot()
    assert {suite.get("failures") for suite in junit} == {"1"}
    assert "❌ Parity: parity failure" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page.replace("<script>const heat", "")
    assert not [part for part in ('src="http', 'href="http', "@import", "url(http") if part in page], (
        "one file, no network"
    )
    assert "prefers-color-scheme: dark" in page


def test_two_runs_are_compared_by_what_changed() -> None:
    def report(**states: str) -> list[dict[str, object]]:
        cases = [
            {
                "type": "case",
                "case": name,
                "checks": {"python": 3},
                "faults": {},
                "problems": [] if state == "equal" else [{"lane": "python", "check": state, "deviation": ""}],
            }
            for name, state in states.items()
        ]
        return [{"type": "header"}, *cases, {"type": "footer"}]

    lines = compare(report(a="equal", b="x.y", c="equal", e="equal"), report(a="x.y", b="equal", d="equal", e="equal"))
    assert lines == [
        "newly failing: a [python] (equal -> x.y)",
        "newly fixed: b [python] (x.y -> equal)",
        "no longer tested: c [python]",
        "new: d [python] (equal)",
    ]


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        ({"reply_body": b'{"id":1,"name":"x","more":1}'}, "additive"),
        ({"reply_body": b'{"id":1}'}, "breaking"),
        ({"reply_body": b'{"id":"1","name":"x"}'}, "breaking"),
        ({"reply_body": b'{"id":2,"name":"x"}'}, "volatile"),
        ({"status": 201}, "breaking"),
        ({"target": "/a"}, "breaking"),
    ],
)
def test_drift_is_classified(new: dict[str, object], kind: str) -> None:
    old = Interaction("GET", "/a/", (), b"", 200, (), b'{"id":1,"name":"x"}')
    assert list(classify(old, old)) == []
    assert kind in {found for found, _ in classify(old, replace(old, **new))}  # type: ignore[arg-type]


def test_a_case_recorded_under_another_contract_is_stale(suite: Suite) -> None:
    case = suite.cases["segments.get/happy"]
    assert not case.is_stale
    assert replace(case, recorded_under="0" * 16).is_stale


@pytest.mark.needs_workspace
def test_a_stale_case_exits_4(suite: Suite) -> None:
    case = replace(suite.cases["segments.get/happy"], recorded_under="0" * 16)
    old = type(suite)(suite.project, suite.contract, suite.scenarios, {case.id: case})
    lanes = [each for each in find_lanes(suite.project) if each.name == "python-http"]
    assert runner.check(old, lanes, whole=False).exit_code == 4


def test_a_case_is_explained_with_its_rule_and_a_command_to_repeat_it() -> None:
    done = run("explain", "segments.get/server-errors", "--lane", "python-http")
    assert done.returncode == 0, done.stderr
    assert "retry.server-errors: Every 5xx is retried" in done.stdout
    assert "curl -X GET -H 'Authorization: ApiKey sk_test_parity'" in done.stdout
    near = run("explain", "segments.get/hapy")
    assert near.returncode == 2
    assert "segments.get/happy" in near.stderr


def test_a_cassette_is_served_to_anyone_who_asks() -> None:
    command = [sys.executable, "-m", "segops_parity", "serve", "parity/cassettes/analytics/overview/happy.yaml"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with urllib.request.urlopen(ready["url"] + "/analytics/overview/", timeout=300) as reply:
            assert "total_events" in reply.read().decode() or reply.status == 200
        assert json.loads(process.stdout.readline())["path"] == "/analytics/overview/"
        assert process.wait(300) == 0


def test_the_checks_of_a_commit_pass_and_take_little_work() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("hygiene")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert worked < 15, "3 s of processor time: what the clock says depends on what else the machine does"


def test_reading_the_suite_loads_no_grammar_of_addresses() -> None:
    # jsonschema loads one wherever it is installed, which costs each process more than reading all cases does.
    program = "import sys, segops_parity.suite; print(sorted({'rfc3987_syntax', 'rfc3987', 'lark'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n", "which requirement brings it? Give it a lock of its own, as requirements/sbom.in"


def test_an_orphan_and_a_secret_are_named(copy: Path) -> None:
    orphan = copy / "parity/cassettes/segments/get/extra.yaml"
    text = (copy / "parity/cassettes/segments/get/happy.yaml").read_text(encoding="utf-8")
    orphan.write_text(text + "# sk_" + "live9f8b7c6d5e4f3a2b1c\n", encoding="utf-8")
    done = run("--root", str(copy), "hygiene")
    assert done.returncode == 1
    assert "extra.yaml: no case plays it" in done.stderr
    assert "looks like a key" in done.stderr
