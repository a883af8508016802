"""Files of events and products: which of them one is, and its rows as JSON objects, each with where it ends.

NDJSON has one object a line, as the API takes it. CSV has a header. In a CSV of events the columns `user_id`,
`event_type`, `occurred_at` and `anonymous_id` are the event's own, and every other column belongs to its payload.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

EVENTS, PRODUCTS = "events", "products"
KINDS: Final = (EVENTS, PRODUCTS)
_OWN: Final = ("user_id", "event_type", "occurred_at", "anonymous_id")
NUMBER, BOOLEAN = "number", "boolean"
# A cell, or a line, may be as long as a body: the library's own limit is 128 KB.
_MAX_CELL: Final = 10 << 20


class BadFile(ValueError):
    """A file that can't be loaded; the message says why."""


@dataclass(frozen=True)
class Row:
    """One row: its object, or why it is none, and the offset of the first byte behind it."""

    line: int
    value: dict[str, Any] | None
    problem: str
    end: int


@dataclass
class DataFile:
    """A file to load.

    Attributes:
        kind: events or products.
        columns: of a CSV of events, how the values of a column are read where that is not as text: number or boolean.
    """

    path: Path
    kind: str
    is_csv: bool
    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


def open_file(path: Path, kind: str | None = None) -> DataFile:
    """Look at a file. Raises BadFile for one that is neither CSV nor NDJSON, or of neither kind."""
    csv.field_size_limit(_MAX_CELL)
    try:
        with path.open("rb") as stream:
            start = stream.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
    except OSError as exc:
        raise BadFile(f"{path}: {exc.strerror}") from exc
    if not start:
        raise BadFile(f"{path}: the file is empty.")
    if start.startswith(b"{"):
        first = next(_json_rows(path, 0))
        if first.value is None:
            raise BadFile(f"{path}: line 1: {first.problem}")
        return DataFile(path, kind or _kind_of(path, list(first.value)), is_csv=False)
    if start.startswith(b"["):
        raise BadFile(f"{path}: a JSON list can't be loaded in parts: write one object a line (jq -c '.[]').")
    header, _ = _header(path)
    file = DataFile(path, kind or _kind_of(path, header), is_csv=True, header=header)
    if file.kind == EVENTS:
        file.columns = _columns(file)
    return file


def rows(file: DataFile, start: int = 0) -> Iterator[Row]:
    """The rows from an offset on, which is 0 or the end of a row."""
    return _csv_rows(file, start) if file.is_csv else _json_rows(file.path, start)


def _kind_of(path: Path, names: list[str]) -> str:
    if "event_type" in names and "user_id" in names:
        return EVENTS
    if any(name.strip().lower() == "sku" for name in names):
        return PRODUCTS
    shown = ", ".join(names[:8])
    raise BadFile(
        f"{path}: neither events (user_id and event_type) nor products (sku) by its names: {shown}. "
        "Say which: --as events or --as products."
    )


def _json_rows(path: Path, start: int) -> Iterator[Row]:
    with path.open("rb") as stream:
        stream.seek(start)
        end = start
        for number, line in enumerate(stream, 1):
            end += len(line)
            text = line.removeprefix(codecs.BOM_UTF8).strip()
            if text:
                yield _json_row(number, text, end)


def _json_row(number: int, text: bytes, end: int) -> Row:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        return Row(number, None, f"not JSON: {exc}", end)
    if not isinstance(value, dict):
        return Row(number, None, f"Expected an object, but got {type(value).__name__}.", end)
    return Row(number, value, "", end)


class _Lines:
    """The lines of a stream as text, and how many bytes they were."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.read += len(line)
            yield line.decode("utf-8", "replace")


def _header(path: Path) -> tuple[list[str], int]:
    """The names of the columns, and where the rows begin."""
    with path.open("rb") as stream:
        lines = _Lines(stream)
        for cells in csv.reader(iter(lines)):
            if cells:
                cells[0] = cells[0].removeprefix("\ufeff")
                names = [cell.strip() for cell in cells]
                if len(names) < 2 or len(set(names)) != len(names):
                    raise BadFile(f"{path}: not a CSV file with a header of different names: {', '.join(names)[:200]}")
                return names, lines.read
    raise BadFile(f"{path}: the file has no header.")


def _cells(file: DataFile, start: int) -> Iterator[tuple[int, list[str], int]]:
    _, begin = _header(file.path)
    begin = max(begin, start)
    with file.path.open("rb") as stream:
        stream.seek(begin)
        lines = _Lines(stream)
        reader = csv.reader(iter(lines))
        for cells in reader:
            if cells:
                yield reader.line_num, cells, begin + lines.read


def _csv_rows(file: DataFile, start: int) -> Iterator[Row]:
    for line, cells, end in _cells(file, start):
        if len(cells) > len(file.header):
            yield Row(line, None, f"{len(cells)} cells under {len(file.header)} columns.", end)
            continue
        values = {name: cell for name, cell in zip(file.header, cells, strict=False) if cell != ""}
        yield Row(line, _event(values, file.columns) if file.kind == EVENTS else values, "", end)


def _event(values: dict[str, str], columns: dict[str, str]) -> dict[str, Any]:
    event: dict[str, Any] = {name: values[name] for name in _OWN if name in values}
    event["payload"] = {name: value_of(value, columns.get(name)) for name, value in values.items() if name not in _OWN}
    return event


def _columns(file: DataFile) -> dict[str, str]:
    """How each column of a payload is read: as numbers or booleans where every value of the file survives it."""
    left = {name: {NUMBER, BOOLEAN} for name in file.header if name not in _OWN}
    seen: set[str] = set()
    for _, cells, _ in _cells(file, 0):
        for name, cell in zip(file.header, cells, strict=False):
            kinds = left.get(name)
            if kinds and cell != "":
                seen.add(name)
                kinds -= {kind for kind in kinds if isinstance(value_of(cell, kind), str)}
    return {name: min(kinds) for name, kinds in left.items() if kinds and name in seen}


def value_of(text: str, kind: str | None) -> Any:
    """A cell as a value of a kind; the text itself where that would not read back the same."""
    if kind == BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    if kind == NUMBER:
        for type_ in (int, float):
            try:
                number = type_(text)
            except ValueError:
                continue
            if _same(text, number):
                return number
    return text


def _same(text: str, number: float) -> bool:
    """Whether a number is written as its text is. `1.10` is not: it may be a version, and sums take texts too."""
    return str(number) == text and abs(number) < 1 << 53
