"""One case told in full: what was expected, what came, where they differ, and each request as a command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from segops_parity.cases import API_KEY, Case
from segops_parity.cassettes import BASE_URL
from segops_parity.runner import Outcome

__all__ = ["explanation"]


def explanation(outcome: Outcome, case: Case) -> Iterator[str]:
    """Lines for people."""
    contract = outcome.suite.contract
    yield f"{case.id}  ({case.origin}{', stale' if case.is_stale else ''})"
    operation = contract.operations.get(case.operation)
    if operation is not None:
        yield f"  {operation.summary}  {operation.source_url}"
    verdict = next(iter(outcome.verdicts), None)
    for step in case.steps:
        yield f"\nstep {step.name}: {step.op}({', '.join(json.dumps(each, ensure_ascii=False) for each in step.args)})"
        for request, reply in zip(step.requests, step.replies, strict=True):
            yield f"  due   {request['method']} {request['path']} {json.dumps(request['query'], ensure_ascii=False)}"
            yield f"        {curl(request)}"
            yield f"  gets  {reply.status} {reply.fault or ''} {reply.body[:160]!r}"
        yield f"  waits {list(step.delays)}"
        yield f"  gives {json.dumps(step.outcome, ensure_ascii=False, default=str)[:400]}"
        for name in step.covers:
            yield f"  shows {name}: {contract.behaviours[name].rule}"
        for problem in verdict.problems if verdict else ():
            if problem.step == step.name:
                yield f"  FAIL  [{problem.lane}] {problem.check}{' (known)' if problem.deviation else ''}"
                for line in problem.differences:
                    yield f"        {line['at'] or '/'}: {_told(line)}"
    for lane, run in outcome.runs.items():
        for step_seen in run.observations.get(case.id, {}).get("steps", ()):
            for mismatch in step_seen["mismatches"]:
                told = json.dumps(mismatch, ensure_ascii=False, default=str)
                yield f"\n[{lane}] a request that was not due: {told[:800]}"
    for lane, pair in (verdict.verdicts if verdict else {}).items():
        yield f"\n{lane}: {pair}"
    yield from (f"\n{text}" for text in [*outcome.faulty, *outcome.untestable])


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
