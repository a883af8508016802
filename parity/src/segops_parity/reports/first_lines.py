"""What a run prints first: what differs, and what failed of the harness itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segops_parity.reports.differences import is_between
from segops_parity.reports.groups import group_lines
from segops_parity.runner import Outcome

__all__ = ["first_lines"]


def first_lines(outcome: Outcome, records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines on what differs, then those on faults; the other way round where faults tell more.

    They do where they ended a lane early, and where nothing breaks the contract in more cases than there are faults: a
    call that never ends is worse than one that ends otherwise.
    """
    faults = [f"FAULT {text[:400]}" for text in [*outcome.faulty[:10], *outcome.untestable]]
    groups = [line for line in records if line["type"] == "group"]
    most = max((len(group["cases"]) for group in groups if not is_between(group["behaviour"])), default=0)
    is_first = outcome.breaks_off or len(outcome.faulty) >= most
    if is_first:
        yield from faults
    yield from group_lines(groups)
    if not is_first:
        yield from faults
