"""The release recipe of CONTRIBUTING.md, followed in a copy of the repository with the next version."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from built_files import run
from repository import ROOT, copied, outside_make

RECIPE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Releasing")[2]
STAMPS = ("-o", ".venv/.ready", "-o", "typescript-fixtures/node_modules/.ready")


def commands() -> list[str]:
    """The commands of the recipe, in order."""
    return [text for text in re.findall(r"`([^`]+)`", RECIPE) if text.startswith(("make ", "python3 "))]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository, with this one's environments."""
    return copied(tmp_path / "copy")


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
    set_version, generate, proofs, build = commands()
    assert set_version == "python3 tools/release/version.py --set 1.0.1"
    assert run(*set_version.split(), folder=copy).returncode == 0
    assert run("python3", "tools/release/notes.py", folder=copy).returncode == 1, "the changelog has no section yet"
    changelog = copy / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    changelog.write_text(text.replace("\n## [", "\n## [1.0.1] - 2027-01-04\n\n- A fix.\n\n## [", 1), encoding="utf-8")
    assert run("python3", "tools/release/notes.py", folder=copy).stdout == "- A fix.\n"
    assert (generate, "`dated` in `spec/cli.yaml`" in RECIPE) == ("make generate", True)
    contract = copy / "spec/cli.yaml"
    dated = re.sub(r'(?m)^dated: ".+"$', 'dated: "2027-01-04"', contract.read_text(encoding="utf-8"))
    contract.write_text(dated, encoding="utf-8")
    # As the target does, but with the copy's own harness: the environment is this repository's.
    assert run(sys.executable, "-m", "generate", folder=copy, PYTHONPATH="parity/src:tools").returncode == 0
    manuals = list(copy.rglob("segops-admin.1"))
    assert manuals
    assert all("2027-01-04" in manual.read_text(encoding="utf-8") for manual in manuals)
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
    make("sbom", folder=copy)
    assert len(list((copy / "build/sbom").iterdir())) == 5


def test_the_workflow_builds_and_checks_as_the_recipe_says() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    ran = [step["run"] for step in workflow["jobs"]["build"]["steps"] if step.get("run", "").startswith("make ")]
    assert ran == [f"make {target}" for target in commands()[-1].split()[1:]]
