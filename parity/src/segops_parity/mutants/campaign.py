"""A campaign: which cases reach which mutant, and whether parity notices it.

The verdict is parity's own: the observation with the mutant on is judged against the contract and against the unchanged
twin, as in `segops-parity check`. After each kill the same case is played with the mutant off, in the same process: if
that fails too, the process is spoilt, and the mutant is tried once more in a fresh one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.driver import DriverFault
from segops_parity.lanes import Lane, LaneRun
from segops_parity.mutants.bench import Bench
from segops_parity.mutants.copies import Copy
from segops_parity.mutants.mutant import Mutant
from segops_parity.mutants.probing import PREFIX, Probes, is_put, probe_problems
from segops_parity.mutants.python_schemata import FUNCTIONS
from segops_parity.surface import help_pages, judge_surface, surface_cases
from segops_parity.verdicts import judge

__all__ = [
    "FRESH",
    "Baseline",
    "Result",
    "Tried",
    "baseline",
    "kind_of",
    "play_mutant",
    "reaching",
    "try_mutant",
    "using",
]

FRESH = 12
"""Cases that reach a mutant, and as many that use what it changes, that are tried in a process started with it."""
KILLED = ("difference", "fault", "endless", "hang", "load")
TWINS = {
    "python-http": "typescript-current",
    "python-requests": "python-http",
    "python-async": "python-http",
    "python-traced": "python-http",
    "cli-python": "cli-typescript",
    "typescript-current": "python-http",
    "typescript-fetch": "typescript-current",
    "typescript-traced": "typescript-current",
    "cli-typescript": "cli-python",
}
_TYPESCRIPT = ("typescript-current", "typescript-fetch", "typescript-traced", "cli-typescript")
_SURFACE_LANES = {
    ("python", False): "python-http",
    ("python", True): "cli-python",
    ("typescript", False): "typescript-current",
    ("typescript", True): "cli-typescript",
}
Where = tuple[str, str]
"""A lane's name and a case's id."""
Verdict = tuple[str, tuple[str, ...], str]
"""What was found, the checks that fail and the first difference."""


@dataclass
class Baseline:
    """What the unchanged SDKs do: by lane and case the observation, the mutants reached, the steps taken."""

    observations: dict[Where, dict[str, Any]] = field(default_factory=dict)
    reached: dict[Where, frozenset[int]] = field(default_factory=dict)
    steps: dict[Where, int] = field(default_factory=dict)
    red: dict[Where, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    """What is wrong without any mutant: a mutant is noticed by what differs from that."""
    surfaces: dict[str, LaneRun] = field(default_factory=dict)
    """By lane what the SDK offers, where the copy can tell."""
    silent: dict[Where, str] = field(default_factory=dict)
    """Cases in which a driver fails without any mutant: they prove nothing."""
    probes: Probes = field(default_factory=Probes)
    """Those cases that are probes."""


@dataclass(frozen=True)
class Result:
    """The outcome of a mutant. `behaviours` are those whose checks failed first, `case` the one they failed in."""

    mutant: Mutant
    verdict: str
    case: str = ""
    behaviours: tuple[str, ...] = ()
    tried: int = 0
    detail: str = ""

    @property
    def killed(self) -> bool:
        return self.verdict in KILLED


def baseline(
    copies: Iterable[Copy], cases: Sequence[Case], contract: Contract, bench: Bench, probes: Probes | None = None
) -> Baseline:
    """Play every case and every probe to every unchanged SDK, and judge."""
    found = Baseline(probes=probes or Probes())
    cases = [*cases, *found.probes.cases.values()]
    lanes: dict[str, Lane] = {}
    for copy in copies:
        for lane in copy.lanes:
            lanes[lane.name] = lane
            bench.stop()  # what a process tells once it has to tell in each lane
            for case in cases:
                if not lane.takes(case) or not is_put(case, lane):
                    continue
                where = (lane.name, case.id)
                try:
                    bench.turn(lane, 0)
                    found.observations[where] = bench.observe(case, lane)
                    told = bench.turn(lane, 0)
                except DriverFault as fault:
                    found.silent[where] = str(fault)
                    bench.stop()
                    continue
                found.reached[where] = frozenset(told["reached"])
                found.steps[where] = told["steps"]
    for lane in lanes.values():
        try:
            bench.turn(lane, 0)
            found.surfaces[lane.name] = bench.surface(lane, help_pages(contract))
        except DriverFault:
            bench.stop()
    for where in found.observations:
        problems = judged(contract, _case(cases, where), lanes[where[0]], found.observations[where], found)
        if problems:
            found.red[where] = problems
    return found


def _case(cases: Sequence[Case], where: Where) -> Case:
    index = _INDEX.setdefault(id(cases), {case.id: case for case in cases})
    return index[where[1]]


_INDEX: dict[int, dict[str, Case]] = {}


def judged(
    contract: Contract, case: Case, lane: Lane, seen: Mapping[str, Any], known: Baseline
) -> dict[str, list[dict[str, Any]]]:
    """The checks that fail for an observation, by name, each with its differences."""
    twin = TWINS[lane.name]
    other = known.observations.get((twin, case.id))
    probe = known.probes.inputs.get(case.id)
    if probe is not None:
        return {} if other is None else probe_problems(contract, probe, lane.language, seen, other)
    runs = {lane.name: LaneRun(lane.name, {}, {case.id: dict(seen)})}
    lanes = [lane]
    if other is not None:
        mate = Lane(twin, "typescript" if twin in _TYPESCRIPT else "python", kind=lane.kind)
        runs[twin] = LaneRun(twin, {}, {case.id: other})
        lanes = [lane, mate] if lane.name in ("python-http", "cli-python") else [mate, lane]
    verdict = judge(contract, [case], lanes, runs)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in verdict:
        for problem in each.problems:
            found.setdefault(problem.check, []).extend(problem.differences)
    return found


def reaching(copy: Copy, known: Baseline) -> dict[int, list[Where]]:
    """By mutant the places that reach it; of one that takes effect at loading all, those that use it first."""
    firsts = _firsts(copy, known)
    names = {lane.name for lane in copy.lanes}
    everywhere = [where for where in known.reached if where[0] in names]
    found: dict[int, list[Where]] = {}
    for mutant in copy.mutants:
        if mutant.early:
            users = dict.fromkeys(_users(copy, mutant, firsts))
            found[mutant.number] = [*users, *(where for where in everywhere if where not in users)]
        else:
            found[mutant.number] = firsts.get(_site(copy, mutant, firsts), [])
    return found


def using(copy: Copy, known: Baseline, numbers: Collection[int]) -> dict[int, list[Where]]:
    """By mutant the places that use what it changes: for those that few cases reach once the SDK is loaded."""
    firsts = _firsts(copy, known)
    chosen = [mutant for mutant in copy.mutants if mutant.number in numbers]
    return {mutant.number: list(dict.fromkeys(_users(copy, mutant, firsts))) for mutant in chosen}


def _firsts(copy: Copy, known: Baseline) -> dict[int, list[Where]]:
    firsts: dict[int, list[Where]] = {}
    names = {lane.name for lane in copy.lanes}
    for where, numbers in known.reached.items():
        if where[0] in names:
            for number in numbers:
                firsts.setdefault(number, []).append(where)
    return firsts


def _site(copy: Copy, mutant: Mutant, firsts: Mapping[int, Any]) -> int:
    """The number that is noted for the mutant's place: that of the first of its changes."""
    number = mutant.number
    while number > 1 and number not in firsts:
        before = copy.mutants[number - 2]
        if (before.file, before.line, before.was) != (mutant.file, mutant.line, mutant.was):
            break
        number -= 1
    return number


