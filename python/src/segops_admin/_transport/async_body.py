"""A reply's body, read for asyncio from the connection that it comes over."""

from __future__ import annotations

from typing import Protocol

from .._wire.http1 import ReplyReader
from .failures import FAILURES, body_failure, raise_as
from .limits import Limits

__all__ = ["ConnectionBody"]


class _Connection(Protocol):
    """What a body asks of its connection."""

    async def receive(self, limits: Limits) -> bytes: ...

    def give_back(self) -> None: ...

    def close(self) -> None: ...


class ConnectionBody:
    """A reply's body. Reading it to the end gives the connection back to the pool."""

    __slots__ = ("_broken", "_connection", "_got", "_keep", "_limits", "_reader")

    def __init__(self, connection: _Connection, reader: ReplyReader, limits: Limits, keep: bool) -> None:
        self._connection: _Connection | None = connection
        self._reader = reader
        self._limits = limits
        self._keep = keep
        self._got = 0
        self._broken: Exception | None = None
        self._finish()

    async def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        connection, reader = self._connection, self._reader
        blocks: list[bytes] = []
        left = amount if amount >= 0 else 1 << 62
        try:
            while left and not reader.done and connection is not None:
                block = reader.take(left)
                if block:
                    blocks.append(block)
                    left -= len(block)
                elif not reader.done:
                    reader.feed(await connection.receive(self._limits))
        except FAILURES as error:  # told below, once what has come is handed out
            self._broken = error
            self.close()
        except BaseException:
            self.close()
            raise
        self._got += sum(map(len, blocks))
        if not blocks and self._broken is not None:
            raise_as(body_failure(self._broken, reader.status, self._got, reader.wanted, self._limits), self._broken)
        self._finish()
        return b"".join(blocks)

    def close(self) -> None:
        """Gives up what has not been read, and the connection with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _finish(self) -> None:
        if not self._reader.done:
            return
        connection, self._connection = self._connection, None
        if connection is not None:
            if self._keep and self._reader.reusable:
                connection.give_back()
            else:
                connection.close()
