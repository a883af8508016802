"""What the SDK takes from the world and a test must be able to replace: clock, sleep, randomness."""

from __future__ import annotations

import time
from typing import Any, Callable

__all__ = ["Runtime"]


class Runtime:
    """The clock, the sleep and the random source that a client uses.

    Unless given, they are looked up when they are used, so that a test may patch ``time.sleep`` and the like.

    Args:
        now: seconds since the epoch.
        monotonic: seconds of a clock that never goes back.
        sleep: waits so many seconds. For asyncio it may return an awaitable.
        random: a number from 0 to just below 1.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] | None = None,
        monotonic: Callable[[], float] | None = None,
        sleep: Callable[[float], Any] | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        self.now = now if now is not None else _now
        self.monotonic = monotonic if monotonic is not None else _monotonic
        self.sleep = sleep if sleep is not None else _sleep
        self.random = random if random is not None else _random

    async def sleep_async(self, seconds: float) -> None:
        """Waits so many seconds without blocking the event loop, or as ``sleep`` does where that was given."""
        if self.sleep is not _sleep:
            waited: Any = self.sleep(seconds)
            if hasattr(waited, "__await__"):
                await waited
            return
        import asyncio

        await asyncio.sleep(seconds)

    def new_key(self) -> str:
        """A fresh Idempotency-Key: a UUIDv4."""
        import uuid

        return str(uuid.uuid4())


def _now() -> float:
    return time.time()


def _monotonic() -> float:
    return time.monotonic()


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _random() -> float:
    import random

    return random.random()
