"""Faults: a queue of injected failures, which a test fills and requests use up, first match first.

Kept in memory: a fault belongs to the process that it was asked of.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

STATUS, DELAY, RESET, TRUNCATE, GARBAGE, STALL = "status", "delay", "reset", "truncate", "garbage", "stall"
KINDS = (STATUS, DELAY, RESET, TRUNCATE, GARBAGE, STALL)

_numbers = count(1)
_lock = threading.Lock()
_faults: list[Fault] = []
# Set to release the requests that are being delayed or stalled.
_waiting: set[Future[None]] = set()


@dataclass
class Fault:
    """One kind of trouble for some requests.

    Attributes:
        kind: status, delay, reset, truncate, garbage or stall.
        method: the method it is for; `*` for any.
        path: a glob on the path after `/api`, as it was sent.
        count: how many requests it is still for.
        skip: how many matching requests to let pass first.
        status, retry_after, body: of the answer to a `status` or `garbage` fault.
        delay_ms: how long a `delay` waits, or a `stall` holds the connection.
        execute: do the request's work before it goes wrong, so that only the answer is lost.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    count: int = 1
    skip: int = 0
    status: int = 503
    retry_after: str | None = None
    body: str | None = None
    delay_ms: int = 0
    execute: bool = False
    id: int = field(default_factory=lambda: next(_numbers))

    def as_dict(self) -> dict[str, Any]:
        """For the JSON of `GET /_sandbox/faults/`."""
        return asdict(self)


def add(faults: list[Fault]) -> None:
    """Append faults."""
    with _lock:
        _faults.extend(faults)


def left() -> list[dict[str, Any]]:
    """What has not been used up."""
    with _lock:
        return [fault.as_dict() for fault in _faults]


def clear() -> None:
    """Discard all faults, and release the requests that one of them delays."""
    with _lock:
        _faults.clear()
        waiting = list(_waiting)
    for each in waiting:
        with suppress(InvalidStateError):  # it has waited long enough this very moment
            each.set_result(None)


def take(method: str, path: str) -> Fault | None:
    """The fault that this request meets, used up by one; None when it meets none."""
    with _lock:
        for fault in _faults:
            if fault.method not in ("*", method) or not fnmatchcase(path, fault.path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            if not fault.count:
                _faults.remove(fault)
            return fault
    return None


async def wait(fault: Fault) -> None:
    """Hold the request for the fault's delay, or until faults are cleared. It takes no thread meanwhile."""
    released: Future[None] = Future()
    with _lock:
        _waiting.add(released)
    try:
        await asyncio.wait([asyncio.wrap_future(released)], timeout=fault.delay_ms / 1000)
    finally:
        with _lock:
            _waiting.discard(released)
        released.cancel()
