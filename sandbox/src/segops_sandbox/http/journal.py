"""The request journal: the newest requests, for a test's assertions. In memory, up to a number and a total size."""

from __future__ import annotations

import base64
import threading
import time
import zlib
from collections import deque
from datetime import datetime, timezone
from itertools import count
from typing import Any

from segops_sandbox.http import masking

_KEPT = 1000
# Of one body, and of all that are kept, in bytes: a client that sends large batches must not fill the memory.
BODY_LIMIT = 1 << 20
_ALL_BODIES = 16 << 20
# Answers, for the pages: how many, and how much of each.
_ANSWERS, _ANSWER_LIMIT = 200, 64 << 10

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
        # For the pages only; not in what `GET /_sandbox/requests/` answers.
        "_received_at": datetime.now(timezone.utc),
        "_began": time.perf_counter(),
        "_answer": None,
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


def answered(entry: dict[str, Any], headers: list[tuple[str, str]], body: bytes) -> None:
    """Note the answer of a request and how long it took. Only the newest answers are kept, and their beginnings."""
    entry["_duration_ms"] = round((time.perf_counter() - entry["_began"]) * 1000)
    entry["_answer"] = (headers, body[:_ANSWER_LIMIT])
    with _lock:
        if len(_entries) > _ANSWERS:
            _entries[-_ANSWERS - 1][1]["_answer"] = None


def newest(number: int) -> list[dict[str, Any]]:
    """The newest requests for a page, newest first, with `duration_ms`."""
    with _lock:
        kept = [dict(entry) for _, entry in list(_entries)[: -number - 1 : -1]]
    return [_masked(entry) | {"duration_ms": entry.get("_duration_ms")} for entry in kept]


def details(number: int) -> dict[str, Any] | None:
    """One request for a page, with its time and answer; None when it is not kept."""
    with _lock:
        found = next((dict(entry) for _, entry in reversed(_entries) if entry["id"] == number), None)
    if found is None:
        return None
    headers, body = found["_answer"] or ([], b"")
    return _masked(found) | {
        "received_at": found["_received_at"],
        "duration_ms": found.get("_duration_ms"),
        "answer_headers": [(name, masking.header(name, value)) for name, value in headers],
        "answer_body": masking.text(_text_of(headers, body)),
    }


def clear() -> None:
    """Forget them and count from 1 again."""
    global _numbers, _size
    with _lock:
        _entries.clear()
        _size = 0
        _numbers = count(1)


def _text_of(headers: list[tuple[str, str]], body: bytes) -> str:
    """An answer's body as text; unzipped as far as it was kept."""
    if any((name.lower(), value) == ("content-encoding", "gzip") for name, value in headers):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, _ANSWER_LIMIT)
        except zlib.error:
            return ""
    return body.decode("utf-8", "replace")


def _masked(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: value for name, value in entry.items() if not name.startswith("_")},
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
