"""Payloads: the JSON Schemas of ``spec/records``, and the check of a payload against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from segops_parity._files import ContractError, Problems, check_schema, format_checker, read_yaml
from segops_parity._model import Operation
from segops_parity._notation import Returns

__all__ = ["Record", "Records", "load_records", "page_schema", "references"]

_BASE = "https://contract.invalid/records/"  # never fetched; relative references need a hierarchical address


@dataclass(frozen=True)
class Record:
    """One payload. `schema` is its JSON Schema; `$ref` in it is another record's file name."""

    name: str
    schema: Mapping[str, Any]

    @property
    def required_to_create(self) -> tuple[str, ...]:
        """The keys that a body of ``create`` must hold."""
        return tuple(self.schema.get("x-required-to-create", ()))

    @property
    def is_enumeration(self) -> bool:
        """Whether this is a set of words rather than an object."""
        return "enum" in self.schema

    @property
    def requests(self) -> tuple[str, ...]:
        """The arguments (``namespace.method.argument``) that take this record; of an array, its items."""
        return tuple(self.schema.get("x-request", ()))

    @property
    def statuses(self) -> tuple[int, ...]:
        """The error statuses that this record is the body of."""
        return tuple(self.schema.get("x-statuses", ()))


def _record_name(schema: Mapping[str, Any]) -> str:
    """The record that a property is of, or nothing."""
    return str(schema.get("x-type") or schema.get("$ref", "")).removesuffix(".yaml")


class Records(Mapping[str, Record]):
    """All records by name."""

    def __init__(self, folder: Path, records: dict[str, Record]) -> None:
        self._folder = folder
        self._records = records
        self._registry: Registry[Any] = Registry().with_resources(
            (f"{_BASE}{name}.yaml", DRAFT202012.create_resource(record.schema)) for name, record in records.items()
        )

    def __getitem__(self, name: str) -> Record:
        try:
            return self._records[name]
        except KeyError:
            raise KeyError(f"the contract has no record {name!r}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def columns(self, returns: Returns) -> dict[str, bool]:
        """The keys of what is one row each of an answer, and whether each holds neither lists nor objects."""
        if returns.record is None:
            return {}
        properties = self[returns.record].schema.get("properties", {})
        if returns.kind not in ("page", "array"):
            items = properties.get("results", {}).get("items", {})
            if "properties" in items:
                properties = items["properties"]
            elif name := _record_name(items):
                properties = self[name].schema.get("properties", {})
        return {key: self._is_plain(schema) for key, schema in properties.items() if not schema.get("deprecated")}

    def _is_plain(self, schema: Mapping[str, Any]) -> bool:
        if name := _record_name(schema):
            return self[name].is_enumeration
        kinds = schema.get("type", [])
        return not ({kinds} if isinstance(kinds, str) else set(kinds)) & {"array", "object"} and "anyOf" not in schema

    def check(self, returns: Returns, value: Any) -> list[str]:
        """What is wrong with `value` as the answer that `returns` describes: one line a fault, with its JSON path."""
        schema = self._answer_schema(returns)
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=format_checker)
        return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(value))

    def _answer_schema(self, returns: Returns) -> dict[str, Any]:
        if returns.kind == "null":
            return {"type": "null"}
        if returns.kind == "bytes":
            return {"type": "integer", "minimum": 0}
        assert returns.record is not None
        item = {"$ref": f"{_BASE}{self[returns.record].name}.yaml"}
        if returns.kind == "page":
            return page_schema(item)
        return {"type": "array", "items": item} if returns.kind == "array" else item

    def check_requests(self, operations: Mapping[str, Operation]) -> None:
        """Raise `ContractError` if ``x-request`` of a record names what is no argument of an operation."""
        problems = Problems()
        for record in self._records.values():
            for index, target in enumerate(record.requests):
                operation, _, argument = target.rpartition(".")
                names = [each.name for each in operations[operation].arguments] if operation in operations else []
                if argument not in names:
                    problem = f"expected namespace.method.argument; {target!r} is no argument of an operation"
                    problems.add(self._folder / f"{record.name}.yaml", f"x-request[{index}]", problem)
        problems.report()


def page_schema(item: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an envelope ``Page<R>``, which the contract derives instead of writing it per record."""
    link = {"type": ["string", "null"], "x-source": "documented"}
    return {
        "type": "object",
        "required": ["count", "next", "previous", "results"],
        "properties": {
            "count": {
                "type": "integer",
                "minimum": 0,
                "x-source": "documented",
                "description": "How many there are on all pages.",
            },
            "next": {**link, "description": "The next page's address; null on the last page."},
            "previous": {**link, "description": "The previous page's address; null on the first page."},
            "results": {"type": "array", "items": dict(item), "x-source": "documented", "description": "This page."},
        },
    }


def references(schema: Any) -> set[str]:
    """The names of the records that a schema refers to."""
    if isinstance(schema, Mapping):
        own = {schema["$ref"].removesuffix(".yaml")} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(value) for value in schema.values()))
    if isinstance(schema, list):
        return set().union(*(references(value) for value in schema))
    return set()


def load_records(folder: Path, schema_file: Path) -> Records:
    """The records in a folder, each in a file of its name; raises `ContractError` for those that are broken."""
    records: dict[str, Record] = {}
    problems = Problems()
    for file in sorted(folder.glob("*.yaml")):
        with problems.gathered():
            records[file.stem] = _load_record(file, schema_file)
    problems.report()
    for record in records.values():
        file = folder / f"{record.name}.yaml"
        for name in sorted(references(record.schema) - records.keys()):
            problems.add(file, "$ref", f"expected another record's file; found {name!r}")
        unknown = set(record.required_to_create) - set(record.schema.get("properties", {}))
        if unknown:
            problem = f"expected properties of the record; found {', '.join(sorted(unknown))}"
            problems.add(file, "x-required-to-create", problem)
    problems.report()
    return Records(folder, records)


def _load_record(file: Path, schema_file: Path) -> Record:
    schema = read_yaml(file)
    check_schema(file, schema, schema_file)
    if schema["title"] != file.stem:
        raise ContractError(file, "title", f"expected the file's name, {file.stem!r}; found {schema['title']!r}")
    return Record(file.stem, schema)
