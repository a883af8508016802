"""Times as they look in JSON: `2026-04-25T12:00:00Z`, UTC, whole seconds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import overload

from segops_sandbox import clock


@overload
def isoformat(moment: datetime) -> str: ...
@overload
def isoformat(moment: None) -> None: ...
def isoformat(moment: datetime | None) -> str | None:
    """An aware time as the platform writes it; None stays None."""
    return None if moment is None else moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def isoformat_micros(micros: int) -> str:
    """The same for a count of microseconds since 1970."""
    return isoformat(clock.from_micros(micros))
