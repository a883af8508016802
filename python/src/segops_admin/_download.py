"""How does a reply become a file: streamed, and whole or not at all?"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Any, Union

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
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    unzip: Any = None
    if encoding in ("gzip", "x-gzip"):
        import zlib

        unzip = zlib.decompressobj(31)
    elif encoding != "identity":
        response.body.close()
        raise SegOpsDecodeError(f"its encoding {encoding!r} was not asked for", status=response.status)
    start = sink.tell() if _rewindable(sink) else None
    written = 0
    try:
        while True:
            block = response.body.read(_BLOCK)
            if not block:
                break
            if unzip is not None:
                block = unzip.decompress(block)
            sink.write(block)
            written += len(block)
        if unzip is not None and not unzip.eof:
            raise SegOpsDecodeError("its gzip is cut short", status=response.status)
    except BaseException as error:
        response.body.close()
        if start is not None:
            sink.seek(start)
            sink.truncate()
        elif written:
            # What is in a pipe cannot be taken back: a second attempt would add to half of the first.
            if isinstance(error, SegOpsConnectionError):
                error.transient = False
        if unzip is not None and type(error).__name__ == "error":
            raise SegOpsDecodeError(f"its gzip is broken ({error})", status=response.status) from error
        raise
    return written


def _rewindable(sink: IO[bytes]) -> bool:
    try:
        return sink.seekable()
    except AttributeError:
        return False
