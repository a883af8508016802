"""The modules that a statement loads into a bare interpreter, without installed packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import segops_admin

__all__ = ["loaded_by"]

_SOURCE = Path(segops_admin.__file__).parents[1]


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads into a bare interpreter."""
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(_SOURCE)!r})\n"
        "before = set(sys.modules)\n"
        f"{statement}\n"
        "print('\\n'.join(set(sys.modules) - before))\n"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())
