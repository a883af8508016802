"""What does the SDK take from the world that a test must be able to replace? Clock, sleep, randomness."""

from __future__ import annotations

import random
import time
from typing import Callable

__all__ = ["Runtime"]


class Runtime:
    """The clock, the sleep and the random source that a client uses."""

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.now = now
        self.monotonic = monotonic
        self.sleep = sleep
        self.random = random

    def new_key(self) -> str:
        """A fresh Idempotency-Key: a UUIDv4."""
        import uuid

        return str(uuid.uuid4())
