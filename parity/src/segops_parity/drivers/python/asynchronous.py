"""The same commands, carried out with the client for asyncio on an event loop that runs all the while."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

from segops_admin import AsyncSegOpsAdmin
from segops_parity.drivers.python.session import Session

__all__ = ["AsyncSession"]


class AsyncSession(Session):
    """A session of asynchronous clients.

    Their loop has a thread of its own: between two commands it goes on seeing what comes over kept connections, as in
    a program that does other things meanwhile.
    """

    client_class = AsyncSegOpsAdmin

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop", daemon=True)
        self._thread.start()

    def settled(self, value: Any) -> Any:
        """The value of a coroutine, an iterator over an asynchronous generator, anything else as it is."""
        if inspect.isasyncgen(value):
            return _Walk(value, self)
        if inspect.isawaitable(value):
            return asyncio.run_coroutine_threadsafe(_awaited(value), self._loop).result()
        return value

    def transport(self, name: str) -> Any:
        """None: the SDK's own transport."""
        if name != "default":
            raise LookupError(f"expected the transport default, found {name!r}")
        return None

    def _do_bye(self, command: dict[str, Any]) -> dict[str, Any]:
        answer = super()._do_bye(command)
        self.settled(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        return answer


class _Walk(Iterator[Any]):
    """An asynchronous generator, item by item."""

    def __init__(self, items: AsyncIterator[Any], session: AsyncSession) -> None:
        self._items = items
        self._session = session

    def __next__(self) -> Any:
        try:
            return self._session.settled(anext(self._items))
        except StopAsyncIteration:
            raise StopIteration from None


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value
