"""An orderly end when a process is asked to stop: what was started is ended, and temporary folders are removed."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

__all__ = ["leave_at_once", "leave_in_order"]


def leave_in_order() -> None:
    """Have SIGTERM end this process by way of every ``finally``, with the exit code of a shell: 143."""
    signal.signal(signal.SIGTERM, _leave)


def leave_at_once() -> None:
    """Have SIGTERM end this process where it is, which has nothing to put away.

    A pool takes what is raised while it sends a result for another result, and continues.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(128 + number))


def _leave(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # asked once is enough
    sys.exit(128 + number)
