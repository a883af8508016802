"""Two ways to do a thing, measured beside each other in one run, and how their ratio is printed.

The two take turns, so that a machine whose speed drifts slows both. Processor time tells what was computed, on a busy
machine too; wall time tells what a user waits for.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Ratio", "measured", "report"]


class Ratio(NamedTuple):
    """Medians of ours / theirs, pair by pair, in processor and in wall time; the spread is that of wall time."""

    processor: float
    wall: float
    least: float
    greatest: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} x ({self.least:.2f} to {self.greatest:.2f}), processor {self.processor:.2f}"


def measured(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> Ratio:
    """Lets the two take turns, after one run of each that does not count; who goes first changes every time."""
    ours(), theirs()
    pairs = []
    for number in range(runs):
        if number % 2:
            mine, other = _spent(ours), _spent(theirs)
        else:
            other, mine = _spent(theirs), _spent(ours)
        pairs.append((mine[0] / max(other[0], 1e-9), mine[1] / other[1]))
    processor, wall = zip(*pairs)
    return Ratio(statistics.median(processor), statistics.median(wall), min(wall), max(wall))


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time, processes that it started and ended included, and of wall time."""
    used, started = _processor(), time.perf_counter()
    work()
    return _processor() - used, time.perf_counter() - started


def _processor() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def report(what: str, figure: object, reach: str) -> None:
    """One row."""
    print(f"{what:<58} {figure!s:<48} {reach}", flush=True)
