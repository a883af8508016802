"""The parts of a CSV file that imports of it can have, and whether a file fits into one import."""

from __future__ import annotations

import hashlib
import re
from typing import IO, Any

from .._errors import SegOpsArgumentError
from .csv_records import Records

__all__ = ["MOST_BYTES", "MOST_ROWS", "Part", "Plan", "Section", "check_import", "plan"]

MOST_ROWS = 100_000
"""Rows that the platform takes in one import."""
MOST_BYTES = (100 << 20) - 4096
"""Bytes of a file that it takes in one import: 100 MiB with the form around the file."""

_BLOCK = 1 << 18
_LONGEST_HEAD = 1 << 20
_SEP = re.compile(rb'\s*"?sep=([\t!#-~])"?\s*', re.IGNORECASE)


class Part:
    """Rows that go into one import: ``start`` to ``end`` in bytes, rows counted from 1, blank lines left out."""

    __slots__ = ("end", "first_row", "last_row", "start")

    def __init__(self, start: int, end: int, first_row: int, last_row: int) -> None:
        self.start, self.end = start, end
        self.first_row, self.last_row = first_row, last_row


class Plan:
    """How a file is cut: where its header ends, its parts, and its SHA-256."""

    __slots__ = ("head", "parts", "sha256", "size")

    def __init__(self, head: bytes, parts: list[Part], size: int, sha256: str) -> None:
        self.head = head
        self.parts = parts
        self.size = size
        self.sha256 = sha256


def plan(file: IO[bytes], name: str, rows: int) -> Plan:
    """Cuts an open file, from its beginning, into parts of so many rows, and of no more bytes than an import may have.

    Raises:
        SegOpsArgumentError: it has no header row, a quote that is never closed, or a row beyond the limit.
    """
    cutter = _Cutter(file, name, rows)
    digest = hashlib.sha256()
    records = Records()
    size = 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
        for record in records.feed(block):
            cutter.take(records, *record)
    for record in records.close():
        cutter.take(records, *record)
    if records.quoted:
        raise SegOpsArgumentError(f"{name} ends inside of quotes: a quote in or after row {cutter.row} is not closed.")
    return Plan(cutter.head(), cutter.parts, size, digest.hexdigest())


class _Cutter:
    """Puts records into parts."""

    def __init__(self, file: IO[bytes], name: str, rows: int) -> None:
        self._file = file
        self._name = name
        self._rows = rows
        self._head: bytes | None = None
        self.row = 0
        self.parts: list[Part] = []

    def take(self, records: Records, start: int, end: int, blank: bool) -> None:
        """Takes the next record."""
        if blank:
            return
        if self._head is None:
            self._begin(records, start, end)
            return
        self.row += 1
        part = self.parts[-1] if self.parts else None
        room = MOST_BYTES - len(self._head)
        if part is None or self.row - part.first_row >= self._rows or end - part.start > room:
            if end - start > room:
                raise SegOpsArgumentError(
                    f"Row {self.row} of {self._name} has {end - start:,} bytes; an import takes 100 MiB."
                )
            self.parts.append(Part(start, end, self.row, self.row))
        else:
            part.end, part.last_row = end, self.row

    def _begin(self, records: Records, start: int, end: int) -> None:
        """The header: the first record that is not blank, behind Excel's ``sep=;`` if there is one."""
        if end > _LONGEST_HEAD:
            raise SegOpsArgumentError(f"{self._name} has no header row: its first row has {end - start:,} bytes.")
        here = self._file.tell()
        self._file.seek(start)
        found = _SEP.fullmatch(self._file.read(end - start)) if records.delimiter == b"," else None
        if found is not None:
            records.delimiter = found[1]
        else:
            self._file.seek(0)
            self._head = self._file.read(end)
        self._file.seek(here)

    def head(self) -> bytes:
        """What stands before the first row, to be repeated before each part."""
        if self._head is None:
            raise SegOpsArgumentError(f"{self._name} has no header row: it is empty.")
        if not self.parts:
            self.parts.append(Part(len(self._head), len(self._head), 1, 0))
        return self._head if self._head[-1:] in (b"\n", b"\r") else self._head + b"\n"


class Section:
    """A part as a file to upload: the header, and the part's bytes of the CSV file, read as they are sent."""

    def __init__(self, file: IO[bytes], head: bytes, part: Part) -> None:
        self._file = file
        self._head = head
        self._part = part
        self._place = 0

    def seekable(self) -> bool:
        """Always true: it need not be copied to be sent again."""
        return True

    def tell(self) -> int:
        """How many bytes have been read."""
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to another place, counted from the beginning or, with ``os.SEEK_END``, from the end."""
        end = len(self._head) + self._part.end - self._part.start
        self._place = offset + (end if whence else 0)
        return self._place

    def read(self, size: int) -> bytes:
        """The next bytes: so many at most, and no more than are left may be asked for."""
        block = self._head[self._place : self._place + size]
        if not block:
            self._file.seek(self._part.start + self._place - len(self._head))
            block = self._file.read(size)
        self._place += len(block)
        return block


def check_import(file: Any) -> None:
    """Refuses a file that is too large for one import; it is left where it stands.

    Raises:
        SegOpsArgumentError: it has more bytes or rows than the platform takes.
    """
    start = file.tell()
    size = file.seek(0, 2) - start
    file.seek(start)
    if size > MOST_BYTES:
        raise SegOpsArgumentError(_too_large(f"{size:,} bytes", "100 MiB"))
    if size <= 2 * MOST_ROWS:
        return  # a row has a character and a line end at least
    ends = 0
    while block := file.read(_BLOCK):
        ends += block.count(b"\n") + block.count(b"\r")
    file.seek(start)
    if ends > MOST_ROWS:  # else it cannot have too many, whatever is quoted
        rows = _rows_of(file)
        file.seek(start)
        if rows > MOST_ROWS:
            raise SegOpsArgumentError(_too_large(f"{rows:,} rows", f"{MOST_ROWS:,} rows"))


def _rows_of(file: Any) -> int:
    """How many records below the header are not blank; Excel's ``sep=;`` before it is none."""
    records = Records()
    count = -1
    while block := file.read(_BLOCK):
        for start, end, blank in records.feed(block):
            count += not blank
            if count == 0 and records.delimiter == b",":
                found = _SEP.fullmatch(block, start, end)  # of the first block; in no other is anything there
                if found is not None:
                    records.delimiter = found[1]
                    count = -1
    return count + sum(not blank for _, _, blank in records.close())


def _too_large(what: str, most: str) -> str:
    return (
        f"The file has {what}; an import takes {most} at most. "
        "import_csv_in_parts sends it in parts (on the command line: products import --split)."
    )
