"""``segops-admin doctor``: which key, which server, whether it answers, how fast, and what time it has."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._errors import SegOpsApiError, SegOpsAuthenticationError, SegOpsError, SegOpsPermissionError
from .._transport.proxies import proxy_for
from .._version import __version__
from .settings import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._client import SegOpsAdmin
    from .._transport.protocol import Request, Response, Transport
    from .profiles import Profile

__all__ = ["Watched", "examine"]

_PROBES = 5

_SKEW = 300
"""Seconds from which on clocks are said to differ: signatures of webhooks are accepted within five minutes."""

_TICK = 1.1
"""Seconds after which a clock that runs shows another time: the Date header tells whole seconds."""


class Watched:
    """A transport that remembers the time that the last reply says it is, and when it was received."""

    received: float

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.date: str | None = None

    def send(self, request: Request) -> Response:
        response = self._transport.send(request)
        self.date = response.headers.get("Date")
        self.received = time.time()
        return response

    def close(self) -> None:
        self._transport.close()


def examine(
    client: SegOpsAdmin, watched: Watched, profile: Profile, explain: Callable[[SegOpsError, str], list[str]]
) -> dict[str, Any]:
    """What there is to know, as JSON; ``ok`` says whether calls will work.

    Args:
        client: makes its requests through ``watched``.
        explain: what an error can come from, given the base URL.
    """
    url = urlsplit(client.http.base_url)
    proxy = proxy_for(url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    report: dict[str, Any] = {
        "ok": False,
        "sdk_version": __version__,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "profile": profile.name or None,
        "api_key": masked(os.environ.get("SEGOPS_API_KEY") or profile.key() or ""),
        "base_url": client.http.base_url,
        "timeout_s": client.http.timeout,
        "max_retries": client.http.max_retries,
        "proxy": f"{proxy.host}:{proxy.port}" if proxy is not None else None,
        "reachable": False,
        "authorized": None,
        "latency_ms": None,
        "clock_skew_s": None,
        "clock": None,
        "error": None,
        "advice": [],
    }
    # A retry would hide what is wrong, and add its delay to the latency.
    once = client.with_options(max_retries=0)
    _probe(once, watched, report, explain)
    _look_at_clock(once, watched, report)
    return report


def _probe(
    client: SegOpsAdmin, watched: Watched, report: dict[str, Any], explain: Callable[[SegOpsError, str], list[str]]
) -> None:
    taken = []
    try:
        for _ in range(_PROBES):
            started = time.perf_counter()
            client.segments.list({"page_size": 1})
            taken.append((time.perf_counter() - started) * 1000)
            report.update(reachable=True, authorized=True, ok=True)
    except SegOpsError as error:
        report.update(ok=False, error=str(error), advice=explain(error, client.http.base_url))
        if isinstance(error, SegOpsApiError):
            refused = isinstance(error, (SegOpsAuthenticationError, SegOpsPermissionError))
            report.update(reachable=True, authorized=False if refused else report["authorized"])
    if taken:
        report["latency_ms"] = round(sorted(taken)[len(taken) // 2], 1)


def _look_at_clock(client: SegOpsAdmin, watched: Watched, report: dict[str, Any]) -> None:
    """By how much the server's clock is ahead of this machine's, and whether it runs at all."""
    skew = _skew(watched)
    report["clock_skew_s"] = skew
    if skew is None:
        return
    report["clock"] = "running"
    if abs(skew) < _SKEW:
        return
    before = watched.date
    time.sleep(_TICK)
    try:
        client.segments.list({"page_size": 1})
    except SegOpsError:
        pass  # an answer without success has a date, too
    if watched.date == before:
        report.update(clock="frozen", clock_skew_s=None)
        what = "it is a test server, and whatever depends on the time does too"
        told = f"the server's clock stands still at {before}: {what}"
    else:
        way = "ahead of" if skew > 0 else "behind"
        told = f"the server's clock is {abs(skew)} s {way} this machine's: signatures and dates will not fit"
    report["advice"].append(told)


def _skew(watched: Watched) -> int | None:
    """Whole seconds, which is as exact as a Date header is."""
    from email.utils import parsedate_to_datetime

    try:
        return round(parsedate_to_datetime(watched.date or "").timestamp() - watched.received)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
