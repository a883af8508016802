"""The records, inputs and query parameters of the Python SDK: `segops_admin.types`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from textwrap import wrap

from generate.shapes import (
    Alias,
    Declaration,
    Enumeration,
    Key,
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

__all__ = ["annotation", "formatted", "python_types"]

PATH = "python/src/segops_admin/types.py"

_HEAD = '''"""The platform's records, what is sent to it, and query parameters, described for type checkers.

What comes back are plain dicts. A key that the platform always sends is required here; read the others with ``.get()``.
The platform may add keys that are not named here. Written by ``make generate`` from the contract (``spec/``): change it
there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

# pydantic below Python 3.12 reads that of typing_extensions only; where there is pydantic, it is installed. Set so that
# it is not analysed: of two definitions, completion by jedi before 0.20 takes now one, now the other.
try:
    import typing_extensions
except ImportError:
    pass
else:
    globals()["TypedDict"] = typing_extensions.TypedDict
'''
_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "time": "Union[str, datetime]",
    "any": "Any",
}
_QUERY_VALUE = '''
QueryValue = Any
"""What a query parameter can be: text, a number, a boolean, a date or time, a list of these, None to leave it out."""
'''
_WIDTH = 116


def python_types(contract: Contract) -> dict[str, str]:
    """The text of the module, by its path."""
    shapes = Shapes(contract)
    parts = [_HEAD, _exported(shapes), _QUERY_VALUE]
    sections: dict[str, Mapping[str, Declaration]] = {
        "enumerations": shapes.enumerations,
        "what comes back": shapes.records,
        "what is sent": shapes.inputs,
        "query parameters": shapes.params,
    }
    for title, declarations in sections.items():
        parts.append(f"\n# {'-' * (113 - len(title))} {title}\n")
        parts += ["\n" + "\n".join(_declared(each)) + "\n" for each in declarations.values()]
    return {PATH: formatted("\n".join(parts), PATH)}


def _exported(shapes: Shapes) -> str:
    names = sorted(["QueryValue", *(each.name for each in shapes.declarations())])
    return "\n__all__ = [" + ", ".join(f'"{name}"' for name in names) + "]\n"


def _declared(declaration: Declaration) -> Iterator[str]:
    if isinstance(declaration, Enumeration):
        words = ", ".join(f'"{value}"' for value in declaration.values)
        literal = f"Literal[{words}]"
        yield f"{declaration.name} = {literal if declaration.closed else f'Union[{literal}, str]'}"
        yield from _docstring(declaration.about, "")
    elif isinstance(declaration, Alias):
        yield f"{declaration.name} = {annotation(declaration.type)}"
        yield from _docstring(declaration.about, "")
    elif declaration.extra is not None and not declaration.keys:
        yield f"{declaration.name} = Mapping[str, {annotation(declaration.extra)}]"
        yield from _docstring(declaration.about, "")
    elif declaration.extra is not None:
        known = f"Known{declaration.name}"
        yield from _typed_dict(known, declaration)
        yield ""
        yield ""
        yield f"{declaration.name} = Union[{known}, Mapping[str, {annotation(declaration.extra)}]]"
        yield from _docstring(f"{declaration.about} Further keys are the workspace's own, or not known.", "")
    else:
        yield from _typed_dict(declaration.name, declaration)


def _typed_dict(name: str, shape: Shape) -> Iterator[str]:
    """A TypedDict; where some keys are required and some not, the required ones are in a base of it."""
    required = [key for key in shape.keys if key.required]
    optional = [key for key in shape.keys if not key.required]
    base = "TypedDict"
    if required and optional:
        base = f"_{name}"
        yield f"class {base}(TypedDict):"
        yield from _keys(required)
        yield ""
        yield ""
    yield f"class {name}({base}{', total=False' if optional or not required else ''}):"
    yield from _docstring(shape.about, "    ")
    if shape.keys:
        yield ""
        yield from _keys(optional or required)


def _keys(keys: list[Key]) -> Iterator[str]:
    for key in keys:
        yield f"    {key.name}: {annotation(key.type)}"
        yield from _docstring(key.about, "    ")


def _docstring(text: str, indent: str) -> Iterator[str]:
    text = re.sub(r"\bnull\b", "None", text.replace("`", "``"))
    if len(indent) + len(text) + 6 <= 120:
        yield f'{indent}"""{text}"""'
        return
    first, _, more = text.partition(". ")
    if more and len(first) < _WIDTH - len(indent):
        first, rest = f"{first}.", ["", *wrap(more, _WIDTH - len(indent))]
    else:
        first, *rest = wrap(text, _WIDTH - len(indent))
    yield f'{indent}"""{first}'
    yield from ((indent + line).rstrip() for line in rest)
    yield f'{indent}"""'


def annotation(type: Type) -> str:
    """A type as an annotation that Python 3.9 can evaluate."""
    if isinstance(type, Scalar):
        return _SCALARS[type.kind]
    if isinstance(type, Literal):
        return f'Literal["{type.value}"]'
    if isinstance(type, Named):
        return type.name
    if isinstance(type, ListOf):
        return f"{'Sequence' if type.sent else 'List'}[{annotation(type.item)}]"
    if isinstance(type, MapOf):
        return f"{'Mapping' if type.sent else 'Dict'}[str, {annotation(type.value)}]"
    assert isinstance(type, UnionOf)
    members = list(dict.fromkeys(_members(type)))
    some = [member for member in members if member != "None"]
    text = some[0] if len(some) == 1 else f"Union[{', '.join(some)}]"
    return text if len(some) == len(members) else f"Optional[{text}]"


def _members(type: Type) -> Iterator[str]:
    """The members of a union, and of the unions in it."""
    if isinstance(type, UnionOf):
        for member in type.members:
            yield from _members(member)
    elif type == Scalar("time"):
        yield from ("str", "datetime")
    else:
        yield annotation(type)


def formatted(text: str, path: str) -> str:
    """Python code as ruff lays it out."""
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", path, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
