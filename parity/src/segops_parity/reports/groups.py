"""What differs, grouped: by the behaviour that is broken, who breaks it, and how. One bug is one group.

A step that fails fails every check that it shows. Which behaviour is to blame is found as in spectrum-based fault
localisation (Ochiai's coefficient): the one whose cases fail most and pass least. What two languages do differently
only because one of them breaks the contract is reported once, with the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from typing import Any

__all__ = ["BETWEEN", "Group", "Seen", "case_counts", "group_lines", "groups_of", "is_between"]

Record = Mapping[str, Any]
_NAMES = {"python": "Python", "typescript": "TypeScript"}
BETWEEN = ("lockstep", "lanes-agree")
_FALLBACK = ("case.requests", "case.outcome")


@dataclass(frozen=True, eq=False)
class Seen:
    """One difference of one step in one lane, and the checks that it fails."""

    case: str
    step: str
    lane: str
    at: str
    line: Mapping[str, Any]
    checks: frozenset[str]


@dataclass
class Group:
    """One bug: the behaviour, in whose hands it is broken, a sentence that says how, and where it is seen."""

    behaviour: str
    who: str
    told: str
    cases: list[str]
    lanes: list[str]
    seen: list[Seen]

    @property
    def title(self) -> str:
        """All of it in one line."""
        count = f"{len(self.cases)} case{'s' * (len(self.cases) != 1)}"
        return f"{self.behaviour}: {count}: {self.who} {self.told}".replace(":  ", ": ")

    @property
    def command(self) -> str:
        """What shows more of it."""
        lanes = () if is_between(self.behaviour) else self.lanes[:1]
        return " ".join(["segops-parity explain", self.cases[0], *(f"--lane {lane}" for lane in lanes)])


def is_between(check: str) -> bool:
    """Whether it says that two lanes differ, not that one breaks the contract."""
    return check.partition(" in ")[0] in BETWEEN


def case_counts(records: Iterable[Record]) -> dict[str, int]:
    """In how many cases each behaviour is checked."""
    counts: dict[str, int] = {}
    for record in records:
        for name in record["behaviours"]:
            counts[name] = counts.get(name, 0) + 1
    return counts


def groups_of(cases: Sequence[Record], lanes: Sequence[Record], counts: Mapping[str, int] | None = None) -> list[Group]:
    """The groups of all that differs and is not known, the likeliest cause first, what the contract leaves open last.

    Args:
        cases: the records of cases.
        lanes: the records of lanes, which say what language each drives.
        counts: in how many cases each behaviour is checked, where `cases` are not all.
    """
    counts = case_counts(cases) if counts is None else counts
    languages = {lane["lane"]: lane["language"] for lane in lanes}
    clusters: dict[tuple[str, str], list[Seen]] = {}
    for case in cases:
        for each in _seen(case):
            who = "" if all(map(is_between, each.checks)) else languages.get(each.lane, each.lane)
            clusters.setdefault((who, _kind(each.at)), []).append(each)
    groups = [
        group
        for (who, _), cluster in clusters.items()
        for group in _blamed(who, cluster, counts, [lane for lane, spoken in languages.items() if spoken == who])
    ]
    shells = {lane["lane"] for lane in lanes if lane["kind"] == "shell"}
    return _ranked(_merged(groups), _evidence(clusters, counts), shells)


_NEAR = 0.55
"""The share of the most cases from which on the number of cases does not tell what is the cause of what."""
_FAR_BETTER = 3
"""How many times as much has to speak for a behaviour for half that share to be enough."""


def _ranked(groups: list[Group], evidence: Mapping[tuple[str, str], float], shells: Set[str]) -> list[Group]:
    """The likeliest cause first; at the end what the contract does not decide.

    The command line calls the SDK, so that what differs there follows from what differs in the SDK. Of about as many
    cases, what goes wrong earlier in a call is the cause of what goes wrong later, and then what is known best.
    """

    def rank(group: Group) -> tuple[bool, bool]:
        return is_between(group.behaviour), set(group.lanes) <= shells

    def known(group: Group) -> float:
        return evidence.get((group.who.partition(" (")[0], group.behaviour), 0.0)

    largest: dict[tuple[bool, bool], Group] = {}
    for group in groups:
        first = largest.setdefault(rank(group), group)
        if len(group.cases) > len(first.cases):
            largest[rank(group)] = group

    def order(group: Group) -> tuple[Any, ...]:
        first = largest[rank(group)]
        share = len(group.cases) / len(first.cases)
        is_near = share >= _NEAR or (share >= _NEAR / 2 and known(group) >= _FAR_BETTER * known(first))
        count = len(group.cases)
        return *rank(group), not is_near, 0 if is_near else -count, min(map(_phase, group.seen)), -known(group), -count

    return sorted(groups, key=order)


def _evidence(
    clusters: Mapping[tuple[str, str], Sequence[Seen]], counts: Mapping[str, int]
) -> dict[tuple[str, str], float]:
    """How much speaks for each behaviour being the one that is broken, on each side, whatever differs."""
    failed: dict[tuple[str, str], set[str]] = {}
    for (who, _), cluster in clusters.items():
        for each in cluster:
            for check in each.checks:
                failed.setdefault((_NAMES.get(who, who), check), set()).add(each.case)
    return {
        (who, check): round(_weight(check) ** 3 * len(cases) / sqrt(max(counts.get(check, 0), len(cases)) + _DOUBT), 6)
        for (who, check), cases in failed.items()
    }


_DOUBT = 3
"""Cases more in which a behaviour is taken to hold: one that fails in its only case has not been tried much."""


_TOLD = (
    ("/outcome/error/message", "error.wording"),
    ("/outcome/error/body", "error.body-decoded"),
    ("/outcome/error/headers", "error.headers"),
    ("/outcome/error/request_id", "error.request-id"),
    ("/log", "logging.one-line-per-attempt"),
)
"""Places of which the contract says in general how they are, whatever a case shows."""


def group_lines(groups: Sequence[Record]) -> Iterable[str]:
    """What a run tells first, of the records of groups: a line for each behaviour, and the command that shows more."""
    for group in groups[:12]:
        yield f"FAIL {group['title']}"
        yield f"     {group['command']}"
    if len(groups) > 12:
        yield f"     … and {len(groups) - 12} behaviours more; see the report"


def _seen(case: Record) -> list[Seen]:
    """Each difference of a case once, with the checks that fail for it; what only follows from others is left out."""
    found: dict[tuple[str, str, str, str], tuple[Mapping[str, Any], set[str]]] = {}
    for problem in case["problems"]:
        if not problem["deviation"]:
            for line in problem["differences"]:
                key = (problem["step"], problem["lane"], line["at"], json.dumps(line, sort_keys=True, default=str))
                found.setdefault(key, (line, set()))[1].add(problem["check"])
    broken = {step for (step, *_), (_, checks) in found.items() if not all(map(is_between, checks))}
    shown = [name for name in case["behaviours"] if name not in (*BETWEEN, *_FALLBACK)]
    seen = []
    for (step, lane, at, _), (line, checks) in found.items():
        if all(map(is_between, checks)):
            if step in broken:
                continue
            # The contract does not decide it; the behaviour that the case shows says at least where to look.
            about = next(([name] for place, name in _TOLD if at.startswith(place)), shown)
            checks = {f"{check} in {name}" for check in checks for name in about} or checks
        seen.append(Seen(case["case"], step, lane, at, line, frozenset(checks)))
    return _causes(seen)


def _causes(seen: Sequence[Seen]) -> list[Seen]:
    """What comes first in each step of each lane: of a wrong request a wrong answer follows, and tells nothing more.

    Neither does how many connections a step leaves, where a step before it went wrong.
    """
    first: dict[tuple[str, str], int] = {}
    kept: list[Seen] = []
    wrong: dict[str, str] = {}  # by lane the first step that is wrong by more than its connections
    for each in seen:
        key = (each.step, each.lane)
        first[key] = min(first.get(key, 9), _phase(each))
        follows = each.at in ("/connections", "/still-open", "/left-open")
        if not follows:
            wrong.setdefault(each.lane, each.step)
        if not follows or wrong.get(each.lane, each.step) == each.step:
            kept.append(each)
    return [each for each in kept if _phase(each) == first[each.step, each.lane]]


def _phase(each: Seen) -> int:
    """How late in the course of a call it shows; what no behaviour of the contract stands for comes last."""
    if each.checks <= set(_FALLBACK):
        return 9
    if all(map(is_between, each.checks)):
        return 8
    # What a client is opened with comes before its calls, what a transport is told before what it does.
    if re.match(r"/requests/[\d*]+/(method|path|query|headers)|/ok/warnings|/timeouts", each.at):
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


def _kind(at: str) -> str:
    """The kind of place: which request, and where in a body or a result, does not tell two bugs apart."""
    place = re.sub(r"/\d+(?=/|$)", "/*", at)
    parts = place.split("/")
    if "/body/parts/" in place:
        return "/".join(parts[:7])
    return "/".join(parts[: 5 if "/headers/" in place else 4 if place.startswith("/requests") else 3])


# Where two behaviours fail in the same cases, the one whose name speaks of such a difference is meant.
_SPEAKS_OF = {
    "/delays": re.compile("delay|retry-after|interval|jitter"),
    "/requests": re.compile("attempts|retr|final|pages|followed|until"),
    "/unplayed": re.compile("attempts|retr|final|pages|followed|until"),
}


_OWN = (
    (re.compile(r"/requests/0/method"), "request.line", 1.0),
    (re.compile(r"/requests/0/path"), "request.line", 0.33),
    (re.compile(r"/requests/\d+/headers/host", re.IGNORECASE), "request.head", 1.0),
    (re.compile(r"/requests/\d+/body/parts/\d+/(name|filename|content-type)"), "request.multipart-part", 0.8),
    (re.compile(r"/requests/\d+/body/parts(/\d+/content)?"), "import.parts", 1.0),
    (re.compile(r"/ok/parts/.*"), "import.parts", 1.0),
    (re.compile(r"/ok/stdout/rows"), "cli.compact", 1.0),
    (re.compile(r"/error/caused"), "error.cause-kept", 1.0),
    (re.compile(r"/error/(method|path)\b.*"), "error.api-attributes", 1.0),
    (re.compile(r"/ok/warnings"), "config.plain-http-warns-once", 1.0),
    (re.compile(r"/error/retry_after"), "error.api-attributes", 0.4),
    (re.compile(r"/requests/\d+/(method|path)"), "cli.wait-requests", 1.0),
)
"""Places that a check of its own looks at, however often it looks at others that are right; and what has to speak for
another behaviour to be blamed all the same."""


def _is_unreadable(each: Seen) -> bool:
    """Whether a reply is refused that should be read."""
    found = each.line.get("found")
    return each.at == "/error" and isinstance(found, Mapping) and found.get("kind") == "SegOpsDecodeError"


_OF_MANY = (
    (re.compile(r"/requests/\d+/query.*"), "request.query-as-contracted"),
    (re.compile(r"/ok/raw"), "cli.compact"),
    (re.compile(r"/error/message"), "error.wording"),  # not what a command says: that may be another error
    (re.compile(r"/connections"), "transport.keeps-connections"),
)
"""Places of which one behaviour tells more than those that it is seen beside, if far more of the steps fail it."""


_WEIGHTS = {
    "request.line": 0.8,
    "request.body-as-contracted": 0.8,
    "request.query-as-contracted": 0.8,
    "response.json": 0.8,
    "response.untyped": 0.9,
    "transport.keeps-connections": 0.8,
}
"""What is checked of many calls, and says less than what a case is there to show."""


def _weight(check: str) -> float:
    return _WEIGHTS.get(check, 1.0)


def _blamed(who: str, cluster: Sequence[Seen], counts: Mapping[str, int], own: Sequence[str]) -> Iterable[Group]:
    """The fewest behaviours that stand for all of a cluster."""
    left = list(cluster)
    while left:
        cases: dict[str, set[str]] = {}
        steps: dict[str, set[tuple[str, str]]] = {}
        for each in left:
            own_checks = {check for check in each.checks if not is_between(check)}
            named = own_checks - set(_FALLBACK) or own_checks or each.checks
            for check in named:
                cases.setdefault(check, set()).add(each.case)
                steps.setdefault(check, set()).add((each.case, each.step))
        failing = len({each.case for each in left})

        def blame(
            name: str, cases: Mapping[str, set[str]] = cases, failing: int = failing, at: str = left[0].at
        ) -> tuple[float, bool, int]:
            failed = len(cases[name])
            # Rounded, so that equals are ordered by how seldom they are, not by the last digit.
            made = counts.get(name.rpartition(" in ")[2], 0)
            speaks = at in _SPEAKS_OF and bool(_SPEAKS_OF[at].search(name))
            return round(_weight(name) * failed / sqrt(failing * max(made, failed)), 6), speaks, -made

        guilty = max(sorted(cases), key=blame)
        for place, name, outdone in _OWN:
            looks = all(place.fullmatch(each.at) for each in left) and len(cases.get(name, ())) == failing
            about_ids = name == "request.line" and guilty.startswith("request.id-")  # which speak of the path, too
            if looks and blame(guilty)[0] <= outdone and not about_ids:
                guilty = name
        kinds = [name for place, name in _OF_MANY if all(place.fullmatch(each.at) for each in left)]
        for kind in ["response."] if all(map(_is_unreadable, left)) else kinds:
            # If it stands for far more of the steps than what they happen to be there to show.
            about = max(sorted(name for name in cases if name.startswith(kind)), key=blame, default=guilty)
            guilty = about if len(steps[about]) >= 2 * len(steps[guilty]) else guilty
        mine = [each for each in left if guilty in each.checks]
        left = [each for each in left if guilty not in each.checks]
        lanes = sorted({each.lane for each in mine}, key=lambda lane: (lane not in own, lane != "typescript-current"))
        first = min(mine, key=lambda each: (len(json.dumps(each.line, default=str)), each.case))
        cases_of_group = sorted({each.case for each in mine}, key=lambda name: (name != first.case, name))
        name = _NAMES.get(who, who)
        if who and own and set(lanes) < set(own):
            name += f" ({', '.join(lanes)})"
        yield Group(guilty, name, _sentence(first, guilty), cases_of_group, lanes, mine)


def _merged(groups: Sequence[Group]) -> list[Group]:
    """One group for each behaviour and side: a bug in requests, waits and results is reported by the first."""
    found: dict[tuple[str, str], Group] = {}
    for group in sorted(groups, key=lambda each: -len(each.cases)):
        first = found.setdefault((group.behaviour, group.who), group)
        if first is not group:
            first.cases += [case for case in group.cases if case not in first.cases]
            first.lanes += [lane for lane in group.lanes if lane not in first.lanes]
            first.seen += group.seen
    return list(found.values())


def _sentence(each: Seen, guilty: str) -> str:
    """How it differs, in words."""
    line = each.line
    expected, found = (None if line.get("absent") == side else line.get(side) for side in ("expected", "found"))
    if guilty.startswith("lockstep"):
        both = f"Python has {_value(expected)} and TypeScript {_value(found)}"
        return f"{both} at {each.at or '/'}, of which the contract says nothing"
    if guilty.startswith("lanes-agree"):
        other = f"another lane of its language has {_value(expected)}"
        return f"{each.lane} has {_value(found)} where {other}, at {each.at or '/'}"
    return _did(each.at, expected, found)


def _did(at: str, expected: Any, found: Any) -> str:
    says = "where the contract says"
    if at == "/delays" and isinstance(expected, list) and isinstance(found, list):
        index = next((i for i, pair in enumerate(zip(expected, found)) if pair[0] != pair[1]), None)  # noqa: B905
        if index is not None:
            return f"waits {found[index]:g} s {says} {expected[index]:g} s"
        return f"waits {len(found)} times {found} {says} {len(expected)} times {expected}"
    if at == "/requests":
        return f"sends {found} request{'s' * (found != 1)} {says} {expected}"
    if at == "/unplayed":
        return f"leaves {found} due request{'s' * (found != 1)} unsent"
    if at == "/error" and expected is None:
        error = found if isinstance(found, Mapping) else {}
        return f"fails with {error.get('kind')} ({_value(error.get('message'))}) {says} that it succeeds"
    if at == "/error" and found is None:
        return f"succeeds {says} {expected}"
    if at == "/error/kind":
        return f"raises {found} {says} {expected}"
    if match := re.fullmatch(r"/requests/[\d*]+/headers/(.+)", at):
        return f"sends {match[1]}: {_value(found)} {says} {_value(expected)}"
    if match := re.match(r"/requests/[\d*]+/(\w+)(.*)", at):
        return f"sends {match[1]}{match[2]} {_value(found)} {says} {_value(expected)}"
    if at.startswith("/ok"):
        return f"gives {_value(found)} {says} {_value(expected)}{f' at {at}' if at != '/ok' else ''}"
    return f"has {_value(found)} {says} {_value(expected)} at {at or '/'}"


def _value(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"
