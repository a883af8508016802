"""Programs on a pseudo-terminal: their output, and input typed to them."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

DEADLINE = 15.0
"""Seconds after which a program that does not show what is waited for has failed."""


class Ended(NamedTuple):
    """What a program leaves: its exit code, what is on the terminal unread, and its other streams."""

    code: int
    shown: str
    out: bytes
    err: bytes


class Terminal:
    """A program with a terminal of its own; leaving the ``with`` block ends it.

    Args:
        words: the program and its arguments.
        environment: its variables.
        streams: those of its standard streams that are the terminal: the others are empty, or pipes.
        columns: how wide the terminal is.
        cwd: the folder that it runs in.
    """

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        streams: Sequence[str] = ("stdin", "stdout", "stderr"),
        columns: int = 80,
        cwd: Path | None = None,
    ) -> None:
        pty = pytest.importorskip("pty", reason="needs POSIX")
        import fcntl
        import termios

        self._near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        usual = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(
            words,
            env=environment,
            cwd=cwd,
            start_new_session=True,
            # The terminal becomes the session's: Ctrl-C is a signal, and shells have job control.
            preexec_fn=lambda: fcntl.ioctl(far, termios.TIOCSCTTY, 0),
            **{**usual, **dict.fromkeys(streams, far)},  # type: ignore[call-overload]
        )
        os.close(far)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._shown = ""
        self._is_over = False

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        os.close(self._near)

    def send(self, text: str) -> None:
        """Types a text."""
        os.write(self._near, text.encode())

    def until(self, expected: str) -> str:
        """What is shown, up to and including ``expected``."""
        deadline = time.monotonic() + DEADLINE
        while expected not in self._shown:
            if not self._more(deadline):
                raise AssertionError(f"the terminal does not show {expected!r} but {self._shown!r}")
        before, _, self._shown = self._shown.partition(expected)
        return before + expected

    def ended(self) -> Ended:
        """Waits until the program has ended."""
        deadline = time.monotonic() + DEADLINE
        while self._more(deadline):
            pass
        out, err = self._process.communicate(timeout=DEADLINE)
        return Ended(self._process.returncode, self._shown, out or b"", err or b"")

    def _more(self, deadline: float) -> bool:
        """Reads what comes next; False at the end, or when the deadline has passed."""
        left = deadline - time.monotonic()
        if self._is_over or left <= 0 or not select.select([self._near], [], [], left)[0]:
            return False
        block = b""
        with contextlib.suppress(OSError):  # how Linux tells that the other end is closed
            block = os.read(self._near, 65536)
        self._shown += self._decoder.decode(block)
        self._is_over = not block
        return bool(block)
