"""How does a reply become a file: streamed, and whole or not at all?"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Union

from ._errors import SegOpsArgumentError, SegOpsConnectionError, SegOpsDecodeError
from ._transport import Response

__all__ = ["Sink", "copy_reply", "open_sink"]

_BLOCK = 256 * 1024

Sink = Union[str, "os.PathLike[str]", IO[bytes]]


@contextmanager
def open_sink(to: Sink) -> Generator[IO[bytes]]:
    """The file to write to. A path appears only when everything has been written to it; until then it is as it was.

    Raises:
        SegOpsArgumentError: the path cannot be written, or ``to`` is neither a path nor a binary file.
    """
    if not isinstance(to, (str, os.PathLike)):
        if not hasattr(to, "write") or hasattr(to, "encoding"):
            raise SegOpsArgumentError(f"Give a path or a file open for binary writing, not {to!r}.")
        yield to
        return
    import tempfile

    path = os.fspath(to)
    folder = os.path.dirname(path) or "."
    try:
        descriptor, partial = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", suffix=".part", dir=folder)
    except OSError as error:
        raise SegOpsArgumentError(f"Cannot write to {path!r}: {error}") from error
    try:
        with open(descriptor, "wb") as file:
            yield file
        os.chmod(partial, _usual_mode(path))
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def _usual_mode(path: str) -> int:
    """The permissions that the file has, or that a new one would get; a temporary file's are stricter."""
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def copy_reply(response: Response, sink: IO[bytes]) -> int:
    """Writes a reply's body to ``sink`` and returns the bytes written; a failed attempt leaves ``sink`` as it was."""
    start = sink.tell() if _rewindable(sink) else None
    written = 0
    try:
        for block in _blocks(response):
            sink.write(block)
            written += len(block)
    except BaseException as error:
        response.body.close()
        if start is not None:
            sink.seek(start)
            sink.truncate()
        elif written and isinstance(error, SegOpsConnectionError):
            # What is in a pipe cannot be taken back: a second attempt would add to half of the first.
            error.transient = False
        raise
    return written


def _blocks(response: Response) -> Generator[bytes]:
    """The reply's body, unzipped, block by block."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise SegOpsDecodeError(f"its encoding {encoding!r} was not asked for", status=response.status)
    unzip = None if encoding == "identity" else zlib.decompressobj(31)
    try:
        while True:
            block = response.body.read(_BLOCK)
            if not block:
                break
            yield block if unzip is None else unzip.decompress(block)
    except zlib.error as error:
        raise SegOpsDecodeError(f"its gzip is broken ({error})", status=response.status) from error
    if unzip is not None and not unzip.eof:
        raise SegOpsDecodeError("its gzip is cut short", status=response.status)


def _rewindable(sink: IO[bytes]) -> bool:
    try:
        return sink.seekable()
    except AttributeError:
        return False
