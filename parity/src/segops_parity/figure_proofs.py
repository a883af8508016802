"""Proof that every figure of the contract counts: raised by one in a copy of it, a case has to fail in each language.

The cases that a figure changes, and those whose checks read it, are played to the SDKs as they are, all in one run, and
judged by the contract with that one figure changed; what the contract says twice (hygiene) counts as well. Of a name a
letter more is asked for, which need not fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from segops_parity._files import ContractError
from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.figure_lint import is_number, said_twice
from segops_parity.figures import Figures
from segops_parity.lanes import Lane, LaneRun
from segops_parity.runner import run_all
from segops_parity.scenarios import load_scenarios
from segops_parity.suite import Suite, build_cases
from segops_parity.surface import judge_surface, surface_cases

__all__ = ["FIGURE_LANES", "FigureProof", "prove_figures", "raised"]

FIGURE_LANES = ("python-http", "typescript-current", "cli-python", "cli-typescript")
_MOST_CASES = 8
"""For each figure: of the cases that it changes, and of those whose checks read it."""


@dataclass
class FigureProof:
    """One figure. `red` says by language which case fails once it is raised; `green` are the languages where none does.

    `held_by_tests` tells that no case can show the behaviour (reasons.yaml), so that only tests of the SDKs hold it.
    """

    name: str
    was: Any
    becomes: Any
    cases: tuple[str, ...] = ()
    red: dict[str, str] = field(default_factory=dict)
    green: tuple[str, ...] = ()
    held_by_tests: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is one, or a list of them: a name may be longer by a letter and still be refused, or left out."""
        return is_number(self.was)


@dataclass(frozen=True)
class _Raised:
    """A figure, the contract in which it is raised, and the cases that tell, under names of their own."""

    proof: FigureProof
    contract: Contract
    cases: tuple[Case, ...]
    languages: tuple[str, ...]
    same: frozenset[str] = frozenset()
    """Those that the figure does not change: only a check that reads it can fail for them."""
    unreadable: str = ""


@dataclass(frozen=True)
class _Reads:
    """By figure the cases whose checks read it; and the figures that making the cases reads."""

    checks: Mapping[str, Sequence[str]]
    building: frozenset[str]


