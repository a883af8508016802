"""The contract of the SDKs. This module is the one reader of ``spec/``.

    contract = load()
    contract.operations["segments.export"].request.path     # "/segments/{id}/export/"
    contract.record("Segment").schema                       # JSON Schema
    contract.check("Page<Segment>", payload)                # what is wrong with a payload, [] if nothing

A broken contract raises `ContractError`, which names the file, the path of keys in it, and what was expected there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from segops_parity._admin import AdminReader
from segops_parity._files import ContractError, Problems, check_schema, read_yaml
from segops_parity._model import Behaviour, Namespace, Operation, Request
from segops_parity._notation import Argument, Command, Flag, Returns, parse_returns
from segops_parity.figures import Figures
from segops_parity.records import Record, Records, load_records
from segops_parity.selector import FLAGS, SUBJECTS, Selector
from segops_parity.webhooks import Vector, Webhooks, load_webhooks

__all__ = [
    "FLAGS",
    "SUBJECTS",
    "Argument",
    "Behaviour",
    "Command",
    "Contract",
    "ContractError",
    "Flag",
    "Namespace",
    "Operation",
    "Record",
    "Request",
    "Returns",
    "Selector",
    "Vector",
    "Webhooks",
    "find_spec",
    "load",
]


@dataclass(frozen=True)
class Contract:
    """The whole contract, as read from `path`."""

    path: Path
    name: str
    base_url: str
    sources: Mapping[str, str]
    namespaces: Mapping[str, Namespace]
    operations: Mapping[str, Operation]
    areas: Mapping[str, str]
    behaviours: Mapping[str, Behaviour]
    shell: Mapping[str, Any] = field(repr=False)
    """What cli.yaml says: the flags and tools of the command line that belong to no method."""
    webhooks: Webhooks = field(repr=False)
    records: Records = field(repr=False)

    @cached_property
    def commands(self) -> dict[tuple[str, str], Operation]:
        """The operations by resource and verb of their commands; of several, the last one."""
        return {(each.cli.resource, each.cli.verb): each for each in self.operations.values()}

    @property
    def resources(self) -> list[str]:
        """The first words of the commands that are methods, each once."""
        return list(dict.fromkeys(resource for resource, _ in self.commands))

    def command_of(self, words: Sequence[object]) -> tuple[str, str] | None:
        """The command that a command line begins with, and the behaviour that tells of it; None if none does."""
        given = tuple(str(word) for word in words[:2])
        if given in self.commands:
            return " ".join(given), "cli.every-operation"
        return (given[0], self._tools[given[0]]) if given and given[0] in self._tools else None

    @cached_property
    def _tools(self) -> dict[str, str]:
        """The behaviours whose rule says what a command does, by its first word."""
        told = {name: re.match(r'"segops-admin (\w+)', each.rule) for name, each in self.behaviours.items()}
        return {match[1]: name for name, match in told.items() if match}

    def record(self, name: str) -> Record:
        """The record of that name; raises KeyError if the contract has none."""
        return self.records[name]

    def check(self, returns: str | Returns, value: Any) -> list[str]:
        """What is wrong with `value` as the answer that `returns` describes; empty if nothing is."""
        return self.records.check(parse_returns(returns) if isinstance(returns, str) else returns, value)


def find_spec(start: Path | None = None) -> Path:
    """The folder ``spec`` beside, or above, `start` (by default, this module)."""
    start = (start or Path(__file__)).resolve()
    for folder in (start, *start.parents):
        if (folder / "spec" / "admin.yaml").is_file():
            return folder / "spec"
    raise ContractError(start, "", "expected spec/admin.yaml in a folder above; found none, so pass its path")


def load(path: Path | str | None = None) -> Contract:
    """The contract in the folder `path` (the one that holds admin.yaml), by default the repository's ``spec``."""
    spec = Path(path) if path is not None else find_spec()
    problems = Problems()
    with problems.gathered():
        admin = _read(spec, "admin")
    with problems.gathered():
        told = _read(spec, "behaviours")
    with problems.gathered():
        records = load_records(spec / "records", spec / "schema" / "record.schema.json")
    with problems.gathered():
        webhooks = load_webhooks(spec / "webhooks.yaml", spec / "schema" / "webhooks.schema.json")
    problems.report()
    reader = AdminReader(spec / "admin.yaml", admin, records)
    namespaces: dict[str, Namespace] = {}
    for name, entry in admin["namespaces"].items():
        with problems.gathered():
            namespaces[name] = reader.namespace(name, entry)
    if webhooks.event not in records:
        problem = f"expected a record of records/; found {webhooks.event!r}"
        problems.add(spec / "webhooks.yaml", "event", problem)
    operations = {op.id: op for namespace in namespaces.values() for op in namespace.operations.values()}
    if len(namespaces) == len(admin["namespaces"]):  # else what refers to operations that are broken seems to be, too
        with problems.gathered():
            behaviours = _behaviours(spec / "behaviours.yaml", told, operations)
        with problems.gathered():
            records.check_requests(operations)
    problems.report()
    return Contract(
        path=spec,
        name=admin["contract"],
        base_url=admin["base_url"],
        sources=admin["sources"],
        namespaces=namespaces,
        operations=operations,
        areas=told["areas"],
        behaviours=behaviours,
        shell=_read(spec, "cli"),
        webhooks=webhooks,
        records=records,
    )


def _read(spec: Path, name: str) -> Any:
    content = read_yaml(spec / f"{name}.yaml")
    check_schema(spec / f"{name}.yaml", content, spec / "schema" / f"{name}.schema.json")
    return content


def _behaviours(file: Path, content: Any, operations: Mapping[str, Operation]) -> dict[str, Behaviour]:
    behaviours: dict[str, Behaviour] = {}
    problems = Problems()
    for index, entry in enumerate(content["behaviours"]):
        where = f"behaviours[{index}]"
        try:
            selector = Selector.parse(entry["applies"])
        except ValueError as error:
            problems.add(file, f"{where}.applies", str(error))
            continue
        behaviour = Behaviour(
            id=entry["id"],
            rule=entry["rule"],
            selector=selector,
            languages=tuple(entry.get("languages", ("python", "typescript"))),
            figures=Figures(entry.get("figures", {})),
            example=entry.get("example"),
        )
        if behaviour.id in behaviours:
            problems.add(file, f"{where}.id", f"expected each id once; {behaviour.id} appears twice")
        if behaviour.area not in content["areas"]:
            problems.add(file, f"{where}.id", f"expected an area out of {', '.join(content['areas'])}")
        if selector.subject is None and not any(behaviour.applies_to(op) for op in operations.values()):
            problem = f"expected to match an operation; {selector.text!r} matches none"
            problems.add(file, f"{where}.applies", problem)
        behaviours[behaviour.id] = behaviour
    problems.report()
    return behaviours
