"""What the methods of the Python SDK take and give, read from their annotations; see `segops_parity.signatures`."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

__all__ = ["signature_told"]

_KINDS = {"str": "text", "int": "integer", "float": "number", "bool": "boolean", "None": "nothing", "Any": "any"}
_FUNCTIONS = {"Callable", "Progress"}


def signature_told(method: Callable[..., Any]) -> dict[str, str]:
    """Of each argument what it may be, but for None, and what the method ``returns``."""
    signature = inspect.signature(method)
    aliases = _aliases(method.__module__)
    told = {
        name: _kind(parameter.annotation, aliases, optional=True)
        for name, parameter in signature.parameters.items()
        if not name.startswith("_")
    }
    return {**told, "returns": _kind(signature.return_annotation, aliases, optional=False)}


@cache
def _aliases(module: str) -> Mapping[str, str]:
    """What names that a module imports by another name are really called: annotations are not looked up."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    imported = (each for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names)
    return {each.asname: each.name for each in imported if each.asname is not None}


def _kind(annotation: Any, aliases: Mapping[str, str], *, optional: bool) -> str:
    if annotation is inspect.Signature.empty:
        return "untyped"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = aliases.get(node.id, node.id)
    kinds = set(_alternatives(tree.body))
    return " | ".join(sorted(kinds - {"nothing"} if optional else kinds))


def _alternatives(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    elif isinstance(node, ast.Subscript):
        yield from _of_members(_name(node.value), node.slice)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _alternatives(ast.parse(node.value, mode="eval").body)
    else:
        name = _name(node)
        yield "a function" if name in _FUNCTIONS else _KINDS.get(name, name)


def _of_members(name: str, members: ast.expr) -> Iterator[str]:
    every = members.elts if isinstance(members, ast.Tuple) else [members]
    if name == "Literal":
        yield from (json.dumps(ast.literal_eval(each)) for each in every)
        return
    if name == "Callable":
        yield "a function"
        return
    told = [" | ".join(sorted(set(_alternatives(each)))) for each in every]
    if name in ("Iterable", "Sequence", "list"):
        yield f"[{told[0]}]"
    elif name in ("Mapping", "dict"):
        yield f"{{{told[1]}}}"
    elif name in ("Generator", "AsyncGenerator"):
        yield f"each {told[0]}"
    else:
        yield name


def _name(node: ast.expr) -> str:
    name = ast.unparse(node).rpartition(".")[2]
    return name if name == "AsyncGenerator" else name.removeprefix("Async")
