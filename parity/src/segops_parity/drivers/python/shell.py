"""A command line carried out within the driver: its streams captured, its exit code kept."""

from __future__ import annotations

import io
import sys
from typing import Any

from segops_admin.cli.main import main

__all__ = ["run_shell"]


class _Stream(io.TextIOWrapper):
    """Standard output or error that is kept after the command has closed it."""

    def __init__(self) -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding="utf-8", write_through=True)

    def close(self) -> None:
        """Does nothing: what was written is still to be read."""


def run_shell(argv: list[str], stdin: str) -> dict[str, Any]:
    """Carries out ``segops-admin argv…`` and returns its exit code and what it printed."""
    streams = sys.stdin, sys.stdout, sys.stderr
    out, err = _Stream(), _Stream()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    try:
        code = main(argv)
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else 1
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return {"exit": code, "stdout": out.kept.getvalue().decode(), "stderr": err.kept.getvalue().decode()}
