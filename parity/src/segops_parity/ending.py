"""An orderly end when a process is asked to stop: what was started is ended, and temporary folders are removed."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

__all__ = ["leave_in_order"]


def leave_in_order() -> None:
    """Have SIGTERM end this process by way of every ``finally``, with the exit code of a shell: 143."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # asked once is enough
    sys.exit(128 + number)
