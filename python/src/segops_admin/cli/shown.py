"""Standard output for the files of a server: a terminal is shown them, without what would steer it."""

from __future__ import annotations

import codecs
import sys
from typing import IO

from .output import OutputError, is_terminal, write_csv

__all__ = ["Shown", "binary"]


def binary() -> IO[bytes] | Shown:
    """Standard output as bytes, or what shows them on a terminal, and has to be closed.

    Raises:
        OutputError: it is closed.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    return Shown() if is_terminal() else sys.stdout.buffer


class Shown:
    """Takes UTF-8 a block at a time; closing it writes what a last, incomplete character has left."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def write(self, block: bytes) -> int:
        text = self._held + self._decoder.decode(block)
        # Whether a carriage return ends a line, the next block tells.
        self._held = "\r" if text.endswith("\r") else ""
        write_csv(text[: len(text) - len(self._held)])
        return len(block)

    def close(self) -> None:
        rest = self._held + self._decoder.decode(b"", True)
        self._held = ""
        if rest:
            write_csv(rest)
