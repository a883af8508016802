"""Mutants of sources: what is changed, that the copy equals the package while none is active, and the verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from segops_parity._files import ContractError
from segops_parity.cases import Case
from segops_parity.coverage import ideal
from segops_parity.lanes import Lane
from segops_parity.mutants.bench import Bench
from segops_parity.mutants.campaign import Baseline, Result, Tried, judged, reaching, try_mutant
from segops_parity.mutants.copies import Copy, Exceptions, load_exceptions
from segops_parity.mutants.mutant import Mutant, named
from segops_parity.mutants.probing import is_put, probes_of
from segops_parity.mutants.python_schemata import instrument_python
from segops_parity.mutants.run import is_excepted, played_cases, summary
from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite

SOURCE = '''"""A module."""

from __future__ import annotations

LONGEST = 60


def waits(seconds: int, *, more: int = 0) -> bool:
    """Whether it is waited for."""
    if seconds <= LONGEST and not more:
        return True
    while more > 0:
        more -= 1
    raise ValueError(f"{seconds} s is too long")
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "sources" / "sample"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE)
    return folder


def asked(target: Path, mutant: int, expression: str, limit: int = 0) -> str:
    code = f"import _segops_mutants as m; m.limit = {limit}; import sample; print({expression})"
    env = {**os.environ, "PYTHONPATH": str(target), "SEGOPS_MUTANT": str(mutant)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_one_copy_holds_every_mutant_and_behaves_as_the_source_while_none_is_on(package: Path, tmp_path: Path) -> None:
    found = instrument_python(package, tmp_path / "copy")
    changes = {(each.was, each.becomes): each for each in found.mutants}
    assert asked(tmp_path / "copy", 0, "sample.waits(60), sample.waits.__doc__") == "True Whether it is waited for."
    boundary = changes[("seconds <= LONGEST", "seconds < LONGEST")]
    assert asked(tmp_path / "copy", boundary.number, "sample.waits(60)") == "ValueError: 60 s is too long"
    figure = changes[("60", "59")]
    assert figure.early
    assert figure.uses == "LONGEST"
    assert asked(tmp_path / "copy", figure.number, "sample.waits(60)") == "ValueError: 60 s is too long"
    dropped = changes[("f'{seconds} s is too long'", "f' s is too long'")]
    assert asked(tmp_path / "copy", dropped.number, "sample.waits(61)") == "ValueError:  s is too long"


def test_a_mutant_that_does_not_come_to_an_end_is_ended_by_its_steps_not_by_a_clock(
    package: Path, tmp_path: Path
) -> None:
    found = instrument_python(package, tmp_path / "copy")
    endless = next(each for each in found.mutants if (each.was, each.becomes) == ("more -= 1", "pass"))
    assert asked(tmp_path / "copy", 0, "sample.waits(61, more=3)", limit=1000) == "ValueError: 61 s is too long"
    assert "Endless" in asked(tmp_path / "copy", endless.number, "sample.waits(61, more=3)", limit=1000)


def test_the_switch_reports_which_mutants_were_reached(package: Path, tmp_path: Path) -> None:
    found = instrument_python(package, tmp_path / "copy")
    told = asked(tmp_path / "copy", 0, "(m.turn(0, 0), sample.waits(60), m.turn(0, 0)['reached'])[2]")
    reached = set(json.loads(told))
    late = {each.number for each in found.mutants if each.was.startswith(("raise", "more -="))}
    first = {each.number for each in found.mutants if each.was == "seconds <= LONGEST"}
    assert reached & first
    assert not reached & late


def test_a_mutant_keeps_its_name_while_lines_move(package: Path, tmp_path: Path) -> None:
    before = [each.key for each in instrument_python(package, tmp_path / "one").mutants]
    (package / "__init__.py").write_text(SOURCE.replace("LONGEST = 60", "\n# About the figure.\nLONGEST = 60"))
    assert [each.key for each in instrument_python(package, tmp_path / "two").mutants] == before
    assert len(set(before)) == len(before)


def test_changes_of_the_same_text_in_one_function_are_distinguished() -> None:
    twin = Mutant(1, "python", "a.py", 1, "f", "figure", "1", "2")
    assert [each.key for each in named([twin, twin])] == ["python a.py f: 1 => 2", "python a.py f: 1 => 2 #2"]


def test_a_change_that_takes_effect_at_loading_is_tried_everywhere_where_its_name_is_used_first(
    package: Path, tmp_path: Path
) -> None:
    found = instrument_python(package, tmp_path / "copy")
    lane = Lane("python-http", "python")
    copy = Copy("python", (lane,), tuple(found.mutants), found.functions)
    (waits,) = found.functions
    reached = {("python-http", "elsewhere"): frozenset(), ("python-http", "waits"): frozenset([waits])}
    figure = next(each for each in found.mutants if each.was == "60")
    places = reaching(copy, Baseline(reached=reached))[figure.number]  # type: ignore[arg-type]
    assert places == [("python-http", "waits"), ("python-http", "elsewhere")]


def test_every_exception_has_a_reason_that_says_something() -> None:
    exceptions = load_exceptions(Project.find().source_mutants)
    listed = (*exceptions.outside, *exceptions.equivalent, *exceptions.elsewhere)
    assert all(len(each["reason"]) >= 15 for each in listed)
    assert not is_excepted(Mutant(1, "python", "nowhere.py", 1, "f", "figure", "1", "2"), exceptions)


def test_what_no_case_can_show_is_counted_apart_from_what_is_the_same() -> None:
    """One mutant is killed, one is the same, one is shown by another test, one survives."""
    exceptions = Exceptions((), ({"match": "* same: *"},), ({"match": "* hidden: *"},), {"sdk": 95, "cli": 90})
    scopes = {"seen": "difference", "same": "survived", "hidden": "survived", "unseen": "survived"}
    results = [
        Result(Mutant(number, "python", "a.py", 1, scope, "figure", "1", "2"), verdict)
        for number, (scope, verdict) in enumerate(scopes.items())
    ]
    ((line, share, wanted),) = summary(results, exceptions)
    assert (share, wanted) == (50.0, 95)
    assert line.startswith("python SDK: 1 of 2 killed, 50.0 % (1 equivalent, 1 that no case can show: 33.3 % with them")


def test_a_campaign_plays_the_cases_and_changes_the_lines_that_are_asked_for() -> None:
    suite = open_suite(Project.find())
    played = played_cases(suite, None, ["client/redirect-*", "segments.get/happy"])
    assert {case.id for case in played} >= {"segments.get/happy"}
    assert all(case.id.startswith("client/redirect-") for case in played if case.id != "segments.get/happy")
    with pytest.raises(ContractError, match="--case"):
        played_cases(suite, None, ["segments.*/nothing-of-the-kind"])


def test_a_campaign_puts_the_probes_of_parity_and_compares_both_languages(suite: Suite) -> None:
    probes = probes_of(suite, ["probe/ids/*", "segments.get/happy"])
    assert len(probes.inputs) == len(probes.cases) > 200
    assert probes_of(suite, ["segments.get/happy"]).cases == {}
    name = next(iter(probes.cases))
    case, lane = probes.cases[name], Lane("python-http", "python")
    assert case.id == name == "probe/ids/1"
    assert not is_put(case, Lane("python-async", "python"))
    seen = ideal(suite.cases["segments.get/happy"])
    known = Baseline({("typescript-current", name): seen}, probes=probes)
    assert judged(suite.contract, case, lane, seen, known).get("lockstep") is None
    asked_otherwise = json.loads(json.dumps(seen))
    asked_otherwise["steps"][0]["requests"][0]["method"] = "PUT"
    (difference,) = judged(suite.contract, case, lane, asked_otherwise, known)["lockstep"]
    assert difference["found"] == {"python": "PUT", "typescript": "GET"}
    places = [(lane.name, name), (lane.name, "segments.get/happy")]
    order = Tried({**suite.cases, **probes.cases}, suite.contract, 1)
    mutant = Mutant(1, "python", "a.py", 1, "f", "figure", "1", "2")
    assert order.order(mutant, places) == places[::-1]


class Once:
    """A bench whose SDK computes something once a process: its mutants show only if active from the start."""

    def __init__(self, seen: dict[str, object], broken: dict[str, object]) -> None:
        self._seen, self._broken = seen, broken
        self.early = 0

    def turn(self, lane: Lane, mutant: int, limit: int = 0, *, early: bool = False) -> dict[str, object]:
        self.early = mutant if early else 0
        return {}

    def observe(self, case: Case, lane: Lane) -> dict[str, object]:
        return self._broken if self.early else self._seen

    def stop(self) -> None:
        self.early = 0


def test_a_mutant_of_what_is_made_once_a_process_is_tried_in_one_that_starts_with_it(suite: Suite) -> None:
    case, lane = suite.cases["segments.get/happy"], Lane("python-http", "python")
    seen = ideal(case)
    broken = json.loads(json.dumps(seen))
    broken["steps"][0]["requests"][0]["method"] = "PUT"
    where = (lane.name, case.id)
    bench = Once(seen, broken)
    known = Baseline(red={where: judged(suite.contract, case, lane, seen, Baseline())})
    mutant = Mutant(1, "python", "a.py", 1, "made_once", "text", "'GET'", "'GETx'")
    lanes, cases = {lane.name: lane}, {case.id: case}
    for places, users in (([where], []), ([], [where])):
        found = try_mutant(mutant, places, lanes, cases, suite.contract, known, cast(Bench, bench), users)
        assert (found.verdict, found.case, found.mutant.early) == ("difference", "python-http/segments.get/happy", True)
    bench = Once(seen, seen)
    assert (
        try_mutant(mutant, [], lanes, cases, suite.contract, known, cast(Bench, bench), [where]).verdict
        == "not reached"
    )
