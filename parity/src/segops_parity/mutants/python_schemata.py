"""An instrumented copy of the Python package: every mutant is in it, compiled, and one is chosen by the switch.

Mutant schemata: in place of each expression that can be changed stands a choice between it and its changes. What is
compiled is the changed syntax tree itself, so that line numbers stay those of the sources and nothing is printed again.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import marshal
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segops_parity.mutants.mutant import Mutant, named
from segops_parity.mutants.python_operators import expressions, statements

__all__ = ["FUNCTIONS", "Instrumented", "instrument_python"]

FUNCTIONS = 1_000_000
"""Numbers from here up stand for functions that were entered, not for mutants."""
_SKIPPED_NAMES = {"__all__", "__slots__", "TYPE_CHECKING", "_T", "T"}
_TYPING_CALLS = {"TypeVar", "ParamSpec", "NewType", "cast", "overload", "field"}
_SWITCH = "_segops_mutants"


@dataclass
class Instrumented:
    """What an instrumented copy holds: mutants by number, and the names that each function mentions."""

    mutants: list[Mutant] = field(default_factory=list)
    functions: dict[int, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """By number: the file, and the names mentioned."""


def instrument_python(package: Path, target: Path, skipped: Iterable[str] = ()) -> Instrumented:
    """Write an instrumented copy of a package into the folder `target`, which is put on the path."""
    found = Instrumented()
    shutil.rmtree(target, ignore_errors=True)
    for file in sorted(package.rglob("*")):
        below = file.relative_to(package).as_posix()
        if "__pycache__" in below or file.is_dir():
            continue
        copied = target / package.name / below
        copied.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix != ".py" or any(Path(below).match(each) for each in skipped):
            shutil.copyfile(file, copied)
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
        changed = _Instrument(found, below).module(tree)
        code = compile(changed, str(file), "exec", dont_inherit=True)
        data = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)
        copied.with_suffix(".pyc").write_bytes(data)
    shutil.copyfile(Path(__file__).with_name("switch.py"), target / f"{_SWITCH}.py")
    found.mutants = named(found.mutants)
    return found


class _Instrument(ast.NodeTransformer):
    """Puts the choices into one module."""

    def __init__(self, found: Instrumented, file: str) -> None:
        self._found = found
        self._file = file
        self._scope: list[str] = []
        self._depth = 0
        self._bound = ""

    def module(self, tree: ast.Module) -> ast.Module:
        tree.body = self._body(tree.body)
        place = next(
            (
                index
                for index, each in enumerate(tree.body)
                if not _is_docstring(each) and not (isinstance(each, ast.ImportFrom) and each.module == "__future__")
            ),
            len(tree.body),
        )
        tree.body.insert(place, ast.Import([ast.alias(_SWITCH, None)]))
        return ast.fix_missing_locations(tree)

    # ------------------------------------------------------------------------------------------- what is chosen

    def _add(self, node: ast.AST, operator: str, was: ast.AST | str, becomes: ast.AST | str) -> int:
        number = len(self._found.mutants) + 1
        texts = [each if isinstance(each, str) else _text(each) for each in (was, becomes)]
        self._found.mutants.append(
            Mutant(
                number=number,
                language="python",
                file=self._file,
                line=getattr(node, "lineno", 0),
                scope=".".join(self._scope),
                operator=operator,
                was=texts[0],
                becomes=texts[1],
                early=self._depth == 0,
                uses=self._bound,
            )
        )
        return number

    def _chosen(self, node: ast.expr, changes: list[tuple[str, ast.expr]], visited: ast.expr) -> ast.expr:
        if not changes:
            return visited
        original = copy.deepcopy(node) if visited is not node else node
        numbers = [self._add(node, word, original, change) for word, change in changes]
        mutated: ast.expr = changes[-1][1]
        for number, (_, change) in reversed(list(zip(numbers, changes, strict=True))[:-1]):
            mutated = ast.IfExp(_is_on(number), change, mutated)
        return ast.copy_location(ast.IfExp(_at(numbers), mutated, visited), node)

    def visit(self, node: ast.AST) -> Any:
        special = getattr(self, f"visit_{type(node).__name__}", None) if not isinstance(node, ast.Constant) else None
        if special is not None:
            return special(node)
        if isinstance(node, ast.expr) and not isinstance(node, (ast.Slice, ast.Starred)):
            return self._expression(node)
        return self.generic_visit(node)

    def _expression(self, node: ast.expr) -> ast.expr:
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return self.generic_visit(node)  # type: ignore[return-value]
        before = copy.deepcopy(node)
        changes = list(expressions(node))
        numbered = [(word, change) for word, change in changes]
        visited = self.generic_visit(node)
        return self._chosen(before, numbered, visited)  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------- what is left alone

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        before = copy.deepcopy(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.visit(part.value)
        return self._chosen(before, list(expressions(before)), node)

    def visit_Call(self, node: ast.Call) -> Any:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return node if name in _TYPING_CALLS else self._expression(node)

    def visit_Import(self, node: ast.Import) -> Any:
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None or getattr(node.target, "id", "") in _SKIPPED_NAMES:
            return node
        return self._assigned(node, [node.target])

    def visit_Assign(self, node: ast.Assign) -> Any:
        names = {getattr(each, "id", "") for each in node.targets}
        if names & _SKIPPED_NAMES or (self._depth == 0 and isinstance(node.value, ast.Subscript)):
            return node
        return self._assigned(node, node.targets)

    def _assigned(self, node: Any, targets: list[Any]) -> Any:
        if self._depth == 0:
            self._bound = getattr(targets[0], "id", getattr(targets[0], "attr", ""))
        changes = list(statements(node))
        before = copy.deepcopy(node)
        node.value = self.visit(node.value)
        if not isinstance(node, ast.AnnAssign):
            node.targets = [self.visit(each) for each in node.targets]
        made = self._statement(before, changes, node)
        if self._depth == 0:
            self._bound = ""
        return made

    # ------------------------------------------------------------------------------------------- statements

    def _body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for each in body:
            if _is_docstring(each) or _is_for_types(each):
                found.append(each)
                continue
            made = self.visit(each)
            found += made if isinstance(made, list) else [made]
        return found

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self._body(value))
            elif isinstance(value, list):
                value[:] = [self.visit(each) if isinstance(each, ast.AST) else each for each in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def _statement(self, before: ast.stmt, changes: list[tuple[str, ast.stmt]], visited: ast.stmt) -> ast.stmt:
        if not changes:
            return visited
        numbers = [self._add(before, word, before, change) for word, change in changes]
        body: list[ast.stmt] = [changes[-1][1]]
        for number, (_, change) in reversed(list(zip(numbers, changes, strict=True))[:-1]):
            body = [ast.If(_is_on(number), [change], body)]
        return ast.copy_location(ast.If(_at(numbers), body, [visited]), before)

    def _plain(self, node: ast.stmt) -> ast.stmt:
        changes = list(statements(node))
        before = copy.deepcopy(node)
        return self._statement(before, changes, self.generic_visit(node))  # type: ignore[arg-type]

    visit_Expr = visit_AugAssign = visit_Delete = visit_Raise = visit_Return = _plain
    visit_Continue = visit_Break = _plain

    def _tested(self, node: Any) -> Any:
        test = copy.deepcopy(node.test)
        visited = self.generic_visit(node)
        negatable = not isinstance(test, (ast.Compare, ast.BoolOp, ast.Constant)) and not (
            isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        )
        if negatable:
            node.test = self._chosen(test, [("condition negated", ast.UnaryOp(ast.Not(), test))], node.test)
        return visited

    visit_If = _tested

    def _loop(self, node: Any) -> Any:
        made = self._tested(node) if isinstance(node, ast.While) else self.generic_visit(node)
        node.body.insert(0, ast.Expr(_call("tick", [])))
        return made

    visit_For = visit_AsyncFor = visit_While = _loop

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        node.body = self._body(node.body)
        if node.type is not None:
            kinds = copy.deepcopy(node.type)
            changes: list[tuple[str, ast.expr]] = []
            if isinstance(kinds, ast.Tuple):
                for index in range(len(kinds.elts)):
                    rest = [each for place, each in enumerate(kinds.elts) if place != index]
                    changes.append(("exception not caught", ast.Tuple(copy.deepcopy(rest), ast.Load())))
            else:
                changes.append(("exception not caught", ast.Tuple([], ast.Load())))
            node.type = self._chosen(kinds, changes, node.type)
        return node

    # ------------------------------------------------------------------------------------------- functions, classes

    def _function(self, node: Any) -> Any:
        if any(getattr(each, "id", getattr(each, "attr", "")) == "overload" for each in node.decorator_list):
            return node
        self._scope.append(node.name)
        bound, self._bound = self._bound, node.name
        node.args.defaults = [self.visit(each) for each in node.args.defaults]
        node.args.kw_defaults = [None if each is None else self.visit(each) for each in node.args.kw_defaults]
        self._bound = bound
        self._depth += 1
        names = frozenset(
            getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node) if hasattr(each, "ctx")
        )
        number = FUNCTIONS + len(self._found.functions)
        self._found.functions[number] = (self._file, names | {node.name})
        node.body = self._body(node.body)
        place = 1 if node.body and _is_docstring(node.body[0]) else 0
        node.body.insert(place, ast.Expr(_call("reached.add", [number])))
        self._depth -= 1
        self._scope.pop()
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self._depth += 1
        node.body = self.visit(node.body)
        self._depth -= 1
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        if any(getattr(each, "id", getattr(each, "attr", "")) in ("Protocol", "TypedDict") for each in node.bases):
            return node
        self._scope.append(node.name)
        depth, self._depth = self._depth, 0 if self._depth == 0 else self._depth
        node.body = self._body(node.body)
        self._depth = depth
        self._scope.pop()
        return node


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _call(name: str, arguments: list[int]) -> ast.Call:
    function: ast.expr = ast.Name(_SWITCH, ast.Load())
    for part in name.split("."):
        function = ast.Attribute(function, part, ast.Load())
    return ast.Call(function, [ast.Constant(each) for each in arguments], [])


def _at(numbers: list[int]) -> ast.expr:
    return _call("at", [numbers[0], numbers[-1]])


def _is_on(number: int) -> ast.expr:
    active = ast.Attribute(ast.Name(_SWITCH, ast.Load()), "active", ast.Load())
    return ast.Compare(active, [ast.Eq()], [ast.Constant(number)])


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 90 else f"{text[:60]}…{text[-27:]}"
