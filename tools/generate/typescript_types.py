"""The records, inputs and query parameters of the TypeScript SDK: `src/types/`."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from generate.shapes import (
    Alias,
    Declaration,
    Enumeration,
    ListOf,
    Literal,
    MapOf,
    Named,
    Scalar,
    Shape,
    Shapes,
    Type,
    UnionOf,
)
from segops_parity.contract import Contract

__all__ = ["spelled", "typescript_types"]

FOLDER = "typescript-fixtures/admin/src/types/"
_WIDTH = 120

_RECORDS = """/**
 * The platform's records, described for the compiler.
 *
 * What comes back are plain objects. A property that the platform always sends is required here; the platform may add
 * properties that are not named. Integers beyond 2^53 lose digits, since JSON numbers become JavaScript's. Written by
 * `make generate` from the contract (`spec/`): change it there.
 */

/** A JSON object whose keys are not known beforehand. */
export type JsonObject = Record<string, unknown>;

/** A word that is not known beforehand, beside those that are: editors still offer these. */
export type AnyWord = string & Record<never, never>;
"""
_INPUTS = """/**
 * What is sent to the platform, and the query parameters of its listings, described for the compiler.
 *
 * Written by `make generate` from the contract (`spec/`): change it there.
 */
"""
_SCALARS = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "time": "string | Date",
    "any": "unknown",
}


def typescript_types(contract: Contract) -> dict[str, str]:
    """The text of the modules, by their paths."""
    shapes = Shapes(contract)
    records = [*shapes.enumerations.values(), *shapes.records.values()]
    inputs = [*shapes.inputs.values(), *shapes.params.values()]
    here = {each.name for each in inputs}
    used = sorted({name for each in inputs for name in _names(each)} - here - {"QueryValue"})
    imports = f'\n{_import(used, "./records.js")}\nimport type {{ QueryValue }} from "./shared.js";\n'
    return {
        f"{FOLDER}records.ts": _RECORDS + "".join("\n" + "\n".join(_declared(each)) + "\n" for each in records),
        f"{FOLDER}inputs.ts": _INPUTS + imports + "".join("\n" + "\n".join(_declared(each)) + "\n" for each in inputs),
    }


def _import(names: list[str], module: str) -> str:
    line = f'import type {{ {", ".join(names)} }} from "{module}";'
    if len(line) <= _WIDTH:
        return line
    return "import type {\n" + "".join(f"  {name},\n" for name in names) + f'}} from "{module}";'


def _names(declaration: Declaration) -> set[str]:
    """The names that a declaration refers to."""
    if isinstance(declaration, Enumeration):
        return set()
    types = [declaration.type] if isinstance(declaration, Alias) else [key.type for key in declaration.keys]
    return {name for each in types for name in _named(each)}


def _named(type: Type) -> Iterator[str]:
    if isinstance(type, Named):
        yield type.name
    elif isinstance(type, ListOf):
        yield from _named(type.item)
    elif isinstance(type, MapOf):
        yield from _named(type.value)
    elif isinstance(type, UnionOf):
        for member in type.members:
            yield from _named(member)


def _declared(declaration: Declaration) -> Iterator[str]:
    yield from _comment(declaration.about, "")
    if isinstance(declaration, Enumeration):
        words = [f'"{value}"' for value in declaration.values]
        yield from _union(declaration.name, words if declaration.closed else [*words, "AnyWord"])
    elif isinstance(declaration, Alias):
        members = declaration.type.members if isinstance(declaration.type, UnionOf) else (declaration.type,)
        yield from _union(declaration.name, [spelled(each) for each in members])
    else:
        yield from _object(declaration)


def _union(name: str, members: list[str]) -> Iterator[str]:
    line = f"export type {name} = {' | '.join(members)};"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"export type {name} ="
    *most, last = members
    yield from (f"  | {member}" for member in most)
    yield f"  | {last};"


def _object(shape: Shape) -> Iterator[str]:
    """An interface for what comes back; for what is sent a type, which passes where any JSON object does."""
    if not shape.sent:
        yield f"export interface {shape.name} {{"
    elif not shape.keys and shape.extra is not None:
        yield f"export type {shape.name} = Readonly<Record<string, {spelled(shape.extra)}>>;"
        return
    else:
        yield f"export type {shape.name} = {{"
    for key in shape.keys:
        yield from _comment(key.about, "  ")
        may_be_undefined = " | undefined" if shape.sent and not key.required and spelled(key.type) != "unknown" else ""
        yield from _property(f"{key.name}{'' if key.required else '?'}", spelled(key.type) + may_be_undefined)
    if shape.extra is not None:
        yield "  /** A key of the workspace's own, or one that is not known here. */"
        yield f"  [key: string]: {spelled(shape.extra)};"
    yield "}" if not shape.sent else "};"


def _property(name: str, type: str) -> Iterator[str]:
    line = f"  {name}: {type};"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"  {name}:"
    *most, last = type.split(" | ")
    yield from (f"    | {member}" for member in most)
    yield f"    | {last};"


def _comment(text: str, indent: str) -> Iterator[str]:
    if len(indent) + len(text) + 7 <= _WIDTH:
        yield f"{indent}/** {text} */"
        return
    yield f"{indent}/**"
    yield from (f"{indent} * {line}" for line in wrap(text, _WIDTH - len(indent) - 3))
    yield f"{indent} */"


def spelled(type: Type) -> str:
    """A type as TypeScript has it."""
    if isinstance(type, Scalar):
        return _SCALARS[type.kind]
    if isinstance(type, Literal):
        return f'"{type.value}"'
    if isinstance(type, Named):
        return type.name
    if isinstance(type, ListOf):
        item = spelled(type.item)
        item = f"({item})" if isinstance(type.item, UnionOf) or type.item == Scalar("time") else item
        return f"readonly {item}[]" if type.sent else f"{item}[]"
    if isinstance(type, MapOf):
        value = spelled(type.value)
        if type.sent:
            return f"Readonly<Record<string, {value}>>"
        return "JsonObject" if value == "unknown" else f"Record<string, {value}>"
    assert isinstance(type, UnionOf)
    return " | ".join(dict.fromkeys(spelled(each) for each in _flat(type)))


def _flat(type: UnionOf) -> Iterator[Type]:
    """The members of a union, and of the unions in it."""
    for member in type.members:
        if isinstance(member, UnionOf):
            yield from _flat(member)
        else:
            yield member
