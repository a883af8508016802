"""The steps of a release."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT, files

TOOLS = ROOT / "tools/release"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the files of the repository that are text of ours."""
    for path in files():
        target = tmp_path / path.relative_to(ROOT)
        if path.suffix in {".py", ".toml", ".json", ".ts", ".md", ".1"} and "cassettes" not in path.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def tool(name: str, *arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools/release" / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_file_holds_the_one_version() -> None:
    checked = tool("version.py", "--check")
    assert checked.returncode == 0, checked.stdout


def test_a_new_version_is_written_to_every_file_that_holds_it(copy: Path) -> None:
    old = tool("version.py", root=copy).stdout.strip()
    assert tool("version.py", "--set", "9.8.7", root=copy).returncode == 0
    assert tool("version.py", root=copy).stdout == "9.8.7\n"
    assert tool("version.py", "--check", root=copy).returncode == 0
    assert tool("version.py", "--expect", "9.8.7", root=copy).returncode == 0
    left = [
        str(path.relative_to(copy))
        for path in [
            *copy.glob("*/pyproject.toml"),
            *copy.glob("*/*/pyproject.toml"),
            *copy.glob("*/src/*/__init__.py"),
            *copy.glob("*/*/src/*/_version.py"),
        ]
        if f'version = "{old}"' in path.read_text(encoding="utf-8")
        or f'__version__ = "{old}"' in path.read_text(encoding="utf-8")
    ]
    assert not left, "these repeat the version and version.py does not know them"


def test_a_copy_that_was_forgotten_is_named(copy: Path) -> None:
    source = copy / "python/src/segops_admin/_version.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("__version__ = ", "__version__ = '' or "), encoding="utf-8"
    )
    assert "no line __version__" in tool("version.py", root=copy).stderr
    source.write_text('__version__ = "9.8.7"\n', encoding="utf-8")
    checked = tool("version.py", "--check", root=copy)
    assert checked.returncode == 1
    assert "typescript-fixtures/admin/package.json differs from 9.8.7" in checked.stdout


@pytest.mark.parametrize("version", ["1.0", "v1.0.1", "1.0.1-rc1"])
def test_an_invalid_version_is_refused(copy: Path, version: str) -> None:
    refused = tool("version.py", f"--set={version}", root=copy)
    assert refused.returncode == 1
    assert "is no version" in refused.stderr
    assert tool("version.py", "--check", root=copy).returncode == 0


def test_the_notes_of_a_release_are_its_section_of_the_changelog(copy: Path) -> None:
    (copy / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.0.1] - 2027-01-02\n\n### Fixed\n\n- A thing.\n\n## [1.0.0] - 2026-12-01\n\n- First.\n",
        encoding="utf-8",
    )
    assert tool("notes.py", "1.0.1", root=copy).stdout == "### Fixed\n\n- A thing.\n"
    missing = tool("notes.py", "1.0.2", root=copy)
    assert missing.returncode == 1
    assert "no section ## [1.0.2]" in missing.stderr
