"""Request bodies: taken in whole before anything runs, large ones by way of a file; too large ones are refused."""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import IO, Any, cast

MAX_BODY = 100 << 20
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 16
_DRAIN_S = 5.0
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)

Receive = Callable[[], Awaitable[Any]]


class BodyTooLarge(Exception):
    """The body is larger than MAX_BODY."""


class ClientLeft(Exception):
    """The connection ended before the body did; nobody is there to be told."""


async def spool(receive: Receive, declared: int) -> tuple[IO[bytes], int]:
    """Read the body into a file; returns it, at its beginning, with its size.

    Args:
        receive: ASGI's, of the request.
        declared: the Content-Length, 0 where there is none.

    Raises BodyTooLarge and ClientLeft.
    """
    if declared > MAX_BODY:
        raise BodyTooLarge
    body = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - `Wire` closes it
    size = 0
    try:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            size += len(message["body"])
            if size > MAX_BODY:
                raise BodyTooLarge
            body.write(message["body"])
            more = message["more_body"]
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, size


async def drain(receive: Receive) -> None:
    """Read on for a while what a refused client is still sending, so that it gets to see its answer."""
    deadline = time.monotonic() + _DRAIN_S
    try:
        while (left := deadline - time.monotonic()) > 0:
            message = await asyncio.wait_for(receive(), left)
            if message["type"] == "http.disconnect" or not message["more_body"]:
                return
    except asyncio.TimeoutError:
        return


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
