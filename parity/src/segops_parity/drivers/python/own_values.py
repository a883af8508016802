"""Values that only Python has, as arguments of cases: ``{"$own": NAME}`` stands for one."""

from __future__ import annotations

import datetime
import decimal
import enum
import errno
import io
import os
import types
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

__all__ = ["own_value"]


class _Kind(enum.Enum):
    DAILY = "daily"
    SEVEN = 7


class _TextKind(str, enum.Enum):
    DAILY = "daily"


class _Text(str):
    """Text that shows itself as something else."""

    def __str__(self) -> str:
        return "another"

    __repr__ = __str__


class _Index:
    """A whole number of another kind, such as numpy's."""

    def __index__(self) -> int:
        return 42


class _Frame:
    """What looks like a table of columns, and is iterated by their names."""

    columns = ("sku",)

    def __iter__(self) -> Any:
        return iter(self.columns)


class _BytesPath:
    """A path that is written in bytes."""

    def __fspath__(self) -> bytes:
        return b"a"


class _Unseekable(io.RawIOBase):
    """A stream without a place, which breaks when it is read."""

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise OSError("broken")


def _circle() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _named(file: Any, name: Any) -> Any:
    file.name = name
    return file


def _closed() -> Any:
    file = io.BytesIO(b"a")
    file.close()
    return file


_BEHIND = datetime.timezone(datetime.timedelta(hours=-1))
_AHEAD = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class _Told(io.BytesIO):
    """A file that has five bytes less than it says, or cannot be read though it says how many it has."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__(b"sku\n1\n")
        self._error = error

    def seek(self, offset: int, whence: int = 0) -> int:
        return super().seek(offset, whence) + (5 if whence == io.SEEK_END and self._error is None else 0)

    def read(self, size: int | None = -1) -> bytes:
        if self._error is not None:
            raise self._error
        return super().read(size)


class _Onwards:
    """What can only be read, and says nothing of itself."""

    def __init__(self) -> None:
        self.read = io.BytesIO(b"sku\n1\n").read


class _Blocks:
    """Blocks that come one after the other, as asyncio gives them."""

    def __init__(self, *blocks: bytes) -> None:
        self._blocks = blocks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for block in self._blocks:
            yield block


def _failing_observer(attempt: Any) -> None:
    """An observer of attempts that cannot write its own log."""
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/nowhere/log")


_VALUES: dict[str, Callable[[], Any]] = {
    "blocks": lambda: io.BytesIO(b"sku\n1\n2\n"),
    "blocks-of-too-many": lambda: io.BytesIO(b"sku\n" + b"1\n" * 100_001),
    "bytes": lambda: b"a",
    "bytes-path": _BytesPath,
    "circle": _circle,
    "class": lambda: dict,
    "closed-file": _closed,
    "date": lambda: datetime.date(2026, 4, 25),
    "decimal": lambda: decimal.Decimal("1.50"),
    "decimal-infinity": lambda: decimal.Decimal("Infinity"),
    "enum-key": lambda: {_Kind.DAILY: 1},
    "enum-number": lambda: _Kind.SEVEN,
    "enum-text": lambda: _Kind.DAILY,
    "failing-observer": lambda: _failing_observer,
    "file-descriptor": lambda: _named(io.BytesIO(b"a"), 5),
    "file-in-memory": lambda: _named(io.BytesIO(b"a"), "<fdopen>"),
    "file-named": lambda: _named(io.BytesIO(b"a"), "/x/own.csv"),
    "file-that-breaks": _Unseekable,
    "file-that-fails": lambda: _Told(OSError(5, "Input/output error")),
    "file-that-is-shorter": _Told,
    "file-that-was-closed": lambda: _Told(ValueError("read of closed file")),
    "file-without-words": _Onwards,
    "frame": _Frame,
    "function": lambda: len,
    "generator": lambda: ({"sku": name} for name in ("a", "b")),
    "huge": lambda: 10**400,
    "huge-below": lambda: -(10**400),
    "half-a-character": lambda: "a\ud800.csv",
    "index": _Index,
    "large": lambda: 2**60,
    "lost": lambda: 2.0**60,
    "mapping": lambda: types.MappingProxyType({"a": 1}),
    "naive": lambda: datetime.datetime(2026, 4, 25, 12, 0),  # noqa: DTZ001 -- what it is about
    "numbers-as-names": lambda: {1: 2},
    "object": object,
    "out-of-range": lambda: datetime.datetime.max.replace(tzinfo=_BEHIND),
    "set": lambda: {1},
    "text": lambda: _Text("own"),
    "text-enum": lambda: _TextKind.DAILY,
    "text-file": lambda: io.StringIO("a"),
    "tuple": lambda: (1, None, "b"),
    "tuple-of-rows": lambda: ({"sku": "a"},),
    "uuid": lambda: uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "whole-float": lambda: 3.0,
    "x": type("x", (), {}),
    "zoned": lambda: datetime.datetime(2026, 4, 25, 12, 0, tzinfo=_AHEAD),
}


_OF_ASYNCIO: dict[str, Callable[[], Any]] = {
    "blocks": lambda: _Blocks(b"sku\n", b"", b"1\n", b"2\n"),
    "blocks-of-too-many": lambda: _Blocks(b"sku\n", *[b"1\n" * 1000] * 100, b"1\n"),
}


def own_value(name: str, *, is_async: bool) -> Any:
    """The value of that name, made again; where the client is one for asyncio, what only that takes."""
    return (_OF_ASYNCIO.get(name, _VALUES[name]) if is_async else _VALUES[name])()
