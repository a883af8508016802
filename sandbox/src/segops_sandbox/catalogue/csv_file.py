"""What does an uploaded CSV file hold? Its header, its rows, or one clear reason why it can't be used.

A file is read as a stream, line by line: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, NamedTuple

from segops_sandbox.catalogue.fields import number_of, slug_of

MAX_ROWS, MAX_COLUMNS, MAX_COLUMN_NAME = 100_000, 1000, 255
SKU_NAMES = ("sku", "product_sku", "item_sku", "variant_sku", "article_number", "item_number", "product_code")
NAME_NAMES = ("name", "product_name", "title", "product_title", "item_name")
_LOOKED_AT = 1000
_BLOCK = 1 << 16


class BadFile(ValueError):
    """The file can't be imported; the text says why."""


class CsvRow(NamedTuple):
    """One row: the line it begins on, its cells by column, and how many cells it has beyond the last column."""

    line: int
    cells: dict[str, str]
    surplus: int


@dataclass(frozen=True)
class CsvFile:
    """What is known of a file that was read once from end to end without a problem."""

    headers: list[str]
    row_count: int
    # The first rows, to guess from.
    sample: list[dict[str, str]]


def read_csv(stream: IO[bytes]) -> CsvFile:
    """Check a file from where it stands to its end. Raises BadFile."""
    start = stream.tell()
    sample: list[dict[str, str]] = []
    count = 0
    reader = csv.reader(_lines(stream), strict=True)
    try:
        headers = _headers(next(reader, []))
        for row in _rows(reader, headers):
            count += 1
            if count <= _LOOKED_AT:
                sample.append(row.cells)
            if count > MAX_ROWS:
                raise BadFile(f"The file has more than {MAX_ROWS:,} rows. Split it.")
    except UnicodeDecodeError:
        stream.seek(start)
        place = _first_bad_byte(stream)
        raise BadFile(f"The file is not UTF-8 text (byte {place}). Save it as UTF-8 and upload it again.") from None
    except csv.Error as exc:
        raise BadFile(f"The file is not a CSV file: {exc} (line {reader.line_num}).") from None
    return CsvFile(headers, count, sample)


def rows_of(stream: IO[bytes], headers: list[str]) -> Iterator[CsvRow]:
    """The rows below the header that are not blank; missing cells are empty."""
    reader = csv.reader(_lines(stream), strict=True)
    next(reader, None)
    return _rows(reader, headers)


def _rows(reader: Iterator[list[str]], headers: list[str]) -> Iterator[CsvRow]:
    width = len(headers)
    line = reader.line_num + 1  # type: ignore[attr-defined]
    for cells in reader:
        if any(map(str.strip, cells)):
            missing = width - len(cells)
            if missing > 0:
                cells += [""] * missing
            yield CsvRow(line, dict(zip(headers, cells, strict=False)), max(0, -missing))
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _lines(stream: IO[bytes]) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        for line in text:
            if "\x00" in line:
                raise BadFile("The file holds NUL characters; it is not a CSV file.")
            yield line
    finally:
        text.detach()  # closing is up to whoever opened it


def _headers(first: list[str]) -> list[str]:
    named = [cell.strip() for cell in first]
    if len(named) == 1 and (separator := next((sign for sign in ";\t|" if sign in named[0]), None)):
        raise BadFile(f"The columns are separated by {separator!r}. Save the file with commas and upload it again.")
    known = any(slug_of(cell) in (*SKU_NAMES, *NAME_NAMES) for cell in named)
    if not any(named) or (not known and any(number_of(cell) is not None for cell in named)):
        raise BadFile("The file has no header row. Its first line has to name the columns.")
    if len(named) > MAX_COLUMNS:
        raise BadFile(f"The file has {len(named):,} columns; {MAX_COLUMNS:,} is the most.")
    headers: dict[str, None] = {}
    for number, cell in enumerate(named, start=1):
        name = cell or f"column_{number}"
        if len(name) > MAX_COLUMN_NAME:
            raise BadFile(f"The name of column {number} has more than {MAX_COLUMN_NAME} characters.")
        if name in headers:
            raise BadFile(f'The column "{name}" appears twice. Give each column a name of its own.')
        headers[name] = None
    return list(headers)


def _first_bad_byte(stream: IO[bytes]) -> int:
    """Where text ends to be UTF-8, counted from 0."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    passed = 0
    while True:
        block = stream.read(_BLOCK)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as exc:
            return passed - pending + exc.start
        if not block:
            return passed
        passed += len(block)
