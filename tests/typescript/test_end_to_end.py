"""A user's program on the oldest Node that is supported and on a current one; others are in tests/runtimes."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Callable

import pytest
from runtimes import PROGRAM

pytestmark = pytest.mark.needs_workspace

Attempt = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_users_program_works_against_a_sandbox(
    which: str, run: Callable[..., str], project: Path, sandbox: dict[str, str]
) -> None:
    (project / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    folder = project / "temporary"  # the program reads the files that it left there
    folder.mkdir()
    assert run(which, "node", PROGRAM.name, cwd=project, TMPDIR=str(folder), **sandbox).endswith("\ndone\n")
