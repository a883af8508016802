"""The release recipe of CONTRIBUTING.md, walked in a copy of the repository with the next version."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from built_files import run
from repository import ROOT, files, outside_make

RECIPE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Releasing")[2]
STAMPS = ("-o", ".venv/.ready", "-o", "typescript-fixtures/node_modules/.ready")


def commands() -> list[str]:
    """The commands of the recipe, in order."""
    return [text for text in re.findall(r"`([^`]+)`", RECIPE) if text.startswith(("make ", "python3 "))]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository, with this one's environments."""
    for path in files():
        target = tmp_path / "copy" / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for name in (".venv", "typescript-fixtures/node_modules"):
        (tmp_path / "copy" / name).symlink_to(ROOT / name)
    return tmp_path / "copy"


def make(*arguments: str, folder: Path) -> None:
    # The environment is this repository's, and whole: the copies of the lock files are newer than its stamp.
    done = subprocess.run(
        ["make", *STAMPS, *arguments],
        cwd=folder,
        env=outside_make() | {"SOURCE_DATE_EPOCH": "1800000000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_maintainer_cuts_the_next_version(copy: Path, tmp_path: Path) -> None:
    set_version, proofs, build = commands()
    assert set_version == "python3 tools/release/version.py --set 1.0.1"
    assert run(*set_version.split(), folder=copy).returncode == 0
    assert run("python3", "tools/release/notes.py", folder=copy).returncode == 1, "the changelog has no section yet"
    changelog = copy / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    changelog.write_text(text.replace("\n## [", "\n## [1.0.1] - 2027-01-04\n\n- A fix.\n\n## [", 1), encoding="utf-8")
    assert run("python3", "tools/release/notes.py", folder=copy).stdout == "- A fix.\n"
    for target in proofs.split()[1:]:
        dry = subprocess.run(["make", "-n", target], cwd=ROOT, env=outside_make(), capture_output=True, check=False)
        assert dry.returncode == 0, target

    targets = build.split()[1:]
    assert targets == ["dist", "dist-check", "test-dist", "sbom"]
    make("dist", folder=copy)
    assert {file.name.split("-1.0.1")[0] for file in (copy / "dist").iterdir()} == {
        *("segops_admin", "segops_sandbox", "pytest_segops", "segops_parity"),
        "segops-admin",
    }
    make("dist-check", folder=copy)


def test_the_workflow_builds_and_checks_as_the_recipe_says() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    ran = [step["run"] for step in workflow["jobs"]["build"]["steps"] if step.get("run", "").startswith("make ")]
    assert ran == [f"make {target}" for target in commands()[2].split()[1:]]
