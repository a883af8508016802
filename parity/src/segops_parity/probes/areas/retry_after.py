"""``Retry-After``: seconds, dates in three forms, and all that looks like either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from segops_parity.cases import NOW
from segops_parity.probes.kinds import LARGEST_SAFE, PRINTABLE
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES = ("GMT", "GMT", "GMT", "UTC", "Z", "EST", "+0000", "-0000", "+0100", "gmt", "", "GMT+1", "CEST")
_ODD = (
    *(
        "",
        "0",
        "1",
        "60",
        "61",
        "-1",
        "-5",
        "+5",
        "5.5",
        "5,5",
        "05",
        " 7 ",
        "1e1",
        "0x10",
        "٣",
        "²",
        "60.0",
        "1 2",
        "3, 4",
        "soon",
    ),
    *(
        "99999999999",
        "999999999999",
        "9" * 40,
        "9" * 5000,
        "2026-05-01T12:00:05Z",
        "1777636805",
        "5;q=1",
        "NaN",
        "Infinity",
    ),
)
_LONGEST = 60


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Replies that ask to wait, then one that succeeds."""
    seconds = st.one_of(
        st.integers(-5, 70),
        st.integers(-5, 70),
        st.integers(-(10**6), 10**9),
        st.sampled_from([10**9 + 5, -(60 * 365 * 86400), 49 * 365 * 86400 + 10**7, 51 * 365 * 86400]),
    )
    values = st.one_of(
        st.sampled_from(_ODD),
        st.integers(0, 70).map(str),
        st.text(st.sampled_from("0123456789.+-, eE" + PRINTABLE), max_size=5),
        st.tuples(seconds, st.sampled_from(sorted(_FORMS)), st.sampled_from(_ZONES), st.integers(0, 30)).map(
            lambda drawn: _date(*drawn)
        ),
        st.tuples(seconds, st.sampled_from(sorted(_FORMS))).map(lambda drawn: _date(*drawn, "GMT", 99)),
    )
    return st.tuples(values, st.sampled_from([429, 500, 503, 599]), st.sampled_from([0.0, 0.5])).map(
        lambda drawn: _probe(*drawn)
    )


_FORMS = {
    "imf": "{day}, {date:02} {month} {year:04} {clock} {zone}",
    "rfc850": "{long_day}, {date:02}-{month}-{short_year:02} {clock} {zone}",
    "asctime": "{day} {month} {date:2} {clock} {year:04}",
}


def _date(seconds: int, form: str, zone: str, spoil: int) -> str:
    """A date so far from now; a small `spoil` breaks it in one way."""
    when = datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=seconds)
    parts: dict[str, Any] = {
        "day": _DAYS[when.weekday()],
        "long_day": _LONG_DAYS[when.weekday()],
        "date": when.day,
        "month": _MONTHS[when.month - 1],
        "year": when.year,
        "short_year": when.year % 100,
        "clock": when.strftime("%H:%M:%S"),
        "zone": zone,
    }
    spoiled: dict[str, Any] = {
        0: {"day": "Xxx", "long_day": "Xxxday"},
        1: {"day": _DAYS[when.weekday() - 1], "long_day": _LONG_DAYS[when.weekday() - 1]},
        2: {"month": parts["month"].upper()},
        3: {"month": "Mai"},
        4: {"clock": when.strftime("%H:%M")},
        5: {"clock": "24:00:00"},
        6: {"clock": "12:00:60"},
        7: {"date": 31, "month": "Feb"},
        8: {"date": 0},
        9: {"day": parts["day"].lower(), "long_day": parts["long_day"].lower()},
        10: {"clock": when.strftime("%H:%M:%S.5")},
    }.get(spoil, {})
    shown = _FORMS[form].format(**{**parts, **spoiled})
    if spoil == 11:
        shown = shown.replace(" ", "  ", 1)
    if spoil == 12:
        shown = shown.partition(", ")[2] or shown
    return shown.strip() if spoil != 13 else shown + " (comment)"


def _probe(value: str, status: int, random: float) -> Probe:
    value = value.strip()
    step = {
        "op": "http.request",
        "args": ["GET", "/anything/"],
        "replies": [{"status": status, "headers": {"Retry-After": _latin(value)}}, {"json": 1}],
    }
    asked = seconds_asked(_latin(value))
    usual = 1 - random / 4
    if asked is not None and asked > _LONGEST:
        kind = "SegOpsRateLimitError" if status == 429 else "SegOpsServerError"
        wanted: dict[str, Any] = {"delays": [], "kind": kind}
    else:
        wanted = {"delays": [usual if asked is None else asked], "kind": None}
    return client("retry-after", step, wanted=wanted, options={"random": random} if random else None)


def _latin(value: str) -> str:
    return value.encode("utf-8").decode("latin-1")


_IMF = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_RFC850 = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-(\w{3})-(\d\d) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)
_ASCTIME = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})", re.ASCII)


def seconds_asked(value: str) -> float | None:
    """The seconds that a Retry-After asks for, by RFC 9110, or None if it is not one."""
    if re.fullmatch(r"[0-9]+", value):
        return min(float(value), float(LARGEST_SAFE))
    if found := _IMF.fullmatch(value):
        day, month, year, *clock = found.groups()
    elif found := _RFC850.fullmatch(value):
        day, month, year, *clock = found.groups()
        this_year = datetime.fromtimestamp(NOW, timezone.utc).year
        near = this_year - this_year % 100 + int(year)
        year = str(near - 100 if near > this_year + 50 else near)
    elif found := _ASCTIME.fullmatch(value):
        month, day, *clock, year = found.groups()
    else:
        return None
    if month not in _MONTHS:
        return None
    hour, minute, second = map(int, clock)
    try:
        when = datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    return max(0.0, when.timestamp() - NOW)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd value, and each way to spoil a date in each form."""
    for value in _ODD:
        yield _probe(value, 429, 0.0)
    for form in _FORMS:
        for spoil in range(15):
            yield _probe(_date(7, form, "GMT", spoil), 503, 0.0)
        for zone in dict.fromkeys(_ZONES):
            yield _probe(_date(7, form, zone, 99), 429, 0.5)
    for status in (408, 409, 425, 429, 500, 501, 502, 503, 504, 505, 507, 599):
        replies = [{"status": status, "headers": {"Retry-After": "7"}}, {"json": 1}]
        yield client("retry-after", {"op": "http.request", "args": ["GET", "/anything/"], "replies": replies})
