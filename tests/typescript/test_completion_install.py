"""Both programs install the same scripts of completion in the same places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace


def test_both_command_lines_install_the_same_files(built: Path, tmp_path: Path) -> None:
    node = [str(ROOT / "typescript-fixtures/tools/node.sh"), "current", "node", str(built / "dist/esm/cli/bin.js")]
    found = []
    for name, words in (("python", [sys.executable, "-m", "segops_admin"]), ("typescript", node)):
        home = tmp_path / name
        home.mkdir()
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ZDOTDIR"))}
        environ |= {"HOME": str(home), "SEGOPS_NODE_QUIET": "1"}
        told = []
        for shell in ("bash", "zsh", "fish", "powershell"):
            for _ in range(2):
                command = [*words, "completion", "install", shell]
                done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=60)
                told.append((json.loads(done.stdout.replace(str(home), "~")), done.stderr.replace(str(home), "~")))
        files = sorted(path for path in home.rglob("*") if path.is_file())
        found.append((told, {str(path.relative_to(home)): path.read_bytes() for path in files}))
    assert found[0] == found[1]
    assert len(found[0][1]) == 4
