"""A key for tests of the SDK, and how they look at errors and threads."""

from __future__ import annotations

import threading
import time
import traceback
from typing import Callable

from segops_admin import SegOpsError

KEY = "sk_test_4f1c2b7d9a8e"
"""A key that stands out: found anywhere in an error, it has leaked."""

DEADLINE = 20.0


def shown(error: BaseException) -> str:
    """All renderings of an error: its text, its repr, and the traceback with all causes."""
    return "\n".join(
        [str(error), repr(error), "".join(traceback.format_exception(type(error), error, None)), full(error)]
    )


def full(error: BaseException) -> str:
    """The traceback with its stack, causes included."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Waits, with a deadline, for something that another thread or process does in its own time."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {DEADLINE:g} s: {what}")
        time.sleep(0.002)


def patiently(attempt: Callable[[float], None]) -> None:
    """Runs an attempt with a short timeout; where a busy machine did not keep up with it, again with longer ones.

    A fault of the SDK fails with each of them.
    """
    for timeout in (0.5, 5.0):
        try:
            return attempt(timeout)
        except (AssertionError, SegOpsError):
            continue
    return attempt(50.0)


def threads(prefix: str) -> list[str]:
    """The names of the living threads that begin so."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(prefix)]
