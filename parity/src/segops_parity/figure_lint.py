"""The lint of the contract's figures: each is read by a case or a check, and numbers by the tests of both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.contract_checks import check_case
from segops_parity.coverage import ideal
from segops_parity.figures import unread

__all__ = ["figure_problems", "is_number", "said_twice", "untested_figures"]

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
    problems = list(said_twice(contract))
    patterns = [each for entry in reasons if "operations" not in entry for each in entry["behaviours"]]
    excused = [name for name in contract.behaviours if any(fnmatchcase(name, each) for each in patterns)]
    found = [name for name in unread(contract.behaviours.values(), excused) if name not in _OF_TESTS]
    where = contract.path / "behaviours.yaml"
    return problems + [
        f"{where}: {name}: no case depends on this figure; name it as {{={name}}} in one" for name in found
    ]


TESTS = {"python": "tests/python/test_figures.py", "typescript": "typescript-fixtures/admin/test/figures.test.ts"}
_READ = re.compile(r'figure\(f?"([a-z.{}-]+)", "(\w+)"\)|FIGURES\["([a-z.-]+)"\]')


def untested_figures(contract: Contract, root: Path) -> Iterator[str]:
    """A line for each number of the contract that the tests of a language do not read from it.

    Args:
        root: the repository.
    """
    for language, name in TESTS.items():
        text = (root / name).read_text(encoding="utf-8")
        read = _READ.findall(text)
        whole = {behaviour for _, _, behaviour in read if behaviour}
        for behaviour in contract.behaviours.values():
            for figure, value in (behaviour.figures or {}).items():
                if behaviour.id in whole or not is_number(value):
                    continue
                if not behaviour.binds(language):
                    continue
                named = {re.sub(r"\{\w+\}", "*", each) for each, of, _ in read if of == figure}
                listed = behaviour.id in text and f'"{figure}"' in text
                if not listed and not any(fnmatchcase(behaviour.id, each) for each in named):
                    yield f"{root / name}: {behaviour.id}.{figure}: no test of {language} reads this figure"


def is_number(value: Any) -> bool:
    """Whether a figure is a number, or a list of numbers."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, (int, float)) and not isinstance(first, bool)


def said_twice(contract: Contract) -> Iterable[str]:
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
