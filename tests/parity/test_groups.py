"""The grouping of failures: one bug is one line, with the behaviour that it breaks, in every report format."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from repository import ROOT

from segops_parity.reports.first_lines import first_lines
from segops_parity.reports.groups import groups_of
from segops_parity.reports.ndjson import group_record

pytestmark = pytest.mark.needs_workspace

LANES = [
    {"lane": "python-http", "language": "python", "kind": "sdk"},
    {"lane": "typescript-node18", "language": "typescript", "kind": "sdk"},
    {"lane": "typescript-current", "language": "typescript", "kind": "sdk"},
]
SHELL = {"lane": "cli-python", "language": "python", "kind": "shell"}
WAITS_TOO_LITTLE = {"at": "/delays", "expected": [4.0], "found": [1.0]}


def case(name: str, shows: str, *failing: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """The record of a case that shows some behaviours and fails (lane, checks, difference)."""
    return {
        "case": name,
        "behaviours": shows.split(),
        "problems": [
            {"case": name, "lane": lane, "step": "s", "check": check, "differences": [line], "deviation": ""}
            for lane, checks, line in failing
            for check in checks.split()
        ],
    }


def test_one_bug_is_one_group_and_no_innocent_behaviour_is_named() -> None:
    checks = "case.outcome retry.retry-after-seconds retry.number-of-attempts lockstep"
    late = [(lane, checks, WAITS_TOO_LITTLE) for lane in ("typescript-node18", "typescript-current")]
    cases = [case(f"a.{n}/late", "retry.retry-after-seconds retry.number-of-attempts", *late) for n in range(82)]
    cases += [case(f"a.{n}/500", "retry.number-of-attempts retry.delay") for n in range(82)]
    (group,) = groups_of(cases, LANES)
    assert group.title == ("retry.retry-after-seconds: 82 cases: TypeScript waits 1 s where the contract says 4 s")
    assert group.command == "segops-parity explain a.0/late --lane typescript-current"


def test_a_difference_in_one_lane_of_a_language_says_which() -> None:
    line = {"at": "/requests/0/headers/accept", "expected": "application/json", "found": None}
    (group,) = groups_of([case("a.b/happy", "request.accept", ("typescript-node18", "request.accept", line))], LANES)
    assert (group.who, group.lanes) == ("TypeScript (typescript-node18)", ["typescript-node18"])
    assert group.told == 'sends accept: nothing where the contract says "application/json"'


def test_what_follows_from_a_wrong_request_is_not_reported_beside_it() -> None:
    wrong = {"at": "/requests/0/path", "expected": "/a/", "found": "/b/"}
    refused = {"at": "/error", "expected": None, "found": {"kind": "SegOpsApiError", "message": "answered 418"}}
    shows = "request.line response.json"
    failing = [("python-http", "request.line case.requests", wrong), ("python-http", "response.json", refused)]
    (group,) = groups_of([case("a.b/happy", shows, *failing)], LANES)
    assert group.title == 'request.line: 1 case: Python sends path "/b/" where the contract says "/a/"'


def test_what_follows_is_left_out_where_the_other_language_differs_at_the_same_place_too() -> None:
    wrong = {"at": "/requests/0/path", "expected": "/a/", "found": "/a"}
    refused = {"at": "/error", "expected": None, "found": {"kind": "SegOpsApiError", "message": "answered 418"}}
    for n in range(40):  # whatever order a set has its members in
        failing = [("python-http", f"request.{n} lockstep", wrong), ("python-http", "response.json", refused)]
        groups = groups_of([case("a.b/happy", f"request.{n} response.json", *failing)], LANES)
        assert [group.behaviour for group in groups] == [f"request.{n}"]


def test_what_the_contract_does_not_decide_is_reported_last_with_the_nearest_behaviour() -> None:
    line = {"at": "/outcome/ok/x", "expected": 1, "found": 2}
    key = {"at": "/requests/0/headers/accept", "expected": "x", "found": "y"}
    cases = [
        case(f"a.{n}/bom", "response.bom response.json", ("typescript-current", "lockstep", line)) for n in range(9)
    ]
    cases += [case("a.1/happy", "response.json request.accept", ("python-http", "request.accept", key))]
    first, last = groups_of(cases, LANES)
    assert first.behaviour == "request.accept"
    assert last.title.startswith(
        "lockstep in response.bom: 9 cases: Python has 1 and TypeScript 2 at /outcome/ok/x, of"
    )


def test_an_error_that_says_something_else_in_the_other_language_is_a_matter_of_wording() -> None:
    line = {"at": "/outcome/error/message", "expected": "found 'a'", "found": 'found "a"'}
    cases = [case(f"a/{n}", "request.id-refused error.classes", ("python-http", "lockstep", line)) for n in range(2)]
    (group,) = groups_of(cases, LANES)
    assert group.behaviour == "lockstep in error.wording"


def test_what_the_command_line_does_differently_follows_from_what_the_sdk_does() -> None:
    line = {"at": "/requests", "expected": 1, "found": 2}
    cases = [case(f"cli/{n}", "cli.doctor-report", ("cli-python", "cli.doctor-report", line)) for n in range(3)]
    cases += [case("client/options", "client.options", ("python-http", "client.options", line))]
    assert [group.behaviour for group in groups_of(cases, [*LANES, SHELL])] == ["client.options", "cli.doctor-report"]


def test_what_an_sdk_declares_otherwise_comes_before_what_its_calls_do() -> None:
    line = {"at": "/requests", "expected": 1, "found": 0}
    cases = [case(f"a/{n}", "import.parts", ("python-http", "import.parts", line)) for n in range(9)]
    gone = {"at": "/a.b/body?", "expected": 0, "found": None}
    cases += [case("surface/arguments", "surface.arguments", ("python-http", "surface.arguments", gone))]
    cases += [case("surface/flags", "surface.flags", ("cli-python", "surface.flags", gone))]
    cases += [case(f"cli/{n}", "cli.key", ("cli-python", "cli.key", line)) for n in range(9)]
    assert [group.behaviour for group in groups_of(cases, [*LANES, SHELL])] == [
        "surface.arguments",
        "import.parts",
        "cli.key",
        "surface.flags",
    ]


def test_it_does_so_where_the_contract_does_not_decide_what_the_sdk_does() -> None:
    told = {"at": "/stderr", "expected": "to hold 'retrying in 0 s'", "found": ""}
    cases = [case("cli/retries", "cli.retries-told", ("cli-python", "cli.retries-told", told))]
    line = {"at": "/outcome/attempts/0/delay", "expected": None, "found": 0}
    cases += [case(f"a.{n}/late", "retry.delay", ("python-http", "lockstep", line)) for n in range(9)]
    first, last = groups_of(cases, [*LANES, SHELL])
    assert (first.behaviour, last.behaviour) == ("lockstep in logging.observer", "cli.retries-told")


def test_of_about_as_many_cases_what_goes_wrong_first_comes_first() -> None:
    more = {"at": "/connections", "expected": 1, "found": 2}
    early = {"at": "/requests", "expected": 0, "found": 1}
    cases = [case(f"a/{n}", "pool.kept", ("python-http", "pool.kept", more)) for n in range(7)]
    cases += [case(f"b/{n}", "pool.most", ("python-http", "pool.most", early)) for n in range(6)]
    assert [group.behaviour for group in groups_of(cases, LANES)] == ["pool.most", "pool.kept"]
    assert [group.behaviour for group in groups_of(cases[:10], LANES)] == ["pool.kept", "pool.most"]


def test_of_as_many_cases_the_behaviour_that_holds_nowhere_comes_first() -> None:
    refused = {"at": "/error", "expected": None, "found": {"kind": "SegOpsDecodeError", "message": "too large"}}
    other = {"at": "/ok", "expected": 1, "found": None}
    cases = [case(f"a/{n}", "response.framing", ("python-http", "response.framing", refused)) for n in range(3)]
    cases += [case(f"b/{n}", "response.framing") for n in range(30)]
    cases += [case(f"c/{n}", "response.too-large", ("python-http", "response.too-large", other)) for n in range(2)]
    assert [group.behaviour for group in groups_of(cases, LANES)] == ["response.too-large", "response.framing"]


def test_what_nearly_every_case_shows_comes_after_what_seldom_holds_elsewhere() -> None:
    left = {"at": "/left-open", "expected": [], "found": ["socket"]}
    more = {"at": "/connections", "expected": 1, "found": 2}
    cases = [case(f"a/{n}", "client.leaves", ("python-http", "client.leaves", left)) for n in range(9)]
    cases += [case(f"b/{n}", "client.leaves") for n in range(500)]
    cases += [case(f"c/{n}", "client.shares", ("python-http", "client.shares", more)) for n in range(4)]
    assert [group.behaviour for group in groups_of(cases, LANES)] == ["client.shares", "client.leaves"]


def test_requests_that_a_wrong_delay_leaves_no_time_for_are_not_reported_beside_it() -> None:
    late = {"at": "/delays", "expected": [0.1, 0.2, 0.4], "found": [0.1, 2.0]}
    fewer = {"at": "/requests", "expected": 4, "found": 3}
    failing = [("python-http", "wait.until-done case.outcome", late), ("python-http", "wait.last-look", fewer)]
    (group,) = groups_of([case("a.b/slow", "wait.until-done wait.last-look", *failing)], LANES)
    assert group.title == "wait.until-done: 1 case: Python waits 2 s where the contract says 0.2 s"


def test_the_method_of_a_first_request_is_no_matter_of_what_the_case_shows_of_later_ones() -> None:
    wrong = {"at": "/requests/0/method", "expected": "PUT", "found": "PATCH"}
    failing = ("python-http", "request.line retry.lost-reply", wrong)
    cases = [case("a.b/lost", "request.line retry.lost-reply", failing), case("a.c/lost", "request.line")]
    (group,) = groups_of(cases, LANES)
    assert group.behaviour == "request.line"


def test_replies_that_are_refused_are_no_matter_of_what_the_cases_use_them_for() -> None:
    def refused(kind: str) -> dict[str, Any]:
        return {"at": "/error", "expected": None, "found": {"kind": kind, "message": "GET /x/ answered 200"}}

    def cases(kind: str) -> list[dict[str, Any]]:
        proxied = ("python-http", "case.outcome transport.proxies response.json", refused(kind))
        decoded = ("python-http", "case.outcome response.json", refused(kind))
        found = [case(f"client/proxy-{n}", "transport.proxies response.json", proxied) for n in range(9)]
        found += [case(f"client/json-{n}", "response.json", decoded) for n in range(60)]
        return [*found, *(case(f"a.{n}/happy", "response.json") for n in range(700))]

    def blamed(kind: str) -> list[str]:
        return [group.behaviour for group in groups_of(cases(kind), LANES)]

    assert blamed("SegOpsDecodeError") == ["response.json"]
    assert blamed("SegOpsConnectionError") == ["response.json", "transport.proxies"]


def test_other_words_in_cases_of_many_behaviours_are_a_matter_of_wording() -> None:
    line = {"at": "/error/message", "expected": "found 'a'", "found": 'found "a"'}

    def blamed(shown: list[str]) -> list[str]:
        failing = [
            case(f"a/{n}", f"{name} error.wording", ("python-http", f"case.outcome {name} error.wording", line))
            for n, name in enumerate(shown)
        ]
        others = [case(f"b/{n}", "error.wording") for n in range(500)]
        return [group.behaviour for group in groups_of(failing + others, LANES)]

    assert blamed([f"request.{n}" for n in range(6)]) == ["error.wording"]
    assert blamed(["request.id-refused"] * 6) == ["request.id-refused"]
    assert blamed([f"request.{n}" for n in range(2)]) == ["error.wording"]
    assert blamed(["request.id-refused"]) == ["request.id-refused"]


def test_lines_where_one_is_due_are_a_matter_of_compact_output() -> None:
    rows = {"at": "/ok/stdout/rows", "expected": 1, "found": 5}
    cases = [
        case(
            "cli/install",
            "cli.completion-install cli.compact",
            ("cli-python", "cli.completion-install cli.compact", rows),
        )
    ]
    cases += [case(f"cli/{n}", "cli.compact") for n in range(9)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.compact"


@pytest.mark.parametrize(
    ("line", "also", "own"),
    [
        ({"at": "/requests/0/method", "expected": "GET", "found": "POST"}, "cli.wait", "cli.wait-requests"),
        (
            {"at": "/error/retry_after", "expected": 0, "found": None},
            "retry.retry-after-seconds",
            "error.api-attributes",
        ),
        (
            {"at": "/error/kind", "expected": "SegOpsRateLimitError", "found": "SegOpsApiError"},
            "retry.retry-after-too-long",
            "error.by-status",
        ),
        ({"at": "/error/status", "expected": 200, "found": None}, "transport.gives-up", "error.decode"),
    ],
)
def test_a_place_that_a_check_of_its_own_looks_at_is_a_matter_of_that_check(
    line: dict[str, Any], also: str, own: str
) -> None:
    lane = "cli-python" if own.startswith("cli.") else "python-http"
    cases = [case(f"a/{n}", f"{also} {own}", (lane, f"case.outcome {also} {own}", line)) for n in range(2)]
    # Elsewhere what the cases are there to show fails nowhere else, and the check of its own holds more often.
    cases += [case(f"b/{n}", f"{also} {own}") for n in range(20)]
    cases += [case(f"c/{n}", own) for n in range(50)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == own


@pytest.mark.parametrize(
    ("differing", "check", "first"),
    [(1, "wait.timeout", "FAULT"), (3, "wait.timeout", "FAIL"), (3, "lockstep", "FAULT")],
)
def test_calls_that_never_end_are_told_first_unless_more_cases_break_the_contract(
    differing: int, check: str, first: str
) -> None:
    faults = ["python-http: client/stalls (transport.timeout): no answer", "python-http: client/waits: no answer"]
    cases = [case(f"a/{n}", "wait.timeout", ("python-http", check, WAITS_TOO_LITTLE)) for n in range(differing)]
    lines = [group_record(group) for group in groups_of(cases, LANES)]
    told = [*first_lines(SimpleNamespace(faulty=faults, untestable=[], breaks_off=False), lines)]
    assert told[0].startswith(first)
    assert len(told) == 4


def steps_of(record: dict[str, Any], *names: str) -> dict[str, Any]:
    """The record with its problems in these steps, one after the other."""
    for problem, name in zip(record["problems"], names):
        problem["step"] = name
    return record


def test_a_query_that_is_lost_in_every_step_is_no_matter_of_what_one_step_shows() -> None:
    line = {"at": "/requests/0/query/keep", "expected": ["1"], "found": None}
    labels = [f"request.query-{n}" for n in range(4)]
    both = [("python-http", check, line) for name in labels for check in (name, "request.query-as-contracted")]
    record = case("a.b/parameters", " ".join([*labels, "request.query-as-contracted"]), *both)
    lost = steps_of(record, *(name for name in labels for _ in range(2)))
    others = [case(f"b/{n}", "request.query-as-contracted") for n in range(500)]
    assert groups_of([lost, *others], LANES)[0].behaviour == "request.query-as-contracted"


def test_connections_that_a_failed_step_leaves_are_not_reported_beside_it() -> None:
    wrong = {"at": "/ok", "expected": [1], "found": "[1]xx"}
    fewer = {"at": "/connections", "expected": 2, "found": 1}
    failing = [("python-http", "response.framing", wrong), ("python-http", "transport.keeps-connections", fewer)]
    shows = "response.framing transport.keeps-connections"
    (group,) = groups_of([steps_of(case("a/more", shows, *failing), "call", "next")], LANES)
    assert group.behaviour == "response.framing"
    (alone,) = groups_of([steps_of(case("a/kept", shows, failing[1]), "next")], LANES)
    assert alone.behaviour == "transport.keeps-connections"


def test_of_an_error_that_is_another_what_it_holds_is_not_reported_beside_it() -> None:
    another = {"at": "/error/classes", "expected": ["SegOpsApiError"], "found": []}
    without = {"at": "/error/status", "expected": 404, "found": None}
    failing = [("python-http", "error.classes", another), ("python-http", "error.by-status", without)]
    (group,) = groups_of([case("a/404", "error.classes error.by-status", *failing)], LANES)
    assert group.behaviour == "error.classes"


def test_a_path_with_another_id_is_a_matter_of_ids() -> None:
    wrong = {"at": "/requests/0/path", "expected": "/a%2Fb/", "found": "/a/b/"}
    cases = [
        case(
            "a/ids",
            "request.id-is-one-segment request.line",
            *(("python-http", check, wrong) for check in ("request.id-is-one-segment", "request.line")),
        )
    ]
    cases += [case(f"b/{n}", "request.id-is-one-segment request.line") for n in range(40)]
    cases += [case(f"c/{n}", "request.line") for n in range(300)]
    assert groups_of(cases, LANES)[0].behaviour == "request.id-is-one-segment"


def test_what_a_client_is_opened_with_comes_before_what_its_calls_do() -> None:
    warned = {"at": "/ok/warnings", "expected": 0, "found": 1}
    refused = {"at": "/error/kind", "expected": "SegOpsConnectionError", "found": "SegOpsApiError"}
    cases = [case(f"a/{n}", "redirect.left", ("python-http", "redirect.left", refused)) for n in range(2)]
    cases += [case(f"b/{n}", "config.warns", ("python-http", "config.warns", warned)) for n in range(2)]
    cases += [case(f"c/{n}", "config.warns") for n in range(50)]
    assert [group.behaviour for group in groups_of(cases, LANES)] == ["config.warns", "redirect.left"]


REFUSED = {"at": "/requests", "expected": 1, "found": 0}


def raised_by(*names: str) -> dict[str, Any]:
    """A request that is not sent, since an error comes that speaks of some behaviours."""
    return {**REFUSED, "raised_by": list(names)}


def test_an_error_that_should_not_come_is_a_matter_of_what_it_speaks_of() -> None:
    line = raised_by("cli.flag-values")
    cases = [case(f"cli/split-{n}", "cli.split", ("cli-python", "cli.split", line)) for n in range(3)]
    cases += [case(f"cli/split-and-more-{n}", "cli.split") for n in range(5)]
    cases += [case(f"cli/values-{n}", "cli.flag-values") for n in range(200)]
    first, *others = groups_of(cases, [*LANES, SHELL])
    assert (first.title, others) == (
        "cli.flag-values: 3 cases: Python (cli-python) sends 0 requests where the contract says 1",
        [],
    )


def test_it_is_so_the_more_where_the_cases_are_about_that_too() -> None:
    line = raised_by("import.resumes")
    shown = "import.refused-part import.resumes"
    cases = [case(f"client/{n}", shown, ("python-http", shown, line)) for n in range(18)]
    cases += [case(f"client/split-{n}", "cli.split", ("python-http", "cli.split", line)) for n in range(12)]
    cases += [case("client/more", "import.unchanged", ("python-http", "import.unchanged", dict(line, raised_by=[])))]
    assert groups_of(cases, LANES)[0].behaviour == "import.resumes"


def test_an_error_of_one_command_alone_is_a_matter_of_its_entry_in_the_table() -> None:
    line = raised_by("cli.files")
    cases = [
        case(f"segments.versions/{family}", "cli.every-operation", ("cli-python", "cli.every-operation", line))
        for family in ("command", "columns", "flags")
    ]
    cases += [case(f"a.{n}/command", "cli.every-operation") for n in range(300)]
    (group,) = groups_of(cases, [*LANES, SHELL])
    assert group.behaviour == "cli.every-operation"


def test_what_one_command_refuses_that_is_carried_out_as_recorded_is_a_matter_of_what_its_flags_are_about() -> None:
    shown = "cli.every-operation cli.read-only"
    cases = [case("segments.versions/flags", shown, ("cli-python", shown, REFUSED))]
    cases += [case(f"a.{n}/flags", shown) for n in range(30)]
    cases += [case(f"b.{n}/command", "cli.every-operation") for n in range(300)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.read-only"


def test_an_error_about_the_columns_of_one_command_is_a_matter_of_its_columns() -> None:
    line = raised_by("cli.columns")
    shown = "cli.every-operation cli.columns"
    cases = [case("segments.versions/columns", shown, ("cli-python", shown, line))]
    cases += [case(f"a.{n}/columns", shown) for n in range(30)]
    cases += [case(f"b.{n}/columns", "cli.columns") for n in range(30)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.columns"


def test_what_one_command_sends_wrongly_is_no_matter_of_what_the_sdk_sends() -> None:
    line = {"at": "/requests/0/query/page", "expected": ["2"], "found": None}
    labels = [f"cli.shows-{n}" for n in range(4)]
    both = [("cli-python", check, line) for name in labels for check in (name, "request.query-as-contracted")]
    record = case("cli/all", " ".join([*labels, "request.query-as-contracted"]), *both)
    lost = steps_of(record, *(name for name in labels for _ in range(2)))
    others = [case(f"b/{n}", "request.query-as-contracted") for n in range(500)]
    assert groups_of([lost, *others], [*LANES, SHELL])[0].behaviour == "cli.shows-0"


def test_a_place_of_a_check_of_its_own_is_a_matter_of_it_though_one_case_is_about_something_else() -> None:
    line = {"at": "/requests/0/body/parts/0/content", "expected": "1", "found": "2"}
    shown = "import.refused-part import.parts"
    cases = [case(f"a/{n}", shown, ("python-http", f"case.requests {shown}", line)) for n in range(17)]
    cases += [case("cli/split", "cli.split", ("python-http", "case.requests cli.split", line))]
    cases += [case(f"b/{n}", "import.parts") for n in range(30)]
    assert groups_of(cases, LANES)[0].behaviour == "import.parts"


def test_a_path_that_a_command_gets_wrong_is_a_matter_of_commands_and_not_of_what_the_sdk_sends() -> None:
    line = {"at": "/requests/0/path", "expected": "/a/", "found": "/b/"}
    shown = ["cli.every-operation request.line", "cli.idempotency-key request.line"]
    cases = [case(f"a.b/{n}", each, ("cli-python", each, line)) for n, each in enumerate([shown[0], *shown])]
    cases += [case(f"c.{n}/command", shown[0]) for n in range(40)]
    cases += [case(f"c.{n}/flags", shown[1]) for n in range(40)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.every-operation"


def test_a_request_of_another_method_and_path_is_another_request_told_once() -> None:
    shown = "case.requests import.refused-part request.line"
    method = {"at": "/requests/0/method", "expected": "POST", "found": "GET"}
    path = {"at": "/requests/0/path", "expected": "/a/", "found": "/a/1/"}
    body = {"at": "/requests/0/body", "expected": "x", "found": None}
    failing = [("python-http", shown, line) for line in (method, path, body)]
    cases = [case("a/again", "import.refused-part request.line", *failing)]
    cases += [case(f"b/{n}", "request.line") for n in range(200)]
    (group,) = groups_of(cases, LANES)
    assert (group.behaviour, group.told) == (
        "import.refused-part",
        "sends GET /a/1/ where the contract says POST /a/",
    )


def test_what_only_one_command_does_is_a_matter_of_its_entry_though_few_cases_show_it() -> None:
    line = {"at": "/requests", "expected": 1, "found": 0}
    shown = "cli.every-operation cli.standard-input"
    cases = [case("a.b/command", shown, ("cli-python", shown, line))]
    cases += [case("a.b/flags", "cli.every-operation", ("cli-python", "cli.every-operation", line))]
    cases += [case(f"c.{n}/command", "cli.every-operation") for n in range(200)]
    (group,) = groups_of(cases, [*LANES, SHELL])
    assert (group.behaviour, len(group.cases)) == ("cli.every-operation", 2)


def test_what_a_call_gives_is_no_matter_of_what_it_sends() -> None:
    line = {"at": "/ok", "expected": {"id": 1}, "found": None}
    shown = "request.id-is-one-segment response.json"
    cases = [case("a.b/ids", shown, ("python-http", shown, line))]
    cases += [case(f"c.{n}/ids", shown) for n in range(20)]
    cases += [case(f"d.{n}/happy", "response.json") for n in range(20)]
    assert groups_of(cases, LANES)[0].behaviour == "response.json"


def test_what_the_sdk_refuses_in_a_command_is_no_matter_of_the_sdk() -> None:
    line = raised_by("request.id-refused")
    cases = [case(f"cli/{n}", "cli.progress", ("cli-python", "cli.progress", line)) for n in range(2)]
    cases += [case(f"a/{n}", "request.id-refused") for n in range(20)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.progress"


def test_a_request_that_is_not_sent_is_no_matter_of_what_shows_in_messages_alone() -> None:
    cases = [case(f"cli/wait-{n}", "cli.progress", ("cli-python", "cli.progress", REFUSED)) for n in range(3)]
    cases += [case(f"cli/watch-{n}", "cli.watch", ("cli-python", "cli.watch", REFUSED)) for n in range(2)]
    assert [group.behaviour for group in groups_of(cases, [*LANES, SHELL])] == ["cli.watch", "cli.progress"]


def test_the_whole_of_what_a_command_says_is_a_matter_of_what_shows_in_messages() -> None:
    line = {"at": "/ok/stderr", "expected": "done\n", "found": ""}
    cases = [case("cli/wait", "cli.progress cli.wait", ("cli-python", "cli.progress cli.wait", line))]
    cases += [case(f"cli/told-{n}", "cli.progress") for n in range(2)]
    cases += [case(f"cli/waits-{n}", "cli.wait") for n in range(5)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.progress"


def test_what_a_request_holds_is_no_matter_of_what_shows_in_how_many_there_are() -> None:
    line = {"at": "/requests/1/body/json/mapping", "expected": {"sku": "sku"}, "absent": "found"}
    failing = ("cli-python", "cli.wait cli.wait-requests", line)
    cases = [case("cli/import-confirmed", "cli.wait cli.wait-requests", failing)]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.wait-requests"


def test_what_requests_hold_is_not_reported_where_more_are_sent_than_are_due() -> None:
    more = ("python-http", "pagination.prefetch request.line", {"at": "/requests", "expected": 2, "found": 5})
    line = {"at": "/requests/0/query/page/0", "expected": "3", "found": "5"}
    other = ("python-http", "pagination.prefetch request.query-as-contracted", line)
    cases = [case(f"client/prefetch-{n}", "pagination.prefetch", more, other) for n in range(3)]
    cases += [case("client/connections", "transport.most-connections", ("python-http", "request.line", more[2]), other)]
    cases += [case(f"a.{n}/happy", "request.query-as-contracted request.line") for n in range(300)]
    first, *_ = groups_of(cases, LANES)
    assert first.title == "pagination.prefetch: 3 cases: Python sends 5 requests where the contract says 2"


@pytest.mark.parametrize(("unsent", "first"), [(4, "cli.json-lines"), (3, "cli.suggestions")])
def test_other_words_follow_from_what_is_done_otherwise_in_a_fifth_as_many_cases(unsent: int, first: str) -> None:
    words = {"at": "/stderr", "expected": "to hold '--compact'", "found": "error: unknown flag"}
    cases = [case(f"cli/{n}/slip", "cli.suggestions", ("cli-python", "cli.suggestions", words)) for n in range(20)]
    cases += [
        case(f"cli/lines-{n}", "cli.json-lines", ("cli-python", "cli.json-lines", REFUSED)) for n in range(unsent)
    ]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == first


def test_an_error_of_no_kind_is_a_matter_of_the_classes() -> None:
    line = {"at": "/error/kind", "expected": "SegOpsConnectionError", "found": "SegOpsError"}
    failing = ("python-http", "error.connection error.classes", line)
    cases = [case(f"a.{n}/reset", "error.connection error.classes", failing) for n in range(4)]
    cases += [case(f"a.{n}/happy", "error.classes") for n in range(100)]
    assert groups_of(cases, LANES)[0].behaviour == "error.classes"


def test_a_path_that_is_wrong_without_odd_ids_too_is_no_matter_of_ids() -> None:
    line = {"at": "/requests/0/path", "expected": "/a/1/b/2/", "found": "/a/2/b/1/"}
    cases = [
        case("a.b/ids", "request.id-is-one-segment", ("python-http", "request.id-is-one-segment request.line", line)),
        case("a.b/happy", "request.line", ("python-http", "request.line", line)),
        *(case(f"a.{n}/happy", "request.line") for n in range(100)),
        *(case(f"a.{n}/ids", "request.id-is-one-segment") for n in range(20)),
    ]
    (group,) = groups_of(cases, LANES)
    assert (group.behaviour, len(group.cases)) == ("request.line", 2)


def test_a_known_deviation_is_in_no_group() -> None:
    known = case("a.b/happy", "request.accept", ("python-http", "request.accept", WAITS_TOO_LITTLE))
    known["problems"][0]["deviation"] = "a.b/*"
    assert groups_of([known], LANES) == []


def parity(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "segops_parity", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


def broken_sdk(folder: Path, file: str, was: str, becomes: str) -> str:
    """A copy of the Python SDK with one change in its source; the path to import it from."""
    package = folder / "broken" / "segops_admin"
    shutil.copytree(ROOT / "python/src/segops_admin", package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (package / file).read_text(encoding="utf-8")
    assert was in text, "the source has changed: break it another way"
    (package / file).write_text(text.replace(was, becomes), encoding="utf-8")
    return str(package.parent)


def test_a_regression_is_named_by_its_behaviour_in_the_first_line_of_every_report(tmp_path: Path) -> None:
    check = ("check", "--lane=python-http", "--case=segments.get/*", f"--report={tmp_path}")
    path = broken_sdk(tmp_path, "_call/options.py", 'f"ApiKey {self.key}"', 'f"Bearer {self.key}"')
    ran = parity(*check, PYTHONPATH=path)
    assert ran.returncode == 1, ran.stderr
    first, second, *_ = ran.stdout.splitlines()
    assert first.startswith("FAIL request.authorization: ")
    assert second.strip().startswith("segops-parity explain segments.get/")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.splitlines()[4].startswith("- **`request.authorization`**: ")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "request.authorization" in page.partition("<h2>What differs</h2>")[2][:400]
    assert page.index("What differs") < page.index("<h2>Lanes</h2>")
    failures = [each.get("message") or "" for each in Xml.parse(tmp_path / "junit.xml").iter("failure")]
    assert failures
    assert all(each.startswith("request.authorization: ") for each in failures)


def test_a_case_is_explained_with_each_difference_once_and_no_innocent_behaviour(tmp_path: Path) -> None:
    path = broken_sdk(
        tmp_path, "_call/options.py", "checked_retries(max_retries)\n", "checked_retries(max_retries) - 1\n"
    )
    ran = parity("explain", "segments.get/server-errors", "--lane=python*", PYTHONPATH=path)
    assert ran.returncode == 1, ran.stderr
    told = [line for line in ran.stdout.splitlines() if line.startswith("  FAIL  retry.")]
    blamed = [line.split()[1].rstrip(":") for line in told]
    assert blamed
    broken = [line.split()[1].rstrip(":") for line in ran.stdout.splitlines() if line.startswith("  broken")]
    assert set(broken) == set(blamed), "in the steps that fail only what fails is named"
    for step in ran.stdout.split("\nstep ")[1:]:
        differences = [line for line in step.splitlines() if line.startswith("  FAIL  [")]
        assert len(differences) == len(set(differences))


def calling(record: dict[str, Any], command: str, behaviour: str) -> dict[str, Any]:
    """The record of a case whose step calls a command, of which a behaviour tells."""
    return {**record, "commands": {"s": (command, behaviour)}}


@pytest.mark.parametrize(
    ("behaviour", "failing", "blamed"),
    [
        ("cli.every-operation", 15, "cli.every-operation"),
        ("cli.raw-request", 15, "cli.raw-request"),
        ("cli.raw-request", 4, "cli.shows-0"),  # most of what calls it is as it should be
        ("cli.every-operation", 1, "cli.shows-0"),
    ],
)
def test_what_fails_whatever_a_command_is_called_for_is_a_matter_of_the_command(
    behaviour: str, failing: int, blamed: str
) -> None:
    made = 3 if failing == 1 else 40
    cases = [
        calling(
            case(f"cli/{n}", f"cli.shows-{n % 4}", *[("cli-python", f"cli.shows-{n % 4}", REFUSED)] * (n < failing)),
            "products import",
            behaviour,
        )
        for n in range(made)
    ]
    cases += [case(f"cli/other-{n}", f"cli.shows-{n % 4}") for n in range(40)]
    first = groups_of(cases, [*LANES, SHELL])[0]
    assert first.behaviour == blamed
    assert len(first.cases) == (failing if blamed == behaviour else 1)


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        (
            "a" * 100 + "\nname  text",
            "a" * 100 + "\nname  list",
            'gives …aaaaaaaa\\nname  list" where the contract says …aaaaaaaa\\nname  text"',
        ),
        ("b" + "a" * 100, "c" * 100, f'gives "{"c" * 76}… where the contract says "b{"a" * 75}…'),
        ("a" * 100, "short", f'gives "short" where the contract says "{"a" * 76}…'),
        (["a" * 100, "b"], ["a" * 100, "c"], f'gives …{"a" * 12}", "c"] where the contract says …{"a" * 12}", "b"]'),
    ],
)
def test_of_long_values_the_part_that_differs_is_told(expected: Any, found: Any, told: str) -> None:
    line = {"at": "/ok", "expected": expected, "found": found}
    (group,) = groups_of([case("a.b/happy", "response.json", ("python-http", "response.json", line))], LANES)
    assert group.told == told


def test_an_error_that_such_a_command_raises_says_more() -> None:
    line = raised_by("cli.flag-values")
    cases = [
        calling(case(f"cli/{n}", f"cli.shows-{n % 4}", ("cli-python", f"cli.shows-{n % 4}", line)), "a b", "cli.entry")
        for n in range(15)
    ]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "cli.flag-values"


@pytest.mark.parametrize("at", ["/error/sent", "/error/may_have_executed"])
def test_whether_an_error_says_that_a_call_was_sent_is_a_matter_of_that(at: str) -> None:
    line = {"at": at, "expected": True, "found": False}
    shown = "transport.timeout error.may-have-executed"
    cases = [case(f"a/{n}", shown, ("python-http", shown, line)) for n in range(26)]
    cases += [case(f"b/{n}", "error.may-have-executed") for n in range(900)]
    assert groups_of(cases, LANES)[0].behaviour == "error.may-have-executed"


@pytest.mark.parametrize("others", [True, False])
@pytest.mark.parametrize(
    ("shown", "blamed"), [(5, "transport.requests-session"), (2, "import.shows-0"), (1, "import.shows-0")]
)
def test_what_differs_over_one_transport_alone_in_cases_of_many_kinds_is_a_matter_of_that_transport(
    shown: int, blamed: str, others: bool
) -> None:
    lanes = [LANES[0] | {"transport": "default"}] * others
    lanes += [{"lane": "python-requests", "language": "python", "kind": "sdk", "transport": "requests"}]
    cases = [
        case(f"a/{n}", f"import.shows-{n % shown}", ("python-requests", f"import.shows-{n % shown}", REFUSED))
        for n in range(20)
    ]
    first = groups_of(cases, lanes)[0]
    assert first.behaviour == (blamed if others else "import.shows-0")


@pytest.mark.parametrize(
    ("at", "rare", "blamed"),
    [
        ("/error/message", "retry.deadline", "transport.proxies"),  # what is said of how something ends
        ("/requests", "error.connection", "transport.proxies"),  # what shows in errors follows
        ("/requests", "error.arguments", "error.arguments"),  # arguments are refused before anything is sent
        ("/delays", "transport.gives-up", "client.signal"),  # what frees a connection waits for nothing
        ("/ok/imported_count", "import.parts-keys", "transport.proxies"),  # keys show in requests
        ("/ok", "retry.deadline", "retry.deadline"),
    ],
)
def test_a_behaviour_counts_for_less_where_it_does_not_show(at: str, rare: str, blamed: str) -> None:
    other = "client.signal" if at == "/delays" else "transport.proxies"
    line = {"at": at, "expected": [] if at == "/delays" else "a", "found": [1.0] if at == "/delays" else "b"}
    cases = [case(f"a/{n}", f"{rare} {other}", ("python-http", f"{rare} {other}", line)) for n in range(2)]
    cases += [case(f"b/{n}", other) for n in range(10)]
    assert groups_of(cases, LANES)[0].behaviour == blamed


def test_a_failure_that_nothing_handles_is_one_of_pages_ahead() -> None:
    line = {"at": "/unhandled", "expected": "none", "found": 1}
    shown = "pagination.left pagination.prefetch"
    cases = [case("a/left", shown, ("typescript-current", shown, line))]
    cases += [case("a/fails", "pagination.prefetch", ("typescript-current", "pagination.prefetch", line))]
    cases += [case(f"b/{n}", "pagination.prefetch") for n in range(40)]
    assert groups_of(cases, LANES)[0].behaviour == "pagination.prefetch"


@pytest.mark.parametrize(("number", "blamed"), [(0, "request.query-as-contracted"), (1, "redirect.references")])
def test_the_query_of_a_request_that_was_led_to_is_no_matter_of_what_was_asked(number: int, blamed: str) -> None:
    line = {"at": f"/requests/{number}/query/q", "expected": None, "found": ["1"]}
    both = "redirect.references request.query-as-contracted"
    cases = [case("a/0", both, ("python-http", both, line))]
    asked = "request.query-as-contracted"
    cases += [case(f"a/{n}", asked, ("python-http", asked, line)) for n in (1, 2)]
    cases += [case(f"b/{n}", asked) for n in range(600)]
    assert groups_of(cases, LANES)[0].behaviour == blamed


def test_what_an_error_says_over_one_transport_is_a_matter_of_its_words() -> None:
    lanes = [LANES[0], {"lane": "python-requests", "language": "python", "kind": "sdk", "transport": "requests"}]
    line = {"at": "/error/message", "expected": "a", "found": "b"}
    cases = [
        case(f"a/{n}", f"a.{n} error.wording", ("python-requests", f"a.{n} error.wording", line)) for n in range(6)
    ]
    cases += [case(f"b/{n}", "error.wording") for n in range(600)]
    assert groups_of(cases, lanes)[0].behaviour == "error.wording"


def test_a_command_that_is_not_there_is_told_before_what_it_does_not_do() -> None:
    cases = [case(f"cli/{n}", "cli.never-prompts", ("cli-python", "cli.never-prompts", REFUSED)) for n in range(9)]
    lost = {"at": "/pages/delete", "expected": "a verb", "found": None}
    cases += [case("surface/commands", "surface.commands", ("cli-python", "surface.commands", lost))]
    assert groups_of(cases, [*LANES, SHELL])[0].behaviour == "surface.commands"
