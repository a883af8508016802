"""A command line carried out within the driver: its streams captured, its exit code kept."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

from segops_admin.cli.main import main

__all__ = ["run_shell"]


class _Stream(io.TextIOWrapper):
    """A standard stream that is kept after the command has closed it.

    Args:
        content: what is read from it.
        terminal: the descriptor of the terminal that it passes for, if it does.
    """

    def __init__(self, content: bytes = b"", terminal: int | None = None) -> None:
        self.kept = io.BytesIO(content)
        self._terminal = terminal
        super().__init__(self.kept, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._terminal is not None

    def fileno(self) -> int:
        """The terminal's descriptor, which tells its size."""
        return super().fileno() if self._terminal is None else self._terminal

    def close(self) -> None:
        """Does nothing: what was written is still to be read."""


@contextlib.contextmanager
def _terminal(columns: int | None) -> Iterator[int | None]:
    """A terminal of that width, while whose clock stands still: what is drawn on it depends on no machine's speed."""
    if columns is None:
        yield None
        return
    import fcntl  # Windows has neither
    import termios

    ends = os.openpty()
    try:
        fcntl.ioctl(ends[1], termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with mock.patch.object(time, "monotonic", return_value=0.0):
            yield ends[1]
    finally:
        for each in ends:
            os.close(each)


def run_shell(argv: list[str], stdin: str, columns: int | None = None) -> dict[str, Any]:
    """Carries out ``segops-admin argv…`` and returns its exit code and what it printed.

    Args:
        columns: the width of the terminal that all three streams are, if they are one.
    """
    streams = sys.stdin, sys.stdout, sys.stderr
    with _terminal(columns) as terminal:
        out, err = _Stream(terminal=terminal), _Stream(terminal=terminal)
        sys.stdin, sys.stdout, sys.stderr = _Stream(stdin.encode(), terminal), out, err
        try:
            code = main(argv)
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 1
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams
    return {"exit": code, "stdout": out.kept.getvalue().decode(), "stderr": err.kept.getvalue().decode()}
