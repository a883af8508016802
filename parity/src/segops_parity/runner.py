"""A whole run: all lanes, each in a process of its own; then the verdicts, deviations and coverage."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from segops_parity._files import ContractError
from segops_parity._gc import collect_seldom
from segops_parity.cases import Case
from segops_parity.coverage import Coverage, executed, measure
from segops_parity.deviations import Judged, apply_deviations, load_deviations
from segops_parity.ending import leave_at_once, leave_in_order
from segops_parity.faults import fault_lines
from segops_parity.lane_runner import run_lane
from segops_parity.lanes import NOT_RUN, Lane, LaneRun
from segops_parity.mutants.proofs import standing
from segops_parity.suite import Suite
from segops_parity.surface import help_pages, judge_surface, surface_cases
from segops_parity.verdicts import CaseVerdict, Looked, judge, look_at
from segops_parity.workers import worker_pool

__all__ = ["EXITS", "Outcome", "check", "run_all", "today"]

EXITS = {0: "equal", 1: "parity failure", 2: "harness or driver fault", 3: "untestable lane", 4: "stale or expired"}


@dataclass
class Outcome:
    """The outcome of a whole run."""

    suite: Suite
    lanes: list[Lane]
    runs: dict[str, LaneRun]
    verdicts: list[CaseVerdict]
    judged: list[Judged]
    coverage: dict[str, Coverage] = field(default_factory=dict)
    complete: bool = True
    """Whether every case and every lane was asked for: only then do coverage and deviations count."""

    @property
    def failures(self) -> list[CaseVerdict]:
        """The cases with a difference that is not known."""
        return [each for each in self.verdicts if any(not problem.deviation for problem in each.problems)]

    @property
    def faulty(self) -> list[str]:
        """Lanes and cases in which driver or harness failed, the likeliest cause first."""
        return fault_lines(self.runs, self.suite.cases)

    @property
    def breaks_off(self) -> bool:
        """Whether cases were left out since a driver failed again and again: then the faults tell most."""
        return any(text.startswith(NOT_RUN) for run in self.runs.values() for text in run.faults.values())

    @property
    def untestable(self) -> list[str]:
        """Lanes that could not be run at all."""
        return [f"{name}: {run.missing}" for name, run in self.runs.items() if run.missing]

    @property
    def stale(self) -> list[str]:
        """Cases recorded under another contract."""
        return sorted({each.case.id for each in self.verdicts if each.case.is_stale})

    @property
    def exit_code(self) -> int:
        """See `EXITS`."""
        states = {each.state for each in self.judged if self.complete}
        if self.faulty:
            return 2
        gaps = self.complete and any(not each.complete for each in self.coverage.values())
        if self.failures or gaps or states & {"gone", "different", "redundant"}:
            return 1
        if self.untestable:
            return 3
        return 4 if self.stale or "expired" in states else 0


def today() -> date:
    """The day by which deviations expire; PARITY_TODAY sets another one."""
    given = os.environ.get("PARITY_TODAY")
    try:
        return date.fromisoformat(given) if given else datetime.now(timezone.utc).date()
    except ValueError:
        raise ContractError("PARITY_TODAY", "", f"expected a day such as 2026-05-01; found {given!r}") from None


def check(
    suite: Suite,
    lanes: Sequence[Lane],
    *,
    pattern: str = "*",
    workers: int | None = None,
    whole: bool = True,
    over: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run the cases that match in all lanes, and judge them.

    Args:
        over: called once the lanes have been run; what is left to do is the work of one process.
    """
    day = today()
    cases = [case for case in suite.cases.values() if fnmatchcase(case.id, pattern)]
    parts = [each for each in surface_cases(suite.contract) if fnmatchcase(each.id, pattern)]
    looked: dict[str, dict[str, Looked]] = {}

    def look(lane: Lane, run: LaneRun) -> None:
        looked[lane.name] = look_at(suite.contract, cases, lane, run)

    runs = run_all(suite, lanes, cases, workers, surface=help_pages(suite.contract) if parts else None, look=look)
    over()
    surface = judge_surface(suite.contract, parts, lanes, runs)
    verdicts = judge(suite.contract, cases, lanes, runs, looked)
    verdicts += [each for each in surface if each.checks or each.faults]
    schema = suite.contract.path / "schema" / "deviations.schema.json"
    known = load_deviations(suite.project.deviations, schema)
    outcome = Outcome(
        suite, list(lanes), runs, verdicts, apply_deviations(known, verdicts, day, [lane.name for lane in lanes])
    )
    outcome.complete = whole and pattern == "*"
    if outcome.complete:
        outcome.coverage = _coverage(suite, lanes, verdicts)
    return outcome


