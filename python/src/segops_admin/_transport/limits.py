"""How long an exchange may take: each step of it, and all of it."""

from __future__ import annotations

import time

from .._errors import SegOpsTimeoutError
from .protocol import Request

__all__ = ["Limits"]


class Limits:
    """The timeout of one request and what is left of its call's deadline.

    Attributes:
        timeout: seconds that one step may take.
        end: when the deadline has passed, by the monotonic clock, or None.
    """

    __slots__ = ("end", "timeout")

    def __init__(self, request: Request) -> None:
        self.timeout = request.timeout
        self.end = None if request.deadline is None else time.monotonic() + request.deadline

    def step(self) -> float:
        """Seconds that the next step may take: the timeout, or what is left if that is less.

        Raises:
            SegOpsTimeoutError: nothing is left.
        """
        if self.end is None:
            return self.timeout
        left = self.end - time.monotonic()
        if left <= 0:
            raise SegOpsTimeoutError("the deadline has passed", transient=False)
        return min(self.timeout, left)

    def left(self) -> float | None:
        """Seconds that are left of the deadline, or None."""
        return None if self.end is None else self.end - time.monotonic()

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.end is not None and time.monotonic() >= self.end
