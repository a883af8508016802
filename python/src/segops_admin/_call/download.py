"""How does a reply become a file: streamed, and whole or not at all?"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Union

from .._errors import SegOpsArgumentError, SegOpsConnectionError, SegOpsDecodeError
from .._transport.protocol import Response

__all__ = ["Sink", "copy_reply", "open_sink"]

_BLOCK = 256 * 1024

Sink = Union[str, "os.PathLike[str]", IO[bytes]]


@contextmanager
def open_sink(to: Sink) -> Generator[IO[bytes]]:
    """The file to write to. A path appears only when everything has been written to it; until then it is as it was.

    A path that is a pipe or a device is written to as it is.

    Raises:
        SegOpsArgumentError: the path cannot be written, or ``to`` is neither a path nor a binary file.
        OSError: it cannot be written to its end (the disk is full); ``filename`` is the path.
    """
    if not isinstance(to, (str, os.PathLike)):
        if not hasattr(to, "write") or hasattr(to, "encoding"):
            raise SegOpsArgumentError(f"Give a path or a file open for binary writing, not {to!r}.")
        yield to
        return
    path = os.fspath(to)
    try:
        file, partial = _open(path)
    except (OSError, ValueError) as error:
        raise SegOpsArgumentError(f"Cannot write to {path!r}: {error}") from error
    try:
        with file:
            yield file
        if partial is not None:
            target = os.path.realpath(path)
            os.chmod(partial, _usual_mode(target))
            os.replace(partial, target)
    except BaseException as error:
        if partial is not None:
            os.unlink(partial)
        if isinstance(error, OSError) and error.filename in (None, partial):
            error.filename, error.filename2 = path, None  # the system's own words do not say which file it was
        raise


def _open(path: str) -> tuple[IO[bytes], str | None]:
    """An open file, and the name that it has until it is whole, unless it is no regular file."""
    import stat
    import tempfile

    try:
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        regular = True
    if not regular:
        return open(path, "wb"), None  # a folder fails here, which it should
    if not os.path.basename(path):
        raise ValueError("it does not name a file")
    # Beside what a link names: the link stays, and a file can only be moved in one step within its file system.
    folder = os.path.dirname(os.path.realpath(path))
    descriptor, partial = tempfile.mkstemp(prefix=".segops-", suffix=".part", dir=folder)
    return open(descriptor, "wb"), partial


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
        if written and not _taken_back(sink, start) and isinstance(error, SegOpsConnectionError):
            # What is in a pipe cannot be taken back: a second attempt would add to half of the first.
            error.transient = False
        raise
    return written


def _blocks(response: Response) -> Generator[bytes]:
    """A reply's body as it comes, unzipped, in blocks of bounded size."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        yield from _unzipped(response)
        return
    if encoding != "identity":
        raise SegOpsDecodeError(f"its encoding {encoding!r} was not asked for", status=response.status)
    while True:
        block = response.body.read(_BLOCK)
        if not block:
            return
        yield block


def _unzipped(response: Response) -> Generator[bytes]:
    unzip = zlib.decompressobj(31)
    while not unzip.eof:
        packed = unzip.unconsumed_tail or response.body.read(_BLOCK)
        try:
            block = unzip.decompress(packed, _BLOCK)
        except zlib.error as error:
            raise SegOpsDecodeError(f"its gzip is broken ({error})", status=response.status) from error
        if not packed and not block:
            raise SegOpsDecodeError("its gzip is cut short", status=response.status)
        yield block
    if unzip.unused_data or response.body.read(1):
        raise SegOpsDecodeError("its gzip is followed by something else", status=response.status)


def _taken_back(sink: IO[bytes], start: int | None) -> bool:
    """Whether what has been written since could be removed again."""
    if start is None:
        return False
    try:
        sink.seek(start)
        sink.truncate()
    except (OSError, ValueError):  # a device
        return False
    return True


def _rewindable(sink: IO[bytes]) -> bool:
    try:
        return sink.seekable()
    except AttributeError:
        return False
