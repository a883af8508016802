"""How is everything checked? All lanes run, each in a process of its own; then judged, and written down."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from fnmatch import fnmatchcase
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from segops_parity.cases import Case
from segops_parity.coverage import Coverage, executed, measure
from segops_parity.deviations import Judged, apply_deviations, load_deviations
from segops_parity.lanes import Lane, LaneRun, run_lane
from segops_parity.project import Suite
from segops_parity.verdicts import CaseVerdict, comparable, judge

__all__ = ["EXITS", "Outcome", "check", "records", "today", "write_ndjson"]

EXITS = {0: "equal", 1: "parity failure", 2: "harness or driver fault", 3: "untestable lane", 4: "stale or expired"}


@dataclass
class Outcome:
    """What came of a whole run."""

    suite: Suite
    lanes: list[Lane]
    runs: dict[str, LaneRun]
    verdicts: list[CaseVerdict]
    judged: list[Judged]
    coverage: dict[str, Coverage] = field(default_factory=dict)
    complete: bool = True
    """Whether every case and every lane was asked for: only then do coverage and deviations count."""

    @property
    def failures(self) -> list[CaseVerdict]:
        """The cases with a difference that is not known."""
        return [each for each in self.verdicts if any(not problem.deviation for problem in each.problems)]

    @property
    def faulty(self) -> list[str]:
        """Lanes and cases in which driver or harness failed."""
        return [f"{name}: {case}: {text}" for name, run in self.runs.items() for case, text in run.faults.items()]

    @property
    def untestable(self) -> list[str]:
        """Lanes that could not be run at all."""
        return [f"{name}: {run.missing}" for name, run in self.runs.items() if run.missing]

    @property
    def stale(self) -> list[str]:
        """Cases recorded under another contract."""
        return sorted({each.case.id for each in self.verdicts if each.case.is_stale})

    @property
    def exit_code(self) -> int:
        """See `EXITS`."""
        states = {each.state for each in self.judged if self.complete}
        if self.faulty:
            return 2
        gaps = self.complete and any(not each.complete for each in self.coverage.values())
        if self.failures or gaps or states & {"gone", "different", "redundant"}:
            return 1
        if self.untestable:
            return 3
        return 4 if self.stale or "expired" in states else 0


def today() -> date:
    """The day by which deviations expire; PARITY_TODAY sets another one."""
    given = os.environ.get("PARITY_TODAY")
    return date.fromisoformat(given) if given else datetime.now(timezone.utc).date()


def check(
    suite: Suite,
    lanes: Sequence[Lane],
    *,
    pattern: str = "*",
    workers: int | None = None,
    whole: bool = True,
) -> Outcome:
    """Run the cases that match in all lanes, and judge them."""
    cases = [case for case in suite.cases.values() if fnmatchcase(case.id, pattern)]
    runs = run_all(suite, lanes, cases, workers)
    verdicts = judge(suite.contract, cases, lanes, runs)
    schema = suite.contract.path / "schema" / "deviations.schema.json"
    known = load_deviations(suite.project.deviations, schema)
    outcome = Outcome(
        suite, list(lanes), runs, verdicts, apply_deviations(known, verdicts, today(), [lane.name for lane in lanes])
    )
    outcome.complete = whole and pattern == "*"
    if outcome.complete:
        outcome.coverage = _coverage(suite, lanes, verdicts)
    return outcome


def run_all(
    suite: Suite, lanes: Sequence[Lane], cases: Sequence[Case], workers: int | None = None
) -> dict[str, LaneRun]:
    """What came of each lane. The longest are begun first; several at a time, each in a process of its own."""
    if len(lanes) == 1:
        return {lane.name: run_lane(lane, cases, suite.project.protocol) for lane in lanes}
    order = {"vcr": 1, "sdk": 0, "shell": 2}
    ordered = sorted(lanes, key=lambda lane: (order[lane.kind], lane.language != "typescript"))
    context = get_context("spawn")  # a forked process would share this one's threads and sockets
    count = workers or min(len(lanes), max(2, os.cpu_count() or 2))
    with ProcessPoolExecutor(max_workers=count, mp_context=context) as pool:
        pending = {lane.name: pool.submit(run_lane, lane, cases, suite.project.protocol) for lane in ordered}
        done = {name: future.result() for name, future in pending.items()}
    return {lane.name: done[lane.name] for lane in lanes}


def _coverage(suite: Suite, lanes: Sequence[Lane], verdicts: Sequence[CaseVerdict]) -> dict[str, Coverage]:
    """For each language the coverage by what was really run; what only the other one can show does not count."""
    languages = {lane.name: lane.language for lane in lanes}
    shown = executed(verdicts, languages)
    found: dict[str, Coverage] = {}
    for language in ("python", "typescript"):
        if language not in shown:
            continue
        foreign = {
            (operation, name)
            for other, cells in shown.items()
            if other != language
            for operation, name in cells
            if name in suite.contract.behaviours and language not in suite.contract.behaviours[name].languages
        }
        found[language] = measure(suite.contract, suite.scenarios, shown[language] | foreign)
    return found


def records(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The report of record, line by line: a header, the lanes, the cases, the deviations, a footer."""
    suite = outcome.suite
    yield {
        "type": "header",
        "format": "segops-parity-report/1",
        "contract": suite.contract.name,
        "suite": suite.hash,
        "day": today().isoformat(),
        "complete": outcome.complete,
    }
    for lane in outcome.lanes:
        run = outcome.runs[lane.name]
        yield {
            "type": "lane",
            "lane": lane.name,
            "language": lane.language,
            "kind": lane.kind,
            "driver": {key: run.hello.get(key) for key in ("sdk", "version", "runtime")},
            "cases": len(run.observations),
            "seconds": round(run.seconds, 2),
            "missing": run.missing,
            "faults": run.faults,
        }
    examples = _examples(outcome)
    for verdict in outcome.verdicts:
        yield _case_record(outcome, verdict, with_wire=bool(verdict.problems) or verdict.case.id in examples)
    for each in outcome.judged:
        entry = each.deviation
        yield {
            "type": "deviation",
            "match": entry.match,
            "lane": entry.lane,
            "kind": entry.kind,
            "reason": entry.reason,
            "owner": entry.owner,
            "added": entry.added.isoformat(),
            "expires": entry.expires.isoformat() if entry.expires else None,
            "age": (today() - entry.added).days,
            "state": each.state,
            "fingerprint": each.found,
            "problems": each.count,
        }
    for language, coverage in outcome.coverage.items():
        yield _coverage_record(language, coverage)
    yield _footer(outcome)


