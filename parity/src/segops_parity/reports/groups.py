"""What differs, grouped: by the behaviour that is broken, who breaks it, and how. One bug is one group.

A step that fails fails every check that it shows; `blame` says which of them is the broken one. What two languages do
differently only because one of them breaks the contract is reported once, with the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from typing import Any

from segops_parity.reports.blame import blamed, in_place, weight_of
from segops_parity.reports.differences import Record, Seen, differences_of, is_between, kind_of, phase_of

__all__ = ["Group", "case_counts", "group_lines", "groups_of"]

_NAMES = {"python": "Python", "typescript": "TypeScript"}


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


def case_counts(records: Iterable[Record]) -> dict[str, int]:
    """In how many cases each behaviour is checked, and each command called."""
    counts: dict[str, int] = {}
    for record in records:
        for name in (*record["behaviours"], *{called for called, _ in record.get("commands", {}).values()}):
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
        for each in differences_of(case):
            who = "" if all(map(is_between, each.checks)) else languages.get(each.lane, each.lane)
            clusters.setdefault((who, kind_of(each.at)), []).append(each)
    transports = {lane["lane"]: lane.get("transport", "default") for lane in lanes}
    groups: list[Group] = []
    for (who, _), cluster in clusters.items():
        own = {lane: transports[lane] for lane, spoken in languages.items() if spoken == who}
        groups += _blamed(who, cluster, counts, own)
    shells = {lane["lane"] for lane in lanes if lane["kind"] == "shell"}
    return _ranked(_merged(groups), _evidence(clusters, counts), shells)


_NEAR = 0.55
"""The share of the most cases from which on the number of cases does not tell what is the cause of what."""
_FOLLOWED = 0.2
"""For so many times as many cases in which something is done otherwise, what is said otherwise follows from it."""
_FAR_BETTER = 3
"""How many times as much has to speak for a behaviour for half that share to be enough."""


def _ranked(groups: list[Group], evidence: Mapping[tuple[str, str], float], shells: Set[str]) -> list[Group]:
    """The likeliest cause first.

    The command line calls the SDK, so that what differs there follows from what differs in the SDK; of each, what the
    contract does not decide comes behind what it does. Of about as many cases, what goes wrong earlier in a call is the
    cause of what goes wrong later, and then what is known best.
    """

    def side(group: Group) -> tuple[bool, bool]:
        return set(group.lanes) <= shells, is_between(group.behaviour)

    done: dict[tuple[bool, bool], set[str]] = {}  # the cases in which more differs than what is said
    for group in groups:
        if not _is_said(group):
            done.setdefault(side(group), set()).update(group.cases)

    def rank(group: Group) -> tuple[bool, bool, bool, bool]:
        # What an SDK does not declare as it should is the cause of what its calls do, a lost command of what it says.
        of_shells, between = side(group)
        is_declared = group.behaviour == "surface.commands" if of_shells else group.behaviour.startswith("surface.")
        follows = _is_said(group) and len(done.get((of_shells, between), ())) >= _FOLLOWED * len(group.cases)
        return of_shells, between, not is_declared, follows

    def place(group: Group) -> float:
        return max(in_place(group.behaviour, each.at) for each in group.seen)

    def size(group: Group) -> float:
        return len(group.cases) * place(group)

    def known(group: Group) -> float:
        return place(group) * evidence.get((group.who.partition(" (")[0], group.behaviour), 0.0)

    largest: dict[tuple[bool, bool, bool, bool], Group] = {}
    for group in groups:
        first = largest.setdefault(rank(group), group)
        if size(group) > size(first):
            largest[rank(group)] = group

    def order(group: Group) -> tuple[Any, ...]:
        first = largest[rank(group)]
        share = size(group) / size(first)
        is_near = share >= _NEAR or (share >= _NEAR / 2 and known(group) >= _FAR_BETTER * known(first))
        count = size(group)
        return (
            *rank(group),
            not is_near,
            0 if is_near else -count,
            min(map(phase_of, group.seen)),
            -known(group),
            -count,
        )

    return sorted(groups, key=order)


def _is_said(group: Group) -> bool:
    """Whether only messages differ."""
    return all(each.at.startswith(("/stderr", "/ok/stderr", "/error/message")) for each in group.seen)


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
        (who, check): round(
            weight_of(check) ** 3 * len(cases) / sqrt(max(counts.get(check, 0), len(cases)) + _DOUBT), 6
        )
        for (who, check), cases in failed.items()
    }


_DOUBT = 3
"""Cases more in which a behaviour is taken to hold: one that fails in its only case has not been tried much."""


def group_lines(groups: Sequence[Record]) -> Iterable[str]:
    """What a run tells first, of the records of groups: a line for each behaviour, and the command that shows more."""
    for group in groups[:12]:
        yield f"FAIL {group['title']}"
        yield f"     {group['command']}"
    if len(groups) > 12:
        yield f"     … and {len(groups) - 12} behaviours more; see the report"


def _blamed(who: str, cluster: Sequence[Seen], counts: Mapping[str, int], own: Mapping[str, str]) -> Iterable[Group]:
    """The fewest behaviours that stand for all of a cluster.

    Args:
        own: the lanes of that side, with what carries their requests.
    """
    transports = own if "default" in own.values() else {}  # else nothing tells that it is a matter of the transport
    left = list(cluster)
    while left:
        guilty, mine = blamed(left, counts, transports)
        left = [each for each in left if each not in mine]
        lanes = sorted({each.lane for each in mine}, key=lambda lane: (lane not in own, lane != "typescript-current"))
        first = min(mine, key=lambda each: (len(json.dumps(each.line, default=str)), each.case))
        cases_of_group = sorted({each.case for each in mine}, key=lambda name: (name != first.case, name))
        name = _NAMES.get(who, who)
        if who and own and set(lanes) < own.keys():
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
        python, typescript = _values(expected, found)
        return (
            f"Python has {python} and TypeScript {typescript} at {each.at or '/'}, of which the contract says nothing"
        )
    if guilty.startswith("lanes-agree"):
        other, own = _values(expected, found)
        return f"{each.lane} has {own} where another lane of its language has {other}, at {each.at or '/'}"
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
        return f"fails with {error.get('kind')} ({_cut(_text(error.get('message')))}) {says} that it succeeds"
    if at == "/error" and found is None:
        return f"succeeds {says} {expected}"
    if at == "/error/kind":
        return f"raises {found} {says} {expected}"
    if re.fullmatch(r"/requests/\d+", at):
        return f"sends {found} {says} {expected}"
    due, seen = _values(expected, found)
    if match := re.fullmatch(r"/requests/[\d*]+/headers/(.+)", at):
        return f"sends {match[1]}: {seen} {says} {due}"
    if match := re.match(r"/requests/[\d*]+/(\w+)(.*)", at):
        return f"sends {match[1]}{match[2]} {seen} {says} {due}"
    if at.startswith("/ok"):
        return f"gives {seen} {says} {due}{f' at {at}' if at != '/ok' else ''}"
    return f"has {seen} {says} {due} at {at or '/'}"


_LONGEST = 80
_BEFORE = 16
"""How much of what is the same is shown before what is not."""


def _values(expected: Any, found: Any) -> tuple[str, str]:
    """Both as JSON, of long ones the part that differs."""
    due, seen = _text(expected), _text(found)
    same = next((i for i, pair in enumerate(zip(due, seen)) if pair[0] != pair[1]), 0)  # noqa: B905
    start = same - _BEFORE
    if same <= _LONGEST // 2 or min(len(due), len(seen)) <= _LONGEST:
        return _cut(due), _cut(seen)
    return _cut(f"…{due[start:]}"), _cut(f"…{seen[start:]}")


def _text(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}…"
