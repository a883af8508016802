"""Probes: what they draw, how a difference is shrunk and printed, and that a changed SDK is detected."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from segops_parity._files import read_json, read_yaml
from segops_parity.contract import load
from segops_parity.lanes import Lane
from segops_parity.probes import kinds
from segops_parity.probes.areas import AREAS
from segops_parity.probes.comparing import Difference, compare
from segops_parity.probes.model import Ground, Probe, client, shell
from segops_parity.probes.pair import Pair
from segops_parity.probes.pasting import write_down
from segops_parity.probes.printing import as_yaml, report
from segops_parity.probes.run import LANES
from segops_parity.probes.searching import Finding, search
from segops_parity.project import Project, find_lanes
from segops_parity.runner import check
from segops_parity.scenarios import load_scenarios, unfolded
from segops_parity.suite import open_suite

PROJECT = Project.find()


@pytest.fixture(scope="module")
def ground() -> Ground:
    contract = load(PROJECT.root / "spec")
    return Ground(contract, load_scenarios(PROJECT.scenarios, contract))


def drawn(ground: Ground, area: str, count: int = 40, seed: int = 1) -> list[Probe]:
    found: list[Probe] = []

    def judge(probe: Probe) -> list[Difference]:
        found.append(probe)
        return []

    search(area, AREAS[area][1](ground), judge, number=seed, count=count)
    return found


@pytest.mark.parametrize("area", AREAS)
def test_a_probe_is_printed_as_a_case_that_reads_back_as_it_was(area: str, ground: Ground, tmp_path: Path) -> None:
    probes = [*AREAS[area][0](ground), *drawn(ground, area)]
    entries = [probe.entry | ({"exit": 0} if probe.is_shell else {}) for probe in probes]
    file = tmp_path / "printed.yaml"
    file.write_text("".join(f"- {as_yaml(entry)}\n" for entry in entries), encoding="utf-8")
    assert repr(unfolded(read_yaml(file))) == repr(entries)
    schema = read_json(ground.contract.path / "schema" / "scenario.schema.json")
    written = {"client": [entry for entry in entries if "steps" in entry], "shell": [e for e in entries if "argv" in e]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(written)] == []


def test_the_same_seed_draws_the_same_probes_and_another_one_others(ground: Ground) -> None:
    first, again, other = (drawn(ground, "ids", 30, seed) for seed in (1, 1, 2))
    assert [probe.key for probe in first] == [probe.key for probe in again]
    assert {probe.key for probe in first} != {probe.key for probe in other}
    assert len({probe.key for probe in first}) == 30


def test_a_difference_is_counted_and_shrunk_to_the_smallest_probe_that_shows_it() -> None:
    numbers = st.integers(0, 10_000).map(lambda number: client("ids", {"op": "segments.get", "args": [number]}))

    def judge(probe: Probe) -> list[Difference]:
        number = probe.entry["steps"][0]["args"][0]
        found = {"python": "small", "typescript": "large"}
        return [Difference("lockstep", "/0/outcome", found)] if number >= 700 else []

    made, (finding,) = search("ids", numbers, judge, number=1, count=100)
    assert made == 100
    assert finding.count > 10
    assert finding.smallest.entry["steps"][0]["args"] == [700]
    text = "\n".join(report(finding, 1))
    assert "Python has small, TypeScript has large" in text
    assert "it was: {case: probe-ids, steps: [{op: segments.get, args: [700]}]}" in text


@pytest.fixture(scope="module")
def both(ground: Ground) -> Iterator[Pair]:
    """Both SDKs and command lines as they are."""
    lanes = [lane for lane in find_lanes(PROJECT) if lane.name in LANES]
    with Pair(lanes, PROJECT.protocol, ground.contract) as pair:
        yield pair


@pytest.mark.needs_workspace
def test_a_printed_case_holds_once_it_is_pasted_in(ground: Ground, both: Pair, copy: Path) -> None:
    printed: dict[str, list[str]] = {"client": [], "shell": []}
    for area in AREAS:
        for number, probe in enumerate(drawn(ground, area, 4)):
            finding = Finding("a sign", area, 1, probe, probe, [Difference("lockstep", "", {})])
            write_down(finding, both.observe(probe))
            finding.case = {**finding.case, "case": f"pasted-{area}-{number}"}
            printed["shell" if probe.is_shell else "client"].append([*report(finding, 1)][-1])
    for name, entries in printed.items():
        text = f"{name}:\n" + "\n".join(entries) + "\n"
        (copy / "parity" / "scenarios" / f"pasted-{name}.yaml").write_text(text, encoding="utf-8")
    suite = open_suite(Project.find(copy))
    names = ("python-http", "cli-python", "typescript-current", "cli-typescript")
    lanes = [lane for lane in find_lanes(PROJECT) if lane.name in names]
    outcome = check(suite, lanes, pattern="*/pasted-*", whole=False)
    wrong = {each.case.id: [vars(p) for p in each.problems][:2] or each.faults for each in outcome.failures}
    assert not outcome.faulty
    assert wrong == {}
    assert len(outcome.verdicts) == 4 * len(AREAS)


COMMANDS = {
    "a trace": ({"exit": 1}, {"stderr": "Traceback (most recent call last):"}, "/0/stderr"),
    "a frame": ({"exit": 1}, {"stderr": "x\n    at main (file:///a/main.js:3:1)\n"}, "/0/stderr"),
    "the runtime's word": ({"exit": 2}, {"stderr": "TypeError: x is not a function"}, "/0/stderr"),
    "another exit code": ({"exit": 3}, {"stderr": "no"}, "/0/exit"),
    "no message": ({"exit": 1}, {"stderr": " \n"}, "/0/stderr"),
    "the key": ({"exit": 0}, {"stdout": '"ApiKey sk_test_parity"'}, "/0/stdout"),
    "the key of the environment": ({"exit": 0}, {"stderr": "sk_test_of_its_own"}, "/0/stderr"),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_what_no_command_line_may_do_is_reported_for_either_language(what: str, ground: Ground) -> None:
    ended, printed, place = COMMANDS[what]
    probe = shell("argv", ["segments", "list"], env={"SEGOPS_API_KEY": "sk_test_of_its_own"})

    def observed(ended: dict[str, Any], printed: dict[str, str]) -> dict[str, Any]:
        ok = {"stdout": {"text": ""}, "raw": "", "messages": True, "stderr": "", "files": {}, **ended}
        streams = {"stdout": "", "stderr": "", **printed}
        step = {"step": "command", "requests": [], "delays": [], "outcome": {"ok": ok}, "streams": streams}
        return {"case": "x", "steps": [step]}

    fine, wrong = observed({"exit": 0}, {}), observed(ended, printed)
    for language in ("python", "typescript"):
        seen = {"python": fine, "typescript": fine, language: wrong}
        told = [each for each in compare(ground.contract, probe, seen) if each.check == "contract"]
        assert [(each.at, [*each.found]) for each in told] == [(place, [language])]
    assert compare(ground.contract, probe, {"python": fine, "typescript": fine}) == []


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_expected_as_javascript_writes_them(value: float) -> None:
    text = kinds.number_text(value)
    assert float(text) == value
    assert "e" not in text or abs(value) >= 1e21 or abs(value) < 1e-6


CHANGES = {
    "ids": ('quote(text, safe="")', 'quote(text, safe="").replace("~", "%7E")'),
    "retry-after": ("min(float(value), _MOST)", "min(float(value) + 1, _MOST)"),
    "argv": ("ensure_ascii=False", "ensure_ascii=True"),
}


@pytest.fixture(scope="module")
def pair(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Python as it is, beside a Python SDK whose source was changed."""
    folder = tmp_path_factory.mktemp("changed")
    shutil.copytree(PROJECT.root / "python" / "src" / "segops_admin", folder / "segops_admin")
    sources = {file: file.read_text(encoding="utf-8") for file in folder.rglob("*.py")}
    for before, after in CHANGES.values():
        files = [file for file, text in sources.items() if before in text]
        assert files, f"no source holds {before!r} any longer: change the test"
        for file in files:
            sources[file] = sources[file].replace(before, after)
            file.write_text(sources[file], encoding="utf-8")
    argv = (sys.executable, "-m", "segops_parity.drivers.python")
    own = Lane("python-http", "python", argv)
    changed = Lane("changed", "typescript", argv, env={"PYTHONPATH": str(folder)})
    with Pair([own, changed], PROJECT.protocol, ground.contract) as pair:
        yield pair


@pytest.mark.parametrize("area", CHANGES)
def test_a_changed_source_is_found_out(area: str, ground: Ground, pair: Pair) -> None:
    def judge(probe: Probe) -> list[Difference]:
        return [each for each in compare(ground.contract, probe, pair.observe(probe)) if each.check == "lockstep"]

    corners, draws = AREAS[area]
    _, findings = search(area, draws(ground), judge, number=1, count=0, corners=corners(ground))
    assert findings
