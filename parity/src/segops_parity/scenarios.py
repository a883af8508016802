"""The files of ``parity/scenarios``, read and checked: what is called, and what is shown on it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, Problems, check_schema, read_yaml
from segops_parity.contract import Contract
from segops_parity.selector import Selector

__all__ = ["Call", "Family", "Scenarios", "load_scenarios", "unfolded"]


@dataclass(frozen=True)
class Call:
    """One call of an operation: its arguments by name, and what makes it fail."""

    arguments: Mapping[str, Any]
    missing: Mapping[str, Any] | None
    invalid: Mapping[str, Any] | None


@dataclass(frozen=True)
class Family:
    """Behaviours shown on every operation that `selector` matches (or, for `operation`, on that one alone)."""

    name: str
    selector: Selector
    needs: str | None
    recorded: bool
    faults: bool
    languages: tuple[str, ...]
    options: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    where: str


@dataclass(frozen=True)
class Scenarios:
    """All of them.

    `client` are cases of the client itself, `replies` hostile ones, `shell` command lines, `reasons` why a cell is
    empty.
    """

    folder: Path
    calls: Mapping[str, Call]
    families: tuple[Family, ...]
    workspace: tuple[Mapping[str, Any], ...]
    client: tuple[Mapping[str, Any], ...]
    replies: tuple[Mapping[str, Any], ...]
    shell: tuple[Mapping[str, Any], ...]
    reasons: tuple[Mapping[str, Any], ...]


_LISTS = ("families", "workspace", "client", "replies", "shell", "reasons")


def load_scenarios(folder: Path, contract: Contract) -> Scenarios:
    """The scenarios in a folder; raises `ContractError` for all that is not as it must be.

    Lists of the same name in several files are one list; calls of a namespace may be in several files, too.
    """
    schema = contract.path / "schema" / "scenario.schema.json"
    problems = Problems()
    listed: dict[str, list[Listed]] = {key: [] for key in _LISTS}
    calls: dict[str, Call] = {}
    for file in sorted(folder.glob("*.yaml")):
        with problems.gathered():
            found = _read(file, contract)
            check_schema(file, found, schema)
            for key in listed.keys() & found.keys():
                listed[key] += [Listed(file, f"{key}[{index}]", entry) for index, entry in enumerate(found[key])]
            for namespace in [key for key in found if key not in listed]:
                calls |= _calls(file, namespace, found[namespace], contract)
    problems.report()
    for name in sorted(contract.operations.keys() - calls.keys()):
        problems.add(folder, "", f"expected a call of every operation; there is none of {name}")
    for key in _LISTS:
        if not listed[key]:
            problems.add(folder, "", f"expected a file with {key!r}")
    families = []
    for each in listed["families"]:
        with problems.gathered():
            families.append(_family(each, contract))
    for key, name in (("families", "family"), ("client", "case"), ("replies", "name"), ("shell", "case")):
        _check_names(listed[key], name, problems)
    for each in (*listed["client"], *listed["shell"]):
        _check_written(each, contract, problems)
    for each in listed["replies"]:
        _check_covers(each.file, f"{each.where}.covers", each.entry, contract, problems)
    problems.report()
    rest = {key: tuple(each.entry for each in listed[key]) for key in _LISTS if key != "families"}
    return Scenarios(folder=folder, calls=calls, families=tuple(families), **rest)


@dataclass(frozen=True)
class Listed:
    """An entry of a list, and where it is written."""

    file: Path
    where: str
    entry: Mapping[str, Any]


def _check_names(listed: Sequence[Listed], key: str, problems: Problems) -> None:
    """Each name once: of cases of one name all but the last would go unseen."""
    first: dict[str, Listed] = {}
    for each in listed:
        name = each.entry[key]
        if name in first:
            there = first[name]
            problem = f"expected each name once; {name!r} is that of {there.file.name}: {there.where} already"
            problems.add(each.file, f"{each.where}.{key}", problem)
        first.setdefault(name, each)


def _check_written(each: Listed, contract: Contract, problems: Problems) -> None:
    """A case that is written out, in one step or several: its behaviours are known, each reply answers a request."""
    steps = each.entry.get("steps", [each.entry])
    _check_step_names(each, steps, each.entry["case"], problems)
    for index, step in enumerate(steps):
        where = f"{each.where}.steps[{index}]" if "steps" in each.entry else each.where
        _check_covers(each.file, f"{where}.covers", step, contract, problems)
        asked, answered = len(step.get("requests", ())), len(step.get("replies", ()))
        if asked != answered:
            problem = f"expected a reply for each request; found {asked} requests and {answered} replies"
            problems.add(each.file, f"{where}.replies" if answered else f"{where}.requests", problem)


def _check_step_names(each: Listed, steps: Sequence[Mapping[str, Any]], usual: str, problems: Problems) -> None:
    names = [step.get("name", usual) for step in steps]
    for index, name in enumerate(names):
        if name in names[:index]:
            where = f"{each.where}.steps[{index}].name"
            problems.add(each.file, where, f"expected each step's name once; {name!r} appears twice")


def _check_covers(file: Path, where: str, step: Mapping[str, Any], contract: Contract, problems: Problems) -> None:
    for number, behaviour in enumerate(step.get("covers", ())):
        if behaviour not in contract.behaviours:
            named = f" in {step['name']!r}" if "name" in step else ""
            problem = f"expected a behaviour of the contract; found {behaviour!r}{named}"
            problems.add(file, f"{where}[{number}]", problem)


def _read(file: Path, contract: Contract) -> Any:
    content = read_yaml(file)
    try:
        return unfolded(content, contract)
    except ValueError as error:
        raise ContractError(file, "", f"expected JSON in the text of each $json: {error}") from error


_FIGURE = re.compile(r"\{=([a-z]+\.[a-z0-9-]+)\.(\w+)(?:\.(\d+))?([+-]\d+)?\}")


def unfolded(value: Any, contract: Contract | None = None) -> Any:
    """A value with its notation read.

    ``{$json: text}`` stands for what its text says (YAML has no half characters), ``{$nested: 3}`` for arrays in each
    other, so many levels deep, ``{=behaviour.figure}`` in a text for a figure of the contract,
    ``{=behaviour.figure+1}`` for one more, ``{=behaviour.figure.0}`` for the first of a list.
    """
    if isinstance(value, dict):
        if set(value) == {"$json"}:
            return json.loads(unfolded(value["$json"], contract))
        if set(value) == {"$nested"}:
            levels = int(unfolded(value["$nested"], contract))
            return json.loads("[" * levels + "]" * levels)
        return {unfolded(key, contract): unfolded(item, contract) for key, item in value.items()}
    if isinstance(value, list):
        return [unfolded(item, contract) for item in value]
    if contract is None or not isinstance(value, str) or "{=" not in value:
        return value
    whole = _FIGURE.fullmatch(value)
    if whole is not None:
        return _figure(contract, whole)
    return _FIGURE.sub(lambda found: str(_figure(contract, found)), value)


def _figure(contract: Contract, found: re.Match[str]) -> Any:
    try:
        figure = contract.behaviours[found[1]].figures[found[2]]
    except KeyError:
        raise ContractError(contract.path / "behaviours.yaml", found[1], f"expected the figure {found[2]}") from None
    if found[3]:
        figure = figure[int(found[3])]
    return figure + int(found[4]) if found[4] else figure


def _calls(file: Path, namespace: str, entries: Mapping[str, Any], contract: Contract) -> dict[str, Call]:
    calls = {}
    problems = Problems()
    for name, entry in entries.items():
        operation = contract.operations.get(f"{namespace}.{name}")
        if operation is None:
            problems.add(file, f"{namespace}.{name}", "expected an operation of the contract")
            continue
        known = {argument.name for argument in operation.arguments}
        for part in ("args", "missing", "invalid"):
            for argument in sorted(entry.get(part, {}).keys() - known):
                problem = f"expected arguments of {operation.id} ({', '.join(sorted(known)) or 'none'})"
                problems.add(file, f"{namespace}.{name}.{part}.{argument}", problem)
        for argument in operation.arguments:
            if argument.required and argument.name not in entry["args"]:
                problems.add(file, f"{namespace}.{name}.args", f"expected the argument {argument.name}")
        calls[operation.id] = Call(entry["args"], entry.get("missing"), entry.get("invalid"))
    problems.report()
    return calls


def _family(each: Listed, contract: Contract) -> Family:
    entry, problems = each.entry, Problems()
    _check_step_names(each, entry["steps"], entry["family"], problems)
    for number, step in enumerate(entry["steps"]):
        _check_covers(each.file, f"{each.where}.steps[{number}].covers", step, contract, problems)
    try:
        selector = Selector.parse(entry["applies"])
    except ValueError as error:
        problems.add(each.file, f"{each.where}.applies", str(error))
    problems.report()
    return Family(
        name=entry["family"],
        selector=selector,
        needs=entry.get("needs"),
        recorded=entry.get("recorded", False),
        faults=entry.get("faults", False),
        languages=tuple(entry.get("languages", ())),
        options=entry.get("options", {}),
        steps=tuple(entry["steps"]),
        where=f"{each.file.name}: {each.where} ({entry['family']})",
    )
