"""Results on standard output, in the form that ``--output``, ``--columns`` and ``--select`` ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import output
from .failures import UsageError
from .suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .parsing import Invocation
    from .shapes import Command

__all__ = ["Results"]


class Results:
    """Prints answers as a command line wants them.

    Attributes:
        wanted: ``json``, ``jsonl``, ``table`` or ``csv``.
    """

    def __init__(self, command: Command, line: Invocation) -> None:
        """
        Raises:
            UsageError: a column is a slip of the keyboard, or ``--select`` is no expression.
        """
        options = line.options
        self.wanted: str = options.get("output") or ("jsonl" if options.get("all") else "json")
        self._command = command
        self._compact = "compact" in options
        self._spreadsheet = "spreadsheet" in options
        if self._spreadsheet and self.wanted != "csv":
            raise UsageError("--spreadsheet needs --output=csv.")
        self._columns = _columns(options["columns"]) if "columns" in options else []
        self._select = self._selector(options.get("select"))
        if self._select is None and self._columns:
            self._check_columns()
        self._seen: set[str] = set()

    @staticmethod
    def _selector(expression: str | None) -> Callable[[Any], Any] | None:
        if expression is None:
            return None
        from .selecting import selector

        return selector(expression)

    def _check_columns(self) -> None:
        known = _known_keys(self._command)
        for column in self._columns:
            first = column.partition(".")[0]
            meant = nearest(first, known, same="_") if first not in known else ""
            if meant:
                raise UsageError(f"{self._command.name}: there is no column {first!r}.", f"Did you mean {meant}?")

    def one(self, value: Any) -> None:
        """Prints an answer."""
        if self._select is not None:
            value = self._select(value)
        if self.wanted == "json":
            output.write_json(self._picked(value) if self._columns else value, compact=self._compact)
        elif self.wanted == "jsonl":
            for row in _rows(value):
                output.write_line(self._picked_row(row))
        elif isinstance(value, dict) and not _is_listing(value):
            self._record(value)
        else:
            self._listing(_rows(value))
        self._tell_unseen()

    def line(self, answer: Any) -> None:
        """Prints an answer on a line of JSON."""
        value = self._select(answer) if self._select is not None else answer
        output.write_line(self._picked(value) if self._columns else value)

    def each(self, items: Iterable[Any]) -> None:
        """Prints items that come without an end: ``--select`` picks from each of them."""
        if self._select is None or self.wanted != "jsonl":
            self.many(items, lambda: None)
            return
        for item in items:
            self.line(item)

    def many(self, items: Iterable[Any], count: Callable[[], None]) -> None:
        """Prints the items of a listing, each as it comes where the form allows that.

        Args:
            count: called after each item.
        """
        if self._select is not None:
            self.one([item for item, _ in _counted(items, count)])
            return
        if self.wanted == "jsonl":
            for item, _ in _counted(items, count):
                output.write_line(self._picked_row(item))
        elif self.wanted == "json" and self._compact:
            self.one([item for item, _ in _counted(items, count)])
        elif self.wanted == "json":
            self._array(_counted(items, count))
        else:
            self._listing(item for item, _ in _counted(items, count))
        self._tell_unseen()

    def _array(self, items: Iterator[tuple[Any, int]]) -> None:
        """One JSON array, written as its items come."""
        number = 0
        for item, number in items:
            text = output.json_text(self._picked_row(item), indent=2).replace("\n", "\n  ")
            output.write_text(("[\n  " if number == 1 else ",\n  ") + text)
        output.write_text("\n]\n" if number else "[]\n")

    def _picked(self, value: Any) -> Any:
        if isinstance(value, dict) and not _is_listing(value):
            return self._picked_row(value)
        return [self._picked_row(row) for row in _rows(value)]

    def _picked_row(self, row: Any) -> Any:
        return {column: self._at(row, column) for column in self._columns} if self._columns else row

    def _at(self, row: Any, column: str) -> Any:
        """What a row has in a column: a key of its own, or a path into what it holds."""
        if isinstance(row, dict) and column in row:
            self._seen.add(column)
            return row[column]
        value = row
        for part in column.split("."):
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        self._seen.add(column)
        return value

    def _record(self, record: dict[str, Any]) -> None:
        """One record: a table of its keys, or a CSV file of one row."""
        if self.wanted == "csv":
            self._listing([record])
            return
        from .tables import record_table

        names = self._columns or list(record)
        output.write_text(record_table([(name, self._at(record, name)) for name in names]))

    def _listing(self, rows: Iterable[Any]) -> None:
        if self.wanted == "csv":
            from .csv_text import csv_lines

            lines = csv_lines(self._cells(rows, every=True), spreadsheet=self._spreadsheet)
            for text in lines:
                output.write_csv(text)
            return
        from .tables import table

        output.write_text(table(self._cells(rows, every=False), fit=not self._columns))

    def _cells(self, rows: Iterable[Any], *, every: bool) -> Iterator[list[Any]]:
        """The names of the columns, then each row's values.

        Without ``--columns`` all rows are held: which columns there are, the last one may tell.

        Args:
            every: whether all keys are columns; otherwise those that the contract puts first.
        """
        if self._columns:
            yield list(self._columns)
            for row in rows:
                yield [self._at(row, column) for column in self._columns]
            return
        held = [row if isinstance(row, dict) else {"value": row} for row in rows]
        names = self._names(held, every=every)
        if names:
            yield list(names)
        for row in held:
            yield [row.get(name) for name in names]

    def _names(self, rows: list[dict[str, Any]], *, every: bool) -> list[str]:
        from .columns import COLUMNS

        found = [*dict.fromkeys(key for row in rows for key in row)]
        first = [] if self._select is not None else COLUMNS.get(self._command.name, "").split()
        if every:
            return found or ([] if self._select is not None else _known_keys(self._command))
        plain = [name for name in found if not any(isinstance(row.get(name), (dict, list)) for row in rows)]
        return [name for name in first if name in plain] or plain or found or first

    def _tell_unseen(self) -> None:
        for column in self._columns:
            if column not in self._seen:
                output.say(f"note: no record has the column {column!r}.")


def _known_keys(command: Command) -> list[str]:
    """The keys of the command's records, as the contract has them."""
    from .columns import COLUMNS, OTHER_KEYS

    return f"{COLUMNS.get(command.name, '')} {OTHER_KEYS.get(command.name, '')}".split()


def _counted(items: Iterable[Any], count: Callable[[], None]) -> Iterator[tuple[Any, int]]:
    for number, item in enumerate(items, 1):
        yield item, number
        count()


def _is_listing(value: dict[str, Any]) -> bool:
    return isinstance(value.get("results"), list)


def _rows(value: Any) -> list[Any]:
    """What is one row each: the items of a list or of a page, or the answer itself."""
    if isinstance(value, dict) and _is_listing(value):
        rows: list[Any] = value["results"]
        return rows
    return value if isinstance(value, list) else [value]


def _columns(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise UsageError(f"--columns {text!r} must be names with commas between them, such as id,name.")
    return [*dict.fromkeys(names)]
