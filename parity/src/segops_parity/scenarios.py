"""The files of ``parity/scenarios``, read and checked: what is called, and what is shown on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, check_schema, read_yaml
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
    options: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    where: str


@dataclass(frozen=True)
class Scenarios:
    """All of them. `client` are cases of the client itself, `shell` command lines, `reasons` why a cell is empty."""

    folder: Path
    calls: Mapping[str, Call]
    families: tuple[Family, ...]
    workspace: tuple[Mapping[str, Any], ...]
    client: tuple[Mapping[str, Any], ...]
    shell: tuple[Mapping[str, Any], ...]
    reasons: tuple[Mapping[str, Any], ...]


def load_scenarios(folder: Path, contract: Contract) -> Scenarios:
    """The scenarios in a folder; raises `ContractError` for the first thing that is not as it must be."""
    schema = contract.path / "schema" / "scenario.schema.json"
    content: dict[str, Any] = {}
    calls: dict[str, Call] = {}
    for file in sorted(folder.glob("*.yaml")):
        found = unfolded(read_yaml(file))
        check_schema(file, found, schema)
        for key, value in found.items():
            if key in contract.namespaces:
                calls |= _calls(file, key, value, contract)
            else:
                content[key] = (file, value)
    for name in sorted(contract.operations.keys() - calls.keys()):
        raise ContractError(folder, "", f"expected a call of every operation; there is none of {name}")
    for key in ("families", "workspace", "client", "shell", "reasons"):
        if key not in content:
            raise ContractError(folder, "", f"expected a file with {key!r}")
    file, families = content["families"]
    return Scenarios(
        folder=folder,
        calls=calls,
        families=tuple(_family(file, index, entry, contract) for index, entry in enumerate(families)),
        **{key: tuple(content[key][1]) for key in ("workspace", "client", "shell", "reasons")},
    )


def unfolded(value: Any) -> Any:
    """A value with every ``{$json: text}`` replaced by what its text says: YAML has no half characters."""
    if isinstance(value, dict):
        if set(value) == {"$json"}:
            return json.loads(value["$json"])
        return {key: unfolded(item) for key, item in value.items()}
    return [unfolded(item) for item in value] if isinstance(value, list) else value


def _calls(file: Path, namespace: str, entries: Mapping[str, Any], contract: Contract) -> dict[str, Call]:
    calls = {}
    for name, entry in entries.items():
        operation = contract.operations.get(f"{namespace}.{name}")
        if operation is None:
            raise ContractError(file, f"{namespace}.{name}", "expected an operation of the contract")
        known = {argument.name for argument in operation.arguments}
        for part in ("args", "missing", "invalid"):
            for argument in sorted(entry.get(part, {}).keys() - known):
                problem = f"expected arguments of {operation.id} ({', '.join(sorted(known)) or 'none'})"
                raise ContractError(file, f"{namespace}.{name}.{part}.{argument}", problem)
        for argument in operation.arguments:
            if argument.required and argument.name not in entry["args"]:
                raise ContractError(file, f"{namespace}.{name}.args", f"expected the argument {argument.name}")
        calls[operation.id] = Call(entry["args"], entry.get("missing"), entry.get("invalid"))
    return calls


def _family(file: Path, index: int, entry: Mapping[str, Any], contract: Contract) -> Family:
    where = f"families[{index}]"
    try:
        selector = Selector.parse(entry["applies"])
    except ValueError as error:
        raise ContractError(file, f"{where}.applies", str(error)) from error
    for number, step in enumerate(entry["steps"]):
        for behaviour in step.get("covers", ()):
            if behaviour not in contract.behaviours:
                problem = f"expected a behaviour of the contract; found {behaviour!r}"
                raise ContractError(file, f"{where}.steps[{number}].covers", problem)
    return Family(
        name=entry["family"],
        selector=selector,
        needs=entry.get("needs"),
        recorded=entry.get("recorded", False),
        faults=entry.get("faults", False),
        options=entry.get("options", {}),
        steps=tuple(entry["steps"]),
        where=f"{file.name}: {where} ({entry['family']})",
    )
