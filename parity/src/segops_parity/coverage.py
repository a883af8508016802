"""Coverage: every behaviour on every operation that it applies to. Cells come from the contract; none may be empty.

A cell counts when a check of that name is made for a case of that operation. An empty cell fails, unless reasons.yaml
says why no case can show it; a reason for a cell that is not empty fails too.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from segops_parity.canonical import canonical_path
from segops_parity.cases import API_KEY, Case
from segops_parity.contract import Contract
from segops_parity.contract_checks import check_case
from segops_parity.scenarios import Scenarios
from segops_parity.verdicts import CaseVerdict

__all__ = ["Coverage", "cells_of", "excused_cells", "executed", "measure", "shown_by"]

Cell = tuple[str, str]  # operation (or subject), behaviour


@dataclass(frozen=True)
class Coverage:
    """What is shown, what has a reason not to be, and what is missing or needs no reason any more.

    `unproven` are behaviours that cases show, but that no killed source mutant stands behind: they count as not shown,
    and are named. `segops-parity coverage` fails for them.
    """

    cells: frozenset[Cell]
    shown: frozenset[Cell]
    excused: Mapping[Cell, str]
    empty: tuple[Cell, ...]
    idle_reasons: tuple[str, ...]
    unproven: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether no cell is empty and no reason superfluous."""
        return not self.empty and not self.idle_reasons

    @property
    def percent(self) -> float:
        """Of the cells that can be shown, how many are."""
        possible = len(self.cells) - len(self.excused)
        counted = [cell for cell in self.shown & self.cells if cell[1] not in self.unproven]
        return 100.0 * len(counted) / possible if possible else 100.0


def cells_of(contract: Contract) -> frozenset[Cell]:
    """Every operation with every behaviour that applies to it, and each behaviour of the client, the shell, …, once."""
    found = set()
    for behaviour in contract.behaviours.values():
        if behaviour.selector.subject:
            found.add((behaviour.selector.subject, behaviour.id))
        else:
            found |= {(op.id, behaviour.id) for op in contract.operations.values() if behaviour.applies_to(op)}
    return frozenset(found)


def excused_cells(contract: Contract, scenarios: Scenarios) -> set[Cell]:
    """The cells that reasons.yaml says why no case can show."""
    return {cell for cell in cells_of(contract) if any(_is_meant(entry, cell) for entry in scenarios.reasons)}


def measure(
    contract: Contract, scenarios: Scenarios, shown: Iterable[Cell], unproven: Collection[str] = ()
) -> Coverage:
    """The coverage, given what is shown, and which behaviours have no proof."""
    cells = cells_of(contract)
    seen = frozenset(_as_cells(contract, shown)) & cells
    excused: dict[Cell, str] = {}
    idle = []
    for entry in scenarios.reasons:
        matching = [cell for cell in cells if _is_meant(entry, cell)]
        unshown = [cell for cell in matching if cell not in seen]
        if not unshown:
            idle.append(", ".join(entry["behaviours"]))
        excused |= dict.fromkeys(unshown, entry["reason"])
    empty = tuple(sorted(cells - seen - excused.keys()))
    return Coverage(cells, seen, excused, empty, tuple(idle), tuple(sorted(unproven)))


def _as_cells(contract: Contract, shown: Iterable[Cell]) -> Iterable[Cell]:
    for operation, name in shown:
        behaviour = contract.behaviours.get(name)
        if behaviour is not None:
            yield (behaviour.selector.subject or operation, name)


def _is_meant(entry: Mapping[str, Any], cell: Cell) -> bool:
    operation, behaviour = cell
    operations = entry.get("operations", ["*"])
    return any(fnmatchcase(behaviour, each) for each in entry["behaviours"]) and any(
        fnmatchcase(operation, each) for each in operations
    )


def shown_by(contract: Contract, cases: Iterable[Case]) -> set[Cell]:
    """The cells that cases show when all goes well: the checks that are made on what they expect."""
    found = set()
    for case in cases:
        for checks in check_case(contract, case, ideal(case), "python").values():
            found |= {(case.operation, name) for name in checks}
        found |= {(case.operation, name) for step in case.steps for name in step.covers}
    return found


def executed(verdicts: Iterable[CaseVerdict], lanes: Mapping[str, str]) -> dict[str, set[Cell]]:
    """The cells that were really checked, by language. `lanes` maps lanes to languages."""
    found: dict[str, set[Cell]] = {}
    for verdict in verdicts:
        for lane, checks in verdict.checks.items():
            cells = found.setdefault(lanes[lane], set())
            cells |= {(verdict.case.operation, name) for name in checks}
    return found


def ideal(case: Case) -> dict[str, Any]:
    """The observation of an SDK that does all that the case expects."""
    steps = []
    for step in case.steps:
        outcome = dict(step.outcome)
        if isinstance(outcome.get("sink"), bytes):
            outcome["sink"] = base64.b64encode(outcome["sink"]).decode("ascii")
        if "error" in outcome:
            headers = {name.lower(): value for name, value in (step.replies[-1].headers if step.replies else ())}
            told = {**outcome["error"], "message": " ".join(outcome["error"].get("message", ()))}
            outcome["error"] = {"headers": headers, **told}
        requests = [
            {
                **request,
                "path": canonical_path(request["path"]),
                "headers": {"authorization": f"ApiKey {case.options.get('api_key', API_KEY)}"},
                "has-content-type": False,
                "target": request["path"],
                **({"elsewhere": True} if reply.without_key else {}),
            }
            for request, reply in zip(step.requests, step.replies, strict=True)
        ]
        seen: dict[str, Any] = {
            "step": step.name,
            "requests": requests,
            "delays": list(step.delays),
            "outcome": outcome,
        }
        seen |= {"unplayed": 0, "mismatches": [], "log": [], **({"before-first-item": 0} if step.iteration else {})}
        if step.op == "open":
            seen["outcome"] = {"ok": {}, **outcome}
        elif step.op == "cli" and "ok" in outcome:
            seen["outcome"] = {"ok": dict(outcome["ok"])}
        steps.append(seen)
    return {
        "case": case.id,
        "steps": steps,
        **({} if case.operation in ("webhook", "testing", "cli") else {"left": []}),
    }
