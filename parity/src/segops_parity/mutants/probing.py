"""The probes that parity puts, as cases of a campaign: what both languages do with them is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.lanes import Lane
from segops_parity.probes import COUNT, SEED
from segops_parity.probes.comparing import compare
from segops_parity.probes.model import Ground, Probe, case_of
from segops_parity.suite import Suite

__all__ = ["PREFIX", "Probes", "is_put", "probe_problems", "probes_of"]

PREFIX = "probe/"
_LANES = ("python-http", "typescript-current", "cli-python", "cli-typescript")


@dataclass(frozen=True)
class Probes:
    """Probes by the id of the case that each has been made, and those cases."""

    inputs: dict[str, Probe] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)


def probes_of(suite: Suite, patterns: Sequence[str]) -> Probes:
    """The probes of `make parity`, as cases whose ids match: ``probe/AREA/NUMBER``."""
    found = Probes()
    if not any(pattern.startswith(("*", PREFIX)) for pattern in patterns):
        return found
    from segops_parity.probes.run import draw_probes  # Hypothesis takes a while to load

    drawn = draw_probes(Ground(suite.contract, suite.scenarios), seed=SEED, count=COUNT)
    for area, probes in drawn.items():
        for number, probe in enumerate(probes, 1):
            name = f"{PREFIX}{area}/{number}"
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                found.inputs[name] = probe
                found.cases[name] = replace(case_of(probe, suite.contract), id=name, family=f"{PREFIX}{area}")
    return found


def is_put(case: Case, lane: Lane) -> bool:
    """Whether a lane is one that probes are put to; any case that is no probe is for all lanes that take it."""
    return not case.id.startswith(PREFIX) or lane.name in _LANES


def probe_problems(
    contract: Contract, probe: Probe, language: str, seen: Mapping[str, Any], twin: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """What is wrong about what a language does with a probe, by the kind of check.

    Args:
        twin: what the other language does with it.
    """
    other = "typescript" if language == "python" else "python"
    found: dict[str, list[dict[str, Any]]] = {}
    for each in compare(contract, probe, {language: seen, other: twin}):
        found.setdefault(each.check, []).append({"at": each.at, "found": dict(each.found), "wanted": each.wanted})
    return found
