"""The pre-commit hooks work offline, with what `make setup` installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from programs import program
from repository import ROOT, make, outside_make

CONFIG = ROOT / ".pre-commit-config.yaml"
HOOKS: list[dict[str, Any]] = [
    hook for repo in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"] for hook in repo["hooks"]
]


def test_every_hook_is_local_so_that_nothing_is_downloaded() -> None:
    repos = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}
    assert not [hook["id"] for hook in HOOKS if "additional_dependencies" in hook]


def test_pre_commit_accepts_the_configuration(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(CONFIG)],
        env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_command_of_a_hook_exists(hook: dict[str, Any]) -> None:
    words = hook["entry"].split()
    if words[0] == "make":
        dry = make("-n", *words[1:])
        assert dry.returncode == 0, dry.stderr
        return
    program = ROOT / words[0]
    assert program.is_relative_to(ROOT / ".venv"), "a hook runs what `make setup` installed"
    assert os.access(program, os.X_OK), f"{words[0]} is not there: run `make setup`"
    for word in words[1:]:
        assert "/" not in word or (ROOT / word).exists(), word


def test_the_lint_hook_refuses_a_file_with_a_mistake(tmp_path: Path) -> None:
    """One real commit, offline, in a repository that has this configuration and this environment."""
    shutil.copy(CONFIG, tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    (tmp_path / "mistake.py").write_text("import os\n", encoding="utf-8")
    environment = outside_make() | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "SKIP": "types,repo,parity"}
    git = program("git")
    subprocess.run([git, "init", "-q"], cwd=tmp_path, env=environment, check=True)
    subprocess.run([git, "add", "mistake.py"], cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "F401" in done.stdout
