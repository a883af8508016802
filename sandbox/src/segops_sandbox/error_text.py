"""An exception as a message, for the caller and for the log."""

from __future__ import annotations


def described(exc: BaseException) -> str:
    """An exception in the words of a job's error."""
    return f"{type(exc).__name__}: {exc}"


def one_line(exc: BaseException) -> str:
    """What an exception says, for a line of the log."""
    return " ".join(str(exc).split())
