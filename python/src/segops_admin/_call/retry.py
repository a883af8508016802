"""When is a call tried again, and after how long? Pure functions: no clock, no sleep."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["LONGEST_WAIT", "delay", "may_repeat", "retry_after", "retryable_status"]

LONGEST_WAIT = 60.0
"""Seconds. A longer Retry-After is not waited for: a monthly quota can mean days."""

_LONGEST_DELAY = 30.0


def retryable_status(status: int) -> bool:
    """Too many requests, and every failure of the server's own."""
    return status == 429 or status >= 500


def may_repeat(method: str, safe: bool, sent: bool) -> bool:
    """Whether a call that got no reply may be sent again.

    Yes if the server cannot have seen it, if it changes nothing, or if doing it twice is the same as once. Not for a
    POST or PATCH that may have been carried out: the server does not honour Idempotency-Key yet.
    """
    return not sent or safe or method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")


def delay(retry: int, random: float) -> float:
    """Seconds before retry number ``retry`` (0 = the first): exponential, capped, up to a quarter less at random."""
    return min(_LONGEST_DELAY, 2.0 ** min(retry, 10)) * (1 - random / 4)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that a reply asks to wait, or None if it does not say so readably.

    Args:
        headers: the reply's headers. ``Retry-After`` is whole seconds or an HTTP date.
        now: the present, in seconds since the epoch; a date is measured from it.
    """
    value = headers.get("Retry-After")
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 12 else float("inf")
    from datetime import timezone
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # the oldest of the three forms (asctime) names no zone: HTTP means UTC
            moment = moment.replace(tzinfo=timezone.utc)
        return max(0.0, moment.timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
