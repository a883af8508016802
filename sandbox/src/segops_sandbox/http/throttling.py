"""Rate limits. With `--rate-limits`, each call under /api/ counts, whatever the reply.

Counted per tenant, not per key, in the last 60 seconds by the sandbox's clock. Only what can be laid to a tenant's
account counts: a call without a valid credential does not. A call that is refused for its rate is not counted, so that
who waits as long as `Retry-After` says is let in. Counting is done before the request's own transaction, which would
undo it, and outside of the view, which a replayed answer (`idempotency.py`) never reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.throttling import SimpleRateThrottle

from segops_sandbox import clock, plans
from segops_sandbox.http.auth import credential_of
from segops_sandbox.http.errors import refusal
from segops_sandbox.models import CallHistory, EventTally, Tenant

_MINUTE = 60_000_000  # in the clock's unit, microseconds: whole numbers, so that the edge of the minute is exact
_PAGE_QUERY = "/api/ai-pages/query"
_INGESTION = "/api/ingestion/track"


class RateLimitMiddleware:
    """Answers 429 with `Retry-After` when a tenant is over one of its limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count the call, then let it through or refuse it."""
        tenant = _tenant_of(request) if request.path_info.startswith("/api/") else None
        wait = None if tenant is None else seconds_to_wait(tenant, request)
        if wait is None:
            return self.get_response(request)
        throttled = Throttled(wait)
        response = refusal(throttled.status_code, str(throttled.detail))
        response["Retry-After"] = str(wait)
        return response


class History(BaseCache):
    """A tenant's calls of late, by the name of the limit that they count to: what DRF's throttle takes for its cache.

    What is got stays locked until the transaction's end, so that concurrent calls are counted one by one, also those
    of other servers on the database.
    """

    def __init__(self, tenant: Tenant) -> None:
        super().__init__({})
        self._tenant = tenant

    def get(self, key: str, default: Any = None, version: int | None = None) -> list[int]:
        """The times of the calls, newest first, without a future that a clock set back has undone."""
        rows = CallHistory.objects.select_for_update().filter(tenant=self._tenant, scope=key)
        row = rows.first()
        if row is None:  # the tenant's first call; of several at once, one makes the row
            CallHistory.objects.get_or_create(tenant=self._tenant, scope=key)
            row = rows.get()
        now = clock.now_micros()
        return [time for time in row.times if time <= now]

    def set(self, key: str, value: list[int], timeout: Any = None, version: int | None = None) -> None:
        """Keep them."""
        CallHistory.objects.filter(tenant=self._tenant, scope=key).update(times=value)


class TenantThrottle(SimpleRateThrottle):
    """DRF's throttle, for so many calls of one tenant a minute. To be asked inside a transaction."""

    timer = staticmethod(clock.now_micros)

    def __init__(self, tenant: Tenant, scope: str, calls_per_minute: int) -> None:
        self.scope = scope
        self.cache = History(tenant)
        self.rate = f"{calls_per_minute}/min"
        super().__init__()
        self.calls, self.duration = calls_per_minute, _MINUTE

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        """The name of the limit: the history is the tenant's own already."""
        return self.scope

    def wait(self) -> int:
        """Whole seconds until the next call is let in: until fewer than the limit are younger than a minute."""
        in_the_way: int = self.history[self.calls - 1]
        return -int((self.now - in_the_way - _MINUTE) // 1_000_000)


def seconds_to_wait(tenant: Tenant, request: HttpRequest) -> int | None:
    """Count a call against the limits that it is under; None when it may pass, else when to come again."""
    plan = plans.PLANS[tenant.plan]
    path = request.path_info.rstrip("/")
    throttles: list[Any] = []
    if plan.calls_per_minute != plans.UNLIMITED:
        throttles.append(TenantThrottle(tenant, "calls", plan.calls_per_minute))
    if path == _PAGE_QUERY and request.method == "GET":
        throttles.append(TenantThrottle(tenant, "page-queries", plans.PAGE_QUERIES_PER_MINUTE))
    with transaction.atomic():
        waits = [throttle.wait() for throttle in throttles if not throttle.allow_request(request, None)]
        if path.startswith(_INGESTION) and request.method == "POST":
            waits += _until_the_quota_is_fresh(tenant, plan.events_per_month)
        if waits:
            transaction.set_rollback(True)  # a call that one limit refuses does not count to another
    return max(waits, default=None)


def _until_the_quota_is_fresh(tenant: Tenant, events_per_month: int) -> list[int]:
    """The seconds until next month when this month's events are used up. The call that uses up the last is let in."""
    if events_per_month == plans.UNLIMITED:
        return []
    now = clock.now()
    end = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=timezone.utc)
    used = EventTally.objects.received(tenant, now)
    return [-(-(clock.to_micros(end) - clock.to_micros(now)) // 1_000_000)] if used >= events_per_month else []


def _tenant_of(request: HttpRequest) -> Tenant | None:
    try:
        credential = credential_of(request)
    except AuthenticationFailed:
        return None  # the view answers 401
    return None if credential is None else credential.tenant
