"""tools/interpreters.py finds usable interpreters, and only those."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

SCRIPT = ROOT / "tools/interpreters.py"
HERE = "{}.{}".format(*sys.version_info[:2])


def look(*wanted: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *wanted],
        env={"PATH": f"{path}:/usr/bin:/bin", "HOME": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)
    return path


def claims(name: str, version: str, where: Path) -> str:
    return f'echo "{name} {version} {where}"\n'


def test_an_interpreter_on_path_is_found(tmp_path: Path) -> None:
    (tmp_path / f"python{HERE}").symlink_to(sys.executable)
    done = look(HERE, path=tmp_path)
    version, _, where = done.stdout.strip().partition(" ")
    assert done.returncode == 0
    assert version == HERE
    assert os.access(where, os.X_OK)


def test_a_missing_version_is_named_and_the_others_are_still_found(tmp_path: Path) -> None:
    executable(tmp_path / "python3.99", claims("cpython", "3.99", tmp_path / "python3.99"))
    done = look("3.98", "3.99", path=tmp_path)
    assert done.returncode == 0
    assert done.stdout == f"3.99 {tmp_path / 'python3.99'}\n"
    assert done.stderr == "not on this machine: Python 3.98\n"


def test_none_found_is_a_failure(tmp_path: Path) -> None:
    done = look("3.98", path=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    "body",
    ["exit 127\n", claims("pypy", "3.99", Path("p")), claims("cpython", "3.98", Path("p")), "echo nonsense\n"],
    ids=["a shim without a version behind it", "another implementation", "another version", "no interpreter"],
)
def test_what_is_not_that_cpython_does_not_count(tmp_path: Path, body: str) -> None:
    executable(tmp_path / "python3.99", body)
    assert look("3.99", path=tmp_path).returncode == 1


def test_versions_of_pyenv_are_found_where_path_has_none(tmp_path: Path) -> None:
    executable(tmp_path / "pyenv", f'[ "$1" = root ] && echo "{tmp_path / "rooted"}"\n')
    python = tmp_path / "rooted/versions/3.99.4/bin/python"
    executable(python, claims("cpython", "3.99", python))
    executable(tmp_path / "rooted/versions/3.9.1/bin/python", claims("cpython", "3.9", python))
    assert look("3.99", path=tmp_path).stdout == f"3.99 {python}\n"
