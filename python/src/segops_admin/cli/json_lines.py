"""Rows in JSON Lines: one JSON object a line, read in batches, never all in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, Any

from . import files
from .failures import UsageError
from .shapes import ARRAY

__all__ = ["JsonLines", "read_rows"]

_MOST_BYTES = 32 << 20
_BLOCK = 1 << 20


class JsonLines:
    """A file of JSON objects, one a line, each of which has been looked at.

    Attributes:
        is_file: whether it is a file that is there the next time, too; standard input and pipes are not.
        size: its size in bytes.
        sha256: its hash.

    Raises:
        UsageError: a line is none; the message says which.
    """

    def __init__(self, file: IO[bytes], name: str, *, is_file: bool) -> None:
        self._file = file
        self._name = name
        self.is_file = is_file
        digest = hashlib.sha256()
        try:
            for _ in self._rows(digest.update):
                pass
        except BaseException:
            file.close()
            raise
        self.size = file.tell()
        self.sha256 = digest.hexdigest()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _rows(self, look: Callable[[bytes], object] | None = None) -> Iterator[tuple[int, Any]]:
        """Each object, and its size in bytes; ``look`` is given every line."""
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            if look is not None:
                look(line)
            text = line.removeprefix(b"\xef\xbb\xbf")
            if text.strip():
                where = f"line {number} of {self._name}"
                row = files.json_object(text, where)
                if "sku" not in row:
                    raise UsageError(f"{where} has no sku.", "Give JSON Lines, or a JSON array of objects.")
                yield len(text), row

    def batches(self, rows: int, done: int) -> Iterator[list[Any]]:
        """Batches of at most so many objects, without those that are done."""
        batch: list[Any] = []
        size = 0
        for length, row in islice(self._rows(), done, None):
            if batch and (len(batch) >= rows or size + length > _MOST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(row)
            size += length
        if batch:
            yield batch


def read_rows(source: str) -> Any:
    """The rows in a file, on standard input or in ``source`` itself: a JSON array, or, from a file, JSON Lines."""
    if source.lstrip()[:1] in ("{", "["):
        return files.read_json(source, ARRAY)
    file = files.open_binary(source)
    name = "standard input" if source == "-" else repr(source)
    is_file = source != "-" and file.seekable()
    if not is_file:
        file = _copied(file)
    with files.readable(source):
        start = file.read(_BLOCK)
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    if start[:1] == b"{":
        return JsonLines(file, name, is_file=is_file)
    with file:
        return files.parsed(file.read(), name, ARRAY)


def _copied(stream: IO[bytes]) -> IO[bytes]:
    import shutil
    import tempfile

    copy = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the rows
    shutil.copyfileobj(stream, copy, _BLOCK)
    copy.seek(0)
    return copy
