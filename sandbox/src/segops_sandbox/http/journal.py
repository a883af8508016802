"""The request journal: the newest requests, for a test's assertions. In memory, up to a number and a total size."""

from __future__ import annotations

import base64
import threading
from collections import deque
from itertools import count
from typing import Any

from segops_sandbox.http import masking

_KEPT = 1000
# Of one body, and of all that are kept, in bytes: a client that sends large batches must not fill the memory.
BODY_LIMIT = 1 << 20
_ALL_BODIES = 16 << 20

_lock = threading.Lock()
# Each with the size of its body as it arrived.
_entries: deque[tuple[int, dict[str, Any]]] = deque()
_size = 0
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
    global _size
    with _lock:
        _entries.append((len(body), entry))
        _size += len(body)
        while len(_entries) > _KEPT or _size > _ALL_BODIES:
            _size -= _entries.popleft()[0]
    return entry


def entries() -> list[dict[str, Any]]:
    """The requests in the order of their arrival, with credentials masked."""
    with _lock:
        kept = [dict(entry) for _, entry in _entries]
    return [_masked(entry) for entry in kept]


def clear() -> None:
    """Forget them and count from 1 again."""
    global _numbers, _size
    with _lock:
        _entries.clear()
        _size = 0
        _numbers = count(1)


def _masked(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        **entry,
        "query": masking.text(entry["query"]),
        "headers": {name: masking.header(name, value) for name, value in entry["headers"].items()},
        "body": None if entry["body"] is None else masking.text(entry["body"]),
    }


def _body(body: bytes) -> dict[str, Any]:
    """Text as it is, bytes that are not text as base64; None without a body."""
    if not body:
        return {"body": None, "body_base64": None}
    try:
        return {"body": body.decode("utf-8"), "body_base64": None}
    except UnicodeDecodeError:
        return {"body": None, "body_base64": base64.b64encode(body).decode("ascii")}
