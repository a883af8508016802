"""How does a request body come in? Whole, before anything runs, large ones by way of a file; too large is refused."""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator
from typing import IO, Any, cast

MAX_BODY = 100 << 20
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 16
_DRAIN_S = 5.0
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


class BodyTooLarge(Exception):
    """The body is larger than MAX_BODY."""


class BrokenBody(Exception):
    """The body ended before its declared length, or its chunks are not chunks."""


def spool(environ: dict[str, Any]) -> IO[bytes]:
    """Read the body into a file and put that in its place, with a known length also for chunked bodies.

    Raises BodyTooLarge and BrokenBody.
    """
    declared = int(environ.get("CONTENT_LENGTH") or 0)
    if declared > MAX_BODY:
        raise BodyTooLarge
    body = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - `Wire` closes it
    size = 0
    for chunk in _chunks(environ["wsgi.input"]):
        size += len(chunk)
        if size > MAX_BODY:
            raise BodyTooLarge
        body.write(chunk)
    if environ.get("wsgi.input_terminated"):
        # The trailer has to be read as well, or it would be taken for the next request.
        _read_trailer(environ["wsgi.input"])
    elif size < declared:
        raise BrokenBody(f"The body ended after {size} of {declared} bytes.")
    body.seek(0)
    environ["wsgi.input"] = environ["segops_sandbox.body"] = body
    environ["CONTENT_LENGTH"] = str(size)
    return body


def read_start(body: IO[bytes], limit: int) -> bytes:
    """The first bytes of a spooled body; it is left at its beginning."""
    start = body.read(limit)
    body.seek(0)
    return start


def fingerprint(environ: dict[str, Any]) -> str:
    """A hash of the body; of a multipart body without its boundary, which is random for each attempt."""
    body: IO[bytes] = environ["segops_sandbox.body"]
    boundary = _BOUNDARY.search(environ.get("CONTENT_TYPE", ""))
    digest = hashlib.sha256()
    if boundary:
        digest.update(body.read().replace(boundary.group(1).encode("latin-1"), b""))
    else:
        for chunk in iter(lambda: body.read(_CHUNK), b""):
            digest.update(chunk)
    body.seek(0)
    return digest.hexdigest()


def drain(connection: Any) -> None:
    """Read on for a while what a refused client is still sending, so that it gets to see its answer."""
    deadline = time.monotonic() + _DRAIN_S
    try:
        connection.socket.settimeout(1.0)
        while time.monotonic() < deadline and connection.rfile.read1(_CHUNK):
            pass
    except (TimeoutError, OSError, ValueError):
        return


def _chunks(stream: Any) -> Iterator[bytes]:
    while True:
        try:
            chunk = stream.read(_CHUNK)
        except ValueError as exc:
            raise BrokenBody(str(exc)) from None
        if not chunk:
            return
        yield chunk


def _read_trailer(stream: Any) -> None:
    try:
        for _ in stream.read_trailer_lines():
            pass
    except ValueError as exc:
        raise BrokenBody(str(exc)) from None