def run_all(
    suite: Suite,
    lanes: Sequence[Lane],
    cases: Sequence[Case],
    workers: int | None = None,
    *,
    surface: Sequence[str] | None = None,
    look: Callable[[Lane, LaneRun], None] = lambda lane, run: None,
) -> dict[str, LaneRun]:
    """The outcome of each lane. Those of the shell, the shortest, come last; several run at a time, each in a process.

    Args:
        look: called with each lane's outcome as soon as it is there, while others still run.
    """
    if len(lanes) == 1:
        done = {lane.name: run_lane(lane, cases, suite.project.protocol, surface=surface) for lane in lanes}
        look(lanes[0], done[lanes[0].name])
        return done
    order = {"vcr": 0, "sdk": 1, "shell": 2}  # vcr is long, and would run alone at the end
    ordered = sorted(lanes, key=lambda lane: (order[lane.kind], lane.language != "typescript"))
    # One more than there are processors: a lane's driver and its server wait for each other by turns.
    count = workers or min(len(lanes), max(2, os.cpu_count() or 2) + 1)
    with (
        TemporaryDirectory(prefix="segops-parity-") as folder,
        worker_pool(count, _begin) as pool,
    ):
        # By a file: a task with all cases is larger than a pipe. It would wait for a reader, and with it, on Python
        # 3.11.2, the end of a pool whose workers have been stopped.
        given = Path(folder, "given")
        given.write_bytes(pickle.dumps((cases, suite.project.protocol, surface)))
        pending = {pool.submit(_run_in_worker, lane, given): lane for lane in ordered}
        done = {}
        for future in as_completed(pending):
            lane = pending[future]
            done[lane.name] = future.result()
            look(lane, done[lane.name])
    return {lane.name: done[lane.name] for lane in lanes}


def _begin() -> None:
    leave_in_order()
    collect_seldom()


def _run_in_worker(lane: Lane, given: Path) -> LaneRun:
    try:
        leave_in_order()
        cases, protocol, surface = _read(given)
        run = run_lane(lane, cases, protocol, surface=surface)
        leave_at_once()
        return run
    except SystemExit as asked:  # by SIGTERM; the pool would take it for a result, and continue
        os._exit(int(asked.code or 0))


@cache
def _read(given: Path) -> tuple[Sequence[Case], Path, Sequence[str] | None]:
    """What all lanes of a worker need."""
    return pickle.loads(given.read_bytes())  # type: ignore[no-any-return]


def _coverage(suite: Suite, lanes: Sequence[Lane], verdicts: Sequence[CaseVerdict]) -> dict[str, Coverage]:
    """For each language the coverage by what was really run; what only the other one can show does not count."""
    languages = {lane.name: lane.language for lane in lanes}
    shown = executed(verdicts, languages)
    unproven = {each.language: each.missing for each in standing(suite.project, suite)} if suite.has_proofs else {}
    found: dict[str, Coverage] = {}
    for language in ("python", "typescript"):
        if language not in shown:
            continue
        foreign = {
            (operation, name)
            for other, cells in shown.items()
            if other != language
            for operation, name in cells
            if name in suite.contract.behaviours and language not in suite.contract.behaviours[name].languages
        }
        found[language] = measure(
            suite.contract, suite.scenarios, shown[language] | foreign, unproven.get(language, ())
        )
    return found
