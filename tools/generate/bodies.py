"""Help on the JSON that commands take: the keys of bodies, and the conditions of segment definitions."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from generate.commands import resources
from generate.heads import python_head, typescript_head
from generate.python_types import formatted
from generate.shapes import Alias, Enumeration, Key, ListOf, Literal, MapOf, Named, Scalar, Shape, Shapes, Type, UnionOf
from segops_parity.contract import Contract

__all__ = ["bodies"]

_HEAD = "What help says of JSON that commands take."
_ABOUT = {
    "BODIES": "By command, the keys of its JSON: name, type, whether it is required, and what it is.",
    "DEFINITIONS": "The help topic on segment definitions.",
}
_SCALARS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "time": "date and time",
    "any": "anything",
}
_WIDTH = 78

Row = tuple[str, str, bool, str]


def bodies(contract: Contract) -> dict[str, str]:
    """The texts of the modules, by their paths."""
    shapes = Shapes(contract)
    rows = {name: found for name, found in _bodies(contract, shapes) if found}
    topic = "\n".join(_topic(contract)) + "\n"
    python = python_head(_HEAD)
    python += "from __future__ import annotations\n\n__all__ = ['BODIES', 'DEFINITIONS']\n\n"
    python += f"BODIES: dict[str, tuple[tuple[str, str, bool, str], ...]] = {rows!r}\n"
    python += f'"""{_ABOUT["BODIES"]}"""\n\n'
    python += f'DEFINITIONS = """\\\n{topic}"""\n"""{_ABOUT["DEFINITIONS"]}"""\n'
    typescript = typescript_head(_HEAD)
    type_ = "Readonly<Record<string, readonly (readonly [string, string, boolean, string])[]>>"
    typescript += f"\n/** {_ABOUT['BODIES']} */\nexport const BODIES: {type_} = {json.dumps(rows, indent=2)};\n"
    typescript += f"\n/** {_ABOUT['DEFINITIONS']} */\nexport const DEFINITIONS = {json.dumps(topic)};\n"
    return {
        "python/src/segops_admin/cli/bodies.py": formatted(python, "bodies.py"),
        "typescript-fixtures/admin/src/cli/bodies.ts": typescript,
    }


def _bodies(contract: Contract, shapes: Shapes) -> Iterator[tuple[str, tuple[Row, ...]]]:
    for resource in resources(contract):
        for command in resource.commands:
            for argument in command.operation.arguments:
                if argument.type in ("object", "array") and argument.required:
                    found = _shape(shapes, shapes.input_of(command.operation, argument.name))
                    keys = tuple(_row(shapes, key) for key in found.keys) if found is not None else ()
                    yield f"{resource.name} {command.verb}", keys


def _declared(shapes: Shapes, name: str) -> Any:
    tables = (shapes.inputs, shapes.records, shapes.enumerations)
    return next((table[name] for table in tables if name in table), None)


def _shape(shapes: Shapes, type_: Type | None) -> Shape | None:
    """The keys that a type has: its own, those of its items, or those of the first of several."""
    if isinstance(type_, ListOf):
        return _shape(shapes, type_.item)
    if isinstance(type_, UnionOf):
        return next((found for each in type_.members if (found := _shape(shapes, each)) is not None), None)
    if isinstance(type_, Named):
        found = _declared(shapes, type_.name)
        return found if isinstance(found, Shape) else _shape(shapes, getattr(found, "type", None))
    return None


def _row(shapes: Shapes, key: Key) -> Row:
    about = key.about.replace("`", "").encode("ascii", "backslashreplace").decode("ascii")
    return key.name, _told(shapes, key.type), key.required, about


def _told(shapes: Shapes, type_: Type) -> str:
    if isinstance(type_, Scalar):
        return _SCALARS[type_.kind]
    if isinstance(type_, Literal):
        return type_.value
    if isinstance(type_, ListOf):
        return f"list of {_told(shapes, type_.item)}"
    if isinstance(type_, MapOf):
        return "object"
    if isinstance(type_, UnionOf):
        return " or ".join(dict.fromkeys(_told(shapes, each) for each in type_.members))
    found = _declared(shapes, type_.name)
    if isinstance(found, Enumeration):
        return "|".join(found.values)
    if isinstance(found, Alias):
        return "object" if "Definition" in type_.name or "Condition" in type_.name else _told(shapes, found.type)
    return "object"


def _topic(contract: Contract) -> Iterator[str]:
    """The help topic: each condition with its keys, operators and an example."""
    record = contract.record("SegmentDefinition").schema
    yield "Segment definitions: who is in a segment of users."
    yield ""
    yield from _wrapped(
        'A definition is a JSON object: "conditions", a list of up to 50, and "logic", AND (all must hold, unless '
        "given) or OR (one must).",
        0,
    )
    for condition in record["properties"]["conditions"]["items"]["oneOf"]:
        properties: Mapping[str, Any] = condition["properties"]
        name = properties["type"]["const"]
        yield ""
        yield name
        yield from _wrapped(condition["description"], 2)
        required = [key for key in properties if key in condition["required"] and key != "type"]
        optional = [key for key in properties if key not in condition["required"]]
        also = f"; may have: {', '.join(optional)}" if optional else ""
        yield from _wrapped(f"needs: {', '.join(required)}{also}", 2)
        for key in ("operator", "metric"):
            if key in properties:
                yield from _wrapped(f"{key}: {' '.join(_values(contract, properties[key]))}", 2)
        yield f"  {json.dumps(contract.shell['definitions'][name])}"
    yield ""
    yield from _wrapped(
        "window_days of event_count and event_sequence is a span; of recency it is an age: gt 90 is lapsed, lt 90 is "
        "active. is_set, is_not_set, is_true and is_false take no value, in and not_in a list, between and not_between "
        "value and value2.",
        0,
    )
    yield ""
    yield "Example:"
    example = json.dumps({"conditions": [contract.shell["definitions"]["recency"]]})
    yield f"  segops-admin segments preview '{example}'"


def _values(contract: Contract, schema: Mapping[str, Any]) -> list[str]:
    if "$ref" in schema:
        schema = contract.record(schema["$ref"].removesuffix(".yaml")).schema
    return list(schema["enum"])


def _wrapped(text: str, margin: int) -> list[str]:
    indent = " " * margin
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
