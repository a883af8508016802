"""A run of probes: the areas shared out among processes, each with drivers of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from segops_parity.contract import load
from segops_parity.ending import leave_in_order
from segops_parity.lanes import Lane
from segops_parity.probes.comparing import Difference, compare
from segops_parity.probes.model import Ground, Probe
from segops_parity.probes.pair import Pair
from segops_parity.probes.pasting import write_down
from segops_parity.probes.printing import report
from segops_parity.probes.searching import Finding, search
from segops_parity.project import Project
from segops_parity.scenarios import load_scenarios
from segops_parity.workers import worker_pool

__all__ = ["Area", "draw_probes", "lines", "run_probes"]

LANES = ("python-http", "typescript-current")


@dataclass
class Area:
    """The outcome of one area: how many probes there were, and what they showed."""

    name: str
    seed: int
    made: int
    seconds: float
    findings: list[Finding]

    @property
    def has_faults(self) -> bool:
        """Whether a driver or the harness failed."""
        return any(finding.sign.startswith("fault") for finding in self.findings)


def run_probes(project: Project, lanes: Sequence[Lane], *, seed: int, count: int, areas: Sequence[str]) -> list[Area]:
    """Put `count` probes in all, shared out evenly among the areas.

    Args:
        lanes: one of each language.
        seed: the same seed draws the same probes.
    """
    workers = min(len(areas), max(2, os.cpu_count() or 2))
    with worker_pool(workers, _begin, project.root, tuple(lanes)) as pool:
        return [future.result() for future in [pool.submit(_area, *task) for task in _tasks(seed, count, areas)]]


def draw_probes(ground: Ground, *, seed: int, count: int) -> dict[str, list[Probe]]:
    """By area the probes that `run_probes` puts where it finds no difference."""
    from segops_parity.probes.areas import AREAS

    _prepare()
    found: dict[str, list[Probe]] = {}
    for name, number, share in _tasks(seed, count, list(AREAS)):
        corners, draws = AREAS[name]
        kept = found.setdefault(name, [])
        search(name, draws(ground), _Keeping(kept), number=number, count=share, corners=corners(ground))
    return found


class _Keeping:
    """Keeps the probes that it is asked about, and finds nothing."""

    def __init__(self, kept: list[Probe]) -> None:
        self._kept = kept

    def __call__(self, probe: Probe) -> list[Difference]:
        self._kept.append(probe)
        return []


def _tasks(seed: int, count: int, areas: Sequence[str]) -> list[tuple[str, int, int]]:
    """For each area its own seed, and how many probes it has."""
    share = -(-count // len(areas))
    return [(name, zlib.crc32(f"{seed}/{name}".encode()), share) for name in areas]


def _prepare() -> None:
    sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep
    warnings.filterwarnings("ignore", module="hypothesis")  # it complains of long values, which these have to be


_pair: Pair
_ground: Ground


def _begin(root: Path, lanes: tuple[Lane, ...]) -> None:
    """Makes a worker ready: reads the contract, starts the drivers."""
    global _pair, _ground
    leave_in_order()
    try:
        _prepare()
        project = Project(root)
        contract = load(root / "spec")
        _ground = Ground(contract, load_scenarios(project.scenarios, contract))
        _pair = Pair(lanes, project.protocol, contract)
        _pair.__enter__()
        multiprocessing.util.Finalize(None, _pair.__exit__, exitpriority=10)
        signal.signal(signal.SIGTERM, _stop)
    except SystemExit as asked:  # by SIGTERM; the pool would print it as a failure
        os._exit(int(asked.code or 0))


def _stop(number: int, frame: object) -> None:
    """End here: what is raised may be swallowed, by the pool for a result, by a garbage collection for good."""
    _pair.__exit__()
    os._exit(128 + number)


def _area(name: str, seed: int, count: int) -> Area:
    from segops_parity.probes.areas import AREAS

    def judge(probe: Probe) -> list[Difference]:
        return compare(_ground.contract, probe, _pair.observe(probe))

    began = time.perf_counter()
    corners, draws = AREAS[name]
    drawn = draws(_ground)
    made, findings = search(name, drawn, judge, number=seed, count=count, corners=corners(_ground))
    for finding in findings:
        write_down(finding, _pair.observe(finding.smallest))
    return Area(name, seed, made, time.perf_counter() - began, findings)


def lines(areas: Sequence[Area], seed: int) -> Iterator[str]:
    """What a run is told as."""
    for area in areas:
        for finding in area.findings:
            yield from report(finding, seed)
    made = sum(area.made for area in areas)
    kinds = sum(len(area.findings) for area in areas)
    seconds = ", ".join(f"{area.name} {area.made} in {area.seconds:.0f} s" for area in areas)
    told = f"{kinds} kinds of difference" if kinds else "Python and TypeScript do the same, and as the contract says"
    yield f"{made} probes, seed {seed} ({seconds}): {told}"
