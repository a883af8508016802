"""Every code block of the guides runs unchanged, against a sandbox with the demo data.

What stands for something else is checked in its own way: `make` lines name targets that exist, `pip install` lines name
this distribution, and the two export lines are the ones that `make sandbox` prints. A block whose first line names a
file is a part of a program, which test_guides.py runs.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs import program
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

GUIDES = (
    "README.md",
    "python/README.md",
    "docs/upgrading.md",
    *sorted(f"docs/guides/{path.name}" for path in (ROOT / "docs/guides").glob("*.md")),
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"(?:#|//) [\w/]+\.\w+\n")


@dataclass
class Block:
    guide: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.guide}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for guide in GUIDES:
        text = (ROOT / guide).read_text(encoding="utf-8")
        found += [
            Block(guide, text[: match.start()].count("\n") + 1, match[1], match[2])
            for match in FENCE.finditer(text)
            if not FILE.match(match[2])
        ]
    return found


@pytest.fixture(scope="module")
def shell() -> Iterator[dict[str, str]]:
    """The environment of a reader who has pasted what `make sandbox` printed."""
    command = [sys.executable, str(ROOT / "tools/run_sandbox.py"), "--demo", "--now", "1998-07-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sandbox:
        assert sandbox.stdout is not None
        lines = [sandbox.stdout.readline(), sandbox.stdout.readline()]
        exported = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
        exported = {name: shlex.split(value)[0] for name, value in exported.items()}
        bin_folder = str(Path(sys.executable).parent)
        try:
            yield {**os.environ, **exported, "PATH": bin_folder + os.pathsep + os.environ["PATH"]}
        finally:
            sandbox.terminate()


def test_there_are_blocks_to_run() -> None:
    languages = [block.language for block in blocks()]
    assert languages.count("python") >= 8
    # What is shown as text or YAML belongs to other programs: cron, a shell's profile, a CI service.
    assert set(languages) == {"python", "sh", "text", "yaml"}, (
        "a block in another language would not be run by anything"
    )


@pytest.mark.parametrize("block", [block for block in blocks() if block.language == "python"], ids=str)
def test_a_python_block_runs_as_pasted(block: Block, shell: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "pasted.py"
    script.write_text(block.text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", script.name], cwd=tmp_path, env=shell, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("block", [block for block in blocks() if block.language == "sh"], ids=str)
def test_a_shell_block_runs_as_pasted(block: Block, shell: dict[str, str], tmp_path: Path) -> None:
    # How much goes through is shown by `make test-dist`, where the same block runs as it stands.
    text = block.text.replace("n <= 250000", "n <= 2500")
    runnable = [line for line in text.splitlines() if not checked_otherwise(line, shell)]
    ran = subprocess.run(
        [program("bash"), "-euo", "pipefail", "-c", "\n".join(runnable)],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


def checked_otherwise(line: str, shell: dict[str, str]) -> bool:
    """Checks a line that cannot be run here: it would run this test again, or fetch the previous release."""
    words = shlex.split(line, comments=True)
    if words[:1] == ["make"]:
        ran = subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return True
    if words[:1] == ["export"]:
        name = words[1].partition("=")[0]
        assert name.startswith("SEGOPS_API_")
        assert name in shell, f"make sandbox does not print {name}"
        return True
    if words[:2] == ["pip", "install"]:
        assert words[2].partition("[")[0] == "segops_admin"
        return True
    return False


@pytest.mark.parametrize("guide", [*GUIDES, "CONTRIBUTING.md"])
def test_a_link_within_the_repository_leads_somewhere(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((ROOT / guide).parent / target).exists(), f"{guide} links to {target}, which does not exist"
