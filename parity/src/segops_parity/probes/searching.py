"""The search for differences: Hypothesis draws the probes, and shrinks those that show one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from segops_parity.probes.comparing import Difference
from segops_parity.probes.model import Probe

__all__ = ["Finding", "search"]

Judge = Callable[[Probe], list[Difference]]


@dataclass
class Finding:
    """One look of difference: how many probes showed it, and the smallest of them.

    `case` is that probe as a case of parity/scenarios, with its outcome in the language `holds_in`.
    """

    sign: str
    area: str
    count: int
    first: Probe
    smallest: Probe
    differences: list[Difference] = field(default_factory=list)
    case: Mapping[str, Any] = field(default_factory=dict)
    holds_in: str = ""


class _Shown(Exception):
    """The difference that is being shrunk has shown itself."""


class _Enough(BaseException):
    """As many different probes as were asked for have been made."""


def search(
    area: str,
    strategy: st.SearchStrategy[Probe],
    judge: Judge,
    *,
    number: int,
    count: int,
    corners: Iterable[Probe] = (),
    shrunk: int = 12,
) -> tuple[int, list[Finding]]:
    """Put the corners, and further probes drawn from the seed `number` until there are `count` different ones.

    Returns how many there were, and what they showed.

    Args:
        corners: probes that are put whatever the seed.
        shrunk: how many kinds of difference are shrunk; the others are reported with the first probe that showed them.
    """
    known: dict[str, list[Difference]] = {}
    found: dict[str, Finding] = {}

    def verdict(probe: Probe) -> list[Difference]:
        with _deep_stack():
            if probe.key not in known:
                known[probe.key] = judge(probe)
            return known[probe.key]

    def collect(probe: Probe) -> None:
        before = len(known)
        differences = verdict(probe)
        if len(known) == before:
            return
        if differences:
            sign = look(differences)
            if sign in found:
                found[sign].count += 1
            else:
                found[sign] = Finding(sign, area, 1, probe, probe, differences)
        if len(known) >= count and drawing:
            raise _Enough

    drawing = False
    for probe in corners:
        collect(probe)
    cornered = set(found)
    drawing = True
    if len(known) < count:
        _draw(strategy, collect, number, 3 * count, shrink=False)
    made = len(known)
    for finding in [each for sign, each in found.items() if sign not in cornered][:shrunk]:
        _shrink(finding, strategy, verdict, number, 3 * count)
    return made, list(found.values())


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Room for values that are nested 500 levels deep; Hypothesis keeps the stack shorter than that."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def look(differences: list[Difference]) -> str:
    """What tells one kind of difference from another: the gravest place of it."""
    return differences[0].sign


def _shrink(finding: Finding, strategy: st.SearchStrategy[Probe], verdict: Judge, number: int, count: int) -> None:
    def again(probe: Probe) -> None:
        differences = verdict(probe)
        if differences and look(differences) == finding.sign:
            finding.smallest, finding.differences = probe, differences
            raise _Shown

    try:
        _draw(strategy, again, number, count, shrink=True)
    except _Shown:
        return


def _draw(
    strategy: st.SearchStrategy[Probe], body: Callable[[Probe], None], number: int, count: int, *, shrink: bool
) -> None:
    """Calls `body` with what is drawn; the same for the same seed. With `shrink`, what raises is made smaller."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    run = settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        backend="hypothesis",
    )

    def test(probe: Probe) -> None:
        body(probe)

    try:
        seed(number)(run(given(strategy)(test)))()
    except _Enough:
        return
