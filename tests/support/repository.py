"""The repository: its root, the files that belong to it, and `make` in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from programs import program

ROOT = Path(__file__).resolve().parents[2]


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
