"""The clock: the one source of time for everything the sandbox stores or answers.

The clock is the machine's until it is frozen; a frozen clock stands still until it is set or advanced,
so that two runs that do the same give the same answers.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_lock = threading.Lock()
_frozen: datetime | None = None


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _frozen or datetime.now(timezone.utc)


def now_micros() -> int:
    """The current time in microseconds since 1970, the unit of `Event.occurred_at`."""
    return to_micros(now())


def to_micros(moment: datetime) -> int:
    """An aware time in microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The aware UTC time of a count of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """The first moment of the month that a time is in, and of the next month."""
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(days=32)).replace(day=1)


def is_frozen() -> bool:
    """Whether time stands still."""
    return _frozen is not None


def freeze(moment: datetime | None) -> None:
    """Stand still at an aware time; None lets time run again."""
    global _frozen
    with _lock:
        _frozen = None if moment is None else moment.astimezone(timezone.utc)


def advance(seconds: float) -> datetime:
    """Move a frozen clock by so many seconds and return the new time.

    Raises ValueError when the clock is not frozen: the machine's clock is not ours to move.
    """
    global _frozen
    with _lock:
        if _frozen is None:
            raise ValueError("The clock is not frozen: start with --now, or set a time first.")
        try:
            _frozen += timedelta(seconds=seconds)
        except OverflowError:
            raise ValueError("That is outside the years 1 to 9999.") from None
        return _frozen
