"""Files of the contract: how they are read, and how what is wrong with them is told."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

__all__ = ["ContractError", "check_schema", "format_checker", "read_json", "read_yaml"]

format_checker = FormatChecker(formats=["date"])
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")


class ContractError(ValueError):
    """Raised when the contract is broken.

    Attributes:
        file: the file it is broken in.
        where: the path of keys in that file, such as ``namespaces.segments.methods.export.args``, or the line.
        problem: what was expected there, and what was found.
    """

    def __init__(self, file: Path | str, where: str, problem: str) -> None:
        super().__init__(file, where, problem)
        self.file = str(file)
        self.where = where
        self.problem = problem

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.where, self.problem) if part)


@format_checker.checks("date-time")
def _is_timestamp(value: object) -> bool:
    # jsonschema checks date-time only with a further package; the platform's timestamps are plain RFC 3339.
    if not isinstance(value, str):
        return True
    if not _TIMESTAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return False
    return True


# libyaml reads the contract some five times faster; PyYAML may have been built without it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """YAML in which a key that is written twice is an error: PyYAML keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"key {key!r} appears twice", problem_mark=key_node.start_mark)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(file: Path) -> Any:
    """The content of a YAML file; raises `ContractError` if it is missing, not YAML, or repeats a key."""
    text = _read(file)
    try:
        return yaml.load(text, _StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ContractError(file, line, f"expected YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContractError(file, "", f"expected YAML: {error}") from error


def read_json(file: Path) -> Any:
    """The content of a JSON file; raises `ContractError` if it is missing or not JSON."""
    try:
        return json.loads(_read(file))
    except json.JSONDecodeError as error:
        raise ContractError(file, f"line {error.lineno}", f"expected JSON: {error.msg}") from error


def check_schema(file: Path, content: Any, schema_file: Path) -> None:
    """Raise `ContractError` for the first thing in `content` that the JSON Schema in `schema_file` does not allow."""
    # A schema may refer to one beside it, as admin.schema.json does to what record.schema.json calls a property.
    siblings = ((file.name, DRAFT202012.create_resource(read_json(file))) for file in schema_file.parent.glob("*.json"))
    registry: Registry[Any] = Registry().with_resources(siblings)
    validator = Draft202012Validator(read_json(schema_file), registry=registry, format_checker=format_checker)
    errors = sorted(validator.iter_errors(content), key=lambda error: (-len(error.absolute_path), error.json_path))
    if not errors:
        return
    error = errors[0]  # the deepest one: closest to what has to be changed
    found = _shorten(error.message)
    described = error.schema.get("description") if isinstance(error.schema, dict) else None
    problem = f"expected {described}; {found}" if described else found
    raise ContractError(file, _key_path(error.absolute_path), problem)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ContractError(file, "", f"expected a readable file: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContractError(file, f"byte {error.start}", "expected UTF-8") from error


def _key_path(parts: Any) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _shorten(text: str, limit: int = 240) -> str:
    return text if len(text) <= limit else text[: limit // 2] + " … " + text[-limit // 2 :]
