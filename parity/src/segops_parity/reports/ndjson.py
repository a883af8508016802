"""The report of record: one JSON object a line, from which all other reports are derived."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.coverage import Coverage
from segops_parity.lanes import Lane
from segops_parity.reports.groups import Group, groups_of
from segops_parity.runner import EXITS, Outcome, today
from segops_parity.verdicts import CaseVerdict, comparable

__all__ = ["case_record", "lane_record", "records", "write_ndjson"]


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
    yield from (lane_record(outcome, lane) for lane in outcome.lanes)
    wired = _wired(outcome)
    cases = [case_record(outcome, verdict, with_wire=verdict.case.id in wired) for verdict in outcome.verdicts]
    yield from cases
    for group in groups_of(cases, [lane_record(outcome, lane) for lane in outcome.lanes]):
        yield group_record(group)
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


def lane_record(outcome: Outcome, lane: Lane) -> dict[str, Any]:
    """A lane: what it drives, how long it took, and what went wrong in it."""
    run = outcome.runs[lane.name]
    return {
        "type": "lane",
        "lane": lane.name,
        "language": lane.language,
        "kind": lane.kind,
        "transport": lane.transport,
        "driver": {key: run.hello.get(key) for key in ("sdk", "version", "runtime")},
        "cases": len(run.observations),
        "seconds": round(run.seconds, 2),
        "missing": run.missing,
        "faults": run.faults,
    }


def group_record(group: Group) -> dict[str, Any]:
    """What differs in one way, in all its cases."""
    return {
        "type": "group",
        "behaviour": group.behaviour,
        "who": group.who,
        "told": group.told,
        "title": group.title,
        "command": group.command,
        "cases": group.cases,
        "lanes": group.lanes,
    }


def _wired(outcome: Outcome) -> set[str]:
    """The cases whose wire is kept: one of each family, and of those that fail alike a few."""
    kept: dict[tuple[Any, ...], list[str]] = {}
    for verdict in outcome.verdicts:
        failed = sorted({(each.check, each.lane) for each in verdict.problems if not each.deviation})
        kept.setdefault((verdict.case.family, *failed), []).append(verdict.case.id)
    return {name for names in kept.values() for name in names[:2]}


def case_record(outcome: Outcome, verdict: CaseVerdict, *, with_wire: bool) -> dict[str, Any]:
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
        "commands": _commands(outcome.suite.contract, case),
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


def _commands(contract: Contract, case: Case) -> dict[str, tuple[str, str]]:
    """By step the command that sends its requests, and the behaviour that tells of that command."""
    called = [step for step in case.steps if step.op == "cli" and (step.requests or "--dry-run" in step.args)]
    found = {step.name: contract.command_of(step.args) for step in called}
    return {name: command for name, command in found.items() if command}


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
    file.write_text("\n".join(texts) + "\n", encoding="utf-8", errors="backslashreplace")
    return [json.loads(text) for text in texts]
