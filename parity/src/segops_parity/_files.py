"""The files of the contract: how they are read, and the errors of broken ones."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

__all__ = ["ContractError", "Problems", "check_schema", "format_checker", "read_json", "read_yaml"]

format_checker = FormatChecker(formats=["date"])
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")


class ContractError(ValueError):
    """Raised when the contract, a scenario, a cassette or an option is broken. It may hold several problems.

    Attributes:
        file: the file it is broken in.
        where: the path of keys in that file, such as ``namespaces.segments.methods.export.args``, or the line.
        problem: what was expected there, and what was found.
        schema: the schema that says so, and the place in it; "" where no schema does.
        problems: this one, and those that were found with it.
    """

    def __init__(self, file: Path | str, where: str, problem: str, schema: str = "") -> None:
        super().__init__(file, where, problem)
        self.file = str(file)
        self.where = where
        self.problem = problem
        self.schema = schema
        self.problems: tuple[ContractError, ...] = (self,)

    @property
    def line(self) -> int | None:
        """The line of `where` in the file, if it is there."""
        return _line_of(self.file, self.where)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return self.told
        return f"{len(self.problems)} problems:\n" + "\n".join(f"  {each.told}" for each in self.problems)

    @property
    def told(self) -> str:
        """This problem alone, in one line."""
        line = self.line
        place = f"{self.file}:{line}" if line else self.file
        said = f"{self.problem} ({self.schema})" if self.schema else self.problem
        return ": ".join(part for part in (place, self.where, said) if part)


class Problems:
    """Gathers problems, so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: list[ContractError] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a `ContractError` of the block, and continue."""
        try:
            yield
        except ContractError as error:
            self._found += error.problems

    def add(self, file: Path | str, where: str, problem: str, schema: str = "") -> None:
        """Note a problem."""
        self._found.append(ContractError(file, where, problem, schema))

    def report(self) -> None:
        """Raise one `ContractError` for all that was gathered, if there is any."""
        if self._found:
            # What every namespace takes from one template is broken in each of them, and reported once.
            once = list({each.args: each for each in self._found}.values())
            once[0].problems = tuple(once)
            raise once[0]


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
    """YAML in which a key that is written twice is an error: PyYAML silently keeps the last one."""

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
    """Raise `ContractError` for all that is in `content` and that the JSON Schema in `schema_file` does not allow."""
    validator = _validator(schema_file, tuple(file.stat().st_mtime_ns for file in _schemas_beside(schema_file)))
    errors = sorted(validator.iter_errors(content), key=lambda error: (-len(error.absolute_path), error.json_path))
    problems = Problems()
    for error in errors:  # the deepest first: they are closest to what has to be changed
        found = _shorten(error.message)
        described = error.schema.get("description") if isinstance(error.schema, dict) else None
        problem = f"expected {described}; {found}" if described else found
        schema = f"{schema_file.name}#/{'/'.join(str(part) for part in error.absolute_schema_path)}"
        problems.add(file, _key_path(error.absolute_path), problem, schema)
    problems.report()


def _schemas_beside(schema_file: Path) -> list[Path]:
    return sorted(schema_file.parent.glob("*.json"))


@lru_cache(maxsize=32)  # hundreds of cassettes are held against one schema
def _validator(schema_file: Path, changed: tuple[int, ...]) -> Draft202012Validator:
    # A schema may refer to one beside it, as admin.schema.json does to what record.schema.json calls a property.
    siblings = ((file.name, DRAFT202012.create_resource(read_json(file))) for file in _schemas_beside(schema_file))
    registry: Registry[Any] = Registry().with_resources(siblings)
    return Draft202012Validator(read_json(schema_file), registry=registry, format_checker=format_checker)


def _line_of(file: str, where: str) -> int | None:
    """The line of a path of keys; of the last key that is there, where one is missing."""
    try:
        node = _nodes(file, Path(file).stat().st_mtime_ns)
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return None
    line = None
    while node is not None and where:
        node, where, line = _below(node, where, line)
    return line


@lru_cache(maxsize=8)
def _nodes(file: str, changed: int) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(Path(file).read_text(encoding="utf-8"), _Loader)
    return node


def _below(node: yaml.Node, where: str, line: int | None) -> tuple[yaml.Node | None, str, int | None]:
    """The node of the first key of a path, the path that is left, and the line of that key."""
    if isinstance(node, yaml.SequenceNode) and (index := re.match(r"\[(\d+)\]\.?", where)):
        if int(index[1]) < len(node.value):
            found = node.value[int(index[1])]
            return found, where[index.end() :], found.start_mark.line + 1
    elif isinstance(node, yaml.MappingNode):
        pairs = sorted(node.value, key=lambda pair: -len(str(pair[0].value)))  # a key may hold dots itself
        for key, value in pairs:
            name = str(key.value)
            if where == name or where.startswith((f"{name}.", f"{name}[")):
                return value, where[len(name) :].removeprefix("."), key.start_mark.line + 1
    return None, "", line


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
