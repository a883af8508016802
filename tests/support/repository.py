"""The repository: its root, the files that belong to it, and `make` in it."""

from __future__ import annotations

import ast
import functools
import gc
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs import program

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def files() -> list[Path]:
    """Every file that git tracks or would track, so that a new file is judged before it is committed.

    A test that asks for them is skipped where this is no checkout: a source archive has no list of what belongs to it.
    """
    git = program("git")
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout: nothing says which files belong to the repository")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in found if path.is_file()]


@functools.cache
def text_of(path: Path) -> str | None:
    """The text of a file, read once for all rules; nothing for a picture and the like."""
    data = path.read_bytes()
    return None if b"\0" in data else data.decode("utf-8", errors="replace")


@dataclass(frozen=True)
class Source:
    """What the rules of the repository ask of a Python file, so that each is parsed once and no tree is kept."""

    docstring: str
    """The docstring of the module, or nothing."""
    docstrings: list[tuple[int, str]]
    """Line and docstring of each class and function that has one."""
    imports: list[ast.Import | ast.ImportFrom]
    """Every import, those within functions included."""
    called: list[tuple[str, str]]
    """Each call by name with a text as its first argument: the name, and the text."""
    texts: list[tuple[int, str]]
    """Line and value of each text that is no docstring."""


def called_with(node: ast.AST) -> list[tuple[str, str]]:
    """What is called, and the text that is its first argument, if the node is such a call."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return []
    text = node.args[0].value
    return [(ast.unparse(node.func), text)] if isinstance(text, str) else []


@functools.cache
def source(path: Path) -> Source:
    """A Python file, parsed."""
    tree = parsed(path)
    found = Source(ast.get_docstring(tree) or "", [], [], [], [])
    spoken = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if (text := ast.get_docstring(node)) is not None:
                spoken.add(id(node.body[0].value))  # type: ignore[attr-defined]
                if not isinstance(node, ast.Module):
                    found.docstrings.append((node.lineno, text))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.imports.append(node)
        elif isinstance(node, ast.Call):
            found.called.extend(called_with(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            found.texts.append((node.lineno, node.value))
    return found


def parsed(path: Path) -> ast.Module:
    """The tree of a Python file. The collector, which would look at every node again and again, rests meanwhile."""
    collected = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        if collected:
            gc.enable()


def copied(folder: Path) -> Path:
    """Copies what `files` lists into a folder that is not there yet; environments and node_modules stay shared."""
    for path in files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for name in (".venv", "typescript-fixtures/node_modules", "typescript-fixtures/runners/node_modules"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def modules(package: Path) -> list[Path]:
    """The package's Python files; an empty answer is an error, since a rule over nothing always holds."""
    found = sorted(package.rglob("*.py"))
    if not found:
        raise LookupError(f"no Python file under {package}")
    return found


def outside_make() -> dict[str, str]:
    """The environment of a command typed by hand, although this suite itself may run under make or a git hook."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "GIT_"))}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`make` in the repository, its output captured."""
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=outside_make(), capture_output=True, text=True, check=False
    )
