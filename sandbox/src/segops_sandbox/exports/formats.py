"""Members as a file. Two columns, `user_id` and `computed_at`, as CSV or as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from segops_sandbox import extras
from segops_sandbox.timestamps import isoformat

COLUMNS: Final = ("user_id", "computed_at")
CSV, PARQUET = "csv", "parquet"
_BATCH: Final = 10_000

Row = tuple[str, datetime]


def check(kind: str) -> None:
    """Raise MissingExtra for a format that can't be written here."""
    if kind == PARQUET:
        extras.PARQUET.need()


@dataclass(frozen=True)
class Format:
    """How a format is served."""

    content_type: str
    suffix: str


FORMATS: Final = {
    CSV: Format("text/csv; charset=utf-8", "csv"),
    PARQUET: Format("application/vnd.apache.parquet", "parquet"),
}


def write(kind: str, rows: Iterable[Row]) -> bytes:
    """The file of a format."""
    return _csv(rows) if kind == CSV else _parquet(rows)


def _csv(rows: Iterable[Row]) -> bytes:
    """UTF-8, lines end in CRLF as RFC 4180 has it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows((user_id, isoformat(computed_at)) for user_id, computed_at in rows)
    return text.getvalue().encode()


def _parquet(rows: Iterable[Row]) -> bytes:
    """A text and a time in UTC, Snappy-compressed."""
    # Loading the library takes longer than the rest of the server's start, and few sessions export.
    import pyarrow
    from pyarrow import parquet

    types = (pyarrow.string(), pyarrow.timestamp("us", tz="UTC"))
    fields = [pyarrow.field(name, kind, nullable=False) for name, kind in zip(COLUMNS, types, strict=True)]
    schema = pyarrow.schema(fields)
    sink = io.BytesIO()
    with parquet.ParquetWriter(sink, schema, compression="snappy") as writer:
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                writer.write_table(_table(pyarrow, schema, batch))
                batch = []
        writer.write_table(_table(pyarrow, schema, batch))
    return sink.getvalue()


def _table(pyarrow, schema, rows: list[Row]):  # type: ignore[no-untyped-def]  # the library brings no types
    return pyarrow.table([list(column) for column in zip(*rows, strict=True)] or [[], []], schema=schema)
