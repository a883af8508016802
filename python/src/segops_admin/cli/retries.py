"""Waits before retries, shown on standard error: a countdown on a terminal, a line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from .output import is_json, say

if TYPE_CHECKING:
    import threading

    from .._call.observe import Attempt

__all__ = ["Retries"]

_LEAST = 1.0  # seconds; a shorter wait ends before it is read


class Retries:
    """Called after each attempt; shows the wait that follows.

    Args:
        verbose: whether waits that are short, or that the server did not ask for, are told as well where there is no
            terminal.
    """

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._terminal = sys.stderr is not None and sys.stderr.isatty() and not is_json()
        self._countdown: tuple[threading.Event, threading.Thread] | None = None

    def __call__(self, attempt: Attempt) -> None:
        self.stop()
        delay = attempt.delay
        if delay is None or (delay < _LEAST and (self._terminal or not self._verbose)):
            return
        outcome = f"answered {attempt.status}" if attempt.status is not None else "got no reply"
        what = f"{attempt.method} {attempt.path} {outcome}"
        asked = "Retry-After" in attempt.headers
        if self._terminal:
            import threading

            over = threading.Event()
            thread = threading.Thread(target=_count_down, args=(what, delay, over), daemon=True)
            thread.start()
            self._countdown = over, thread
        elif asked or self._verbose:
            say(f"note: {what}; retrying in {delay:.3g} s{', as the server asks' if asked else ''}")

    def stop(self) -> None:
        """Erases the countdown."""
        if self._countdown is not None:
            over, thread = self._countdown
            over.set()
            thread.join()


def _count_down(what: str, delay: float, over: threading.Event) -> None:
    end = time.monotonic() + delay
    drawn = 0
    left = delay
    while left > 0:
        line = f"{what}; retrying in {-int(-left // 1)} s"
        _write("\r" + line.ljust(drawn))
        drawn = len(line)
        if over.wait(min(left, 1.0)):
            break
        left = end - time.monotonic()
    _write("\r" + " " * drawn + "\r")


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        return