def _examples(outcome: Outcome) -> set[str]:
    """One case of each family, shown with its wire although nothing is wrong."""
    first: dict[str, str] = {}
    for verdict in outcome.verdicts:
        first.setdefault(verdict.case.family, verdict.case.id)
    return set(first.values())


def _case_record(outcome: Outcome, verdict: CaseVerdict, *, with_wire: bool) -> dict[str, Any]:
    case = verdict.case
    record: dict[str, Any] = {
        "type": "case",
        "case": case.id,
        "operation": case.operation,
        "family": case.family,
        "origin": case.origin,
        "stale": case.is_stale,
        "verdicts": verdict.verdicts,
        "checks": {lane: len(checks) for lane, checks in sorted(verdict.checks.items())},
        "behaviours": sorted({name for checks in verdict.checks.values() for name in checks}),
        "problems": [vars(problem) for problem in verdict.problems],
        "faults": verdict.faults,
    }
    if with_wire:
        record["wire"] = {
            lane: comparable(run.observations[case.id])
            for lane, run in outcome.runs.items()
            if case.id in run.observations
        }
    return record


def _coverage_record(language: str, coverage: Coverage) -> dict[str, Any]:
    return {
        "type": "coverage",
        "language": language,
        "cells": len(coverage.cells),
        "shown": len(coverage.shown),
        "excused": len(coverage.excused),
        "percent": round(coverage.percent, 2),
        "empty": [list(cell) for cell in coverage.empty],
        "idle_reasons": list(coverage.idle_reasons),
    }


def _footer(outcome: Outcome) -> dict[str, Any]:
    verdicts: dict[str, dict[str, int]] = {}
    for verdict in outcome.verdicts:
        for pair, word in verdict.verdicts.items():
            counts = verdicts.setdefault(pair, {"pass": 0, "fail": 0})
            counts[word] += 1
    return {
        "type": "footer",
        "exit": outcome.exit_code,
        "meaning": EXITS[outcome.exit_code],
        "cases": len(outcome.verdicts),
        "failing": len(outcome.failures),
        "faults": outcome.faulty,
        "untestable": outcome.untestable,
        "stale": outcome.stale,
        "verdicts": verdicts,
        "origins": {
            origin: sum(each.case.origin == origin for each in outcome.verdicts) for origin in ("recorded", "synthetic")
        },
    }


def write_ndjson(file: Path, lines: Iterator[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write a report; returns its records as they will be read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [json.dumps(line, ensure_ascii=False, sort_keys=False, default=str) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return [json.loads(text) for text in texts]
