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
    """A line for each fault, the likeliest cause first: the case, and the behaviours that it was to show.

    As where results differ, likeliest is the behaviour whose cases fail most and pass least. Cases that were not run,
    after a driver had failed again and again, come last and tell nothing of that.
    """
    faults = [(lane, case, text) for lane, run in runs.items() for case, text in run.faults.items()]
    failed = {case for _, case, text in faults if not text.startswith(NOT_RUN)}
    of_failed = Counter(name for case in failed for name in _shown(cases.get(case)))
    of_all = Counter(name for case in cases.values() for name in _shown(case)) if failed else of_failed

    def evidence(name: str) -> float:
        return of_failed[name] / sqrt(len(failed) * of_all[name]) if of_failed[name] else 0.0

    told = []
    for lane, case, text in faults:
        shown = sorted(_shown(cases.get(case)), key=evidence, reverse=True)
        if _LACKS_EXPORT.search(text):  # then the driver does not even begin, whatever the case is there to show
            shown = ["surface.exports"]
        likely = max(map(evidence, shown), default=0.0)
        told.append((text.startswith(NOT_RUN), -likely, f"{lane}: {case}{_in_brackets(shown)}: {text}"))
    return [line for *_, line in sorted(told, key=lambda each: each[:2])]


def _shown(case: Case | None) -> Collection[str]:
    """The behaviours that a case is there to show, each once, in its order."""
    return dict.fromkeys(name for step in case.steps for name in step.covers) if case is not None else {}


def _in_brackets(names: Iterable[str]) -> str:
    told = ", ".join([*names][:_SHOWN])
    return f" ({told})" if told else ""
