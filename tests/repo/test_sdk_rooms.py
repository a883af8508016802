"""The rooms of both SDKs import only what docs/architecture.md permits."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from repository import ROOT, modules, source

PYTHON = ROOT / "python/src/segops_admin"
TYPESCRIPT = ROOT / "typescript-fixtures/admin/src"
PAGE = ROOT / "docs/architecture.md"
TWINS = {"async_client": "client", "async_resources": "resources"}
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|([^|]*)\|$", re.MULTILINE)

Arrows = dict[str, set[str]]


def table() -> tuple[Arrows, Arrows]:
    """What each room may import in Python and in TypeScript, as the page says."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 9
    python, typescript = ({row[0]: set(re.findall(r"`(\w+)`", row[place])) for row in rows} for place in (1, 2))
    return python, typescript


def room(path: str) -> str:
    first, slash, _ = path.partition("/")
    name = (first if slash else first.rpartition(".")[0]).lstrip("_")
    return TWINS.get(name, name)


def python_arrows() -> Iterator[tuple[str, str]]:
    for path in modules(PYTHON):
        parts = path.relative_to(PYTHON).parts
        for node in source(path).imports:
            if isinstance(node, ast.ImportFrom) and node.level:
                base = list(parts[: len(parts) - node.level]) + (node.module or "").split(".")
                targets = [base] if node.module else [[*base[:-1], alias.name] for alias in node.names]
                yield from ((room("/".join(parts)), room("/".join(target) + "/")) for target in targets)


def typescript_arrows() -> Iterator[tuple[str, str]]:
    for path in TYPESCRIPT.rglob("*.ts"):
        here = path.relative_to(TYPESCRIPT).as_posix()
        for target in re.findall(r'(?:from|import)\(?\s*"(\.[^"]+)"', path.read_text(encoding="utf-8")):
            yield room(here), room(posixpath.normpath(posixpath.join(posixpath.dirname(here), target)))


def found(arrows: Iterator[tuple[str, str]]) -> Arrows:
    imported: Arrows = defaultdict(set)
    for origin, target in arrows:
        if origin != target:
            imported[origin].add(target)
    return imported


def test_the_rooms_of_python_import_what_the_page_says() -> None:
    allowed, imported = table()[0], found(python_arrows())
    assert {name: imported[name] for name in allowed} == allowed


def test_the_rooms_of_typescript_import_what_the_page_says() -> None:
    allowed, imported = table()[1], found(typescript_arrows())
    assert {name: imported[name] for name in allowed} == allowed


def test_every_path_and_command_that_the_page_names_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:spec|python|typescript-fixtures|sandbox|parity|tools|tests|docs|requirements)/[\w./-]*)`", text
    )
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
    inner = re.findall(r"`(_(?:call|transport|wire)/\w*(?:\.py)?)`", text)
    assert inner
    assert [path for path in inner if not (PYTHON / path).exists()] == []
    targets = set(re.findall(r"`make ([\w-]+)`", text))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"(?m)^{target}:", makefile)] == []


def test_the_figure_that_the_page_changes_is_where_it_says() -> None:
    assert "_LONGEST_DELAY = " in (PYTHON / "_call/retry.py").read_text(encoding="utf-8")
    assert re.search(r"\bLONGEST_DELAY = ", (TYPESCRIPT / "call/retry.ts").read_text(encoding="utf-8"))
    assert Path(TYPESCRIPT / "resources/segments.ts").is_file()
