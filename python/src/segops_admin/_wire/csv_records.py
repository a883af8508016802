"""The records of a CSV file by their place in it, found block by block; and the parts that imports of it can have.

As in RFC 4180 and Python's ``csv``: a quote begins a quoted field only where a field begins, ``""`` inside of one is a
quote, and a record ends with CRLF, LF or CR outside of quotes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from typing import IO, Any

from .._errors import SegOpsArgumentError

__all__ = ["MOST_BYTES", "MOST_ROWS", "Part", "Plan", "Records", "check_import", "plan"]

MOST_ROWS = 100_000
"""Rows that the platform takes in one import."""
MOST_BYTES = (100 << 20) - 4096
"""Bytes of a file that it takes in one import: 100 MiB with the form around the file."""

_BLOCK = 1 << 18
_BOM = b"\xef\xbb\xbf"
_LONGEST_HEAD = 1 << 20
_SEP = re.compile(rb'\s*"?sep=([\t!#-~])"?\s*', re.IGNORECASE)


class Records:
    """Finds where records end. Feed it the file from its beginning; a byte order mark comes whole in the first block.

    Attributes:
        delimiter: what separates fields; may be changed between two records.
        quoted: whether the file, so far, ends inside of quotes.
    """

    def __init__(self) -> None:
        self.delimiter = b","
        self.quoted = False
        self._offset = 0  # of the next block
        self._start = 0  # of the record under way
        self._at_field = True  # whether the next byte begins a field
        self._after_quote = False  # the block before ended with a quote inside of quotes
        self._after_return = False  # the block before ended with CR outside of quotes

    def feed(self, block: bytes) -> Iterator[tuple[int, int, bool]]:
        """The records that end in the next block: where each begins and ends, and whether it is blank."""
        base, here, size = self._offset, 0, len(block)
        if not size:
            return
        if not base and block.startswith(_BOM):
            here = self._start = len(_BOM)
        self._offset += size
        if self._after_return:
            self._after_return = False
            here = int(block[:1] == b"\n")
            yield self._end(base + here, base - 1)
        if self._after_quote:
            self._after_quote = False
            self.quoted = block[:1] == b'"'
            here = int(self.quoted)
        while here < size:
            whole = None
            if self._start == base + here and not self.quoted:  # the usual case, at the speed of a pattern
                whole = _pattern(_RECORD, self.delimiter).match(block, here)
            if whole is not None:
                here = whole.end()
                yield self._end(base + here, base + whole.end(1))
            elif self.quoted:
                here = self._closing(block, here)
            elif self._at_field and block[here : here + 1] == b'"':
                self.quoted, self._at_field = True, False
                here += 1
            else:
                found = _pattern(_STOP, self.delimiter).search(block, here)
                if found is None:
                    self._at_field = block.endswith(self.delimiter)
                    return
                here = found.end()
                if found[0].endswith(b'"'):
                    self.quoted, self._at_field = True, False
                elif found[0] == b"\r" and here == size:
                    self._after_return = True
                else:
                    yield self._end(base + here, base + found.start())

    def _closing(self, block: bytes, here: int) -> int:
        """Where to go on behind the next quote inside of quotes."""
        place = block.find(b'"', here)
        if place < 0:
            return len(block)
        if place + 1 == len(block):
            self._after_quote = True
            return len(block)
        self.quoted = block[place + 1 : place + 2] == b'"'
        self._at_field = False
        return place + 1 + self.quoted

    def _end(self, end: int, line_end: int) -> tuple[int, int, bool]:
        start, self._start, self._at_field = self._start, end, True
        return start, end, start == line_end

    def close(self) -> Iterator[tuple[int, int, bool]]:
        """The last record, if no line end closes it; afterwards ``quoted`` tells whether a quote was left open."""
        if self._after_return:
            self._after_return = False
            yield self._end(self._offset, self._offset - 1)
        if self._after_quote:
            self._after_quote = self.quoted = False
        if self._start < self._offset:
            yield self._end(self._offset, self._offset)


_FIELD = rb'(?:"[^"]*(?:""[^"]*)*"(?!")[^D\r\n]*|[^"D\r\n][^D\r\n]*)?'
_RECORD = b"(" + _FIELD + b"(?:D" + _FIELD + rb")*)(?:\r\n|\n|\r(?!\n|\Z))"
"""A whole record, where D stands for the delimiter."""
_STOP = rb'\r\n|\r|\n|D"'
"""A line end, or a quote that begins a field in the middle of a record."""


@cache
def _pattern(text: bytes, delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(text.replace(b"D", re.escape(delimiter)))


class Part:
    """Rows that go into one import: ``start`` to ``end`` in bytes, rows counted from 1, blank lines left out."""

    __slots__ = ("end", "first_row", "last_row", "start")

    def __init__(self, start: int, end: int, row: int) -> None:
        self.start, self.end = start, end
        self.first_row = self.last_row = row


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
            part = Part(start, end, self.row)
            self.parts.append(part)
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
            self.parts.append(Part(len(self._head), len(self._head), 1))
            self.parts[0].last_row = 0
        return self._head if self._head[-1:] in (b"\n", b"\r") else self._head + b"\n"


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
    """How many records below the header are not blank."""
    records = Records()
    count = -1
    while block := file.read(_BLOCK):
        count += sum(not blank for _, _, blank in records.feed(block))
    return count + sum(not blank for _, _, blank in records.close())


def _too_large(what: str, most: str) -> str:
    return (
        f"The file has {what}; an import takes {most} at most. "
        "import_csv_in_parts sends it in parts (on the command line: products import --split)."
    )
