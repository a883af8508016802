"""Where a download goes: a path, which appears whole or not at all, or an open file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Any, Union

from .._errors import SegOpsArgumentError
from .._wire.words import described

__all__ = ["Sink", "open_sink"]

Sink = Union[str, os.PathLike[str], IO[bytes]]

_CANNOT_BE_MOVED_ONTO = (errno.EBUSY, errno.EXDEV)
"""What the system answers where the target is itself a mounted file, as in a container."""


@contextmanager
def open_sink(to: Sink) -> Generator[IO[bytes]]:
    """The file to write to. A path appears only when everything has been written to it; until then it is as it was.

    A path that is a pipe or a device is written to as it is. A file that is mounted by itself cannot be replaced in
    one step: what has arrived is copied into it.

    Raises:
        SegOpsArgumentError: the path cannot be written, or ``to`` is neither a path nor a binary file.
        OSError: it cannot be written to its end (the disk is full); ``filename`` is the path.
    """
    if not isinstance(to, (str, os.PathLike)):
        if not hasattr(to, "write") or hasattr(to, "encoding"):
            raise SegOpsArgumentError(f"Give a path or a file open for binary writing, not {described(to)}.")
        yield to
        return
    path: Any = os.fspath(to)
    if not isinstance(path, str):
        raise SegOpsArgumentError(f"Give the path as text, not as {described(path)}.")
    try:
        file, partial = _open(path)
    except (OSError, ValueError) as error:
        raise SegOpsArgumentError(f"Cannot write to {path!r}: {error}") from error
    try:
        with file:
            yield file
        if partial is not None:
            _move(partial, os.path.realpath(path))
    except BaseException as error:
        if partial is not None and os.path.lexists(partial):
            os.unlink(partial)
        if isinstance(error, OSError) and error.filename in (None, partial):
            error.filename, error.filename2 = path, None  # the system's own words do not say which file it was
        raise


def _open(path: str) -> tuple[IO[bytes], str | None]:
    """An open file, and the name that it has until it is whole, unless it is no regular file."""
    try:
        regular = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        regular = True
    if not regular:
        return open(path, "wb"), None  # a folder fails here, which it should
    if not os.path.basename(path):
        raise ValueError("it does not name a file")
    # Beside what a link names: the link stays, and a file can only be moved in one step within its file system.
    target = os.path.realpath(path)
    partial = os.path.join(os.path.dirname(target), f".segops-{os.urandom(16).hex()}.part")
    return open(partial, "xb"), partial


def _move(partial: str, target: str) -> None:
    """Puts a whole file in its place, with the permissions of the one that was there."""
    try:
        os.chmod(partial, os.stat(target).st_mode & 0o777)
    except FileNotFoundError:
        pass
    try:
        os.replace(partial, target)
    except OSError as error:
        if error.errno not in _CANNOT_BE_MOVED_ONTO:
            raise
        import shutil

        shutil.copyfile(partial, target)
        os.unlink(partial)
