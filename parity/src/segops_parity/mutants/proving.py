"""Proofs that are missing or stale: for each such behaviour, mutants that its own cases reach, until one breaks it.

A campaign stops at the first difference that a mutant makes, so that a behaviour whose cases come late may be left
without a proof. Here the behaviour is what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from segops_parity.cases import Case
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.mutants.bench import Bench
from segops_parity.mutants.campaign import Baseline, Result, Where, baseline, play_mutant, reaching
from segops_parity.mutants.copies import Copy, instrumented, load_exceptions
from segops_parity.mutants.mutant import Mutant
from segops_parity.mutants.proofs import record_proofs, standing
from segops_parity.project import Project
from segops_parity.suite import Suite, open_suite

__all__ = ["prove"]

MOST_CASES = 4
MOST_MUTANTS = 60
SECONDS = 4.0


def prove(project: Project, language: str | None = None) -> list[str]:
    """Look for a proof of each behaviour that has none, or a stale one; returns lines that say what was found."""
    suite = open_suite(project)
    exceptions = load_exceptions(project.source_mutants)
    wanted = {
        each.language: [*each.missing, *each.stale]
        for each in standing(project, suite)
        if language in (None, each.language)
    }
    lines = []
    with TemporaryDirectory(prefix="parity-proofs-") as folder, Bench(project.protocol, SECONDS) as bench:
        copies = [instrumented(project, name, Path(folder) / name, exceptions) for name in ("python", "typescript")]
        cases = _telling(suite, {name for names in wanted.values() for name in names})
        known = baseline(copies, cases, suite.contract, bench)
        print(f"baseline: {len(known.observations)} observations, {len(known.red)} red", flush=True)
        for copy in copies:
            search = _Search(suite, copy, known, bench)
            names = wanted.get(copy.language, ())
            found = [result for name in names if (result := search.proof(name))]
            record_proofs(project, found)
            lines.append(f"{copy.language}: {len(found)} of {len(names)} behaviours proven anew")
            bench.stop()
    return lines


def _telling(suite: Suite, behaviours: set[str]) -> list[Case]:
    """For each behaviour the cases that are likeliest to tell: those that are about it first, the shortest of them."""
    ranked: dict[tuple[str, tuple[str, ...], bool], list[tuple[bool, int, str]]] = {}
    for case in suite.cases.values():
        shown = {name for checks in check_case(suite.contract, case, ideal(case), "python").values() for name in checks}
        named = {name for step in case.steps for name in step.covers}
        for name in (shown | named) & behaviours:
            key = name, case.languages, case.is_shell
            ranked.setdefault(key, []).append((name not in named, len(case.steps), case.id))
    chosen = {case for found in ranked.values() for _, _, case in sorted(found)[:MOST_CASES]}
    return [case for name, case in suite.cases.items() if name in chosen]


class _Search:
    """Looks for mutants of one language."""

    def __init__(self, suite: Suite, copy: Copy, known: Baseline, bench: Bench) -> None:
        self._suite = suite
        self._copy = copy
        self._known = known
        self._bench = bench
        self._lanes = {lane.name: lane for lane in copy.lanes}
        self._places = {number: frozenset(places) for number, places in reaching(copy, known).items()}
        self._shown: dict[str, list[Where]] = {}
        for where, seen in known.observations.items():
            if where[0] in self._lanes and where not in known.red:
                case = suite.cases[where[1]]
                checks = check_case(suite.contract, case, seen, copy.language).values()
                for name in {name for each in checks for name in each}:
                    self._shown.setdefault(name, []).append(where)

    def proof(self, behaviour: str) -> Result | None:
        """A mutant that breaks the behaviour, if one is found."""
        places = sorted(self._shown.get(behaviour, ()), key=lambda where: self._rank(behaviour, where))
        for where in places[:MOST_CASES]:
            lane, case = self._lanes[where[0]], self._suite.cases[where[1]]
            for mutant in self._candidates(where):
                verdict = play_mutant(mutant, lane, case, self._suite.contract, self._known, self._bench)
                if verdict is not None and behaviour in verdict[1]:
                    return Result(mutant, verdict[0], "/".join(where), (behaviour,), 1, verdict[2])
        return None

    def _rank(self, behaviour: str, where: Where) -> tuple[bool, int, str]:
        """Cases that are about the behaviour come first, the shortest of them."""
        case = self._suite.cases[where[1]]
        named = any(behaviour in step.covers for step in case.steps)
        return not named, len(case.steps), case.id

    def _candidates(self, where: Where) -> Iterator[Mutant]:
        """Mutants that the case reaches, those first that few other cases do."""
        found = [
            mutant
            for mutant in self._copy.mutants
            if not mutant.early and where in self._places.get(mutant.number, frozenset())
        ]
        found.sort(key=lambda mutant: (len(self._places[mutant.number]), mutant.number))
        yield from _spread(found, MOST_MUTANTS)


def _spread(mutants: Sequence[Mutant], most: int) -> list[Mutant]:
    """The first half of what may be tried in order, the rest evenly over all others."""
    first, others = list(mutants[: most // 2]), list(mutants[most // 2 :])
    stride = max(1, len(others) // (most - len(first)) if most > len(first) else 1)
    return [*first, *others[::stride][: most - len(first)]]
