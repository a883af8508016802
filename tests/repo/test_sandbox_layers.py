"""The layers of the sandbox, checked by import-linter: their order is in sandbox/pyproject.toml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT, modules, source

CONFIG = ROOT / "sandbox/pyproject.toml"
SOURCES = ROOT / "sandbox/src"


def lint(sources: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--config", CONFIG, "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(sources), "COLUMNS": "200"}
    return subprocess.run(command, env=environment, cwd=sources, capture_output=True, text=True, check=False)


def test_each_room_of_the_sandbox_imports_only_those_below_it() -> None:
    found = lint(SOURCES)
    assert found.returncode == 0, found.stdout + found.stderr


def test_an_import_upwards_is_found(tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src/segops_sandbox/http/cursors.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom segops_sandbox import jobs as jobs\n")
    found = lint(tmp_path / "src")
    assert found.returncode == 1, found.stdout + found.stderr
    assert "segops_sandbox.http.cursors -> segops_sandbox.jobs" in found.stdout


@pytest.mark.parametrize("package", ["sandbox/src", "sandbox/pytest-segops/src"])
def test_a_docstring_of_a_module_says_what_it_is_and_asks_nothing(package: str) -> None:
    wrong = {}
    for path in modules(ROOT / package):
        first = source(path).docstring.split("\n\n")[0]
        if "migrations" not in path.parts and path.stat().st_size and (not first or "?" in first):
            wrong[str(path.relative_to(ROOT))] = first
    assert not wrong
