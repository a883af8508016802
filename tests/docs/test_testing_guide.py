"""The guide on testing: its files, written into a project as they stand, are a test run that passes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

GUIDE = ROOT / "docs" / "testing.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"# ([\w/]+\.(?:py|toml))\n")


def files() -> dict[str, str]:
    """Each block except shell blocks, by the file name in its first line."""
    found: dict[str, str] = {}
    for language, text in FENCE.findall(GUIDE.read_text(encoding="utf-8")):
        if language != "sh":
            named = NAME.match(text)
            assert named, f"a block does not say which file it is:\n{text}"
            assert named[1] not in found, f"{named[1]} is there twice"
            found[named[1]] = text
    return found


def test_the_files_of_the_guide_are_a_test_run_that_passes(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SEGOPS_"))}
    # With the one plugin that the guide installs, found by its entry point as pytest would find it by itself.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers", "-p", "segops"],
        cwd=tmp_path,
        env=own | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tests = sum(text.count("\ndef test_") for text in files().values())
    assert tests >= 12
    assert f"{tests} passed" in done.stdout


def test_what_the_guide_installs_is_what_there_is() -> None:
    shell = [text for language, text in FENCE.findall(GUIDE.read_text("utf-8")) if language == "sh"]
    assert shell == ["pip install pytest-segops segops_admin\n"]
    for folder, name in (("sandbox/pytest-segops", "pytest-segops"), ("python", "segops_admin")):
        assert f'name = "{name}"' in (ROOT / folder / "pyproject.toml").read_text("utf-8")


def test_a_link_of_the_guide_leads_somewhere_and_the_front_page_leads_here() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE.read_text("utf-8")):
        assert "://" in target or (GUIDE.parent / target).exists(), target
    assert "(docs/testing.md)" in (ROOT / "README.md").read_text("utf-8")
