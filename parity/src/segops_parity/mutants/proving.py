"""Proofs that are missing or stale: for each such behaviour, mutants that its own cases reach, until one breaks it.

A campaign stops at the first difference that a mutant makes, so that a behaviour whose cases come late may be left
without a proof. Here the behaviour is what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from segops_parity.cases import Case
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.driver import DriverFault
from segops_parity.mutants.bench import Bench
from segops_parity.mutants.campaign import Baseline, Result, Where, baseline, judged, kind_of, reaching, using
from segops_parity.mutants.copies import Copy, instrumented, load_exceptions
from segops_parity.mutants.mutant import Mutant
from segops_parity.mutants.proofs import Proofs, load_proofs, record_proofs, standing
from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite

__all__ = ["prove"]

MOST_CASES = 4
MOST_MUTANTS = 80
MOST_EARLY = 12
MOST_FAULTS = 6
SECONDS = 4.0


_WORDS = {"wait": "waiting", "response": "reply", "logging": "observe", "request": "call", "limit": "encoding"}
"""What the files of an area are called, where that is not the area's own name."""


def prove(project: Project, language: str | None = None, behaviours: str = "*") -> list[str]:
    """Look for a proof of each behaviour that has none, or a stale one; returns lines that say what was found.

    Args:
        behaviours: globs, with commas between them, of those that are to be looked for.
    """
    suite = open_suite(project)
    exceptions = load_exceptions(project.source_mutants)
    wanted = {
        each.language: [name for name in (*each.missing, *each.stale) if _is_meant(name, behaviours)]
        for each in standing(project, suite)
        if language in (None, each.language)
    }
    lines = []
    with TemporaryDirectory(prefix="parity-proofs-") as folder, Bench(project.protocol, SECONDS) as bench:
        copies = [instrumented(project, name, Path(folder) / name, exceptions) for name in ("python", "typescript")]
        before = load_proofs(project)
        cases = _telling(suite, {name for names in wanted.values() for name in names}, before)
        known = baseline(copies, cases, suite.contract, bench)
        print(f"baseline: {len(known.observations)} observations, {len(known.red)} red", flush=True)
        for copy in copies:
            search = _Search(suite, copy, known, bench, before.get(copy.language, {}))
            names = wanted.get(copy.language, ())
            found = 0
            for name in names:
                result = search.proof(name)
                found += result is not None
                print(f"{copy.language} {name}: {result.mutant.key if result else 'no proof'}", flush=True)
                record_proofs(project, [result] if result else [])
            lines.append(f"{copy.language}: {found} of {len(names)} behaviours proven again")
            bench.stop()
    return lines


def _is_meant(name: str, behaviours: str) -> bool:
    return any(fnmatchcase(name, each) for each in behaviours.split(","))


def _telling(suite: Suite, behaviours: set[str], before: Proofs) -> list[Case]:
    """For each behaviour the case that has told, and those that are likeliest to: about it, the shortest first."""
    ranked: dict[tuple[str, tuple[str, ...], bool], list[tuple[bool, int, str, tuple[str, ...]]]] = {}
    for case in suite.cases.values():
        shown = {name for checks in check_case(suite.contract, case, ideal(case), "python").values() for name in checks}
        named = {name for step in case.steps for name in step.covers}
        for name in (shown | named) & behaviours:
            key = name, case.languages, case.is_shell
            kind = kind_of(case, suite.contract)[:1]
            ranked.setdefault(key, []).append((name not in named, len(case.steps), case.id, kind))
    chosen = {case for found in ranked.values() for case in _different(found)}
    chosen |= {proof["case"] for proofs in before.values() for name, proof in proofs.items() if name in behaviours}
    return [case for name, case in suite.cases.items() if name in chosen]


def _different(ranked: Sequence[tuple[bool, int, str, tuple[str, ...]]]) -> list[str]:
    """The first cases, one of each family."""
    firsts: dict[tuple[str, ...], str] = {}
    for *_, case, kind in sorted(ranked):
        firsts.setdefault(kind, case)
    return list(firsts.values())[:MOST_CASES]


