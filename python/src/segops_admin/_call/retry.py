"""Which calls are retried, and after how long. Pure functions: no clock, no sleep."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["LONGEST_WAIT", "delay", "may_repeat", "retry_after", "retryable_status"]

LONGEST_WAIT = 60.0
"""Seconds. A longer Retry-After is not waited for: a monthly quota can mean days."""

_LONGEST_DELAY = 30.0
_MOST = 2.0**53 - 1  # seconds that are told of; more digits than that would be made up


def retryable_status(status: int) -> bool:
    """Too many requests, and every failure of the server's own."""
    return status == 429 or status >= 500


def may_repeat(method: str, safe: bool, sent: bool) -> bool:
    """Whether a call that got no reply may be sent again.

    Yes if the server cannot have seen it, if it changes nothing, or if doing it twice is the same as once. Not for a
    POST or PATCH that may have been executed: the server does not honour Idempotency-Key yet.
    """
    return not sent or safe or method in ("PUT", "DELETE")


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
    value = value.strip(" \t")
    if value.isascii() and value.isdigit():
        return min(float(value), _MOST)
    moment = _http_date(value, now)
    return None if moment is None else max(0.0, moment - now)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_FORMS = (
    rf"{_DAY}, (?P<day>\d\d) (?P<month>[A-Za-z]{{3}}) (?P<year>\d{{4}}) {_CLOCK} GMT",
    rf"{_LONG_DAY}, (?P<day>\d\d)-(?P<month>[A-Za-z]{{3}})-(?P<year>\d\d) {_CLOCK} GMT",
    rf"{_DAY} (?P<month>[A-Za-z]{{3}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})",
)


def _http_date(text: str, now: float) -> float | None:
    """A date in one of HTTP's three forms (RFC 9110, 5.6.7) as seconds since the epoch, or None if it is not one."""
    import re
    from datetime import datetime, timezone

    found = next(filter(None, (re.fullmatch(form, text, re.ASCII) for form in _FORMS)), None)
    if found is None or found["month"] not in _MONTHS:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:  # of this century, unless that is more than 50 years ahead
        this_year = datetime.fromtimestamp(now, timezone.utc).year
        year += this_year - this_year % 100
        year -= 100 if year > this_year + 50 else 0
    month = _MONTHS.index(found["month"]) + 1
    clock = int(found["hour"]), int(found["minute"]), int(found["second"])
    try:
        return datetime(year, month, int(found["day"]), *clock, tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None
