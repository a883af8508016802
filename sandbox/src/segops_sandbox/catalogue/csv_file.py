"""An uploaded CSV file: its header, its rows, or one clear reason why it can't be used.

A file is read as a stream, line by line: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, NamedTuple

from segops_sandbox.catalogue.columns import Column
from segops_sandbox.catalogue.fields import number_of, slug_of

# A cell may be as long as a file: the module's own limit, 131,072 characters, is for readers that trust nobody.
csv.field_size_limit(1 << 27)

MAX_ROWS, MAX_COLUMNS, MAX_COLUMN_NAME = 100_000, 1000, 255
SKU_NAMES = ("sku", "product_sku", "item_sku", "variant_sku", "article_number", "item_number", "product_code")
NAME_NAMES = ("name", "product_name", "title", "product_title", "item_name")
_SAMPLE = 1000
_END_OF_FILE = "\x1a"  # Ctrl-Z, which ends a text in DOS programs
_SEP = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
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
    # The first rows.
    sample: list[dict[str, str]]
    columns: dict[str, Column]


def read_csv(stream: IO[bytes]) -> CsvFile:
    """Check a file from its current position to its end. Raises BadFile."""
    start = stream.tell()
    sample: list[dict[str, str]] = []
    count = 0
    reader: Any = None
    try:
        reader, before = _opened(stream)
        headers = _headers(next(reader, []), reader.dialect.delimiter)
        columns = {name: Column() for name in headers}
        for row in _rows(reader, headers, before):
            count += 1
            for name, cell in row.cells.items():
                columns[name].look_at(cell)
            if count <= _SAMPLE:
                sample.append(row.cells)
            if count > MAX_ROWS:
                raise BadFile(f"The file has more than {MAX_ROWS:,} rows. Split it.")
    except UnicodeDecodeError:
        stream.seek(start)
        place = _first_bad_byte(stream)
        raise BadFile(f"The file is not UTF-8 text (byte {place}). Save it as UTF-8 and upload it again.") from None
    except csv.Error as exc:
        raise BadFile(f"The file is not a CSV file: {exc} (line {reader.line_num}).") from None
    return CsvFile(headers, count, sample, columns)


def rows_of(stream: IO[bytes], headers: list[str]) -> Iterator[CsvRow]:
    """The rows below the header that are not blank; missing cells are empty."""
    reader, before = _opened(stream)
    next(reader, None)
    return _rows(reader, headers, before)


def _opened(stream: IO[bytes]) -> tuple[Any, int]:
    """A reader that stands before the header, and how many lines it has not seen: blank ones, and Excel's `sep=;`."""
    lines = _lines(stream)
    before, first, delimiter = 0, "", ","
    for line in lines:
        if (sep := _SEP.fullmatch(line)) and delimiter == ",":
            delimiter = sep.group(1)
        elif line.strip():
            first = line
            break
        before += 1
    return csv.reader(chain([first], lines), strict=True, delimiter=delimiter), before


def _rows(reader: Any, headers: list[str], before: int) -> Iterator[CsvRow]:
    width = len(headers)
    line = before + reader.line_num + 1
    for cells in reader:
        if any(map(str.strip, cells)):
            missing = width - len(cells)
            if missing > 0:
                cells += [""] * missing
            yield CsvRow(line, dict(zip(headers, cells, strict=False)), max(0, -missing))
        line = before + reader.line_num + 1


def _lines(stream: IO[bytes]) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        for line in text:
            if "\x00" in line:
                raise BadFile("The file holds NUL characters; it is not a CSV file.")
            if line.rstrip("\r\n").endswith(_END_OF_FILE):
                line = line.rstrip("\r\n").rstrip(_END_OF_FILE)
                if not line:
                    continue
            yield line
    finally:
        text.detach()  # the caller, who opened it, closes it


def _headers(first: list[str], delimiter: str) -> list[str]:
    named = [cell.strip() for cell in first]
    separator = next((sign for sign in ";\t|" if sign in named[0]), None) if len(named) == 1 else None
    if separator and delimiter == ",":
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
    """The offset of the first byte that is not UTF-8."""
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
