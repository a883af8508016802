"""Installing from a checkout, by the line that each page gives until the distributions are on a registry."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import interpreters
import pytest
from built_files import DIST, clean, run
from repository import ROOT

LINE = re.compile(r"rom a\s+checkout\s+of\s+this\s+repository: `([^`]+)`")
PAGES = {
    "python/README.md": "segops_admin",
    "docs/testing.md": "pytest_segops",
    "sandbox/pytest-segops/README.md": "pytest_segops",
    "sandbox/README.md": "segops_sandbox",
    "parity/README.md": "segops_parity",
}


def line(page: str) -> str:
    (found,) = LINE.findall((ROOT / page).read_text(encoding="utf-8"))
    return str(found)


def test_every_line_of_a_page_is_one_that_is_tried_here() -> None:
    pages = [*PAGES, "typescript-fixtures/admin/README.md"]
    found = {words for path in ROOT.glob("docs/**/*.md") for words in LINE.findall(path.read_text(encoding="utf-8"))}
    assert len(found) >= 2
    assert found <= {line(page) for page in pages}


@pytest.mark.parametrize("page", PAGES)
def test_the_line_of_a_page_installs_what_the_page_is_about(page: str, tmp_path: Path, newest: str) -> None:
    python = interpreters.find(newest)
    assert python
    uv = Path(sys.executable).with_name("uv")
    assert run(uv, "venv", "--quiet", "--seed", "--python", python, tmp_path / "venv", folder=tmp_path).returncode == 0
    words = line(page).split()
    assert words[:2] == ["pip", "install"]
    done = run(tmp_path / "venv/bin/pip", *words[1:], "--quiet", folder=ROOT)
    assert done.returncode == 0, done.stderr
    imported = run(tmp_path / "venv/bin/python", "-c", f"import {PAGES[page]}", folder=tmp_path)
    assert imported.returncode == 0, imported.stderr


def test_the_line_of_the_typescript_page_installs_the_package(tmp_path: Path) -> None:
    built, _, install = line("typescript-fixtures/admin/README.md").partition(" && ")
    assert built == "make dist"  # done: these tests are about what is there
    assert DIST.is_dir()
    (tmp_path / "my-app").mkdir()
    (tmp_path / "npm").write_text(f'#!/bin/sh\nexec {ROOT}/typescript-fixtures/tools/node.sh current npm "$@"\n')
    (tmp_path / "npm").chmod(0o755)
    shell = shutil.which("sh") or "sh"
    env = {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{clean()['PATH']}", "SEGOPS_NODE_QUIET": "1"}
    done = run(shell, "-c", f"{install} --offline", folder=ROOT, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "my-app/node_modules/@segops/admin/package.json").is_file()
