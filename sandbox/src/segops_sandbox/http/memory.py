"""Memory of large bodies, returned to the system: the allocator by itself would keep it."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from functools import cache
from typing import Any

# Bodies from this size on, in bytes.
LARGE = 4 << 20

_lock = threading.Lock()


def give_back() -> None:
    """Free what only cycles hold, then have the C library return what is free. Does nothing while another one does."""
    if not _lock.acquire(blocking=False):
        return
    try:
        gc.collect()
        trim = _trim()
        if trim is not None:
            trim(0)
    finally:
        _lock.release()


@cache
def _trim() -> Any:
    """glibc's `malloc_trim`; None where the C library is another one."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
