"""What a run prints first: what differs, and what failed of the harness itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segops_parity.reports.groups import group_lines
from segops_parity.runner import Outcome

__all__ = ["first_lines"]


def first_lines(outcome: Outcome, records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines on what differs, then those on faults; the other way round where faults ended a lane early."""
    faults = [f"FAULT {text[:400]}" for text in [*outcome.faulty[:10], *outcome.untestable]]
    if outcome.breaks_off:
        yield from faults
    yield from group_lines([line for line in records if line["type"] == "group"])
    if not outcome.breaks_off:
        yield from faults
