"""``--version`` alone is answered by the program's entry, before the rest is loaded: as the rest answers it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typescript_package import WORKSPACE, clean_environment

import segops_admin

pytestmark = pytest.mark.needs_workspace


@pytest.mark.parametrize("redirection", ["", ">&-", "> /dev/full", "| true"])
def test_the_version_is_told_alike_by_the_entry_and_by_the_rest(redirection: str, built: Path) -> None:
    told = []
    for words in ("--version", "--version --compact"):
        command = f'"$0" current node "$1" {words} {redirection}'
        done = subprocess.run(
            ["sh", "-c", command, str(WORKSPACE / "tools/node.sh"), str(built / "dist/esm/cli/bin.js")],
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        told.append((done.returncode, done.stdout, done.stderr))
    assert told[0] == told[1]
    if not redirection:
        assert told[0] == (0, f"segops-admin {segops_admin.__version__}\n", "")
    if "full" in redirection:
        problem = "error: standard output cannot be written to: No space left on device\n"
        assert told[0] == (1, "", problem)
