"""What the SDK asks of Python where nothing else shows it: how long to wait, comparisons of digests, what is open."""

from __future__ import annotations

import asyncio
import hmac
import os
import socket
import threading
import time
from collections import Counter
from typing import Any

__all__ = ["Watched", "left_open", "opened", "watched"]

_PATIENCE = 2.0
_LEAKS = 5
"""After so many cases that leave something open the next ones get hardly a moment: it is red, and thousands follow."""
_LITTLE_PATIENCE = 0.05
_FOLDER = "/proc/self/fd"


class Watched:
    """What has been asked for since ``clear``.

    Attributes:
        timeouts: seconds, of sockets and of an event loop's timers.
        compared: how often two digests were compared in constant time.
    """

    def __init__(self) -> None:
        self.timeouts: set[float] = set()
        self.compared = 0

    def clear(self) -> None:
        """Forget it."""
        self.timeouts, self.compared = set(), 0

    def told(self) -> dict[str, Any]:
        """All of it, for the reply to a call."""
        return {"timeouts": sorted(round(each, 3) for each in self.timeouts), "compared": self.compared}


watched = Watched()
_set_timeout = socket.socket.settimeout
_call_later = asyncio.BaseEventLoop.call_later
_compare_digest = hmac.compare_digest


def _timed(self: socket.socket, value: float | None) -> None:
    if value:
        watched.timeouts.add(value)
    _set_timeout(self, value)


def _later(self: Any, delay: float, *args: Any, **named: Any) -> Any:
    watched.timeouts.add(delay)
    return _call_later(self, delay, *args, **named)


def _compared(a: Any, b: Any) -> bool:
    watched.compared += 1
    return _compare_digest(a, b)


socket.socket.settimeout = _timed  # type: ignore[method-assign,assignment]
asyncio.BaseEventLoop.call_later = _later  # type: ignore[method-assign,assignment]
hmac.compare_digest = _compared


def opened() -> Counter[str]:
    """How many sockets and files are open, where the system tells."""
    found: Counter[str] = Counter()
    for name in os.listdir(_FOLDER) if os.path.isdir(_FOLDER) else ():
        try:
            target = os.readlink(f"{_FOLDER}/{name}")
        except OSError:  # the folder's own, which is closed by now
            continue
        kind = "socket" if target.startswith("socket:") else "file" if target.startswith("/tmp") else ""
        found.update([kind] if kind else [])
    return found


_leaks = 0


def left_open(before: Counter[str]) -> list[str]:
    """What is open beyond what was open before; what is being closed gets a moment for it."""
    global _leaks
    end = time.perf_counter() + (_PATIENCE if _leaks < _LEAKS else _LITTLE_PATIENCE)
    while left := opened() - before:
        if time.perf_counter() > end:
            _leaks += 1
            break
        threading.Event().wait(0.002)
    return sorted(left.elements())
