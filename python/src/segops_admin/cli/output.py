"""The standard streams: results go to standard output, everything else to standard error."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match
    from typing import IO, Any

__all__ = ["OutputError", "binary", "json_text", "prepare", "say", "silence", "write_json", "write_line", "write_text"]


class OutputError(Exception):
    """Raised when standard output cannot be written to; a reader that went away is a BrokenPipeError instead."""


def prepare() -> None:
    """Makes standard output UTF-8, which JSON is, whatever the locale says.

    What UTF-8 cannot hold (half of a surrogate pair) is written as the JSON escape that it came as.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON, compact unless it is indented; what would steer a terminal is written as an escape."""
    import json
    import re

    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return text if text.isascii() and "\x7f" not in text else re.sub(_STEERING, _json_escape, text)


_STEERING = "[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
"""DEL, the C1 control characters, and marks that turn the direction of writing. C0 is never raw in JSON."""


def _json_escape(match: Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def write_json(value: Any, *, compact: bool = False) -> None:
    """A result: indented by two, or on one line."""
    write_text(json_text(value, indent=None if compact else 2) + "\n")


def write_line(value: Any) -> None:
    """A result on one line."""
    write_text(json_text(value) + "\n")


def write_text(text: str) -> None:
    """Writes to standard output and flushes it, so that a failure shows here and not when the interpreter ends.

    Raises:
        BrokenPipeError: the reader is gone.
        OutputError: it cannot be written to.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if sys.platform == "win32" and error.errno == 22:  # how Windows reports a reader that is gone
            raise BrokenPipeError from error
        raise OutputError(f"standard output cannot be written to: {error.strerror or error}") from error


def binary() -> IO[bytes]:
    """Standard output as bytes."""
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    return sys.stdout.buffer


def silence() -> None:
    """Sends what standard output still holds nowhere: the interpreter flushes it at its end, and would fail again."""
    import os

    try:
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    except (AttributeError, OSError, ValueError):
        return  # not a real file: it holds nothing back


def say(text: str) -> None:
    """A message on standard error. A message that nobody can read is no reason to stop."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return
