"""A reply's body, read from the connection that it comes over: blocking, and for asyncio."""

from __future__ import annotations

from typing import Any

from .._wire.http1 import ReplyReader
from .failures import FAILURES, body_failure, raise_as
from .limits import Limits

__all__ = ["AsyncReplyBody", "ReplyBody"]

_ALL = 1 << 62


class _ConnectedBody:
    """What both have in common. Reading one to its end gives its connection back to the pool.

    Args:
        connection: has ``receive(limits)``, ``give_back()`` and ``close()``.
        keep: whether the connection may carry another request.
    """

    __slots__ = ("_broken", "_connection", "_got", "_keep", "_limits", "_reader")

    def __init__(self, connection: Any, reader: ReplyReader, limits: Limits, keep: bool) -> None:
        self._connection = connection
        self._reader = reader
        self._limits = limits
        self._keep = keep
        self._got = 0
        self._broken: Exception | None = None
        if reader.done:
            self._finish()

    @property
    def ended(self) -> bool:
        """Whether all of it has been read: whoever wants the whole need not ask once more."""
        return self._reader.done

    def close(self) -> None:
        """Discards what has not been read, and closes the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _finish(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if self._keep and self._reader.reusable:
                connection.give_back()
            else:
                connection.close()

    def _break(self, error: Exception) -> None:
        """Notes what ended it; that is told once what has come is handed out."""
        self._broken = error
        self.close()

    def _hand_out(self, blocks: list[bytes]) -> bytes:
        if self._reader.done:
            self._finish()
        if not blocks and self._broken is not None:
            reader = self._reader
            failure = body_failure(self._broken, reader.status, self._got, reader.wanted, self._limits)
            raise_as(failure, self._broken)
        block = b"".join(blocks)  # of one, that itself
        self._got += len(block)
        return block


class ReplyBody(_ConnectedBody):
    """A reply's body, blocking."""

    __slots__ = ()

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        connection, reader = self._connection, self._reader
        blocks: list[bytes] = []
        left = amount if amount >= 0 else _ALL
        try:
            while left and not reader.done and connection is not None:
                block = reader.take(left)
                if block:
                    blocks.append(block)
                    left -= len(block)
                elif not reader.done:
                    reader.feed(connection.receive(self._limits))
        except FAILURES as error:
            self._break(error)
        return self._hand_out(blocks)


class AsyncReplyBody(_ConnectedBody):
    """A reply's body, for asyncio."""

    __slots__ = ()

    async def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        connection, reader = self._connection, self._reader
        blocks: list[bytes] = []
        left = amount if amount >= 0 else _ALL
        try:
            while left and not reader.done and connection is not None:
                block = reader.take(left)
                if block:
                    blocks.append(block)
                    left -= len(block)
                elif not reader.done:
                    reader.feed(await connection.receive(self._limits))
        except FAILURES as error:
            self._break(error)
        return self._hand_out(blocks)