def _users(copy: Copy, mutant: Mutant, firsts: Mapping[int, list[Where]]) -> Iterator[Where]:
    """Where functions run that mention what is changed, then where others of its file do."""
    assigned = _ASSIGNED.match(mutant.was)
    names = {assigned[1]} if assigned else {mutant.uses, mutant.scope.rpartition(".")[2]} - {""}
    users = [number for number, (_, mentioned) in copy.functions.items() if mentioned & names]
    for number in sorted(users, key=lambda each: len(firsts.get(each, ()))):  # what few cases do is about it
        yield from firsts.get(number, ())
    for number, (file, _) in copy.functions.items():
        if file == mutant.file:
            yield from firsts.get(number, ())


_ASSIGNED = re.compile(r"(?:self|this)\.#?(\w+) = ")


class Tried:
    """The cases of a campaign in a useful order: those that killed a mutant of the same file first, probes last."""

    def __init__(self, cases: Mapping[str, Case], contract: Contract, most: int) -> None:
        self._cases = cases
        self._contract = contract
        self._most = most
        self._lucky: dict[str, dict[Where, None]] = {}

    def order(self, mutant: Mutant, places: Sequence[Where]) -> list[Where]:
        """The places to try, one of each family and kind of operation after the other; so many of them at most.

        As many probes may come behind them.
        """
        groups: dict[tuple[str, ...], list[Where]] = {}
        for place in places:
            groups.setdefault(self._kind(place), []).append(place)
        # What is alike to no other is about something: it comes first, and after the families what a server may do.
        ranked = sorted(groups, key=lambda kind: 2 if kind[1].startswith("hostile/") else int("/" not in kind[1]))
        turns = max(map(len, groups.values()), default=0)
        spread = [groups[kind][turn] for turn in range(turns) for kind in ranked if turn < len(groups[kind])]
        cases = [place for place in spread if not place[1].startswith(PREFIX)]
        probes = [place for place in spread if place[1].startswith(PREFIX)]
        chosen = [*cases[: self._most], *probes[: self._most]]
        lucky = self._lucky.get(mutant.file, {})
        reached = set(places)
        first = [place for place in reversed(lucky) if place in reached]
        return [*first, *(place for place in chosen if place not in lucky)]

    def killed(self, mutant: Mutant, place: Where) -> None:
        """Remember what noticed it."""
        lucky = self._lucky.setdefault(mutant.file, {})
        lucky.pop(place, None)
        lucky[place] = None

    def _kind(self, place: Where) -> tuple[str, ...]:
        return place[0], *kind_of(self._cases[place[1]], self._contract)


