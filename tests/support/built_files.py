"""The files in dist/, and how to run a program as a user without the repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from repository import ROOT

DIST = ROOT / "dist"
SUPPORTED = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def clean() -> dict[str, str]:
    """The environment variables of a new user."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SEGOPS_", "PYTEST_"))}


def run(*command: str | Path, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs a command there, its output captured; variables are added to those of `clean`."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=clean() | env, capture_output=True, text=True, check=False)
