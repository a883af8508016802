"""The Makefile: help for each target, and set-up from a clean clone."""

from __future__ import annotations

import re
import subprocess
import venv
from pathlib import Path

import pytest
from repository import ROOT, make

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROMISED = {"setup", "demo", "sandbox", "test", "test-all", "check", "format"} | {
    "lock",
    "openapi",
    "clean",
    "distclean",
    "pre-commit",
}


def phony() -> list[str]:
    declared = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert declared
    return " ".join(declared).split()


def test_make_alone_lists_every_target_with_one_line_of_help() -> None:
    listed = dict(line.split(maxsplit=1) for line in make().stdout.splitlines())
    assert set(phony()) <= set(listed)
    assert "test-3.%" in listed
    assert all(text[0].islower() and len(text) < 100 for text in listed.values())


def test_the_promised_targets_exist_and_parse() -> None:
    assert set(phony()) >= PROMISED
    for target in sorted(PROMISED):
        dry = make("-n", target)
        # test-all looks for interpreters even then, since it calls make for each; there may be none.
        assert dry.returncode == 0 or "not on this machine" in dry.stderr, dry.stderr


@pytest.mark.parametrize("target", ["demo", "sandbox", "test", "check", "format", "openapi", "pre-commit", "dist"])
def test_a_target_sets_up_the_environment_it_runs_in(target: str) -> None:
    assert "pip install" in make("-n", "-W", "requirements/dev.txt", target).stdout


def test_a_changed_project_file_or_version_makes_setup_install_again() -> None:
    # The stamp is made new enough first, so that each file alone is the reason.
    assert "pip install" not in make("-n", "-o", ".venv/.ready", "setup").stdout
    for changed in (
        "requirements/dev.txt",
        "python/pyproject.toml",
        "sandbox/pyproject.toml",
        "parity/pyproject.toml",
        "python/src/segops_admin/_version.py",
    ):
        assert "pip install" in make("-n", "-W", changed, "setup").stdout, changed


def test_an_interpreter_that_is_too_old_or_missing_is_named_with_what_to_do() -> None:
    done = make("-W", "requirements/dev.txt", "setup", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "no-such-python is missing or older than 3.10" in done.stdout
    assert "PYTHON=" in done.stdout


def test_dependencies_are_installed_by_hash() -> None:
    installs = [line for line in MAKEFILE.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes -r" in line or "--no-deps --no-build-isolation" in line for line in installs)


def recipe_line(part: str) -> str:
    """The one line of the recipe of `make setup` that holds a text, as the shell gets it."""
    recipe = make("-n", "-W", "requirements/dev.txt", "setup").stdout.replace("\\\n", " ")
    (line,) = (line for line in recipe.splitlines() if part in line)
    return line


def environment_is_recreated(folder: Path) -> bool:
    """Whether `make setup` there would begin with a new .venv, asked of the recipe's own condition."""
    condition = recipe_line("-m venv --clear")
    said = condition.partition("||")[0] + "|| echo again"
    return subprocess.run(["sh", "-c", said], cwd=folder, capture_output=True, text=True).stdout == "again\n"


def test_an_environment_that_is_whole_is_kept_and_one_that_is_not_is_recreated(tmp_path: Path) -> None:
    for state in ("whole", "half made", "made elsewhere", "without its interpreter", "missing"):
        folder = tmp_path / f"Käthe's {state}"
        folder.mkdir()
        if state != "missing":
            venv.create(folder / ".venv", with_pip=False)
            where = folder if state != "made elsewhere" else tmp_path
            pip = folder / ".venv/bin/pip"
            pip.write_text(f"#!/bin/sh\necho 'pip 1 from '\"{where.resolve()}/.venv/lib/pip (python 3)\"\n")
            pip.chmod(0o755)
        if state == "half made":
            (folder / ".venv/.unfinished").touch()
        if state == "without its interpreter":
            (folder / ".venv/bin/pip").unlink()
        assert environment_is_recreated(folder) is (state != "whole"), state


def test_an_environment_that_another_make_is_at_work_on_is_waited_for(tmp_path: Path) -> None:
    """It looks half made: cleared, it would be lost to both."""
    (tmp_path / ".venv").mkdir()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
        (tmp_path / ".venv/.unfinished").write_text(f"{other.pid}\n")
        with subprocess.Popen(["sh", "-c", recipe_line("kill -0")], cwd=tmp_path) as waiting:
            assert waiting.poll() is None
            other.communicate()
    assert waiting.returncode == 0


def test_an_environment_that_is_a_link_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(tmp_path)
    done = subprocess.run(["sh", "-c", recipe_line("-L .venv")], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, "is a link" in done.stdout) == (1, True)
