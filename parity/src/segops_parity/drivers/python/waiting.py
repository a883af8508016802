"""The clock that stands, and what happens to the SDK while it waits: time passes, or the call is aborted.

A signal tells of it, at any moment; here it takes place where the SDK waits for something, as it mostly does in a
program, so that every play of a case is the same. Whatever has waited for longer than it may gives up, though nobody
has waited for it.
"""

from __future__ import annotations

import asyncio
import select
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["Aborted", "Clock", "clock", "idle"]

_monotonic = time.monotonic
_GLANCE = 0.01
_TURNS = 6
"""So often an event loop finds nothing to do before it counts as waiting: each turn shows what the system has."""


class Aborted(KeyboardInterrupt):
    """Ctrl-C, which the driver has been told of while a call was under way."""


class Clock:
    """Stands for ``time.monotonic`` while clients are open that were told so.

    Attributes:
        stands: whether it moves by `pass_time` alone.
        passes: the seconds that each signal lets pass.
        abortable: whether SIGINT is for the call under way.
        is_under_way: whether there is one.
        loop: where calls are carried out, if that is another thread's event loop.
        tell: tells the harness, before the answer, that signals are heard and which seconds have passed.
    """

    def __init__(self) -> None:
        self.stands = False
        self.passes: list[float] = []
        self.abortable = False
        self.is_under_way = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self.tell: Callable[[dict[str, Any]], object] = lambda told: None
        self._at = 0.0
        self._due: float | None = None
        """When the wait of the main thread ends, while it waits."""
        self._waits = 0
        """How many waits there have been."""
        self._looked_at = 0
        self._glances = False
        self._told: list[str] = []

    def now(self) -> float:
        """The moment."""
        return self._at if self.stands else _monotonic()

    def stand(self) -> None:
        """From now on it stands still, at a whole second, so that sums are exact."""
        if not self.stands:
            self._at, self.stands = float(int(_monotonic()) + 1), True

    def run(self) -> None:
        """It is the system's own again."""
        self.stands = False
        self.passes.clear()
        self._told.clear()

    def pass_time(self, seconds: float) -> None:
        """So many seconds pass."""
        self._at += seconds

    def begin(self, passes: list[float], abortable: bool) -> None:
        """A call begins."""
        self.passes, self.abortable, self.is_under_way = list(passes), abortable, True
        self._told.clear()
        if passes or abortable:
            self.look_often(True)
            self.tell({"hears": True})

    def end(self) -> None:
        """The call has ended."""
        self.look_often(False)
        self.begin([], False)
        self.is_under_way = False

    def look_often(self, often: bool) -> None:
        """Whether the main thread is woken every moment.

        A signal that comes just before it begins to wait is heard when the next one wakes it: alone it would be heard
        once the wait is over.
        """
        if signal.getsignal(signal.SIGALRM) == self.look:  # else this is no driver of its own, and nobody signals
            seconds = _GLANCE if often else 0
            signal.setitimer(signal.ITIMER_REAL, seconds, seconds)

    def hear(self, number: int, frame: object) -> None:
        """A signal has come. It takes effect once the main thread has waited for one thing for a moment."""
        if number == signal.SIGINT and not self.abortable:
            raise KeyboardInterrupt
        self._told.append("abort" if number == signal.SIGINT else "pass")
        self._looked_at = -1  # that it waited when an earlier one came says nothing of now

    def look(self, number: int, frame: object) -> None:
        """See whether it still waits for what it has waited for a moment ago."""
        before, self._looked_at = self._looked_at, self._waits
        if self._told and self._due is not None and (self._glances or before == self._waits):
            self._take()

    def _take(self) -> None:
        """Has one thing take place. What is told of meanwhile is for what the SDK waits for afterwards."""
        if self._told.pop(0) == "abort":
            self._due = None
            raise Aborted
        seconds = self.passes.pop(0)
        if self.loop is not None:
            idle(self.loop, partial(self._pass, seconds))
        else:
            self._pass(seconds)
        if self._due is not None and self.loop is None and self._at >= self._due:
            self._due = None
            raise TimeoutError("timed out")

    def _pass(self, seconds: float) -> None:
        self.pass_time(seconds)
        self.tell({"passed": seconds})

    def waiting(self, seconds: float | None, wait: Callable[[], Any], *, glances: bool = False) -> Any:
        """Waits, in the main thread: what signals tell takes place here.

        Args:
            seconds: after which it gives up, by this clock.
            glances: whether it does so for a moment at a time.
        """
        if threading.current_thread() is not threading.main_thread() or self._due is not None:
            return wait()
        self._due = self._at + seconds if seconds is not None and self.stands else float("inf")
        self._waits += 1
        self._glances = glances
        try:
            return wait()
        finally:
            self._due = None


clock = Clock()
busy: dict[int, threading.Event] = {}
"""By thread what is set once it waits for something, for calls in the background."""


def _wrapped(owner: type, name: str) -> None:
    original = getattr(owner, name)

    def wait(self: Any, *args: Any, **named: Any) -> Any:
        if (told := busy.get(threading.get_ident())) is not None:
            told.set()
        if told is not None and clock.stands:
            _wait_by_clock(self)
            return original(self, *args, **named)
        if not (clock.stands or clock.abortable):
            return original(self, *args, **named)
        return clock.waiting(self.gettimeout(), lambda: original(self, *args, **named))

    setattr(owner, name, wait)


def _wait_by_clock(sock: Any) -> None:
    """Waits until there is something to read, or time is up, in a thread that no signal reaches."""
    if (seconds := sock.gettimeout()) is None or (isinstance(sock, ssl.SSLSocket) and sock.pending()):
        return
    due = clock.now() + seconds
    while not select.select([sock], [], [], _GLANCE)[0]:
        if clock.now() >= due:
            raise TimeoutError("timed out")


_condition_wait = threading.Condition.wait


def _wait_in_glances(self: threading.Condition, timeout: float | None = None) -> bool:
    if (told := busy.get(threading.get_ident())) is not None:
        told.set()
    watches = clock.is_under_way and (clock.stands or clock.abortable)
    if not watches or threading.current_thread() is not threading.main_thread():
        return _condition_wait(self, timeout)
    if timeout is None:  # the end of a call that another thread carries out
        return bool(clock.waiting(None, lambda: _condition_wait(self, None)))
    # Sooner than it is told to: who waits looks at the clock itself.
    return bool(clock.waiting(None, lambda: _condition_wait(self, min(timeout, _GLANCE)), glances=True))


def idle(loop: asyncio.AbstractEventLoop, then: Callable[[], object]) -> None:
    """Has an event loop do something once it has nothing else to do."""

    def look(turns: int) -> None:
        others: Any = getattr(loop, "_ready", ())
        if len(others):
            turns = _TURNS
        if turns:
            loop.call_soon(look, turns - 1)
        else:
            then()

    loop.call_soon_threadsafe(look, _TURNS)


for _owner, _names in (
    (socket.socket, ("recv", "recv_into", "sendall")),
    (ssl.SSLSocket, ("read", "do_handshake", "sendall")),
):
    for _name in _names:
        _wrapped(_owner, _name)
threading.Condition.wait = _wait_in_glances  # type: ignore[method-assign]
time.monotonic = clock.now
