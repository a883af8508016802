"""One case in full: what was expected, what came, where they differ, and each request as a command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from segops_parity.cases import API_KEY, Case
from segops_parity.cassettes import BASE_URL
from segops_parity.coverage import shown_by
from segops_parity.reports.groups import Group, groups_of
from segops_parity.reports.ndjson import case_record, lane_record
from segops_parity.runner import Outcome
from segops_parity.verdicts import CaseVerdict

__all__ = ["explanation"]


def explanation(outcome: Outcome, case: Case) -> Iterator[str]:
    """Lines for people."""
    contract = outcome.suite.contract
    yield f"{case.id}  ({case.origin}{', stale' if case.is_stale else ''})"
    operation = contract.operations.get(case.operation)
    if operation is not None:
        yield f"  {operation.summary}  {operation.source_url}"
    verdict = next(iter(outcome.verdicts), None)
    groups = _groups(outcome, verdict) if verdict and outcome.failures else []
    yield from (f"  FAIL  {group.behaviour}: {group.who} {group.told}".replace(":  ", ": ") for group in groups)
    for step in case.steps:
        yield f"\nstep {step.name}: {step.op}({', '.join(json.dumps(each, ensure_ascii=False) for each in step.args)})"
        for request, reply in zip(step.requests, step.replies, strict=True):
            yield f"  due   {request['method']} {request['path']} {json.dumps(request['query'], ensure_ascii=False)}"
            yield f"        {curl(request)}"
            yield f"  gets  {reply.status} {reply.fault or ''} {reply.body[:160]!r}"
        yield f"  waits {list(step.delays)}"
        yield f"  gives {json.dumps(step.outcome, ensure_ascii=False, default=str)[:400]}"
        broken = [group for group in groups if any(seen.step == step.name for seen in group.seen)]
        for name in step.covers if not broken else [group.behaviour for group in broken]:
            if name in contract.behaviours:
                yield f"  {'broken' if broken else 'shows'} {name}: {contract.behaviours[name].rule}"
        for group in broken:
            yield from _differences(group, step.name)
        known = sorted({each.deviation for each in verdict.problems if each.step == step.name}) if verdict else []
        yield from (f"  known {deviation}" for deviation in known if deviation)
    for lane, run in outcome.runs.items():
        for step_seen in run.observations.get(case.id, {}).get("steps", ()):
            for mismatch in step_seen["mismatches"]:
                told = json.dumps(mismatch, ensure_ascii=False, default=str)
                yield f"\n[{lane}] a request that was not due: {told[:800]}"
    for lane, pair in (verdict.verdicts if verdict else {}).items():
        yield f"\n{lane}: {pair}"
    yield from (f"\n{text}" for text in [*outcome.faulty, *outcome.untestable])


def _groups(outcome: Outcome, verdict: CaseVerdict) -> list[Group]:
    """What differs in the case, with the behaviour to blame: of those that fail, that which fewest cases show."""
    suite = outcome.suite
    counts: dict[str, int] = {}
    for case in suite.cases.values():
        for _, name in shown_by(suite.contract, [case]):
            counts[name] = counts.get(name, 0) + 1
    lanes = [lane_record(outcome, lane) for lane in outcome.lanes]
    return groups_of([case_record(outcome, verdict, with_wire=False)], lanes, counts)


def _differences(group: Group, step: str) -> Iterator[str]:
    """Each difference of a step once, with the lanes that it is seen in."""
    lanes: dict[str, list[str]] = {}
    for seen in group.seen:
        if seen.step == step:
            lanes.setdefault(f"{seen.at or '/'}: {_told(dict(seen.line))}", []).append(seen.lane)
    yield from (f"  FAIL  [{', '.join(dict.fromkeys(found))}] {told}" for told, found in lanes.items())


def _told(line: dict[str, Any]) -> str:
    sides = []
    for side in ("expected", "found"):
        value = "absent" if line.get("absent") == side else json.dumps(line.get(side), ensure_ascii=False, default=str)
        sides.append(f"{side} {value[:200]}")
    return ", ".join(sides)


def curl(request: Any) -> str:
    """The request as a command."""
    query = f"?{urlencode(request['query'], doseq=True)}" if request["query"] else ""
    words = [
        "curl",
        "-X",
        request["method"],
        "-H",
        f"Authorization: ApiKey {API_KEY}",
        f"{BASE_URL}{request['path']}{query}",
    ]
    if request["body"] and "json" in request["body"]:
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(request["body"]["json"], ensure_ascii=False)]
    return shlex.join(words)
