"""What arrived? The newest requests, for a test's assertions. Kept in memory."""

from __future__ import annotations

import base64
import threading
from collections import deque
from itertools import count
from typing import Any

_KEPT = 1000
BODY_LIMIT = 1 << 20

_lock = threading.Lock()
_entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
_numbers = count(1)


def record(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Write down a request as it arrives; the caller adds `status` and `fault` to the entry later."""
    entry: dict[str, Any] = {
        "id": next(_numbers),
        "method": method,
        "path": path,
        "query": query,
        "headers": headers,
        **_body(body),
        "status": None,
        "fault": None,
    }
    with _lock:
        _entries.append(entry)
    return entry


def entries() -> list[dict[str, Any]]:
    """The requests in the order of their arrival."""
    with _lock:
        return [dict(entry) for entry in _entries]


def clear() -> None:
    """Forget them and count from 1 again."""
    global _numbers
    with _lock:
        _entries.clear()
        _numbers = count(1)


def _body(body: bytes) -> dict[str, Any]:
    """Text as it is, bytes that are not text as base64; None without a body."""
    if not body:
        return {"body": None, "body_base64": None}
    try:
        return {"body": body.decode("utf-8"), "body_base64": None}
    except UnicodeDecodeError:
        return {"body": None, "body_base64": base64.b64encode(body).decode("ascii")}
