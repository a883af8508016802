"""The records of a CSV file by their place in it, found block by block.

As in RFC 4180 and Python's ``csv``: a quote begins a quoted field only where a field begins, ``""`` inside of one is a
quote, and a record ends with CRLF, LF or CR outside of quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

__all__ = ["Records"]

_BOM = b"\xef\xbb\xbf"


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
            here = block[:1] == b"\n"
            yield self._end(base + here, base - 1)
        if self._after_quote:
            self._after_quote = False
            self.quoted = block[:1] == b'"'
            here = self.quoted
        while here < size:
            whole = None
            if self._start == base + here:  # the usual case, at the speed of a pattern
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
        """Where to continue behind the next quote inside of quotes."""
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
            yield self._end(self._offset, self._offset - 1)
        if self._after_quote:
            self.quoted = False
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