def kind_of(case: Case, contract: Contract) -> tuple[str, ...]:
    """What cases are alike by: their family, and what kind of operation it is played on; others are like none."""
    if case.id.startswith(PREFIX):
        return (case.family,)
    operation = contract.operations.get(case.operation)
    if operation is None or case.family == "hostile":
        return (case.id,)
    kinds = ("mutates", "downloads", "multipart", "iterates", "polls")
    return case.family, *(kind for kind in kinds if kind in operation.flags)


def try_mutant(
    mutant: Mutant,
    places: Sequence[Where],
    lanes: Mapping[str, Lane],
    cases: Mapping[str, Case],
    contract: Contract,
    known: Baseline,
    bench: Bench,
    users: Sequence[Where] = (),
) -> Result:
    """Play the cases one after the other, until one shows a difference.

    What a process does once (when a module is loaded, when a table is made) a mutant that is switched on later does not
    change: one that survives is tried in a process that is started with it, too.

    Args:
        users: the places that use what it changes, for one that few of the cases reach.
    """
    found = _tried(mutant, places, lanes, cases, contract, known, bench)
    if found.killed or mutant.early:
        return found
    chosen = dict.fromkeys([*places[:FRESH], *users[:FRESH]])
    fresh = _tried(replace(mutant, early=True), list(chosen), lanes, cases, contract, known, bench)
    return fresh if fresh.killed else found


def _tried(
    mutant: Mutant,
    places: Sequence[Where],
    lanes: Mapping[str, Lane],
    cases: Mapping[str, Case],
    contract: Contract,
    known: Baseline,
    bench: Bench,
) -> Result:
    for count, place in enumerate(places, 1):
        lane, case = lanes[place[0]], cases[place[1]]
        result = play_mutant(mutant, lane, case, contract, known, bench)
        if result is not None:
            return Result(mutant, result[0], "/".join(place), result[1], count, result[2])
    shown = _surface(mutant, lanes, contract, known, bench)
    if shown is not None:
        return Result(mutant, shown[0], "surface", shown[1], len(places) + 1, shown[2])
    return Result(mutant, "survived" if places else "not reached", tried=len(places))


