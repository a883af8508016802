"""The lint of the contract's figures: each is read by a case or a check, or is one that the contract says twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.figures import unread

__all__ = ["figure_problems"]

_OF_TESTS = {"logging.one-line-per-attempt.logger"}
"""What the drivers are built on: were it another, no line would be seen."""


def figure_problems(contract: Contract, cases: Iterable[Case], reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each figure that no case depends on, and for each that disagrees with another place of the contract.

    Reading the scenarios has read those that they name; what an SDK that does everything right would be checked for
    reads the rest. A behaviour that no case can show (reasons.yaml, for all operations) is held by tests.
    """
    for case in cases:
        for language in ("python", "typescript"):
            check_case(contract, case, ideal(case), language)
    problems = list(_said_twice(contract))
    patterns = [each for entry in reasons if "operations" not in entry for each in entry["behaviours"]]
    excused = [name for name in contract.behaviours if any(fnmatchcase(name, each) for each in patterns)]
    found = [name for name in unread(contract.behaviours.values(), excused) if name not in _OF_TESTS]
    where = contract.path / "behaviours.yaml"
    return problems + [
        f"{where}: {name}: no case depends on this figure; name it as {{={name}}} in one" for name in found
    ]


def _said_twice(contract: Contract) -> Iterable[str]:
    """Defaults stand with the arguments too, and the webhook's header with its vectors."""
    polling = [each for each in contract.operations.values() if each.polls]
    for name, argument in (("wait.until-done", "interval"), ("wait.timeout", "timeout")):
        figure = contract.behaviours[name].figures[argument]
        for operation in polling:
            if operation.argument(argument).default != figure:
                yield f"{operation.id}: {argument} is {operation.argument(argument).default}, and {name} says {figure}"
    header = contract.behaviours["webhook.signature-forms"].figures["header"]
    if contract.webhooks.header != header:
        yield f"webhooks.yaml: header is {contract.webhooks.header}, and webhook.signature-forms says {header}"