class _Search:
    """Looks for mutants of one language."""

    def __init__(
        self, suite: Suite, copy: Copy, known: Baseline, bench: Bench, before: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._suite = suite
        self._before = before
        self._copy = copy
        self._known = known
        self._bench = bench
        self._lanes = {lane.name: lane for lane in copy.lanes}
        early = {mutant.number for mutant in copy.mutants if mutant.early}
        places = {**reaching(copy, known), **using(copy, known, early)}
        self._places = {number: frozenset(found) for number, found in places.items()}
        self._shown: dict[str, list[Where]] = {}
        for where, seen in known.observations.items():
            if where[0] in self._lanes and where not in known.red:
                case = suite.cases[where[1]]
                checks = check_case(suite.contract, case, seen, copy.language).values()
                for name in {name for each in checks for name in each}:
                    self._shown.setdefault(name, []).append(where)

    def proof(self, behaviour: str) -> Result | None:
        """A mutant that breaks the behaviour, if one is found; the one that did so before is tried first."""
        known = self._before.get(behaviour, {})
        for mutant in self._copy.mutants if known else ():
            if mutant.key == known["mutant"]:
                for where in self._shown.get(behaviour, ()):
                    if where[1] == known["case"] and self._breaks(mutant, behaviour, where):
                        return Result(mutant, "difference", "/".join(where), (behaviour,), 1)
        places = sorted(self._shown.get(behaviour, ()), key=lambda where: self._rank(behaviour, where))
        firsts: dict[tuple[str, ...], Where] = {}
        for where in places:
            firsts.setdefault(kind_of(self._suite.cases[where[1]], self._suite.contract)[:1], where)
        for where in list(firsts.values())[:MOST_CASES]:
            faults = 0  # each costs SECONDS; the next case may have fewer
            for mutant in self._candidates(behaviour, where):
                noticed = self._noticed(mutant, where)
                if noticed is None:
                    faults += 1
                elif behaviour in noticed and self._breaks(mutant, behaviour, where):
                    return Result(mutant, "difference", "/".join(where), (behaviour,), 1)
                if faults >= MOST_FAULTS:
                    break
        return None

    def _breaks(self, mutant: Mutant, behaviour: str, where: Where) -> bool:
        """Whether the behaviour fails with the mutant on, and nothing does with it off again.

        What a process does once it does not do again: where it shows without the mutant, new ones are asked.
        """
        if behaviour not in (self._noticed(mutant, where) or ()):
            return False
        if self._noticed(None, where) == set():
            return True
        self._bench.stop()
        fails = behaviour in (self._noticed(mutant, where) or ())
        self._bench.stop()
        return fails and self._noticed(None, where) == set()

    def _noticed(self, mutant: Mutant | None, where: Where) -> set[str] | None:
        """The checks that fail with a mutant on, or with none; nothing where the driver failed."""
        lane, case = self._lanes[where[0]], self._suite.cases[where[1]]
        limit = max(50_000, 200 * self._known.steps.get(where, 0))
        try:
            number, early = (mutant.number, mutant.early) if mutant else (0, False)
            self._bench.turn(lane, number, limit, early=early)
            seen = self._bench.observe(case, lane)
        except DriverFault:
            self._bench.stop()
            return None
        return set(judged(self._suite.contract, case, lane, seen, self._known))

    def _rank(self, behaviour: str, where: Where) -> tuple[bool, int, str]:
        """Cases that are about the behaviour come first, the shortest of them."""
        case = self._suite.cases[where[1]]
        named = any(behaviour in step.covers for step in case.steps)
        return not named, len(case.steps), case.id

    def _candidates(self, behaviour: str, where: Where) -> Iterator[Mutant]:
        """Mutants that the case reaches: those of the behaviour's area first, and those that few other cases reach.

        What takes effect at loading comes last: each needs a process of its own.
        """
        area = behaviour.partition(".")[0]
        word = _WORDS.get(area, area)
        found = [mutant for mutant in self._copy.mutants if where in self._places.get(mutant.number, frozenset())]
        found.sort(key=lambda mutant: (word not in mutant.file, len(self._places[mutant.number]), mutant.number))
        yield from _spread([mutant for mutant in found if not mutant.early], MOST_MUTANTS)
        yield from [mutant for mutant in found if mutant.early and word in mutant.file][:MOST_EARLY]


def _spread(mutants: Sequence[Mutant], most: int) -> list[Mutant]:
    """The first half of what may be tried in order, the rest evenly over all others."""
    first, others = list(mutants[: most // 2]), list(mutants[most // 2 :])
    stride = max(1, len(others) // (most - len(first)) if most > len(first) else 1)
    return [*first, *others[::stride][: most - len(first)]]
