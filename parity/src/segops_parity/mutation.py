"""Mutants at the drivers' seams: each breaks an SDK in one small way, and the check that it names must fail for it.

A crash, a timeout or another check is no kill; a mutant that never came to bear is reported as not applied; one that
changes nothing that matters (the order of JSON keys) must survive. The unbroken SDK must pass the same cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, read_yaml
from segops_parity.cases import Case
from segops_parity.lanes import Lane, LaneRun, run_lane
from segops_parity.runner import run_all
from segops_parity.suite import Suite
from segops_parity.verdicts import judge

__all__ = ["Mutant", "load_mutants", "mutation_records"]


@dataclass(frozen=True)
class Mutant:
    """One change. `check` is the behaviour whose check must fail; None for one that must survive."""

    id: str
    about: str
    check: str | None
    shell: bool = False


def load_mutants(file: Path, behaviours: Sequence[str]) -> tuple[list[Mutant], list[str]]:
    """The mutants, and the cases that they are run on."""
    content = read_yaml(file)
    mutants = []
    for index, entry in enumerate(content["mutants"]):
        if entry["check"] is not None and entry["check"] not in behaviours:
            problem = f"expected a behaviour of the contract, or null; found {entry['check']!r}"
            raise ContractError(file, f"mutants[{index}].check", problem)
        mutants.append(Mutant(entry["id"], entry["about"], entry["check"], entry.get("shell", False)))
    return mutants, content["cases"]


def mutation_records(suite: Suite, lanes: Sequence[Lane], wanted: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """One record for each mutant in each lane that can be broken: those with a driver, one for each language."""
    mutants, names = load_mutants(suite.project.mutants, list(suite.contract.behaviours))
    if unknown := [name for name in wanted if name not in {each.id for each in mutants}]:
        raise ContractError(suite.project.mutants, unknown[0], "expected a mutant of this file")
    for name in names:
        if name not in suite.cases:
            raise ContractError(suite.project.mutants, f"cases: {name}", "expected a case")
    cases = [suite.cases[name] for name in names]
    chosen = [each for each in mutants if not wanted or each.id in wanted]
    broken = [
        lane for lane in lanes if lane.name in ("python-http", "typescript-current", "cli-python", "cli-typescript")
    ]
    broken = [lane for lane in broken if not lane.missing and any(_is_for(mutant, lane) for mutant in chosen)]
    control = run_all(suite, broken, cases)
    for lane in broken:
        if _failing(suite, lane, cases, control[lane.name]) or control[lane.name].faults:
            yield _record(lane, Mutant("control", "nothing is broken", None), "the control fails", 0)
    jobs = [(lane, mutant) for mutant in chosen for lane in broken if _is_for(mutant, lane)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(lambda job: _one(suite, job[0], job[1], cases), jobs)


def _is_for(mutant: Mutant, lane: Lane) -> bool:
    return mutant.shell == (lane.kind == "shell")


def _one(suite: Suite, lane: Lane, mutant: Mutant, cases: Sequence[Case]) -> dict[str, Any]:
    mutated = replace(lane, env={**lane.env, "PARITY_MUTANT": mutant.id})
    run = run_lane(mutated, cases, suite.project.protocol)
    if run.faults:
        return _record(lane, mutant, "fault", run.fired, next(iter(run.faults.values())))
    if not run.fired:
        return _record(lane, mutant, "not applied", 0)
    failing = _failing(suite, lane, cases, run)
    if mutant.check is None:
        return _record(lane, mutant, "killed, but equivalent" if failing else "survived as it must", run.fired)
    verdict = "killed" if mutant.check in failing else "noticed otherwise" if failing else "survived"
    return _record(lane, mutant, verdict, run.fired, ", ".join(sorted(failing)[:6]))


def _failing(suite: Suite, lane: Lane, cases: Sequence[Case], run: LaneRun) -> set[str]:
    verdicts = judge(suite.contract, cases, [lane], {lane.name: run})
    return {problem.check for verdict in verdicts for problem in verdict.problems}


def _record(lane: Lane, mutant: Mutant, verdict: str, fired: int, detail: str = "") -> dict[str, Any]:
    return {
        "type": "mutant",
        "mutant": mutant.id,
        "about": mutant.about,
        "lane": lane.name,
        "check": mutant.check or "nothing",
        "verdict": verdict,
        "fired": fired,
        "detail": detail,
    }
