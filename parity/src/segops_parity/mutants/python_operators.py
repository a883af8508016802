"""The possible mutations of a piece of Python: the operators of the mutants, one function for each kind of node."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["expressions", "statements"]

Change = tuple[str, Any]

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_DROPPED_METHODS = {
    *("strip", "lstrip", "rstrip", "lower", "upper", "casefold", "removeprefix", "removesuffix", "replace"),
    *("title", "capitalize", "expandtabs", "splitlines"),
}
_SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_DROPPED_CALLS = {"sorted", "abs", "str", "int", "float", "list", "dict", "tuple", "repr", "reversed", "bool"}
_WORDING = re.compile(r"[A-Za-z,.:;]+ |[a-z]{2,}\.$| [A-Za-z]")


def is_wording(text: str) -> bool:
    """Whether a text is meant for people, whose wording is compared between the languages and not mutated here."""
    return bool(_WORDING.search(text))


def expressions(node: ast.expr) -> Iterator[Change]:
    """The changes of an expression: a word for each, and what takes its place."""
    changed: Any
    if isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            for other in _COMPARE[type(op)]:
                changed = copy.deepcopy(node)
                changed.ops[index] = other()
                yield "comparison", changed
    elif isinstance(node, ast.BoolOp):
        changed = copy.deepcopy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "boolean", changed
        for index in range(len(node.values)):
            rest = [copy.deepcopy(each) for place, each in enumerate(node.values) if place != index]
            yield "operand dropped", rest[0] if len(rest) == 1 else ast.BoolOp(copy.deepcopy(node.op), rest)
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, (ast.Not, ast.USub)):
            yield "sign dropped", copy.deepcopy(node.operand)
    elif isinstance(node, ast.IfExp):
        changed = copy.deepcopy(node)
        changed.body, changed.orelse = changed.orelse, changed.body
        yield "branches swapped", changed
    elif isinstance(node, ast.BinOp):
        yield from _binary(node)
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.JoinedStr):
        for index, part in enumerate(node.values):
            if isinstance(part, ast.FormattedValue):
                changed = copy.deepcopy(node)
                del changed.values[index]
                yield "value dropped from text", changed
    elif isinstance(node, (ast.List, ast.Set, ast.Tuple, ast.Dict)):
        yield from _display(node)


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "boolean", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield "figure", ast.Constant(value + 1)
        yield "figure", ast.Constant(value - 1) if value else ast.UnaryOp(ast.USub(), ast.Constant(1))
    elif isinstance(value, str) and not is_wording(value):
        yield "text", ast.Constant(f"{value}x" if value else "x")
    elif isinstance(value, bytes):
        yield "text", ast.Constant(value + b"x")


def _binary(node: ast.BinOp) -> Iterator[Change]:
    texts = [each for each in (node.left, node.right) if isinstance(each, ast.JoinedStr) or _is_text(each)]
    if isinstance(node.op, ast.Add) and texts:
        yield "operand dropped", copy.deepcopy(node.left)
        yield "operand dropped", copy.deepcopy(node.right)
    elif type(node.op) in _BINARY and not (isinstance(node.op, ast.Mod) and texts):
        changed = copy.deepcopy(node)
        changed.op = _BINARY[type(node.op)]()
        yield "arithmetic", changed


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))


def _call(node: ast.Call) -> Iterator[Change]:
    function = node.func
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            changed = copy.deepcopy(node)
            del changed.keywords[index]
            yield "argument dropped", changed
    if isinstance(function, ast.Attribute) and function.attr in _DROPPED_METHODS:
        yield "method dropped", copy.deepcopy(function.value)
    if isinstance(function, ast.Name) and len(node.args) >= 1 and not isinstance(node.args[0], ast.Starred):
        if function.id in _SWAPPED_CALLS:
            changed = copy.deepcopy(node)
            changed.func = ast.Name(_SWAPPED_CALLS[function.id], ast.Load())
            yield "function swapped", changed
        elif function.id in _DROPPED_CALLS and len(node.args) == 1 and not node.keywords:
            yield "function dropped", copy.deepcopy(node.args[0])


def _display(node: ast.List | ast.Set | ast.Tuple | ast.Dict) -> Iterator[Change]:
    changed: Any
    if isinstance(node, ast.Dict):
        for index in range(len(node.keys) if len(node.keys) <= 20 else 0):
            changed = copy.deepcopy(node)
            del changed.keys[index], changed.values[index]
            yield "entry dropped", changed
        return
    plain = all(isinstance(each, ast.Constant) for each in node.elts)
    if (
        isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and (plain or not isinstance(node, ast.Tuple))
        and 1 < len(node.elts) <= 20
    ):
        for index in range(len(node.elts)):
            changed = copy.deepcopy(node)
            del changed.elts[index]
            yield "entry dropped", changed


def _can_go(node: ast.stmt) -> bool:
    """Whether a statement can be left out and what follows still runs."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, (ast.Call, ast.Await, ast.Yield))
    if isinstance(node, ast.Assign):
        return all(isinstance(each, (ast.Attribute, ast.Subscript)) for each in node.targets)
    return isinstance(node, (ast.AugAssign, ast.Delete, ast.Raise))


def statements(node: ast.stmt) -> Iterator[Change]:
    """The changes of a statement: a word for each, and the statement in its place."""
    if _can_go(node):
        yield "statement removed", ast.Pass()
    elif isinstance(node, ast.Return):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "nothing returned", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield "loop left", ast.Break()
    elif isinstance(node, ast.Break):
        yield "loop not left", ast.Pass()
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        name = getattr(node.exc.func, "id", "")
        if name.startswith("SegOps") and name != "SegOpsError":
            other = copy.deepcopy(node)
            other.exc = ast.Call(ast.Name("RuntimeError", ast.Load()), copy.deepcopy(node.exc.args[:1]), [])
            yield "another exception", other
