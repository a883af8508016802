"""The conventions for tests: what needs the workspace fails without it, markers and warnings are strict."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from repository import ROOT

# Stands for an environment without the sandbox: its finder hides the package from the run below.
HIDE = """
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "segops_sandbox" else real(name, *rest)
"""
MARKED = """
import pytest

@pytest.mark.needs_workspace
def test_marked():
    pass

def test_plain():
    pass
"""


def run(folder: Path, test: str, *arguments: str, plugin: str = "", **variables: str) -> str:
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests/conftest.py", folder / "tests")
    (folder / "tests/support").symlink_to(ROOT / "tests/support")
    (folder / "hide.py").write_text(plugin, encoding="utf-8")
    (folder / "tests/test_it.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "pytest_timeout", "-p", "hide", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        # Loading every plugin that is installed takes ten times as long as these runs do.
        env={**os.environ, "SEGOPS_EVERY_TOOL": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_test_that_needs_the_workspace_fails_where_the_workspace_is_missing(tmp_path: Path) -> None:
    out = run(tmp_path, MARKED, plugin=HIDE)
    assert "1 passed, 1 error" in out
    assert "needs segops_sandbox, not installed here: run `make setup`" in out


def test_a_test_that_needs_the_workspace_runs_where_the_workspace_stands(tmp_path: Path) -> None:
    assert "2 passed" in run(tmp_path, MARKED)


def test_tests_left_out_are_counted_in_the_closing_line(tmp_path: Path) -> None:
    parallel = ("-p", "xdist", "-n", "2")
    assert "1 passed, 1 skipped" in run(tmp_path, MARKED, "--without-workspace", *parallel, "tests", plugin=HIDE)


WANTING = """
import pytest
from programs import program

@pytest.mark.parametrize("name", ["no-such-shell", "no-such-shell", "no-such-browser"])
def test_it(name):
    program(name)

def test_plain():
    program("no-such-shell", "sh")
"""


def test_what_a_machine_lacks_skips_tests_and_is_summed_up_in_one_line(tmp_path: Path) -> None:
    out = run(tmp_path, WANTING, "-p", "xdist", "-n", "2")
    assert "1 passed, 3 skipped" in out
    summary = out.partition("short test summary info")[2]
    assert "Tests skipped for want of no-such-browser (1), no-such-shell (2): `make test-tools` installs" in summary


def test_where_every_program_has_to_be_there_a_missing_one_fails_its_tests(tmp_path: Path) -> None:
    out = run(tmp_path, WANTING, SEGOPS_EVERY_TOOL="1")
    assert "3 failed, 1 passed" in out
    assert "no-such-shell is not installed" in out


def test_a_broken_contract_is_one_message_with_file_line_and_schema_and_no_failed_test(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    admin = tmp_path / "spec/admin.yaml"
    text = admin.read_text(encoding="utf-8").replace("POST /segments/preview/", "SEND /segments/preview/")
    admin.write_text(text, encoding="utf-8")
    line = 1 + text.partition("SEND ")[0].count("\n")
    out = run(tmp_path, MARKED)
    told = f"the contract is broken, so no test was run: {admin}:{line}: namespaces.segments.methods.preview.request: "
    assert out.count(told) == 1
    assert "(admin.schema.json#/" in out
    assert "passed" not in out
    assert "failed" not in out


def test_a_warning_fails_a_test(tmp_path: Path) -> None:
    assert "1 failed" in run(
        tmp_path, "import warnings\ndef test_it():\n    warnings.warn('old', DeprecationWarning)\n"
    )


def test_an_unknown_marker_is_refused(tmp_path: Path) -> None:
    out = run(tmp_path, "import pytest\n@pytest.mark.need_workspace\ndef test_it():\n    pass\n")
    assert "'need_workspace' not found in `markers`" in out


def test_no_test_folder_has_an_init_file() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