def raised(value: Any) -> Any:
    """A figure raised by one; of a list or a mapping the first."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, list):
        return [raised(value[0]), *value[1:]]
    if isinstance(value, Mapping):
        first = next(iter(value))
        return {**value, first: raised(value[first])}
    raise TypeError(f"expected a number, a name, a list or a mapping of them, not {value!r}")


def prove_figures(suite: Suite, lanes: Sequence[Lane], pattern: str = "*") -> list[FigureProof]:
    """What comes of raising each figure whose name (behaviour.figure) matches."""
    reads = _Reads(_readers(suite), _builders(suite))
    prepared = [
        _prepared(suite, behaviour.id, name, reads)
        for behaviour in suite.contract.behaviours.values()
        for name in behaviour.figures or ()
        if fnmatchcase(f"{behaviour.id}.{name}", pattern)
    ]
    cases = [case for each in prepared for case in each.cases]
    runs = run_all(suite, lanes, cases, surface=["segments list", ""])
    for each in prepared:
        _judge(each, suite.contract, lanes, runs)
    return [each.proof for each in prepared]


def _figures(suite: Suite) -> dict[str, Figures]:
    known = {name: each.figures for name, each in suite.contract.behaviours.items()}
    return {name: each for name, each in known.items() if isinstance(each, Figures)}


def _builders(suite: Suite) -> frozenset[str]:
    """The figures that reading the scenarios and making cases of them reads."""
    figures = _figures(suite)
    for each in figures.values():
        each.read.clear()
    build_cases(suite.contract, load_scenarios(suite.project.scenarios, suite.contract), suite.project.cassettes)
    return frozenset(f"{name}.{figure}" for name, each in figures.items() for figure in each.read)


def _readers(suite: Suite) -> dict[str, list[str]]:
    """By figure the cases whose checks read it, when all is as it has to be."""
    found: dict[str, list[str]] = {}
    figures = _figures(suite)
    for case in suite.cases.values():
        for each in figures.values():
            each.read.clear()
        for language in case.languages or ("python", "typescript"):
            check_case(suite.contract, case, ideal(case), language)
        for name, each in figures.items():
            for figure in each.read:
                found.setdefault(f"{name}.{figure}", []).append(case.id)
    return found


def _prepared(suite: Suite, behaviour: str, figure: str, reads: _Reads) -> _Raised:
    known = suite.contract.behaviours[behaviour]
    name, was = f"{behaviour}.{figure}", known.figures[figure]
    proof = FigureProof(name, was, raised(was), held_by_tests=_is_excused(suite, behaviour))
    changed = replace(known, figures=Figures({**known.figures, figure: proof.becomes}))
    contract = replace(suite.contract, behaviours={**suite.contract.behaviours, behaviour: changed})
    try:
        cases = suite.cases
        if name in reads.building:
            cases = build_cases(contract, load_scenarios(suite.project.scenarios, contract), suite.project.cassettes)
    except (ContractError, ValueError) as error:
        return _Raised(proof, contract, (), known.languages, unreadable=str(error).partition(": expected")[0][-200:])
    touched = [case.id for case in cases.values() if cases is not suite.cases and suite.cases.get(case.id) != case]
    edges = [each for each in touched if each.startswith("client/")][-_MOST_CASES:]  # those written for one figure
    chosen = dict.fromkeys(
        [*edges, *_spread(touched), *_spread([each for each in reads.checks.get(name, ()) if each in cases])]
    )
    proof.cases = tuple(chosen)
    own = tuple(replace(cases[each], id=f"{name}:{each}") for each in chosen)
    same = frozenset(f"{name}:{each}" for each in chosen if each not in set(touched))
    return _Raised(proof, contract, own, known.languages, same)


def _is_excused(suite: Suite, behaviour: str) -> bool:
    patterns = [each for entry in suite.scenarios.reasons if "operations" not in entry for each in entry["behaviours"]]
    return any(fnmatchcase(behaviour, each) for each in patterns)


def _spread(names: Sequence[str]) -> Iterable[str]:
    """Some of these, from the first to the last."""
    return names[:: max(1, len(names) // _MOST_CASES)][:_MOST_CASES]


def _judge(each: _Raised, before: Contract, lanes: Sequence[Lane], runs: Mapping[str, LaneRun]) -> None:
    proof = each.proof
    twice = set(said_twice(each.contract)) - set(said_twice(before))
    for language in each.languages:
        own = [lane for lane in lanes if lane.language == language]
        where = each.unreadable or next(_red(each, before, own, runs), "") or next(iter(twice), "")
        if where:
            proof.red[language] = where
    bound = ("typescript",) if proof.name.startswith("limit.") else each.languages  # limits of JavaScript
    proof.green = tuple(language for language in bound if language not in proof.red)


def _red(each: _Raised, before: Contract, lanes: Sequence[Lane], runs: Mapping[str, LaneRun]) -> Iterator[str]:
    """What fails in lanes of one language by the changed contract, and not by the one before."""
    for lane in lanes:
        run = runs[lane.name]
        for case in each.cases:
            seen = run.observations.get(case.id)
            if seen is None:
                continue
            fails = [
                _fails(contract, case, seen, lane, run)
                for contract in (each.contract, *([before] if case.id in each.same else []))
            ]
            if fails[0] and not any(fails[1:]):
                yield case.id.partition(":")[2]
    known = set(_surface(before, lanes, runs))
    yield from (name for name in _surface(each.contract, lanes, runs) if name not in known)


def _fails(contract: Contract, case: Case, seen: Mapping[str, Any], lane: Lane, run: LaneRun) -> bool:
    found = check_case(contract, case, seen, lane.language, run.hello.get("version") or "")
    return any(problems for checks in found.values() for problems in checks.values())


def _surface(contract: Contract, lanes: Sequence[Lane], runs: Mapping[str, LaneRun]) -> Iterator[str]:
    """The parts of the surface that are not as the contract says."""
    own = [lane for lane in lanes if lane.kind == "sdk"]
    parts = [case for case in surface_cases(contract) if case.family not in ("commands", "flags")]
    yield from (verdict.case.id for verdict in judge_surface(contract, parts, own, runs) if verdict.problems)