def _surface(
    mutant: Mutant, lanes: Mapping[str, Lane], contract: Contract, known: Baseline, bench: Bench
) -> Verdict | None:
    """The parts of the surface that a mutant changes, if it changes any: all of it where the SDK cannot be loaded."""
    is_async = mutant.file.startswith(("_async_client", "async_resources/"))
    lane = lanes.get("python-async" if is_async else _SURFACE_LANES[mutant.language, mutant.is_shell])
    if lane is None or lane.name not in known.surfaces:
        return None
    try:
        bench.turn(lane, mutant.number, early=mutant.early)
    except DriverFault as fault:
        bench.stop()
        return ("load", (), str(fault)[:200]) if mutant.early else None
    try:
        run = bench.surface(lane, help_pages(contract))
    except DriverFault:
        bench.stop()
        return None  # a driver that fails proves nothing here: the cases have seen no difference
    wrong = [_surface_problems(contract, lane, each) for each in (run, known.surfaces[lane.name])]
    return ("difference", tuple(sorted(set(wrong[0]))), "") if wrong[0] != wrong[1] else None


def _surface_problems(contract: Contract, lane: Lane, run: LaneRun) -> dict[str, Any]:
    verdicts = judge_surface(contract, surface_cases(contract), [lane], {lane.name: run})
    return {problem.check: problem.differences for verdict in verdicts for problem in verdict.problems}


def play_mutant(
    mutant: Mutant, lane: Lane, case: Case, contract: Contract, known: Baseline, bench: Bench, again: bool = False
) -> Verdict | None:
    """Play one case with a mutant on: the verdict, the checks that fail and the first difference, if there is one."""
    limit = max(50_000, 200 * known.steps.get((lane.name, case.id), 0))
    try:
        bench.turn(lane, mutant.number, limit, early=mutant.early)
    except DriverFault as fault:
        bench.stop()
        return ("load", (), str(fault)[:200]) if mutant.early else ("fault", (), str(fault)[:200])
    try:
        seen = bench.observe(case, lane)
    except DriverFault as fault:
        bench.stop()
        return _fault(mutant, lane, case, str(fault), contract, known, bench, again)
    problems = judged(contract, case, lane, seen, known)
    if problems == known.red.get((lane.name, case.id), {}):
        return None
    # A driver with a mutant that takes effect at loading is another process: so is the one that is asked here.
    if not again and _spoilt(lane, case, contract, known, bench):
        bench.stop()
        return play_mutant(mutant, lane, case, contract, known, bench, again=True)
    before = known.red.get((lane.name, case.id), {})
    noticed = sorted(name for name in {*problems, *before} if problems.get(name) != before.get(name))
    return "difference", tuple(noticed), str(problems.get(noticed[0], [])[:1])[:200]


def _spoilt(lane: Lane, case: Case, contract: Contract, known: Baseline, bench: Bench) -> bool:
    """Whether the process shows a difference with no mutant on."""
    try:
        bench.turn(lane, 0)
        problems = judged(contract, case, lane, bench.observe(case, lane), known)
        return problems != known.red.get((lane.name, case.id), {})
    except DriverFault:
        bench.stop()
        return True


def _fault(
    mutant: Mutant, lane: Lane, case: Case, fault: str, contract: Contract, known: Baseline, bench: Bench, again: bool
) -> Verdict | None:
    """A driver that failed is the mutant's doing only if it does not fail without it, and fails with it once more."""
    if _spoilt(lane, case, contract, known, bench):
        return None
    if not again:
        return play_mutant(mutant, lane, case, contract, known, bench, again=True)
    kind = "endless" if "Endless" in fault else "hang" if "no answer within" in fault else "fault"
    return kind, (), fault[:200]


def number_of_mutants(reached: Iterable[int]) -> int:
    """How many numbers are mutants, not functions."""
    return sum(number < FUNCTIONS for number in reached)
