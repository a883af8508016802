"""What does an uploaded CSV file hold? Its header, its rows, or one clear reason why it can't be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from segops_sandbox.catalogue.fields import number_of

MAX_ROWS = 100_000


class BadFile(ValueError):
    """The file can't be imported; the text says why."""


@dataclass(frozen=True)
class CsvFile:
    """A file that was read once from end to end without a problem."""

    text: str
    headers: list[str]
    row_count: int

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows that are not blank; missing cells are empty, cells beyond the header are dropped."""
        return _rows(self.text, self.headers)


def read_csv(content: bytes) -> CsvFile:
    """Decode and check a file. Raises BadFile."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadFile(f"The file is not UTF-8 text (byte {exc.start}). Save it as UTF-8 and upload it again.") from None
    if "\x00" in text:
        raise BadFile("The file holds NUL characters; it is not a CSV file.")
    try:
        headers = _headers(text)
        count = 0
        for _ in _rows(text, headers):
            count += 1
            if count > MAX_ROWS:
                raise BadFile(f"The file has more than {MAX_ROWS:,} rows. Split it.")
    except csv.Error as exc:
        raise BadFile(f"The file is not a CSV file: {exc}.") from None
    return CsvFile(text, headers, count)


def _headers(text: str) -> list[str]:
    first = next(csv.reader(io.StringIO(text, newline="")), [])
    named = [cell.strip() for cell in first]
    if not any(named) or any(number_of(cell) is not None for cell in named):
        raise BadFile("The file has no header row. Its first line has to name the columns.")
    headers = [name or f"column_{number}" for number, name in enumerate(named, start=1)]
    twice = next((name for name in headers if headers.count(name) > 1), None)
    if twice is not None:
        raise BadFile(f'The column "{twice}" appears twice.')
    return headers


def _rows(text: str, headers: list[str]) -> Iterator[dict[str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader, None)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield dict(zip(headers, cells + [""] * (len(headers) - len(cells)), strict=False))
