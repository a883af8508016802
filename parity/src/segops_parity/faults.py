"""Faults: lanes and cases in which a driver or the harness failed, told with what the cases were to show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from math import sqrt

from segops_parity.cases import Case
from segops_parity.lanes import NOT_RUN, LaneRun

__all__ = ["fault_lines"]

_LACKS_EXPORT = re.compile(
    r"cannot import name '\w+' from '?segops_admin\b|'segops_admin' has no attribute|does not provide an export named"
)
_SHOWN = 3
"""How many of the behaviours that a case is there to show are told."""


def fault_lines(runs: Mapping[str, LaneRun], cases: Mapping[str, Case]) -> list[str]:
    """A line for each fault, the likeliest cause first: the case, and the behaviours that it, or its step, was to show.

    As where results differ, likeliest is the behaviour whose cases fail most and pass least. Cases that were not run,
    after a driver had failed again and again, come last and tell nothing of that.
    """
    faults = [(run, case, text) for run in runs.values() for case, text in run.faults.items()]
    failed: dict[str, set[str]] = {}
    for run, case, text in faults:
        if not text.startswith(NOT_RUN):
            failed.setdefault(case, set()).update(_shown(cases.get(case), run.faulty_steps.get(case, "")))
    of_failed = Counter(name for shown in failed.values() for name in shown)
    of_all = Counter(name for case in cases.values() for name in _shown(case)) if failed else of_failed

    def evidence(name: str) -> float:
        return of_failed[name] / sqrt(len(failed) * of_all[name]) if of_failed[name] else 0.0

    told = []
    for run, case, text in faults:
        step = run.faulty_steps.get(case, "")
        shown = sorted(_shown(cases.get(case), step), key=evidence, reverse=True)
        if _LACKS_EXPORT.search(text):  # then the driver does not even begin, whatever the case is there to show
            shown = ["surface.exports"]
        likely = max(map(evidence, shown), default=0.0)
        where = f"in step {step!r}: " if step else ""
        told.append((text.startswith(NOT_RUN), -likely, f"{run.lane}: {case}{_in_brackets(shown)}: {where}{text}"))
    return [line for *_, line in sorted(told, key=lambda each: each[:2])]


def _shown(case: Case | None, step: str = "") -> Collection[str]:
    """The behaviours that a case is there to show, or one of its steps, each once, in its order."""
    steps = [each for each in case.steps if not step or step == each.name] if case is not None else []
    return dict.fromkeys(name for each in steps for name in each.covers)


def _in_brackets(names: Iterable[str]) -> str:
    told = ", ".join([*names][:_SHOWN])
    return f" ({told})" if told else ""
