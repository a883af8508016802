"""The same commands, carried out with the client for asyncio on an event loop that runs all the while."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any

from segops_admin import AsyncHTTPTransport, AsyncSegOpsAdmin
from segops_parity.drivers.python.session import Left, Session
from segops_parity.drivers.python.values import Given
from segops_parity.drivers.python.waiting import Aborted, clock, idle

__all__ = ["AsyncSession"]


class AsyncSession(Session):
    """A session of asynchronous clients.

    Their loop has a thread of its own: between two commands it keeps seeing what comes over kept connections, as in
    a program that does other things meanwhile.
    """

    client_class = AsyncSegOpsAdmin
    is_caller = False
    is_async = True
    pool_class = AsyncHTTPTransport

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop", daemon=True)
        self._thread.start()
        clock.loop = self._loop

    def settled(self, value: Any) -> Any:
        """The value of a coroutine, an iterator over an asynchronous generator, anything else as it is."""
        if inspect.isasyncgen(value):
            return _Walk(value, self)
        if not inspect.isawaitable(value):
            return value
        running = _Running(value, self._loop)
        try:
            return running.result()
        except Aborted:
            running.cancel()
            return running.result()

    def _begin(self, name: str, call: Callable[[], Any], given: Given) -> dict[str, Any]:
        reply = super()._begin(name, call, given)
        self._settle()
        return reply

    def _do_later(self, command: dict[str, Any]) -> dict[str, Any]:
        reply = super()._do_later(command)
        self._settle()
        return reply

    def _settle(self) -> None:
        """Lets the loop do whatever it has to do."""
        settled = threading.Event()
        idle(self._loop, settled.set)
        settled.wait()

    def block(self, client: Any, leave: str = "") -> Any:
        """As that of the blocking client."""

        async def entered() -> bool:
            async with client as within:
                if leave == "throw":
                    raise Left
                return within is client

        return entered()

    def left(self) -> list[str]:
        """As that of the blocking clients, and timers of the event loop that would still ring."""
        timers: list[asyncio.TimerHandle] = getattr(self._loop, "_scheduled", [])
        return [*super().left(), *("timer" for timer in list(timers) if not timer.cancelled())]

    def transport(self, name: str, adapter: str) -> Any:
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

    def __init__(self, items: AsyncGenerator[Any, Any], session: AsyncSession) -> None:
        self._items = items
        self._session = session

    def __iter__(self) -> Iterator[Any]:
        """As ``async for`` begins."""
        begun: Any = aiter(self._items)
        return _Walk(begun, self._session)

    def __next__(self) -> Any:
        try:
            return self._session.settled(anext(self._items))
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self) -> None:
        """As that of a generator."""
        self._session.settled(self._items.aclose())

    def throw(self, error: BaseException) -> None:
        """As that of a generator."""
        self._session.settled(self._items.athrow(error))


class _Running:
    """A coroutine on the event loop of another thread. Cancelled, it ends when it has closed what it has to."""

    def __init__(self, value: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> None:
        self._value = value
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._future: Future[Any] = Future()
        loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._carry_out())

    async def _carry_out(self) -> None:
        try:
            self._future.set_result(await self._value)
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
            self._future.set_exception(error)

    def cancel(self) -> None:
        """Cancels it once the loop has nothing else to do."""
        idle(self._loop, lambda: self._task is not None and self._task.cancel())

    def result(self) -> Any:
        """Its result."""
        return self._future.result()
