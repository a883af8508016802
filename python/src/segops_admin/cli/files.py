"""The files that a command line names; ``-`` is standard input or output.

Everything is read and checked before the first request: a bad file leaves nothing half done.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from .failures import UsageError
from .shapes import ARRAY, OBJECT

if TYPE_CHECKING:
    from collections.abc import Generator

    from .progress import Progress

__all__ = [
    "Counted",
    "check_sink",
    "counted",
    "json_object",
    "open_binary",
    "parsed",
    "read_json",
    "readable",
    "write_whole",
]


def read_json(source: str, kind: str | None = None) -> Any:
    """The JSON in a file, on standard input, or in ``source`` itself if that begins with ``{`` or ``[``.

    Args:
        source: what the command line says.
        kind: ``OBJECT`` or ``ARRAY``, if it must be one of them.

    Raises:
        UsageError: it cannot be read, is not valid JSON, or of another kind.
    """
    if source.lstrip()[:1] in ("{", "["):
        name, text = "the argument", source
    elif source == "-":
        name, text = "standard input", _text(_stdin().read(), "standard input")
    else:
        with open_binary(source) as file, readable(source):
            return parsed(file.read(), repr(source), kind)
    return _checked(_parsed(text, name), name, kind)


def parsed(content: bytes, name: str, kind: str | None = None) -> Any:
    """The JSON in the bytes of a file; see ``read_json``."""
    return _checked(_parsed(_text(content, name), name), name, kind)


def json_object(content: bytes, name: str) -> Any:
    """A line of JSON that is an object; see ``read_json``."""
    return _checked(_parsed(_text(content, name), name), name, OBJECT)


def _checked(value: Any, name: str, kind: str | None) -> Any:
    if kind == OBJECT and not isinstance(value, dict):
        raise UsageError(f"{name} must hold a JSON object, not {_described(value)}.")
    if kind == ARRAY and not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
        what = "an array of other things" if isinstance(value, list) else _described(value)
        raise UsageError(f"{name} must hold a JSON array of objects, not {what}.")
    return value


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error


def _parsed(text: str, name: str) -> Any:
    import json

    from .._call.reply import UNREADABLE, parse_json

    if not text.strip():
        raise UsageError(f"{name} is empty; JSON is expected.")
    try:
        return parse_json(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{name} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except UNREADABLE as error:
        raise UsageError(f"{name} is not valid JSON: {_placed(text, error)}.") from error


def _placed(text: str, error: Exception) -> str:
    """What is wrong, and where if that is a constant that JSON does not have: Python's own reader does not say it."""
    if not isinstance(error, ValueError):
        return str(error)
    import re

    found = next(
        (each for each in re.finditer(r'"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)', text) if each[0][0] != '"'), None
    )
    if found is None:
        return str(error)
    lines = text[: found.start()].split("\n")
    return f"line {len(lines)}, column {len(lines[-1]) + 1}: {found[0]} is not a JSON number"


def _described(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def open_binary(source: str) -> IO[bytes]:
    """A file to be read as bytes, or standard input.

    Opened here rather than by the SDK, so that its progress can be shown.

    Raises:
        UsageError: it cannot be read.
    """
    if source == "-":
        return _stdin()
    with readable(source):
        return open(source, "rb")


@contextmanager
def readable(source: str) -> Generator[None]:
    """Says of a file that cannot be opened or read which one it is, and why.

    Raises:
        UsageError: it cannot.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"cannot read {source!r}: {reason}.", "Give a file, or - for standard input.") from error


def _stdin() -> IO[bytes]:
    if sys.stdin is None:
        raise UsageError("standard input is closed, and - says to read it.")
    return sys.stdin.buffer


def check_sink(path: str) -> None:
    """Makes sure that a file can be written later on, before anything is asked of the server.

    Raises:
        UsageError: it is a folder, or there is no folder to write it in.
    """
    if path == "-" or (os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)):
        return  # standard output, a device, a named pipe
    folder = os.path.dirname(os.path.realpath(path))
    if not path or os.path.isdir(path) or not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write {path!r}: its folder is missing or read-only, or it is a folder itself.")


class Counted:
    """An open binary file that tells how much of it has been read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self.name = getattr(file, "name", None)
        self._size = os.fstat(file.fileno()).st_size

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._progress.bar("sent", self._file.tell(), self._size)
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def counted(file: IO[bytes], progress: Progress) -> Any:
    """A file that shows how much of it has been sent, on a terminal."""
    return Counted(file, progress) if progress.terminal and file.seekable() else file


def _make_folder(path: str, mode: int) -> None:
    """Makes a folder and those above it, all of them with that mode; ``os.makedirs`` gives it to the last one alone."""
    if path and not os.path.exists(path):
        _make_folder(os.path.dirname(path), mode)
        os.mkdir(path, mode)


def write_whole(path: str, text: str, *, private: bool = False) -> None:
    """Writes a file, whole or not at all, and the folders above it.

    Args:
        private: whether nobody but its owner may read it.

    Raises:
        UsageError: it cannot be written.
    """
    draft = f"{path}.{os.getpid()}.part"
    try:
        _make_folder(os.path.dirname(path), 0o700 if private else 0o777)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        if os.path.exists(draft):
            os.unlink(draft)
        raise UsageError(f"cannot write {path!r}: {error.strerror}.") from error
