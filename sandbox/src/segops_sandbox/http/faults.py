"""Which requests shall go wrong, and how? A list that a test fills and that requests use up, first match first.

Kept in memory: a fault belongs to the process that it was asked of.
"""

from __future__ import annotations

import errno
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

STATUS, DELAY, RESET, TRUNCATE, GARBAGE, STALL = "status", "delay", "reset", "truncate", "garbage", "stall"
KINDS = (STATUS, DELAY, RESET, TRUNCATE, GARBAGE, STALL)

_numbers = count(1)
_lock = threading.Lock()
_faults: list[Fault] = []
# Set to let go of whoever is being delayed or stalled.
_released = threading.Event()


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
    """Forget all faults and let go of whoever waits because of one."""
    global _released
    with _lock:
        _faults.clear()
        _released.set()
        _released = threading.Event()


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


def wait(fault: Fault) -> None:
    """Hold the request for the fault's delay, or until faults are cleared."""
    _released.wait(fault.delay_ms / 1000)


def reset_connection(connection: Any) -> None:
    """End the connection with a TCP reset, and have the server drop it in silence."""
    sock = connection.socket
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # By the descriptor: the server's own close would first shut down politely.
    socket.close(sock.detach())
    raise ConnectionResetError(errno.ECONNRESET, "a fault was asked for")


def cut_off(body: bytes) -> Iterator[bytes]:
    """Send half of the body, then drop the connection."""
    yield body[: len(body) // 2]
    raise ConnectionAbortedError(errno.ECONNABORTED, "a fault was asked for")
