"""Rows in JSON Lines: one JSON object a line, sent in batches, never all in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from . import files
from .failures import UsageError
from .parsing import PROGRAM
from .shapes import ARRAY

if TYPE_CHECKING:
    from .progress import Progress

__all__ = ["JsonLines", "read_rows", "upsert"]

ROWS = 1000
_MOST_BYTES = 32 << 20
_BLOCK = 1 << 20


class JsonLines:
    """A file of JSON objects, one a line, each of which has been looked at.

    Raises:
        UsageError: a line is none; the message says which.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        try:
            for _ in self._rows():
                pass
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _rows(self) -> Iterator[tuple[int, int, Any]]:
        """Each object, the number of its line, and its size in bytes."""
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                where = f"line {number} of {self._name}"
                row = files.json_object(text, where)
                if "sku" not in row:
                    raise UsageError(f"{where} has no sku.", "Give JSON Lines, or a JSON array of objects.")
                yield number, len(text), row

    def batches(self, rows: int) -> Iterator[tuple[int, list[Any]]]:
        """Batches of so many objects, each with the number of the line that follows it."""
        batch: list[Any] = []
        size = last = 0
        for number, length, row in self._rows():
            if batch and (len(batch) >= rows or size + length > _MOST_BYTES):
                yield number, batch
                batch, size = [], 0
            batch.append(row)
            size += length
            last = number
        if batch:
            yield last + 1, batch


def read_rows(source: str) -> Any:
    """The rows in a file, on standard input or in ``source`` itself: a JSON array, or, from a file, JSON Lines."""
    if source.lstrip()[:1] in ("{", "["):
        return files.read_json(source, ARRAY)
    file = files.open_binary(source)
    name = "standard input" if source == "-" else repr(source)
    if source == "-":
        file = _copied(file)
    start = file.read(_BLOCK).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    if start[:1] == b"{":
        return JsonLines(file, name)
    with file:
        return files.parsed(file.read(), name, ARRAY)


def _copied(stream: IO[bytes]) -> IO[bytes]:
    import shutil
    import tempfile

    copy = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the rows
    shutil.copyfileobj(stream, copy, _BLOCK)
    copy.seek(0)
    return copy


def upsert(method: Any, lines: JsonLines, rows: int, source: str, progress: Progress) -> dict[str, Any]:
    """Sends all batches and adds up their results; an error that ends it early says how to resume."""
    if not 1 <= rows <= 100_000:
        raise UsageError("--rows must be from 1 to 100000.")
    found: dict[str, Any] = {"created": 0, "updated": 0, "errors": []}
    done, following = 0, 1
    try:
        for after, batch in lines.batches(rows):
            answer = method(batch)
            for key in ("created", "updated"):
                found[key] += answer.get(key) or 0
            found["errors"] += [{**error, "index": error["index"] + done} for error in answer.get("errors") or ()]
            done, following = done + len(batch), after
            progress.count(done, "rows")
    except BaseException as error:
        if done:
            import shlex

            rest = f"tail -n +{following} {shlex.quote(source)} | {PROGRAM} products bulk-upsert -"
            how = "" if source == "-" else f" To go on with the others: {rest}"
            error.resume = f"The first {done} rows were sent.{how}"  # type: ignore[attr-defined]
        raise
    return found
