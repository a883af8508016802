"""The steps that a call asks its driver to take. A course yields them, and receives their results or errors.

A ``Request`` is a step as well: send it; the answer is a response whose head is in.
"""

from __future__ import annotations

from typing import Any, Callable

__all__ = ["Ask", "Look", "Read", "Sleep", "Work"]


class Read:
    """Read on in a reply's body, ``amount`` bytes at most; the answer is what came, nothing at its end."""

    __slots__ = ("amount", "body")

    def __init__(self, body: Any, amount: int) -> None:
        self.body = body
        self.amount = amount


class Sleep:
    """Wait so many seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Look:
    """Make a call about a job, within so many seconds; the answer is what it returns, such as the job's progress."""

    __slots__ = ("call", "within")

    def __init__(self, call: Callable[[float], Any], within: float) -> None:
        self.call = call
        self.within = within


class Ask:
    """Make a call of the client that the course belongs to; the answer is its value."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class Work:
    """Do something that takes long without the network, where it holds nobody up; the answer is its value."""

    __slots__ = ("do",)

    def __init__(self, do: Callable[[], Any]) -> None:
        self.do = do
