"""What differs in a case, each difference once, without what only follows from another one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["BETWEEN", "FALLBACK", "Record", "Seen", "differences_of", "is_between", "kind_of", "phase_of"]

Record = Mapping[str, Any]
BETWEEN = ("lockstep", "lanes-agree")
FALLBACK = ("case.requests", "case.outcome")


@dataclass(frozen=True, eq=False)
class Seen:
    """One difference of one step in one lane, and the checks that it fails."""

    case: str
    step: str
    lane: str
    at: str
    line: Mapping[str, Any]
    checks: frozenset[str]
    command: tuple[str, str] | None = None
    """The command that the step calls, and the behaviour that tells of it."""


def is_between(check: str) -> bool:
    """Whether it says that two lanes differ, not that one breaks the contract."""
    return check.partition(" in ")[0] in BETWEEN


_TOLD = (
    ("/outcome/error/message", "error.wording"),
    ("/outcome/error/body", "error.body-decoded"),
    ("/outcome/error/headers", "error.headers"),
    ("/outcome/error/request_id", "error.request-id"),
    ("/outcome/attempts", "logging.observer"),
    ("/log", "logging.one-line-per-attempt"),
    (r"/requests/\d+/headers/idempotency-key", "request.idempotency-key"),
)
"""Places of which the contract says in general how they are, whatever a case shows."""


def differences_of(case: Record) -> list[Seen]:
    """Each difference of a case once, with the checks that fail for it; what only follows from others is left out."""
    found: dict[tuple[str, str, str, str], tuple[Mapping[str, Any], set[str]]] = {}
    for problem in case["problems"]:
        if not problem["deviation"]:
            for line in problem["differences"]:
                key = (problem["step"], problem["lane"], line["at"], json.dumps(line, sort_keys=True, default=str))
                found.setdefault(key, (line, set()))[1].add(problem["check"])
    broken = {step for (step, *_), (_, checks) in found.items() if not all(map(is_between, checks))}
    shown = [name for name in case["behaviours"] if name not in (*BETWEEN, *FALLBACK)]
    seen = []
    for (step, lane, at, _), (line, checks) in found.items():
        if all(map(is_between, checks)):
            if step in broken:
                continue
            # The contract does not decide it; the behaviour that the case shows says at least where to look.
            about = next(([name] for place, name in _TOLD if re.match(place, at)), shown)
            if at == "/outcome/ok/stderr" and all(name.startswith(("cli.exit-", "error.wording")) for name in shown):
                about = ["error.wording"]  # nothing but what it says
            checks = {f"{check} in {name}" for check in checks for name in about} or checks
        command = case.get("commands", {}).get(step)
        seen.append(Seen(case["case"], step, lane, at, line, frozenset(checks), command and tuple(command)))
    return _causes(_whole_requests(seen))


_LINE = re.compile(r"(/requests/\d+)/(method|path)")


def _whole_requests(seen: Sequence[Seen]) -> list[Seen]:
    """With a request of another method and another path told as another request, once and without what it holds."""
    lines: dict[tuple[str, str, str], dict[str, Seen]] = {}
    for each in seen:
        if match := _LINE.fullmatch(each.at):
            lines.setdefault((each.step, each.lane, match[1]), {})[match[2]] = each
    others = {key: parts for key, parts in lines.items() if len(parts) == 2}
    kept = []
    for each in seen:
        match = re.match(r"/requests/\d+(?=/)", each.at)
        key = (each.step, each.lane, match[0] if match else "")
        if key not in others:
            kept.append(each)
        elif each is others[key]["path"]:
            kept.append(_another_request(key[2], others[key]["method"], each))
    return kept


def _another_request(at: str, method: Seen, path: Seen) -> Seen:
    told = {side: f"{method.line.get(side)} {path.line.get(side)}" for side in ("expected", "found")}
    return replace(path, at=at, line={"at": at, **told}, checks=method.checks | path.checks)


def _causes(seen: Sequence[Seen]) -> list[Seen]:
    """What comes first in each step of each lane: of a wrong request a wrong answer follows, and tells nothing more.

    Neither does how many connections a step leaves, where a step before it went wrong, nor what requests hold where
    more are sent than are due: each is held against one that was due later, or earlier.
    """
    surplus = {(each.step, each.lane) for each in seen if each.at == "/requests" and _is_more(each.line)}
    seen = [each for each in seen if (each.step, each.lane) not in surplus or not re.match(r"/requests/\d+/", each.at)]
    first: dict[tuple[str, str], int] = {}
    kept: list[Seen] = []
    wrong: dict[str, str] = {}  # by lane the first step that is wrong by more than its connections
    for each in seen:
        key = (each.step, each.lane)
        first[key] = min(first.get(key, 9), phase_of(each))
        follows = each.at in ("/connections", "/still-open", "/left-open")
        if not follows:
            wrong.setdefault(each.lane, each.step)
        if not follows or wrong.get(each.lane, each.step) == each.step:
            kept.append(each)
    return [each for each in kept if phase_of(each) == first[each.step, each.lane]]


def _is_more(line: Mapping[str, Any]) -> bool:
    expected, found = line.get("expected"), line.get("found")
    return isinstance(expected, int) and isinstance(found, int) and found > expected


def phase_of(each: Seen) -> int:
    """How late in the course of a call it shows; what no behaviour of the contract stands for comes last."""
    if each.checks <= set(FALLBACK):
        return 9
    if all(map(is_between, each.checks)):
        return 8
    # What a client is opened with comes before its calls, what a transport is told before what it does.
    if re.match(r"/requests/[\d*]+(/(method|path|query|headers)|$)|/ok/warnings|/timeouts", each.at):
        return 0
    if each.at == "/delays" and _differ_within(each.line):
        return 1  # the requests that come after a wrong delay, or never, follow from it
    for phase, place in enumerate(("/requests/", "/requests", "/unplayed", "/delays"), 1):
        if each.at.startswith(place):
            return phase
    if re.fullmatch("/ok|/error(/kind|/classes)?", each.at):
        return 5  # what an error has depends on whether there is one, and which
    return 7 if each.at.startswith("/error/message") else 6


def _differ_within(line: Mapping[str, Any]) -> bool:
    """Whether a delay that was waited is another than the one expected, not only one more or fewer."""
    expected, found = line.get("expected"), line.get("found")
    if not isinstance(expected, list) or not isinstance(found, list):
        return False
    return any(one != other for one, other in zip(expected, found))  # noqa: B905 - what is beyond does not count


def kind_of(at: str) -> str:
    """The kind of place: which request, and where in a body or a result, does not tell two bugs apart."""
    place = re.sub(r"/\d+(?=/|$)", "/*", at)
    parts = place.split("/")
    if "/body/parts/" in place:
        return "/".join(parts[:7])
    return "/".join(parts[: 5 if "/headers/" in place else 4 if place.startswith("/requests") else 3])
